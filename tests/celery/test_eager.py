"""What the pages CLT901, CLT902, CLT903, CLT905 and CLT906 say about Celery and Django."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("eager")


def test_an_eager_task_sees_what_is_not_committed(seen: Observations) -> None:
    """CLT901."""
    assert seen["inside_a_transaction"] is True


def test_an_eager_task_runs_where_it_is_sent(seen: Observations) -> None:
    """CLT901, CLT902."""
    assert seen["same_thread"] is True


def test_eager_exceptions_disappear(seen: Observations) -> None:
    """CLT901, CLT902, CLT903: unless they are told not to."""
    assert seen["exceptions"] == ["FAILURE", "ValueError: lost"]


def test_eager_tasks_know_no_times(seen: Observations) -> None:
    """CLT901, CLT902: no countdown, no limits, and retries at once."""
    assert seen["times_are_ignored"] == ["SUCCESS", [0, 1, 2], "SUCCESS", True]


def test_eager_results_are_kept(seen: Observations) -> None:
    """CLT901."""
    assert seen["ignored_results"] == 5


def test_eager_arguments_are_written_and_read(seen: Observations) -> None:
    """CLT901."""
    assert seen["arguments"] == ["list", "EncodeError: Object of type Order is not JSON serializable"]


def test_tasks_sent_by_name_are_not_eager(seen: Observations) -> None:
    """CLT901."""
    assert seen["by_name"] == ["AsyncResult", "AlwaysEagerIgnored"]


def test_a_worker_does_not_see_what_a_test_rolls_back(seen: Observations) -> None:
    """CLT905: in a TestCase, and what it sees of a test that commits."""
    assert seen["workers_beside_tests"] == [False, True]


def test_a_task_reads_its_options_once(seen: Observations) -> None:
    """CLT906: the app follows the test, and the task does not."""
    assert seen["options_are_read_once"] == [False, False, False, True]


def test_django_s_settings_come_before_the_app_s_until_5_7(seen: Observations, release: str) -> None:
    """CLT906."""
    assert ["local", release == "newest"] == seen["set_on_the_app"]
