from django.contrib.admin.views.decorators import staff_member_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST

from orders import services
from orders.forms import DeliveryForm, OrderForm
from orders.models import Order, Product


@require_POST
def place_order(request):
    form = OrderForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=400)
    quantities = {form.cleaned_data["sku"]: form.cleaned_data["quantity"]}
    try:
        order = services.place_order(form.cleaned_data["customer"], quantities)
    except services.OutOfStock as error:
        return JsonResponse({"out_of_stock": str(error)}, status=409)
    return JsonResponse({"number": order.number}, status=201)


@require_POST
def pay(request, number):
    """Called by the payment provider."""
    order = get_object_or_404(Order, number=number, status=Order.Status.NEW)
    services.pay_order(order)
    return JsonResponse({"status": order.status})


@method_decorator(staff_member_required, name="dispatch")
class RefundView(View):
    def post(self, request, number):
        order = get_object_or_404(Order, number=number, status=Order.Status.PAID)
        services.refund_order(order)
        return JsonResponse({"status": order.status})


@method_decorator(staff_member_required, name="dispatch")
class InvoiceView(View):
    def post(self, request, number):
        order = get_object_or_404(Order.objects.exclude(status=Order.Status.NEW), number=number)
        services.resend_invoice(order)
        return JsonResponse({"invoice": order.invoice_number})


@require_POST
@staff_member_required
@transaction.atomic
def receive_delivery(request, sku):
    product = get_object_or_404(Product.objects.select_for_update(), sku=sku)
    form = DeliveryForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=400)
    services.receive_delivery(product, form.cleaned_data["quantity"])
    product.refresh_from_db()
    return JsonResponse({"stock": product.stock})
