"""What the pages CLT705 to CLT708 say about Celery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("wiring")


def test_what_decides_on_the_queue(seen: Observations) -> None:
    """CLT707: the call, then the task, then routes, then the default."""
    expected = {"call": "call", "task": "own", "whole": "whole", "pattern": "pattern", "default": "rest"}
    assert expected == seen["precedence"]


def test_a_route_does_not_make_a_worker_consume_its_queue(seen: Observations) -> None:
    """CLT707."""
    assert ["plain"] == seen["routed_queues_are_not_consumed"]


def test_what_workers_consume(seen: Observations) -> None:
    """CLT707, CLT708: the default queue, those that are declared, those of -Q, and not those of -X."""
    assert [["celery"], ["fast", "slow"], ["mail"], ["fast"]] == seen["declared_queues_are_consumed"]


def test_sending_to_a_queue_that_is_not_made_raises(seen: Observations) -> None:
    """CLT707."""
    assert seen["queues_that_are_not_made"].startswith("QueueNotFound")


def test_annotations_know_no_patterns(seen: Observations) -> None:
    """CLT706: but for a lone star."""
    assert [None, "10/m", "10/m"] == seen["annotations_know_no_patterns"]


def test_unknown_names_are_sent_and_dropped(seen: Observations) -> None:
    """CLT705: the worker goes on, and a look-up raises."""
    dropped, ran, looked_up = seen["unknown_names"]
    assert (["named.nobody: KeyError"], ["plain"]) == (dropped, ran)
    assert looked_up.startswith("NotRegistered")
