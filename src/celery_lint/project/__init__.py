"""What the whole project means: tasks, dispatches, transactions, settings."""

from celery_lint.project.project import Dispatch, Project, Unreadable

__all__ = ["Dispatch", "Project", "Unreadable"]
