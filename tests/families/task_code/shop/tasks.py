"""Definitions of tasks."""

import requests
from celery import shared_task
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from proj.celery import app

from shop import archive, clients, helpers, limits
from shop.base import Traced
from shop.decorators import mail_task, mails, registered, timed, timed_well
from shop.models import Order

SEEN = {}
RATES = {}


@mail_task()
async def write(order_pk):  # CLT301
    print(order_pk)


@mail_task()
def write_well(order_pk):
    print(order_pk)


@mail_task()
def send(self, order_pk):  # CLT302
    print(self, order_pk)


@mail_task(bind=True)
def send_bound(self, order_pk):
    print(self, order_pk)


@mail_task(bind=True)
def send_nothing():  # CLT325
    print("nothing")


@mail_task(time_limt=60)  # CLT303
def misspelt(order_pk):
    print(order_pk)


@mail_task(base=Traced, trace_id="x")
def traced(order_pk):
    print(order_pk)


@mail_task(soft_time_limit=limits.LONG, time_limit=limits.SHORT)
def limited(order_pk):  # CLT305
    print(order_pk)


@mail_task(soft_time_limit=limits.SHORT, time_limit=limits.LONG)
def limited_well(order_pk):
    print(order_pk)


@shared_task
def ask(order_pk):
    clients.fetch(order_pk)
    clients.fetch_in_time(order_pk)
    clients.cool_down()
    clients.poll(order_pk)


@shared_task(name="shop.twice")
def first(order_pk):  # CLT310
    print(order_pk)


@shared_task(name="shop.once")
def second(order_pk):
    print(order_pk)


@shared_task(autoretry_for=(OSError,), retry_backoff=True)
def remind(order_pk):
    send_mail("Order", str(order_pk), None, ["ada@example.com"])  # CLT312
    helpers.count(order_pk)


@shared_task(autoretry_for=(OSError,), retry_backoff=True)
def remind_once(order_pk):
    if Order.objects.filter(pk=order_pk, state="reminded").exists():
        return
    send_mail("Order", str(order_pk), None, ["ada@example.com"])


@shared_task
def load(order_pk):
    return helpers.order_of(order_pk)  # CLT313


@shared_task(ignore_result=True)
def load_for_nobody(order_pk):
    return helpers.order_of(order_pk)


@shared_task
def load_key(order_pk):
    return helpers.order_of(order_pk).pk


@app.task  # CLT314
def owned(order_pk):
    print(order_pk)


@shared_task
def remember(order_pk):
    SEEN[order_pk] = True  # CLT317
    rates = dict(RATES)
    rates[order_pk] = 1


@shared_task
def charge(order_pk):
    order = Order.objects.get(pk=order_pk)
    clients.fetch_in_time(order_pk)
    order.state = "charged"
    order.save(update_fields=["state"])


@shared_task
def charge_badly(order_pk):
    order = Order.objects.get(pk=order_pk)
    requests.post("https://example.com/charge", timeout=clients.TIMEOUT)
    order.state = "charged"
    order.save()  # CLT318


@transaction.atomic  # CLT319
@shared_task
def above(order_pk):
    print(order_pk)


@registered
@shared_task
def above_well(order_pk):
    print(order_pk)


@shared_task
@transaction.atomic
def below(order_pk):
    print(order_pk)


@mail_task()
def numbers(count):  # CLT320
    yield from range(count)


@mail_task()
def number_list(count):
    def inner():
        yield from range(count)

    return list(inner())


@mails
def made_by_an_object(order_pk):
    print(order_pk)


class Post:
    @mail_task()
    def method(self, order_pk):  # CLT321
        print(order_pk)

    @staticmethod
    @mail_task()
    def function(order_pk):
        print(order_pk)


@shared_task
@timed
def timed_one(order_pk):
    print(order_pk)


@shared_task
@timed
def timed_two(order_pk):
    print(order_pk)


@shared_task
@timed_well
def timed_well_one(order_pk):
    print(order_pk)


@shared_task(bind=True)
def count(self, order_pk):
    Order.objects.filter(pk=order_pk).update(attempts=F("attempts") + 1)
    helpers.resend([order_pk])
    print(archive.other)
