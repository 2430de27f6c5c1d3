from django.core.management.base import BaseCommand

from shop.attempts import pay_again
from shop.sync import push_nightly


class Command(BaseCommand):
    def handle(self, *args, **options):
        push_nightly([1, 2])
        pay_again(3)
