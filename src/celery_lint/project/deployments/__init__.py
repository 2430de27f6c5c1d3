"""Production's workers, Beats and Flowers together with the configuration that they read."""

from celery_lint.project.deployments.beats import EphemeralState
from celery_lint.project.deployments.crew import Crew, Production
from celery_lint.project.deployments.deployment import Deployment, deployments
from celery_lint.project.deployments.green import StallingCall
from celery_lint.project.deployments.idle import IdleArgument, IdleSetting
from celery_lint.project.deployments.pools import Crowd
from celery_lint.project.deployments.stopping import ShortGrace

__all__ = [
    "Crew",
    "Crowd",
    "Deployment",
    "EphemeralState",
    "IdleArgument",
    "IdleSetting",
    "Production",
    "ShortGrace",
    "StallingCall",
    "deployments",
]
