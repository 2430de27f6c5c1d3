"""Whether modules are imported where they are needed: the app by the web, modules of tasks by workers."""

from celery_lint.project.loading.loading import Loading

__all__ = ["Loading"]
