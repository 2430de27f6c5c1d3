"""What Celery will see of a project's settings, statically: values, how sure they are, and where they come from."""

from celery_lint.project.configuration.configuration import (
    Configuration,
    Environment,
    Given,
    SettingPlace,
    configurations,
    homes,
    spelled,
)
from celery_lint.project.configuration.data import Datum, Made, State
from celery_lint.project.configuration.effective import Effective
from celery_lint.project.configuration.results import kind_of_backend

__all__ = [
    "Configuration",
    "Datum",
    "Effective",
    "Environment",
    "Given",
    "Made",
    "SettingPlace",
    "State",
    "configurations",
    "homes",
    "kind_of_backend",
    "spelled",
]
