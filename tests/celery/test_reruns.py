"""What the pages CLT209 and CLT312 say about tasks that run again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("reruns")


def test_a_retry_begins_at_the_first_line(seen: Observations) -> None:
    """CLT312: what stands before the failure is done twice."""
    assert seen["mails_of_two_runs"] == {"before": 2, "after": 1}


def test_a_retry_lets_later_messages_pass(seen: Observations) -> None:
    """CLT209: the older value is written last."""
    assert seen["messages_that_change_places"] == ["newer", "older", "older"]
