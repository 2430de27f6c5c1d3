from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from customers.models import Customer
from customers.tasks import send_welcome_email, sync_to_crm


@receiver(post_save, sender=Customer)
def welcome_customer(sender, instance, created, **kwargs):
    if created:
        send_welcome_email.delay(instance.pk)


@receiver(post_delete, sender=Customer)
def forget_customer(sender, instance, **kwargs):
    sync_to_crm.delay_on_commit(instance.pk)
