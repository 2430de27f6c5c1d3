"""What the pages CLT401 to CLT414 say about Celery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("retries")


@pytest.fixture(scope="module")
def runs(seen: Observations) -> Observations:
    """By task: how often it ran, how often with success, and what its caller got."""
    result: Observations = seen["runs"]
    return result


def test_a_retry_that_is_caught(seen: Observations, runs: Observations) -> None:
    """CLT401: it is queued all the same, and each run counts as a success."""
    assert runs["swallowed"] == runs["swallowed_though_raised"] == [3, 3, "went on"]
    assert seen["caught"] == ["Retry", "Retry", "MaxRetriesExceededError"]


def test_a_retry_that_is_let_pass(runs: Observations) -> None:
    """CLT401: only the run that may not ask for another goes on."""
    assert runs["passed_on"] == [3, 1, "went on"]


def test_an_exception_in_the_place_of_args(runs: Observations) -> None:
    """CLT402."""
    assert runs["given_as_argument"] == [1, 0, "TypeError: 'OSError' object is not iterable"]


def test_every_error_is_retried(runs: Observations) -> None:
    """CLT404: four runs of what fails each time, and a soft time limit is an error like any other."""
    assert runs["retries_bugs"] == [4, 0, "TypeError: object of type 'int' has no len()"]
    assert runs["retries_slowness"] == [4, 0, "SoftTimeLimitExceeded: SoftTimeLimitExceeded()"]


def test_rates_that_celery_reads(seen: Observations) -> None:
    """CLT409: a number for itself, or by the second, minute or hour."""
    unreadable = ["KeyError: 'min'", "KeyError: 'd'", "KeyError: ' m'"]
    expected = [*unreadable, "ValueError: could not convert string to float: 'ten'", 10 / 60, 10.0, 10]
    assert expected == seen["rates"]


def test_a_rate_limit_stops_the_worker(seen: Observations) -> None:
    """CLT409: who sends the task does not notice."""
    assert seen["rate_limit_of_a_worker"] == [True, 1, "KeyError: 'min'"]


def test_options_alone_retry_nothing(runs: Observations) -> None:
    """CLT412."""
    assert runs["options_only"] == [1, 0, "OSError: the network is down"]


def test_which_error_ends_the_last_retry(runs: Observations) -> None:
    """CLT413: the one that is given as `exc`, else MaxRetriesExceededError."""
    assert runs["handler_with_exc"] == [2, 0, "OSError: the network is down"]
    assert runs["handler_without_exc"] == [2, 1, "handled"]


def test_what_autoretry_for_may_be(seen: Observations, runs: Observations) -> None:
    """CLT414: a class stops the first use of the task, names of classes hide its error, and a list does."""
    assert seen["one_class"] == "TypeError: 'type' object is not iterable"
    hidden = "TypeError: catching classes that do not inherit from BaseException is not allowed"
    assert runs["names"] == [1, 0, hidden]
    assert runs["list_of_classes"] == [2, 0, "OSError: the network is down"]
