"""Celery, kombu, Django and their neighbours as data."""
