"""What the page CLT626 says about Celery and RabbitMQ."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[..., Observations], rabbitmq: str) -> Observations:
    """By queue: whether its worker got the message, whether RabbitMQ complained, how the worker ended, and how many
    messages wait for another worker."""
    result: Observations = observed("rabbitmq", LABORATORY_RABBITMQ=rabbitmq)["kept_too_long"]
    return result


@pytest.mark.parametrize("kept", ["late", "delayed"])
def test_a_message_that_is_kept_too_long_ends_the_worker(seen: Observations, kept: str) -> None:
    """CLT626: of a task that is acknowledged late, and of one with a countdown; it goes to another worker."""
    assert seen[kept] == [True, True, 1, 1]


def test_a_message_that_is_acknowledged_at_the_start_is_not_kept(seen: Observations) -> None:
    """CLT626: the task takes as long."""
    assert seen["early"] == [True, False, None, 0]


def test_rabbitmq_delays_messages_of_topics_itself(seen: Observations, release: str) -> None:
    """CLT626: where the queue is a quorum queue, and the exchange is not direct. Celery 5.4 has no such setting."""
    expected = {"5.4": {}, "newest": {"direct": [True, True, 1, 1], "topic": [False, False, None, 0]}}[release]
    assert expected == {queue: seen[queue] for queue in ("direct", "topic") if queue in seen}
