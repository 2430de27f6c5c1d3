from django.urls import path

from customers import views

urlpatterns = [
    path("", views.sign_up, name="sign-up"),
    path("newsletter/", views.newsletter, name="newsletter"),
    path("export/", views.export_data, name="export-data"),
]
