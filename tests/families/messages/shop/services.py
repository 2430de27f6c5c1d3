"""What is sent, through functions and names of other modules."""

from django.core.files.storage import default_storage

from shop import lookups, tasks
from shop.lookups import account_of, aware_tomorrow, late_keys, late_orders, order_of, tag_list_of, tags_of, tomorrow
from shop.models import Level
from shop.names import PAUSE, SECONDS, TEXT_NAMES
from shop.sending import send, send_later
from shop.tasks import ship


def rows(number):
    order = order_of(number)
    ship.delay(order)  # CLT201
    ship.delay(lookups.order_of(number))  # CLT201
    send(ship, order)  # CLT201
    tasks.ship_by_key.delay(order)
    ship.delay(order.pk)
    send(ship, order.pk)
    tasks.anything.delay(late_orders())  # CLT202
    tasks.anything.apply_async(args=[late_orders()])  # CLT202
    tasks.anything.delay(late_keys())


def values(request, order):
    tasks.pack.delay(1, tags=tags_of(order))  # CLT203
    tasks.pack.delay(1, tags=tag_list_of(order))
    tasks.pack.delay(1, tags=late_keys)  # CLT203
    tasks.anything.delay(default_storage.open("letter").read())  # CLT204
    tasks.anything.delay("letter")


def arity(number):
    ship.delay(1, 2)  # CLT205
    tasks.ship_logged.delay()  # CLT205
    tasks.ship_unchecked.delay()  # CLT205
    tasks.pack.delay(None, 1, 2)  # CLT205
    tasks.pack.s(1).delay(["new"])
    tasks.anything.delay(1, 2, three=3)
    ship.apply_async(args=(number))
    ship.apply_async(args=(str(number)))  # CLT206
    ship.apply_async(args=(number,))


def options(number):
    ship.delay(1, countdown=5)  # CLT207
    tasks.wait.delay(1, countdown=5)
    ship.apply_async((1,), countdwon=5)  # CLT210
    ship.apply_async((1,), countdown=PAUSE)  # CLT212
    ship.apply_async((1,), countdown=SECONDS)
    ship.apply_async((1,), eta=tomorrow())  # CLT211
    ship.apply_async((1,), eta=aware_tomorrow())
    send_later(ship, 1, seconds=5)


def secrets(number):
    account = account_of(number)
    tasks.connect.delay(account.pk, account.api_key)  # CLT208
    tasks.anything.delay(account.api_key)  # CLT208
    tasks.connect_by_key.delay(account.pk, account.pk)


def snapshots(number):
    order = order_of(number)
    tasks.publish.delay(order.pk, order.state)  # CLT209
    tasks.forget.delay(order.pk, order.state)


def types():
    tasks.rename.delay({1: "one"}, 1)  # CLT213
    tasks.rename.delay(TEXT_NAMES, 1)
    tasks.warn.delay(Level.HIGH)  # CLT213
    tasks.warn_well.delay(Level.HIGH)
