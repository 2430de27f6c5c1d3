"""What stands above and below task decorators."""

from functools import wraps

from celery import shared_task


def timed(function):
    def inner(*args, **kwargs):  # CLT323
        return function(*args, **kwargs)

    return inner


def timed_well(function):
    @wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def registered(task):
    return task


def mail_task(**options):
    return shared_task(queue="mail", **options)


class Mails:
    """A task decorator that is an object."""

    def __call__(self, function):
        return shared_task(function)


mails = Mails()
