"""Functions whose results are sent."""

from datetime import datetime, timedelta

from django.utils import timezone

from shop.models import Account, Order


def order_of(number):
    return Order.objects.get(number=number)


def late_orders():
    return Order.objects.late()


def late_keys():
    return list(Order.objects.late().values_list("pk", flat=True))


def account_of(pk):
    return Account.objects.get(pk=pk)


def tomorrow():
    return datetime.now() + timedelta(days=1)


def aware_tomorrow():
    return timezone.now() + timedelta(days=1)


def tags_of(order):
    return {str(order.number), "new"}


def tag_list_of(order):
    return sorted(tags_of(order))
