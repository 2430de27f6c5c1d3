from celery import shared_task

from shop.base import ByKey, Unchecked
from shop.decorators import logged
from shop.models import Level, Order


@shared_task
def ship(order_pk): ...


@shared_task(base=ByKey)
def ship_by_key(order): ...


@shared_task(base=Unchecked)
def ship_unchecked(order_pk): ...


@shared_task
@logged
def ship_logged(order_pk): ...


@shared_task(bind=True)
def pack(self, order_pk, tags=()): ...


@shared_task
def anything(*args, **kwargs): ...


@shared_task
def wait(order_pk, countdown): ...


@shared_task
def connect(account_pk, api_key): ...


@shared_task
def connect_by_key(account_pk, api_key_id): ...


@shared_task
def publish(order_pk, state):
    print(Order.objects.get(pk=order_pk), state)


@shared_task
def forget(order_pk, state):
    print(order_pk, state)


@shared_task
def rename(names, number: int):
    print(names[number])


@shared_task
def warn(level: Level):
    print(level.label)


@shared_task
def warn_well(level: int):
    print(Level(level).label)
