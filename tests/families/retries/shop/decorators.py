"""The project's own ways to make a task."""

from celery import shared_task


def stubborn_task(**options):
    return shared_task(autoretry_for=(Exception,), retry_backoff=True, **options)  # CLT404


def careful_task(**options):
    return shared_task(autoretry_for=(ConnectionError,), retry_backoff=True, **options)
