"""What tasks, views and commands share."""

from celery import current_task

from shop.clients import Bank


def attempt(task, order_pk):
    """Retries the task that hands itself over."""
    try:
        Bank().charge(order_pk)
    except OSError as error:
        raise task.retry(exc=error, countdown=30 * 2**task.request.retries)


def wait_for(order_pk):
    """By a task and by a view."""
    if current_task and not order_pk:
        raise current_task.retry(countdown=60)


def wait_in_request(order_pk):
    """By a view only."""
    if not order_pk:
        raise current_task.retry(countdown=60)  # CLT411


def pay_again(order_pk):
    """By a command only."""
    from shop.tasks import pay

    raise pay.retry((order_pk,))  # CLT411
