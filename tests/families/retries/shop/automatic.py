"""Tasks that Celery retries by itself."""

import logging

from celery import shared_task

from shop.base import Logged
from shop.clients import Bank, price_of
from shop.decorators import careful_task, stubborn_task
from shop.errors import Declined, Down
from shop.options import PATIENT

logger = logging.getLogger(__name__)


@stubborn_task()
def everything(order_pk):
    print(order_pk)


@stubborn_task(dont_autoretry_for=(ValueError,))
def almost_everything(order_pk):
    print(order_pk)


@careful_task(max_retries=None)
def for_ever_but_passing(order_pk):
    print(order_pk)


@shared_task(autoretry_for=(Declined,))  # CLT405
def charge(order_pk):
    Bank().charge(order_pk)


@shared_task(autoretry_for=(Declined,), **PATIENT)
def charge_patiently(order_pk):
    Bank().charge(order_pk)


@shared_task(autoretry_for=(Declined,))
def price(order_pk):
    print(price_of(order_pk))


@shared_task(autoretry_for=Down, retry_backoff=True)  # CLT414
def no_tuple(order_pk):
    print(order_pk)


@shared_task(base=Logged, autoretry_for=(Exception,), retry_backoff=True, max_retries=None)  # CLT404, CLT406
def for_ever(order_pk):
    print(order_pk)


@shared_task(autoretry_for=(Exception,), retry_backoff=True, max_retries=None)  # CLT404
def until_it_expires(order_pk):
    print(order_pk)


@careful_task()
def logged_twice(order_pk):
    try:
        print(order_pk)
    except ConnectionError as error:  # CLT410
        logger.error("no connection: %s", error)
        raise


@careful_task()
def logged_with_more(order_pk):
    try:
        print(order_pk)
    except ConnectionError as error:
        logger.error("order %s: %s", order_pk, error)
        raise
