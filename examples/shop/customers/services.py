from functools import partial

from django.db import transaction

from customers.models import Customer
from customers.tasks import sync_to_crm
from proj.queue import enqueue


def change_email(customer: Customer, email):
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(email=email)
        transaction.on_commit(partial(enqueue, sync_to_crm, customer.pk, priority="low"))


@transaction.atomic
def merge_customers(keep: Customer, duplicate: Customer):
    """Give the orders of one customer to another and forget the first."""
    duplicate.orders.update(customer=keep)
    if duplicate.newsletter:
        Customer.objects.filter(pk=keep.pk).update(newsletter=True)
    duplicate.delete()
    enqueue(sync_to_crm, keep.pk, priority="low")
