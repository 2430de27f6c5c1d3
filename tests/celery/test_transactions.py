"""What the pages CLT101 to CLT117 and CLT318 say about Celery and Django."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("transactions")


def test_the_row_is_not_there_yet(seen: Observations) -> None:
    """CLT101, CLT102, CLT103, CLT104, CLT107."""
    assert seen["sent_before_the_commit"] == ["DoesNotExist: Order matching query does not exist."]


def test_a_rollback_calls_no_message_back(seen: Observations) -> None:
    """CLT101, CLT110, CLT112."""
    assert seen["sent_although_rolled_back"] == ["DoesNotExist: Order matching query does not exist."]


def test_without_a_transaction_the_row_is_there(seen: Observations) -> None:
    """CLT107: also for `delay_on_commit`, which then sends at once."""
    assert seen["sent_without_a_transaction"] == [True, True]


def test_a_transaction_outlives_a_countdown(seen: Observations) -> None:
    """CLT110."""
    assert seen["sent_with_a_countdown"] == ["DoesNotExist: Order matching query does not exist."]


def test_delay_on_commit_waits(seen: Observations) -> None:
    assert seen["sent_on_commit"] is True


def test_delay_on_commit_gives_nothing(seen: Observations) -> None:
    """CLT108."""
    assert seen["result_of_delay_on_commit"] is None


def test_a_task_called_inside_on_commit_is_sent_and_the_block_rolls_back(seen: Observations) -> None:
    """CLT105."""
    expected = ["TypeError: on_commit()'s callback must be a callable.", 1, 0]
    assert expected == seen["task_called_inside_on_commit"]


def test_arguments_of_on_commit_are_not_the_task_s(seen: Observations) -> None:
    """CLT105."""
    assert seen["on_commit_with_arguments"].startswith("TypeError: attribute name must be string, not 'int'")


def test_a_signature_as_callback_runs_here(seen: Observations) -> None:
    """CLT114."""
    assert seen["signature_as_callback"] == [0, [5]]


def test_lambdas_in_a_loop_see_its_last_round(seen: Observations) -> None:
    """CLT106."""
    assert seen["lambdas_in_a_loop"] == [2, 2, 2]
    assert seen["partials_in_a_loop"] == [0, 1, 2]


def test_delay_on_commit_looks_at_the_default_database(seen: Observations) -> None:
    """CLT115."""
    assert seen["inside_a_block_on_another_database"] == 1


def test_delay_on_commit_refuses_coroutines(seen: Observations) -> None:
    """CLT116."""
    assert seen["in_a_coroutine"].startswith("SynchronousOnlyOperation: ")


@pytest.mark.parametrize("name", ["plain_base", "app_without_fixup"])
def test_some_tasks_have_no_delay_on_commit(seen: Observations, name: str) -> None:
    """CLT109."""
    assert seen[name].startswith("AttributeError: ")
    assert seen[name].endswith("has no attribute 'delay_on_commit'")


def test_a_wrapper_above_the_task_hides_it(seen: Observations) -> None:
    """CLT319."""
    assert seen["decorator_above_the_task"] == "AttributeError: 'function' object has no attribute 'delay'"


def test_what_runs_in_a_transaction_of_its_own(seen: Observations) -> None:
    """CLT103."""
    assert seen["signals_inside_a_transaction"] == {"create": False, "get_or_create": True, "delete": True}


def test_nothing_commits_in_a_test_case(seen: Observations) -> None:
    """CLT904."""
    assert seen["test_case_never_commits"] == [0, 1]


def test_locking_needs_a_transaction(seen: Observations) -> None:
    """CLT111."""
    expected = "TransactionManagementError: select_for_update cannot be used outside of a transaction."
    assert expected == seen["locking_outside_a_transaction"]


def test_save_writes_every_field(seen: Observations) -> None:
    """CLT318."""
    kept = "changed meanwhile"
    assert seen["saved_over_another_change"] == {"save": "before", "update_fields": kept, "refresh": kept}
