from django.urls import path

from orders import views

urlpatterns = [
    path("", views.place_order, name="place-order"),
    path("<str:number>/pay/", views.pay, name="pay"),
    path("<str:number>/refund/", views.RefundView.as_view(), name="refund"),
    path("<str:number>/invoice/", views.InvoiceView.as_view(), name="invoice"),
    path("deliveries/<str:sku>/", views.receive_delivery, name="receive-delivery"),
]
