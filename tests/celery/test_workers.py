"""What the pages CLT801 to CLT815 say about Celery, and those on time limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("workers")


@pytest.fixture(scope="module")
def pools(seen: Observations) -> Observations:
    """What workers with different pools did."""
    assert seen["pools"]["ready"] is True
    result: Observations = seen["pools"]
    return result


def test_each_beat_sends_every_task(pools: Observations) -> None:
    """CLT801, CLT802."""
    assert pools["beats"] is True


def test_a_process_lives_as_long_as_its_worker(pools: Observations) -> None:
    """CLT803: two tasks in a row have one process, or two with a limit."""
    assert {"lasting": 1, "prefork": 2}.items() <= pools["processes"].items()


def test_only_some_pools_know_limits(pools: Observations) -> None:
    """CLT304, CLT804: the soft limit is one second, the hard one two, the task takes longer."""
    assert pools["solo"] == pools["threads"] == pools["eventlet"] == "done"
    assert pools["gevent"] == "TimeLimitExceeded: TimeLimitExceeded(2.0,)"
    assert pools["prefork"].startswith("SoftTimeLimitExceeded: ")


def test_only_prefork_replaces_processes(pools: Observations) -> None:
    """CLT804."""
    others = {name: pools["processes"][name] for name in ("solo", "threads", "gevent", "eventlet")}
    assert others == dict.fromkeys(others, 1)


def test_equal_limits_leave_no_time(pools: Observations) -> None:
    """CLT305: the task is killed before it has put things in order."""
    assert pools["equal limits"] == ["TimeLimitExceeded: TimeLimitExceeded(1,)", 0]


def test_a_worker_without_a_limit_waits_for_its_task(pools: Observations) -> None:
    """CLT304."""
    assert pools["lasting"] == "done"


def test_one_task_holds_up_a_green_worker(seen: Observations) -> None:
    """CLT307: one that computes, or waits in C."""
    expected = {"waits in Python": False, "waits in C": True, "computes": True}
    assert seen["green"] == {"gevent": expected, "eventlet": expected}


def test_a_solo_worker_does_not_answer_while_it_works(pools: Observations) -> None:
    """CLT805: five of six workers do, and all when the task is done."""
    assert pools["answers"] == [5, 6]


def test_a_green_pool_is_as_small_as_the_machine(pools: Observations) -> None:
    """CLT814: unless told otherwise."""
    assert pools["concurrency"] == {"gevent": True, "eventlet": True}


def test_a_worker_ends_with_its_task(seen: Observations) -> None:
    """CLT810: what it runs is done before it goes."""
    assert {"running": "done", "code": 0}.items() <= seen["shutdown"].items()


def test_what_is_left_of_a_killed_worker(seen: Observations) -> None:
    """CLT808, CLT810: of two tasks that ran, the broker has kept the one that is acknowledged late."""
    assert seen["shutdown"]["kept"] == ["slow_and_late"]


def test_an_interval_begins_with_its_file(seen: Observations) -> None:
    """CLT812: one that is long over is due only where the file is there."""
    assert seen["schedule_file"] == {"first": False, "kept": True, "lost": False}


def test_flower_switches_events_on(pools: Observations) -> None:
    """CLT815: not the one that is told not to, but the one that is left alone."""
    assert pools["events"] == [False, True]


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
