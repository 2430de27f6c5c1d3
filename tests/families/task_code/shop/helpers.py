"""What tasks and views call."""

from celery import shared_task

from shop.models import Order


def order_of(order_pk):
    return Order.objects.get(pk=order_pk)


def count(order_pk):
    print(order_pk)


def resend(order_pks):
    from shop.tasks import write_well

    for order in Order.objects.filter(pk__in=order_pks):
        write_well.delay(order.pk)  # CLT315
    for state in ("new", "late"):
        write_well.delay(state)


def make_task(order_pk):
    @shared_task
    def nested():  # CLT322
        print(order_pk)

    nested.delay()


def task_factory(name):
    @shared_task(name=name)
    def made(order_pk):
        print(order_pk)

    return made


made_at_import = task_factory("shop.made")
