"""What the pages CLT612 to CLT627 say about where Celery reads a setting, and what it makes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("configuration")


def test_celery_goes_by_another_clock(seen: Observations) -> None:
    """CLT612: it takes Django's unless it has its own, where midnight comes on the day before in the code."""
    assert seen["time_zones"] == {"without its own": True, "midnight": [True, False], "date": "2030-07-01"}


@pytest.mark.parametrize("name", ["none", "another", "no prefix"])
def test_settings_of_another_namespace_are_not_read(seen: Observations, release: str, name: str) -> None:
    """CLT617: the broker is RabbitMQ on this machine, but for an old name that Celery 5.7 reads."""
    broker, time_limit = seen["namespaces"][name]
    assert time_limit is None
    if (release, name) != ("newest", "no prefix"):
        assert broker == "amqp://guest:**@localhost:5672//"


def test_settings_of_the_namespace_are_read(seen: Observations) -> None:
    """CLT617."""
    broker, time_limit = seen["namespaces"]["the same"]
    assert broker.endswith("redis.invalid:6379/0")
    assert time_limit == 60


def test_who_wins_depends_on_the_release(seen: Observations, release: str) -> None:
    """CLT621: Django's setting up to Celery 5.6, the app's from 5.7 on."""
    host, time_limit = {"5.4": ("django.invalid", 300), "newest": ("app.invalid", 600)}[release]
    assert seen["two_places"]["keyword"].endswith(f"{host}:6379/0")
    assert [time_limit, time_limit] == [seen["two_places"][way] for way in ("assigned", "updated")]


def test_urls_without_a_scheme_are_amqp(seen: Observations) -> None:
    """CLT623: the whole URL becomes the host."""
    expected = ["amqp://guest:**@redis.invalid%3A6379%2F1:5672//", "amqp://guest:**@redis%3A%2Fredis.invalid:5672//"]
    assert expected == seen["brokers_without_a_scheme"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("no such transport", "KeyError: 'No such transport: reddis.  Did you mean redis?'"),
        ("hash", "ValueError: Port could not be cast to integer value as 'a'"),
        ("database by name", "ValueError: Database is int between 0 and limit - 1, not shop"),
    ],
)
def test_urls_stop_a_worker(seen: Observations, name: str, error: str) -> None:
    """CLT623."""
    assert seen["brokers"][name] == [1, error]


def test_urls_stop_who_asks_for_a_result(seen: Observations) -> None:
    """CLT623."""
    assert seen["backends"]["no db+"] == "ModuleNotFoundError: No module named 'postgresql'"
    assert "A rediss:// URL must have parameter ssl_cert_reqs" in seen["backends"]["no certificates"]


def test_newer_settings_are_ignored_without_a_word(seen: Observations, release: str) -> None:
    """CLT627: no setting of Celery 5.5 is known to 5.4, no transport option of kombu 5.7 to 5.4."""
    setting, option = {"5.4": (False, None), "newest": (True, 7)}[release]
    assert seen["newer_settings"] == {"said": [], "setting": setting, "option": option}
