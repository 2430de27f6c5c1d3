"""What the pages CLT711 to CLT718 say about Beat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("beat")


def test_beat_does_not_wait(seen: Observations) -> None:
    """CLT711: the second message leaves while nobody has run the first."""
    assert seen["does_not_wait_for_the_run_before"] is True


def test_messages_pile_up_unless_they_expire(seen: Observations) -> None:
    """CLT712."""
    assert seen["messages_of_a_night"] == ["kept", "kept", "kept"]


def test_settings_are_copied_into_the_database(seen: Observations) -> None:
    """CLT715: five seconds are sixty again after a start, and what left the settings is still sent."""
    assert seen["a_schedule_beside_the_database"] == [5, 60, True]


def test_a_task_that_is_called_runs_once(seen: Observations) -> None:
    """CLT717."""
    assert seen["given_a_result"] == ["AttributeError: 'NoneType' object has no attribute 'name'", ["ran"]]


def test_the_same_entry_again_replaces_the_first(seen: Observations) -> None:
    """CLT717."""
    assert seen["same_twice"] == {"signature": 1, "name": 1}


def test_workers_do_not_send_schedules(seen: Observations) -> None:
    """CLT718."""
    assert seen["nobody_sends_without_beat"] == 0
