"""The command lines that start workers, Beat and Flower, as deployment files give them."""

from celery_lint.project.services.commands import BeatCommand, Command, FlowerCommand, WorkerCommand
from celery_lint.project.services.service import Service, Variable
from celery_lint.project.services.services import BrokenFile, Services

__all__ = [
    "BeatCommand",
    "BrokenFile",
    "Command",
    "FlowerCommand",
    "Service",
    "Services",
    "Variable",
    "WorkerCommand",
]
