from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from orders.models import Order
from orders.tasks import send_payment_reminders


class Command(BaseCommand):
    help = "Remind customers of orders that they have not paid for."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=7)

    def handle(self, *args, **options):
        limit = timezone.now() - timedelta(days=options["days"])
        unpaid = Order.objects.filter(status=Order.Status.NEW, placed_at__lt=limit)
        send_payment_reminders.delay(unpaid)
        self.stdout.write(f"{unpaid.count()} reminders")
