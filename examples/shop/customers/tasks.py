import json

from celery import shared_task
from django.core.mail import EmailMessage, send_mail
from django.db.models import F

from customers.models import Customer


@shared_task
def send_welcome_email(customer_id):
    customer = Customer.objects.get(pk=customer_id)
    send_mail("Welcome", f"Hello {customer.name}, nice to meet you.", None, [customer.email])


@shared_task
def sync_to_crm(customer_id):
    """Tell the customer database of the sales team what we know."""
    Customer.objects.filter(pk=customer_id).update(crm_revision=F("crm_revision") + 1)


@shared_task
def export_customer_data(customer):
    """Send customers what we have stored about them."""
    orders = list(customer.orders.values("number", "status"))
    message = EmailMessage("Your data", "See the attached file.", to=[customer.email])
    message.attach("data.json", json.dumps({"name": customer.name, "orders": orders}), "application/json")
    message.send()
