"""What the pages CLT610, CLT619 and CLT620 say about stores."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("stores")


def test_a_task_that_runs_is_pending(seen: Observations) -> None:
    """CLT610: unless it is told to say that it has started."""
    assert seen["states"] == ["PENDING", "STARTED"]


def test_clearing_a_cache_deletes_waiting_tasks(seen: Observations) -> None:
    """CLT619."""
    assert seen["cleared_cache"] == [1, 0]


def test_beat_cleans_what_does_not_expire(seen: Observations) -> None:
    """CLT620: and nothing else does."""
    assert seen["cleaning"] == {"django": True, "redis": False}
