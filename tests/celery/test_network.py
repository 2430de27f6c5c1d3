"""What the pages CLT308, CLT611, CLT613 and CLT614 say about hosts that are silent, and about brokers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[..., Observations], rabbitmq: str) -> Observations:
    return observed("network", LABORATORY_RABBITMQ=rabbitmq)


def test_who_waits_for_a_host_that_says_nothing(seen: Observations) -> None:
    """CLT308: of the libraries, httpx has a timeout of its own."""
    endless = ("requests", "urlopen", "smtplib", "ftplib", "imaplib", "poplib", "socket")
    assert seen["silent_hosts"]["waits"] == {**dict.fromkeys(endless, True), "httpx": False}


def test_a_timeout_ends_the_wait(seen: Observations) -> None:
    """CLT308: and so does a time limit of the task."""
    expected = dict.fromkeys(("urlopen", "ftplib", "imaplib", "poplib", "socket"), "TimeoutError")
    expected |= {"smtplib": "SMTPServerDisconnected", "requests": "ReadTimeout", "httpx": "ReadTimeout"}
    assert expected == seen["silent_hosts"]["ends"]
    assert seen["silent_hosts"]["limited"] == "TimeLimitExceeded"


def test_nothing_is_hidden_on_the_way(seen: Observations) -> None:
    """CLT614: neither the password nor the arguments."""
    assert seen["in_the_clear"] == {"redis": [True, True], "rabbitmq": [True, True]}


def test_the_url_of_the_broker_is_enough(seen: Observations) -> None:
    """CLT613: for a task with any arguments."""
    assert seen["known_by_its_url"] == "paid with any"


def test_how_long_a_message_may_be_unacknowledged(seen: Observations) -> None:
    """CLT611: unless it is set."""
    assert seen["visibility_timeouts"] == {"redis": 3600, "sqs": 1800}
