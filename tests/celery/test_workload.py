"""What the pages CLT309, CLT315, CLT317 and CLT608 say about messages and workers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("workload")


def test_what_is_left_for_other_workers(seen: Observations) -> None:
    """CLT608: of twelve messages two threads take two for each one of the multiplier, and with 0 all."""
    left = seen["processes"]["left"]
    assert [left["unlimited"], left["one"], left["three"]] == [0, 12 - 2 * 1, 12 - 2 * 3]


def test_an_option_of_zero_is_none(seen: Observations) -> None:
    """CLT608: another number is stronger than the setting."""
    left = seen["processes"]["left"]
    assert [left["unlimited, told one"], left["three, told zero"]] == [12 - 2 * 1, 12 - 2 * 3]


def test_redis_sends_again_what_is_held_too_long(seen: Observations) -> None:
    """CLT608."""
    assert seen["held_too_long"] is True


def test_each_process_has_its_own_state(seen: Observations) -> None:
    """CLT317."""
    assert {"two": True, "all": False}.items() <= seen["processes"].items()


def test_a_sleeping_task_keeps_others_waiting(seen: Observations) -> None:
    """CLT309: one with a countdown does not."""
    assert seen["sleeping"] == {"sleep": ["pause", "wake"], "countdown": ["wake", "later"]}


def test_a_loop_sends_a_message_a_row(seen: Observations) -> None:
    """CLT315: the five rows before a failure are sent again, and chunks of five need two messages."""
    assert seen["a_message_a_row"] == {"loop": 10, "twice": 15, "chunks": 2}
