"""What the pages CLT201 to CLT213 say about Celery and kombu."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("arguments")


def test_instances_are_refused(seen: Observations) -> None:
    """CLT201, CLT202: also inside of a list or a dict."""
    assert seen["instances"] == ["EncodeError: Object of type Order is not JSON serializable"] * 3


def test_querysets_are_refused(seen: Observations) -> None:
    """CLT202: also those of `values()` and `values_list()`."""
    assert seen["querysets"] == ["EncodeError: Object of type QuerySet is not JSON serializable"] * 3


def test_other_types_are_refused(seen: Observations) -> None:
    """CLT203."""
    expected = {name: f"EncodeError: Object of type {name} is not JSON serializable" for name in seen["refused"]}
    assert expected == seen["refused"]
    assert seen["keys"] == "EncodeError: keys must be str, int, float, bool or None, not tuple"


def test_what_kombu_adds_to_json(seen: Observations) -> None:
    """CLT203, CLT213: times, Decimal, UUID and bytes arrive as they were; a tuple and the keys of a dict do not."""
    assert seen["accepted"] == [True] * 8
    assert seen["changed"] == [[1, 2], {"1": "x", "null": "y"}]


def test_members_arrive_as_plain_values(seen: Observations) -> None:
    """CLT213."""
    assert [["int", 1], ["str", "paid"]] == seen["members"]


def test_messages_show_their_arguments(seen: Observations) -> None:
    """CLT208: in the header and the body; `argsrepr` replaces what the header says."""
    assert {"plain": [True, True], "hidden": [False, True]} == seen["shown_arguments"]


def test_arguments_lie_in_the_message(seen: Observations) -> None:
    """CLT204."""
    assert seen["size_of_a_message"] > 1_000_000


def test_arguments_are_compared_where_a_task_is_sent(seen: Observations) -> None:
    """CLT205: but not where a signature is made, without typing, or by name."""
    too_many = "TypeError: one() takes 1 positional argument but 2 were given"
    expected = {
        "too many": too_many,
        "too few": "TypeError: one() missing 1 required positional argument: 'x'",
        "keyword": "TypeError: one() got an unexpected keyword argument 'y'",
        "on commit": too_many,
        "signature": too_many,
        "signature made": "made",
        "unchecked": "sent",
        "by name": "sent",
    }
    assert expected == seen["arity"]


def test_args_and_kwargs_are_unpacked(seen: Observations) -> None:
    """CLT206."""
    expected = {
        "number": "TypeError: experiments.arguments.one() argument after * must be an iterable, not int",
        "string": "TypeError: one() takes 1 positional argument but 3 were given",
        "string of one": "TypeError: task args must be a list or tuple",
        "set": "TypeError: task args must be a list or tuple",
        "kwargs": "TypeError: experiments.arguments.one() argument after ** must be a mapping, not list",
    }
    assert expected == seen["containers"]


def test_delay_takes_no_options(seen: Observations) -> None:
    """CLT207: a task with `**kwargs` gets them as arguments."""
    expected = [
        "TypeError: one() got an unexpected keyword argument 'countdown'",
        "TypeError: one() got an unexpected keyword argument 'queue'",
        None,
        {"countdown": 5},
    ]
    assert expected == seen["options_in_delay"]


def test_unknown_options_change_nothing(seen: Observations) -> None:
    """CLT210: no eta, and the default queue."""
    assert seen["unknown_options"] == [None, "celery", 60]


def test_naive_times_are_read_as_utc(seen: Observations) -> None:
    """CLT211: in New York the task runs at once, and one that should wait is expired."""
    assert seen["naive_times"] == [True, "TaskRevokedError: expired", None]


def test_wrong_types_fail_where_a_task_is_sent(seen: Observations) -> None:
    """CLT212."""
    expected = {
        "countdown": "TypeError: '<' not supported between instances of 'str' and 'int'",
        "countdown of a timedelta": "TypeError: '<' not supported between instances of 'datetime.timedelta' and 'int'",
        "eta": "AttributeError: 'int' object has no attribute 'isoformat'",
        "eta of a timedelta": "AttributeError: 'datetime.timedelta' object has no attribute 'isoformat'",
        "expires": "ValueError: ISO string too short",
        "expires of a timedelta": "TypeError: '<' not supported between instances of 'datetime.timedelta' and 'int'",
        "retry_policy": "TypeError: Connection.ensure() got an unexpected keyword argument 'max_retrys'",
    }
    assert expected == seen["wrong_types"]


def test_countdown_wins_over_eta(seen: Observations) -> None:
    """CLT212."""
    assert seen["countdown_beside_eta"] is False
