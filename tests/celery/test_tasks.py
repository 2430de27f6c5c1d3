"""What the pages CLT301 to CLT325 say about Celery."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("tasks")


@pytest.fixture(scope="module")
def worked(seen: Observations) -> Observations:
    """What became of tasks that a worker ran."""
    result: Observations = seen["results_of_a_worker"]
    return result


def test_nobody_awaits_a_task(worked: Observations) -> None:
    """CLT301: the body does not run, and the task fails, or succeeds when nothing keeps its result."""
    assert worked["asynchronous"] == "EncodeError: TypeError('Object of type coroutine is not JSON serializable')"
    assert "asynchronous_ignored" in worked["succeeded"]
    assert not {"asynchronous", "asynchronous_ignored"} & set(worked["ran"])


def test_nobody_iterates_over_a_task(worked: Observations) -> None:
    """CLT320: the body does not run, and the task fails, or succeeds when nothing keeps its result."""
    assert worked["generator"] == "EncodeError: TypeError('Object of type generator is not JSON serializable')"
    assert "generator_ignored" in worked["succeeded"]
    assert not {"generator", "generator_ignored"} & set(worked["ran"])


def test_a_result_that_is_a_model_fails_afterwards(worked: Observations) -> None:
    """CLT313: the body has run by then."""
    assert worked["instance"] == "EncodeError: TypeError('Object of type Order is not JSON serializable')"
    assert worked["queryset"] == "EncodeError: TypeError('Object of type QuerySet is not JSON serializable')"
    assert worked["ran"] == ["instance", "queryset"]


def test_self_is_the_first_argument_of_the_caller(seen: Observations, worked: Observations) -> None:
    """CLT302."""
    expected = "TypeError: takes_self() missing 1 required positional argument: 'x'"
    assert expected == seen["parameters"]["self without bind"]
    assert worked["uses_self"] == "NameError: name 'self' is not defined"


def test_a_bound_task_needs_a_parameter(seen: Observations) -> None:
    """CLT325."""
    expected = "TypeError: takes_nothing() takes 0 positional arguments but 1 was given"
    assert expected == seen["parameters"]["bind without a parameter"]


def test_a_method_gets_no_instance(seen: Observations) -> None:
    """CLT321."""
    assert seen["parameters"]["method"] == "TypeError: send() missing 1 required positional argument: 'x'"


def test_a_static_method_is_no_function(seen: Observations) -> None:
    """CLT321: with the decorators the other way round it is one."""
    expected = ["AttributeError: 'method-wrapper' object has no attribute '__module__'", "experiments.tasks.below_it"]
    assert expected == seen["above_staticmethod"]


def test_a_call_is_no_message(seen: Observations) -> None:
    """CLT316: it runs here, once, past its time limit, and its error is the caller's."""
    assert seen["called_as_a_function"] == ["OSError: no mail server", 1, 0]


def test_unknown_options_become_attributes(seen: Observations) -> None:
    """CLT303."""
    assert seen["misspelt_options"] == [9, 3, 3, None]


def test_a_soft_limit_above_the_hard_one(seen: Observations, release: str) -> None:
    """CLT305: Celery 5.4 takes it."""
    refused = "ValueError: soft_time_limit must be less than or equal to time_limit"
    expected = {"5.4": "sent", "newest": refused}[release]
    assert expected == seen["soft_limit_above_the_hard_one"]


def test_settings_with_the_soft_limit_above_the_hard_one(seen: Observations, release: str) -> None:
    """CLT305: Celery 5.4 keeps them for its workers."""
    refused = "ValueError: soft_time_limit must be less than or equal to time_limit"
    expected = {"5.4": "sent", "newest": refused}[release]
    assert expected == seen["settings_with_the_soft_limit_above_the_hard_one"]


def test_one_name_is_one_task(seen: Observations, release: str) -> None:
    """CLT310: the newest Celery warns."""
    warnings = {"5.4": [], "newest": ["DuplicateTaskNameWarning"]}[release]
    assert [1, warnings] == seen["one_name_twice"]


def test_which_of_two_tasks_wins(seen: Observations) -> None:
    """CLT310: the first, if the app is ready; else either, as it comes."""
    assert seen["which_of_two_wins"] == {"after": ["first", "second"] * 2, "before": ["first"] * 2}


def test_a_task_has_the_name_of_its_wrapper(seen: Observations) -> None:
    """CLT323."""
    assert seen["wrapped_without_wraps"] == ["experiments.tasks.inner", "experiments.tasks.inner", True]
    assert seen["wrapped_with_wraps"] == ["pay", "ship", "pay", "ship"]


def test_a_task_inside_a_function_is_not_there_before_the_call(seen: Observations, worked: Observations) -> None:
    """CLT322."""
    assert seen["inside_a_function"] == [False, True]
    assert worked["nowhere"] == "NotRegistered"


def test_what_celery_5_no_longer_has(seen: Observations) -> None:
    """CLT324."""
    expected = {name: f"ModuleNotFoundError: No module named '{name}'" for name in seen["removed"]}
    assert expected == seen["removed"]


def test_a_shared_task_belongs_to_the_app_of_the_project(seen: Observations) -> None:
    """CLT314: one of another app is sent by that."""
    assert [False, True] == seen["whose_task"]
