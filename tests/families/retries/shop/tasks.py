"""Tasks, and retries by hand."""

import logging

from celery import shared_task
from celery.exceptions import MaxRetriesExceededError

from shop.attempts import attempt, wait_for
from shop.base import Counted, Limited, Logged, Stubborn
from shop.errors import Anything, Declined, Down, Retry
from shop.options import PAUSE, PER_HOUR, PER_MINUTE
from shop.sync import push_all, push_few, push_slowly, push_some

logger = logging.getLogger(__name__)


# A Retry that is caught


@shared_task(bind=True, max_retries=3)
def pay(self, order_pk):
    try:
        if not order_pk:
            raise self.retry(countdown=5)  # CLT401
    except Anything:  # CLT408
        logger.exception("order %s", order_pk)
        print("given up")


@shared_task(bind=True, max_retries=3)
def pay_well(self, order_pk):
    try:
        if not order_pk:
            raise self.retry(countdown=5)
    except Retry:
        raise
    except Anything:  # CLT408
        logger.exception("order %s", order_pk)
        print("given up")


# How it is asked for


@shared_task(bind=True)
def ship(self, order_pk):
    try:
        print(order_pk)
    except Declined as error:
        raise self.retry(error)  # CLT402


@shared_task(bind=True)
def ship_well(self, order_pk):
    try:
        print(order_pk)
    except Declined as error:
        raise self.retry(exc=error)


@shared_task(bind=True)
def pack(self, order_pk):
    if not order_pk:
        self.retry(countdown=5)  # CLT403
    print("packed")


@shared_task(bind=True)
def pack_well(self, order_pk):
    if not order_pk:
        return self.retry(countdown=5)
    print("packed")


@shared_task(bind=True, max_retries=3)
def bill(self, order_pk):
    try:
        print(order_pk)
    except Down as error:
        try:
            raise self.retry(exc=error, countdown=PAUSE)  # CLT405, CLT413
        except MaxRetriesExceededError:
            print("never")


@shared_task(bind=True, max_retries=3)
def bill_well(self, order_pk):
    try:
        print(order_pk)
    except Down:
        try:
            raise self.retry(countdown=PAUSE * 2**self.request.retries)
        except MaxRetriesExceededError:
            print("in the end")


# Options that nothing reads, and those that something does


@shared_task(max_retries=5)  # CLT412
def notify(order_pk):
    print(order_pk)


@shared_task(base=Logged, default_retry_delay=5)
def notify_logged(order_pk):
    print(order_pk)


@shared_task(base=Stubborn, max_retries=5)
def notify_well(order_pk):
    print(order_pk)


@shared_task(bind=True, max_retries=5)
def notify_through_helper(self, order_pk):
    attempt(self, order_pk)


@shared_task(bind=True)
def notify_later(self, order_pk):
    wait_for(order_pk)


@shared_task(rate_limit=PER_MINUTE)  # CLT409
def ring(order_pk):
    print(order_pk)


@shared_task(rate_limit=PER_HOUR)
def ring_well(order_pk):
    print(order_pk)


# Limits


@shared_task(soft_time_limit=600)
def sync(order_pks):
    push_all(order_pks)
    push_some(order_pks)


@shared_task
def sync_without_limit(order_pks):
    push_few(order_pks)


@shared_task(base=Limited)
def sync_slowly(order_pks):
    push_slowly(order_pks)


# Errors that nobody sees


@shared_task
def refund(order_pk):
    try:
        push_few([order_pk])
    except Anything:  # CLT408
        logger.exception("order %s", order_pk)


@shared_task
def refund_well(order_pk):
    try:
        push_few([order_pk])
    except Anything as error:
        logger.exception("order %s", order_pk)
        note(order_pk, error)


@shared_task(reject_on_worker_lost=True)  # CLT415
def render(order_pk):
    print(order_pk)


@shared_task(acks_late=False, reject_on_worker_lost=True)
def render_once(order_pk):
    print(order_pk)


@shared_task(base=Counted, bind=True, max_retries=None)
def poll_counted(self, order_pk):
    if not order_pk:
        raise self.retry(countdown=5)


def note(order_pk, error):
    print(order_pk, error)
