"""What the pages CLT415, CLT601, CLT609 and CLT626 say about Celery and RabbitMQ."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[..., Observations], rabbitmq: str) -> Observations:
    return observed("rabbitmq", LABORATORY_RABBITMQ=rabbitmq)


@pytest.fixture(scope="module")
def kept(seen: Observations) -> Observations:
    """By queue: whether its worker got the message, whether RabbitMQ complained, how the worker ended, and how many
    messages wait for another worker."""
    result: Observations = seen["kept_too_long"]
    return result


@pytest.mark.parametrize("queue", ["late", "delayed"])
def test_a_message_that_is_kept_too_long_ends_the_worker(kept: Observations, queue: str) -> None:
    """CLT626: of a task that is acknowledged late, and of one with a countdown; it goes to another worker."""
    assert kept[queue] == [True, True, 1, 1]


def test_a_message_that_is_acknowledged_at_the_start_is_not_kept(kept: Observations) -> None:
    """CLT626: the task takes as long."""
    assert kept["early"] == [True, False, None, 0]


def test_rabbitmq_delays_messages_of_topics_itself(kept: Observations, release: str) -> None:
    """CLT626: where the queue is a quorum queue, and the exchange is not direct. Celery 5.4 has no such setting."""
    expected = {"5.4": {}, "newest": {"direct": [True, True, 1, 1], "topic": [False, False, None, 0]}}[release]
    assert expected == {queue: kept[queue] for queue in ("direct", "topic") if queue in kept}


def test_a_quorum_queue_counts_deliveries(seen: Observations, release: str) -> None:
    """CLT415, CLT601, CLT609: the first and the two that are allowed. Celery 5.4 reads from no such queue."""
    assert seen["deliveries"] == {"5.4": [], "newest": [3, 0]}[release]
