from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from orders.models import Order, Product


@shared_task
def send_order_confirmation(order_id):
    order = Order.objects.select_related("customer").get(pk=order_id)
    send_mail(f"Order {order}", f"Thank you, {order.customer}.", None, [order.customer.email])


@shared_task
def send_receipt(order_id):
    order = Order.objects.select_related("customer").get(pk=order_id)
    send_mail(f"Receipt for {order}", f"You paid {order.total} EUR.", None, [order.customer.email])


@shared_task
def send_tracking_code(order_id):
    order = Order.objects.select_related("customer").get(pk=order_id)
    send_mail(f"Order {order} is on its way", order.tracking_code, None, [order.customer.email])


@shared_task
def create_invoice(order_id):
    order = Order.objects.get(pk=order_id)
    order.invoice_number = f"R-{order.number}"
    order.save(update_fields=["invoice_number"])


@shared_task
def send_invoice(order_id):
    order = Order.objects.select_related("customer").get(pk=order_id)
    send_mail(f"Invoice {order.invoice_number}", f"{order.total} EUR", None, [order.customer.email])


@shared_task
def send_payment_reminders(orders):
    for order in orders:
        send_mail(f"Order {order}", "Please remember to pay.", None, [order.customer.email])


@shared_task
def notify_warehouse(order_id):
    order = Order.objects.get(pk=order_id)
    send_mail(f"Order {order}: {order.status}", "", None, [settings.WAREHOUSE_EMAIL])


@shared_task
def notify_waiting_customers(product_id):
    product = Product.objects.get(pk=product_id)
    for alert in product.alerts.all():
        send_mail(f"{product} is back", f"{product.stock} in stock", None, [alert.email])
        alert.delete()


@shared_task
def cancel_unpaid_orders():
    """Cancel what nobody has paid for in two weeks."""
    limit = timezone.now() - timedelta(days=14)
    with transaction.atomic():
        orders = Order.objects.select_for_update().filter(status=Order.Status.NEW, placed_at__lt=limit)
        order_ids = list(orders.values_list("pk", flat=True))
        Order.objects.filter(pk__in=order_ids).update(status=Order.Status.CANCELLED)
    for order_id in order_ids:
        notify_warehouse.delay(order_id)
