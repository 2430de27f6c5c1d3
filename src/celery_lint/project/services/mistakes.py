"""What is wrong with a command line, in words."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.finding import Location
from celery_lint.knowledge.command_line import options_of
from celery_lint.project.services.arguments import Complaint, is_extra_configuration
from celery_lint.project.services.commands import Command, FlowerCommand, WorkerCommand
from celery_lint.spelling import did_you_mean

__all__ = ["mistakes"]

REMOVED = {
    "--maxtasksperchild": "--max-tasks-per-child",
    "--maxmemperchild": "--max-memory-per-child",
    "--queue": "--queues",
    "--task-time-limit": "--time-limit",
    "--task-soft-time-limit": "--soft-time-limit",
}


def mistakes(command: Command, *, has_own_options: bool) -> Iterator[tuple[Location, str]]:
    """Where and why Celery refuses the command line, or takes a part of it for something else.

    `has_own_options` says that the project may have added options to Celery's.
    """
    if isinstance(command, FlowerCommand):
        return
    for complaint in command.arguments.complaints:
        if complaint.kind != "unknown" or not has_own_options:
            yield complaint.location, _in_words(command, complaint)
    refused = any(each.kind in ("unknown", "misplaced") for each in command.arguments.complaints)
    for word in () if refused or command.arguments.is_open else command.arguments.rest[:1]:
        if not is_extra_configuration(word):
            yield word.location, f"`{word.text}` belongs to no option"
    if isinstance(command, WorkerCommand):
        state = command.find("statedb")
        if state is not None and state.value and "scheduler" in state.value.lower():
            yield state.location, "`-S` of a worker is `--statedb`, and the scheduler is `--scheduler`"
        if command.beat is not None and command.is_green:
            yield command.beat.location, f"`-B` does not work with the {command.pool} pool"


def _in_words(command: Command, complaint: Complaint) -> str:
    if complaint.kind == "misplaced":
        return f"`{complaint.word}` stands after `{command.name}`, and Celery takes it before"
    if complaint.kind == "missing":
        return f"`{complaint.word}` has no value"
    if complaint.kind == "value":
        return f"`{complaint.word}` is refused: {complaint.detail}"
    now = REMOVED.get(complaint.word)
    hint = f"; it is `{now}`" if now else did_you_mean(complaint.word, options_of(command.name))
    return f"`{command.name}` has no option `{complaint.word}`{hint}"
