"""What one Python file says, as frozen records. Speaks Python: it knows no path, no Celery and no Django."""

from celery_lint.facts.extract import deep_recursion, extract
from celery_lint.facts.schema import FileFacts, Span

__all__ = ["FileFacts", "Span", "deep_recursion", "extract"]
