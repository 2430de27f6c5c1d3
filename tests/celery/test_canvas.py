"""What the pages CLT501 to CLT514 say about Celery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations

NO_ROOM = "TypeError: alone() takes 0 positional arguments but 1 was given"


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("canvas")


@pytest.fixture(scope="module")
def worked(seen: Observations) -> Observations:
    """What a worker with one process made of it."""
    result: Observations = seen["run_by_a_worker"]
    return result


@pytest.mark.parametrize("name", ["waits", "waits_for_itself"])
def test_no_result_is_awaited_inside_of_a_task(worked: Observations, name: str) -> None:
    """CLT501."""
    assert worked[name].startswith("RuntimeError: Never call result.get() within a task!")


def test_a_pool_that_waits_runs_nothing(worked: Observations) -> None:
    """CLT501."""
    assert worked["waits_regardless"] == "TimeoutError: The operation timed out."


def test_parts_that_were_sent_are_no_parts(seen: Observations) -> None:
    """CLT502: each is on the broker by the time of the error."""
    expected = {
        "chain": ["TypeError: unsupported operand type(s) for |: '_chain' and 'AsyncResult'", 1],
        "pipe": ["TypeError: unsupported operand type(s) for |: 'Signature' and 'AsyncResult'", 1],
        "group": ["TypeError: '>=' not supported between instances of 'float' and 'str'", 2],
        "chord": ["AttributeError: 'AsyncResult' object has no attribute 'AsyncResult'", 1],
    }
    assert expected == seen["parts_that_were_sent"]


def test_descriptions_send_nothing(seen: Observations) -> None:
    """CLT503."""
    assert seen["descriptions_send_nothing"] == ["made", 0]


def test_the_result_before_is_the_first_argument(worked: Observations) -> None:
    """CLT504: of `.s()`, and not of `.si()`."""
    assert [NO_ROOM, "alone", 7, True] == [worked[name] for name in ("chain", "immutable", "result", "linked")]
    assert worked["chord"] == f"ChordError: Callback error: TypeError('{NO_ROOM.removeprefix('TypeError: ')}')"


def test_a_link_has_to_be_a_signature(seen: Observations) -> None:
    """CLT514: the task is not sent, though its callback may be."""
    expected = {
        "task": ["EncodeError: Object of type add is not JSON serializable", 0],
        "result": ["EncodeError: Object of type AsyncResult is not JSON serializable", 1],
        "error": ["EncodeError: Object of type add is not JSON serializable", 0],
    }
    assert expected == seen["links_that_are_no_signatures"]
