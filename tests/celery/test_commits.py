"""What the pages CLT113, CLT117 and CLT306 say about Django."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations

INVISIBLE = "DoesNotExist: Order matching query does not exist."


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("commits")


def test_only_the_entry_of_a_database_counts(seen: Observations) -> None:
    """CLT113: a view that fails leaves its row behind, and no check of Django's warns."""
    assert seen["atomic_requests"] == {"top": [False, 1], "database": [True, 0], "checks": None}


def test_a_migration_sends_before_it_commits(seen: Observations) -> None:
    """CLT117."""
    expected = {"atomic": [INVISIBLE, 1], "not atomic": [True, 1], "on commit": [True, 1]}
    assert expected == {name: seen["migration"][name] for name in expected}


def test_a_migration_that_fails_has_sent(seen: Observations) -> None:
    """CLT117."""
    assert seen["migration"]["fails"] == [INVISIBLE, 0]


def test_an_operation_in_a_transaction_of_its_own(seen: Observations) -> None:
    """CLT117: and one that asks for none stays in that of its migration."""
    expected = {"atomic operation": [INVISIBLE, 1], "operation that is not": [INVISIBLE, 1]}
    assert expected == {name: seen["migration"][name] for name in expected}


def test_django_refuses_queries_in_coroutines(seen: Observations) -> None:
    """CLT306."""
    refused = "SynchronousOnlyOperation: You cannot call this from an async context - use a thread or sync_to_async."
    assert refused == seen["in_a_coroutine"]
