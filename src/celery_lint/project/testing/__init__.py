"""What the project's tests do with Celery: eager mode, workers in the test process, settings that tests replace."""

from celery_lint.project.testing.cases import TestCase, test_cases
from celery_lint.project.testing.mocks import UnreachedCommit, unreached_commits
from celery_lint.project.testing.overrides import Override, overrides_without_effect
from celery_lint.project.testing.swallowing import Swallowing, swallowing
from celery_lint.project.testing.workers import TestWorker, test_workers

__all__ = [
    "Override",
    "Swallowing",
    "TestCase",
    "TestWorker",
    "UnreachedCommit",
    "overrides_without_effect",
    "swallowing",
    "test_cases",
    "test_workers",
    "unreached_commits",
]
