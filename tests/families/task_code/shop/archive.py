"""Tasks in another module of the app."""

from celery import shared_task
from celery.task import periodic_task  # CLT324

__all__ = ["other", "periodic_task"]


@shared_task(name="shop.twice")
def other(order_pk):
    print(order_pk)
