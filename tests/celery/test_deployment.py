"""What the pages CLT806, CLT807, CLT808 and CLT811 say about Celery, Flower and shells."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    result: Observations = observed("deployment")["all_at_once"]
    return result


def test_flower_shows_arguments_to_strangers(seen: Observations) -> None:
    """CLT806: unless it asks for a password."""
    assert seen["flower"] == {"open": True, "closed": "401"}


def test_a_worker_that_trusts_pickle_refuses_to_be_root(seen: Observations) -> None:
    """CLT807: unless it is forced."""
    if "root" not in seen:
        pytest.skip("only root can show it")
    assert seen["root"] == {"refused": 1, "forced": True}
    assert seen["refusal"] is True


def test_a_shell_keeps_the_signal(seen: Observations) -> None:
    """CLT808: that of Debian, without exec; bash gives way."""
    if seen["warm"] is None:
        pytest.skip("there is no dash")
    assert seen["warm"] == {"sh": False, "sh with exec": True, "bash": True}


def test_arguments_are_logged_at_debug_level(seen: Observations) -> None:
    """CLT811."""
    assert seen["logged"] == {"INFO": False, "DEBUG": True}
