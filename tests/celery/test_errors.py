"""What the pages CLT403 to CLT415 say about Celery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("errors")


@pytest.fixture(scope="module")
def processes(seen: Observations) -> Observations:
    """What a worker with processes of its own did."""
    result: Observations = seen["processes"]
    return result


def test_retry_raises_by_itself(seen: Observations) -> None:
    """CLT403: the task runs twice, and never gets past the call."""
    assert ["before", "before"] == seen["what_follows_a_retry"]


def test_only_automatic_retries_wait_longer(seen: Observations) -> None:
    """CLT405: the others wait three minutes, whatever the decorator says."""
    waits = seen["waits"]
    assert [180, 180, 180] == waits["steady"]
    assert [1, 2, 4] == waits["growing"]
    assert [256, 512, 600] == waits["grown"][-3:]
    assert all(delay <= 2**number for number, delay in enumerate(waits["scattered"]))
    assert [2**number for number in range(8)] != waits["scattered"]
    assert [180, 180] == waits["by_hand"] == waits["by_hand_with_backoff"]


def test_no_limit_means_no_end(seen: Observations) -> None:
    """CLT406: the task ended itself after 30 runs; `retry(max_retries=None)` keeps the limit of the task."""
    assert [30, 3] == seen["without_a_limit"]


def test_an_expiry_ends_retries(seen: Observations) -> None:
    """CLT406."""
    assert [True, False] == seen["with_an_expiry"]


def test_a_soft_limit_comes_once(processes: Observations) -> None:
    """CLT407: the loop runs to its end, four times as long as the limit, and the task succeeds."""
    assert ["SoftTimeLimitExceeded"] == processes["swallowed"]
    assert "done" == processes["result"]


def test_a_task_that_catches_its_error_succeeds(seen: Observations) -> None:
    """CLT408: the signal of a failure is sent for the other one only, and nothing is retried."""
    assert [["SUCCESS", "FAILURE"], ["shown"], ["hidden"]] == seen["states"]


def test_celery_logs_what_it_retries(processes: Observations) -> None:
    """CLT410: a line with the exception for the retry, and an error with the traceback for the last run."""
    assert processes["retry line"] is True
    assert processes["traceback"] is True
    assert processes["error line"] is True


def test_there_is_nothing_to_retry_outside_of_a_worker(seen: Observations) -> None:
    """CLT411."""
    outside = seen["outside_of_a_worker"]
    assert outside["retry"].startswith("Retry: ")
    assert "OSError: down" == outside["with an exception"]
    assert "AttributeError: 'NoneType' object has no attribute 'retry'" == outside["current"]
    assert 0 == outside["sent"]


def test_a_task_that_kills_its_process_comes_back(processes: Observations) -> None:
    """CLT415: more often than its `max_retries`, on Redis."""
    assert processes["loops"] is True
