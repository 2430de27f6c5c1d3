"""Tasks whose messages come back each time that they kill the process they run in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery_lint.knowledge.urls import RABBITMQ, REDIS
from celery_lint.project.bodies.option_sites import OptionSite, option_sites
from celery_lint.project.values import Literal, Value

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment
    from celery_lint.project.project import Project
    from celery_lint.project.tasks import Task

__all__ = ["poison_loops"]

TRUE = Literal("bool", True)


def poison_loops(project: Project) -> Iterator[OptionSite]:
    """One for each place that gives tasks `reject_on_worker_lost`, where the broker certainly counts no deliveries.

    In the settings it is what a project without it is asked for, so nothing is said of it there.
    """
    for site in option_sites(project, "reject_on_worker_lost"):
        home = project.settings.home(site.task.path)
        environments = [each for each in project.production_environments if each.configuration.home == home]
        if site.option.value != TRUE or not environments:
            continue
        by_settings = all(environment.setting("task_acks_late").truth for environment in environments)
        if is_late(site.task, by_settings=by_settings) and all(counts_nothing(each) for each in environments):
            yield site


def is_late(task: Task, *, by_settings: bool) -> bool:
    """Whether the task is certainly acknowledged after it ran."""
    own: Value | None = task.inherited_option("acks_late")
    return own == TRUE or (own is None and by_settings and task.has_known_options)


def counts_nothing(environment: Environment) -> bool:
    """Whether the broker certainly hands a message out as often as it is given back: Redis, or RabbitMQ with queues
    that Celery declares as classic ones."""
    broker = environment.setting("broker_url").datum
    scheme = broker.prefix.partition(":")[0].lower() if broker is not None else ""
    if scheme in REDIS:
        return True
    queues = ("task_queues", "task_default_queue_type", "broker_native_delayed_delivery_queue_type")
    return scheme in RABBITMQ and all(environment.setting(name).is_set is False for name in queues)
