from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils.crypto import get_random_string

from customers.models import Customer
from orders.models import Order, OrderLine, Product
from orders.tasks import (
    create_invoice,
    notify_waiting_customers,
    notify_warehouse,
    send_invoice,
    send_order_confirmation,
    send_receipt,
    send_tracking_code,
)


class OutOfStock(Exception):
    pass


def place_order(customer: Customer, quantities: dict[str, int]) -> Order:
    """Reserve the stock and write the order down.

    Raises:
        OutOfStock: there is not enough of a product; nothing has changed.
    """
    with transaction.atomic():
        order = Order.objects.create(customer=customer, number=get_random_string(10, "0123456789"))
        for product in Product.objects.filter(sku__in=quantities):
            quantity = quantities[product.sku]
            reserve(product, quantity)
            OrderLine.objects.create(order=order, product=product, quantity=quantity, price=product.price)
        send_order_confirmation.delay(order.pk)
    return order


def reserve(product: Product, quantity):
    changed = Product.objects.filter(pk=product.pk, stock__gte=quantity).update(stock=F("stock") - quantity)
    if not changed:
        raise OutOfStock(product.sku)


def pay_order(order: Order):
    with transaction.atomic():
        order.status = Order.Status.PAID
        order.save(update_fields=["status"])
        transaction.on_commit(create_invoice.si(order.pk))
        send_receipt.delay_on_commit(order.pk)
    notify_warehouse.delay(order.pk)


def refund_order(order: Order):
    """Cancel a paid order and put its products back on the shelf."""
    with transaction.atomic():
        for line in order.lines.all():
            Product.objects.filter(pk=line.product_id).update(stock=F("stock") + line.quantity)
        order.cancel()


def resend_invoice(order: Order):
    if not order.invoice_number:
        order.invoice_number = f"R-{order.number}"
        order.save(update_fields=["invoice_number"])
    transaction.on_commit(send_invoice.delay(order.pk))


@transaction.atomic
def ship_orders(tracking_codes: dict[str, str]):
    """Mark orders as shipped; the codes are by order number."""
    for order in Order.objects.filter(number__in=tracking_codes, status=Order.Status.PAID):
        order.status = Order.Status.SHIPPED
        order.tracking_code = tracking_codes[order.number]
        order.save(update_fields=["status", "tracking_code"])
        transaction.on_commit(lambda: send_tracking_code.delay(order.pk))


def receive_delivery(product: Product, quantity):
    sold_out = product.stock == 0
    product.stock = F("stock") + quantity
    product.save(update_fields=["stock"])
    if sold_out:
        announce(product)


def announce(product: Product):
    notify_waiting_customers.delay(product.pk)


def rename_product(product: Product, name):
    with transaction.atomic():
        product.name = name
        product.save(update_fields=["name"])
        for order_id in Order.objects.filter(lines__product=product).values_list("pk", flat=True):
            transaction.on_commit(partial(notify_warehouse.delay, order_id))
