"""What the pages CLT312, CLT601, CLT609 and CLT611 say about messages whose worker is gone or takes too long."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("acknowledgement")


@pytest.fixture(scope="module")
def again(seen: Observations) -> Observations:
    """Which tasks a second worker has received too."""
    result: Observations = seen["received_again"]
    assert {"at first": True, "the busy one lives": True}.items() <= result.items()
    return result


def test_a_killed_worker_loses_what_it_acknowledged(again: Observations) -> None:
    """CLT312, CLT601: of two tasks that ran, only the one that is acknowledged late comes again."""
    assert [again["killed early"], again["killed late"]] == [False, True]


def test_what_is_not_acknowledged_in_time_is_sent_again(again: Observations) -> None:
    """CLT601, CLT611: to a second worker, while the first still runs the one task and keeps the other."""
    assert [again["busy"], again["delayed"]] == [True, True]


def test_the_task_of_a_killed_child_is_acknowledged(seen: Observations) -> None:
    """CLT601, CLT609: late acknowledgement alone does not bring it back."""
    error = "WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: "
    answer, starts = seen["killed_children"]["dropped"]
    assert answer.startswith(error)
    assert starts == 1
    assert seen["killed_children"]["left"] == [0, 0]


def test_a_rejected_task_is_run_until_it_does_not_kill(seen: Observations) -> None:
    """CLT601, CLT609: it killed its process twice, and Celery did not count."""
    assert seen["killed_children"]["rejected"] == ["done", 3]
