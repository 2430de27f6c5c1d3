"""What the pages CLT701 to CLT704 and CLT714 say about schedules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("schedules")


def test_a_crontab_without_a_minute_is_due_every_minute(seen: Observations) -> None:
    """CLT701: sixty times at five o'clock, and in each of the 24 hours of a Monday."""
    assert seen["no_minute"] == {"hour": 60, "hour and minute": 1, "day": 60, "hours of that day": 24}


def test_steps_begin_anew_each_hour_and_day(seen: Observations) -> None:
    """CLT714."""
    assert seen["steps"] == {
        "*/7": [0, 7, 14, 21, 28, 35, 42, 49, 56],
        "*/45": [0, 45],
        "*/90": [0],
        "hours": [0, 5, 10, 15, 20],
    }


def test_both_kinds_of_days_must_fit(seen: Observations) -> None:
    """CLT714: the 13th, which is a Friday, and no other Friday."""
    assert seen["both_days"] == [[13, 0]]


def test_crontabs_that_raise(seen: Observations) -> None:
    """CLT704."""
    assert seen["refused"] == {
        "range": "ValueError: Invalid crontab pattern.  Valid range is 0-23. '24' was found.",
        "text out of range": "ValueError: Invalid end range: 7 > 6.",
        "zero step": "ValueError: slice step cannot be zero",
        "no such day": "ValueError: Invalid beginning range: 0 < 1.",
        "no such word": "ValueError: Invalid weekday literal 'L'.",
        "no such field": "TypeError: BaseSchedule.__init__() got an unexpected keyword argument 'minutes'",
        "line of a crontab": "ValueError: Invalid weekday literal '0 5 * * *'.",
    }


def test_a_text_is_no_schedule(seen: Observations) -> None:
    """CLT704: it ends Beat."""
    assert seen["entries_refused"]["text"] == "AttributeError: 'str' object has no attribute 'app'"


def test_an_entry_without_a_schedule(seen: Observations, release: str) -> None:
    """CLT704: it ends an older Beat; a newer one goes on, and looks again in five minutes."""
    answer = seen["entries_refused"]["none"]
    if release == "newest":
        assert round(answer) == 300
    else:
        assert answer == "AttributeError: 'NoneType' object has no attribute 'is_due'"


def test_an_interval_of_zero_is_always_due(seen: Observations) -> None:
    """CLT704."""
    assert seen["pause_after_an_interval_of_zero"] == [0] * 5


def test_a_row_that_is_no_crontab_is_left_out(seen: Observations) -> None:
    """CLT704."""
    assert seen["row_refused"] == {"row": "ValueError: Invalid end range: 60 > 59.", "known": ["hourly"]}


def test_beat_does_not_know_the_tasks(seen: Observations) -> None:
    """CLT702: it sends the name twice, and the worker throws both messages away."""
    assert seen["unknown_name"] == {"beat": [True, True], "waiting": 2, "told": True, "left": 0}


def test_a_task_is_no_name(seen: Observations) -> None:
    """CLT702."""
    expected = "SchedulingError: Couldn't apply scheduled task report: Object of type report is not JSON serializable"
    assert expected == seen["a_task_for_a_name"]


def test_arguments_that_beat_cannot_send(seen: Observations) -> None:
    """CLT703: a text is an argument for each of its letters."""
    failed = "SchedulingError: Couldn't apply scheduled task report: "
    assert seen["arguments"] == {
        "fits": True,
        "number": f"{failed}'int' object is not iterable",
        "text": f"{failed}report() takes 1 positional argument but 3 were given",
        "missing": f"{failed}report() missing 1 required positional argument: 'day'",
        "unknown": f"{failed}report() got an unexpected keyword argument 'dya'",
    }


def test_arguments_that_fail_in_the_worker(seen: Observations) -> None:
    """CLT703: where Beat has not loaded the task."""
    expected = "TypeError: report() takes 1 positional argument but 2 were given"
    assert expected == seen["arguments_that_the_worker_refuses"]
