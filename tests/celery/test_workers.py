"""What the pages CLT801 to CLT809 say about Celery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("workers")


@pytest.fixture(scope="module")
def pools(seen: Observations) -> Observations:
    """What three workers with different pools did."""
    assert seen["pools"]["ready"] is True
    result: Observations = seen["pools"]
    return result


def test_each_beat_sends_every_task(pools: Observations) -> None:
    """CLT801, CLT802."""
    assert pools["beats"] is True


def test_only_some_pools_know_limits(pools: Observations) -> None:
    """CLT804."""
    assert pools["solo"] == pools["threads"] == "done"
    assert pools["prefork"].startswith("SoftTimeLimitExceeded: ")


def test_a_solo_worker_does_not_answer_while_it_works(pools: Observations) -> None:
    """CLT805: two of three workers do, and all when the task is done."""
    assert pools["answers"] == [2, 3]


@pytest.mark.parametrize(
    ("name", "code", "error"),
    [
        ("app", 2, "Error: No such option '-A'."),
        ("option", 2, "Error: No such option '--maxtasksperchild'."),
        ("pool", 2, "Error: Invalid value for '-P' / '--pool': 'gevnt' is not one of"),
        ("level", 2, "Error: Invalid value for '-l' / '--loglevel': 'LOUD' is not one of"),
        ("queues", 2, "Reason: not enough values to unpack"),
        ("beat in a green pool", 1, "celery.exceptions.ImproperlyConfigured: -B option doesn't work with"),
    ],
)
def test_celery_refuses_the_command_line(seen: Observations, name: str, code: int, error: str) -> None:
    """CLT809."""
    exit_code, last_line = seen["refused"][name]
    assert code == exit_code
    assert last_line.startswith(error)


def test_s_of_a_worker_is_no_schedule(seen: Observations) -> None:
    """CLT809."""
    assert seen["meaning_of_s"] == "--statedb"
