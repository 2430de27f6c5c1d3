"""Production's workers, Beats and Flowers together with the configuration that they read."""

from celery_lint.project.fleet.beats import EphemeralState
from celery_lint.project.fleet.crew import Crew, Production
from celery_lint.project.fleet.fleet import Fleet, fleets
from celery_lint.project.fleet.green import StallingCall
from celery_lint.project.fleet.idle import IdleArgument, IdleSetting
from celery_lint.project.fleet.pools import Crowd
from celery_lint.project.fleet.stopping import ShortGrace

__all__ = [
    "Crew",
    "Crowd",
    "EphemeralState",
    "Fleet",
    "IdleArgument",
    "IdleSetting",
    "Production",
    "ShortGrace",
    "StallingCall",
    "fleets",
]
