"""What the pages CLT501 to CLT515 say about Celery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations

NO_ROOM = "TypeError: alone() takes 0 positional arguments but 1 was given"
A_DAY = 86400


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


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none", "Starting chords requires a result backend to be configured."),
        ("upgraded", "Starting chords requires a result backend to be configured."),
        ("rpc", 'The "rpc" result backend does not support chords!'),
    ],
)
def test_somebody_has_to_count_the_results_of_a_chord(seen: Observations, name: str, reason: str) -> None:
    """CLT505."""
    assert seen["chords_that_nobody_counts"][name].splitlines()[0] == f"NotImplementedError: {reason}"


def test_redis_counts_headers_whose_results_are_ignored(worked: Observations) -> None:
    """CLT505: nothing is said about those."""
    assert worked["ignored_header"] == "alone"


def test_without_a_backend_there_is_nothing_to_read(seen: Observations) -> None:
    """CLT506, CLT515."""
    said = seen["results_that_nobody_stores"]
    assert said["get"].startswith("NotImplementedError: No result backend is configured.")
    missing = "AttributeError: 'DisabledBackend' object has no attribute '_get_task_meta_for'"
    assert [missing, missing] == [said["status"], said["ready"]]


def test_ignored_results_are_never_there(seen: Observations) -> None:
    """CLT506: without waiting where the task was sent, and for ever by the id."""
    said = seen["results_that_nobody_stores"]
    assert said["ignored"] == [None, False, "PENDING"]
    assert said["ignored_by_id"] == "TimeoutError: The operation timed out."


def test_what_was_never_sent_is_pending(seen: Observations) -> None:
    """CLT508, CLT509: only a timeout ends the wait."""
    expected = ["PENDING", "TimeoutError: The operation timed out."]
    assert expected == seen["results_that_nobody_stores"]["never_sent"]


def test_results_are_kept_for_a_day_unless_they_are_ignored(worked: Observations) -> None:
    """CLT507: -2 is what Redis says of a key that is not there."""
    kept, dropped = worked["seconds_kept"]
    assert A_DAY - 60 < kept <= A_DAY
    assert dropped == -2


def test_a_backend_that_is_down_stops_the_sending(seen: Observations) -> None:
    """CLT507: unless the result is ignored."""
    assert seen["backend_is_down"] == [False, True]


def test_a_result_is_no_data(seen: Observations) -> None:
    """CLT510."""
    refused = "TypeError: Object of type AsyncResult is not JSON serializable"
    assert {"dumps": refused, "response": refused, "id": '{"task": "some-id"}'} == seen["results_as_data"]


def test_a_group_is_a_message_for_each_member(seen: Observations) -> None:
    """CLT511."""
    assert seen["one_message_for_each_row"][:2] == ["made", 50]


def test_a_chord_without_a_header_runs_its_body(worked: Observations) -> None:
    """CLT512: with an empty list."""
    assert worked["empty"] == 0


def test_map_passes_one_argument_and_starmap_all(worked: Observations) -> None:
    """CLT513."""
    assert worked["map"] == "TypeError: add() missing 1 required positional argument: 'y'"
    assert worked["starmap"] == [3]


def test_a_link_has_to_be_a_signature(seen: Observations) -> None:
    """CLT514: the task is not sent, though its callback may be."""
    expected = {
        "task": ["EncodeError: Object of type add is not JSON serializable", 0],
        "result": ["EncodeError: Object of type AsyncResult is not JSON serializable", 1],
        "error": ["EncodeError: Object of type add is not JSON serializable", 0],
    }
    assert expected == seen["links_that_are_no_signatures"]


def test_other_stores_do_not_count_ignored_headers(seen: Observations) -> None:
    """CLT505: the callback of such a chord does not run, though one whose header keeps its results does."""
    assert seen["counted"] == {store: [True, False] for store in ("database", "files", "django")}
