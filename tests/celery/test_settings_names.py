"""What the pages CLT603 to CLT625 say about Celery and kombu."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations

REFUSED = "ContentDisallowed: Refusing to deserialize untrusted content of type pickle (application/x-python-serialize)"


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("settings")


def test_misspelt_settings_change_nothing(seen: Observations) -> None:
    """CLT603: the results expire after a day, and tasks are acknowledged early."""
    assert seen["misspelt"] == [86400, False]


def test_parts_of_names_change_nothing(seen: Observations) -> None:
    """CLT603: without the first part, with a slip in the namespace, or in a name of old."""
    assert seen["misspelt_in_part"] == [None, False, False, False, False]


def test_old_names_under_a_namespace(seen: Observations, release: str) -> None:
    """CLT604: Celery 5.7 reads them."""
    expected = {"5.4": [False] * 3, "newest": [True] * 3}[release]
    assert expected == seen["old_names"]


def test_settings_are_not_converted(seen: Observations) -> None:
    """CLT605, CLT622, CLT902: the text "False" is true, and the task ran at once."""
    assert seen["text_for_a_boolean"] == ["False", True]
    assert seen["text_in_the_environment"] == "EagerResult"


def test_text_ends_a_worker(seen: Observations) -> None:
    """CLT605, CLT622: the error for a list is kombu's, and newer releases of it say it in words."""
    words = "SerializerNotInstalled: No encoder/decoder installed for j"
    assert seen["text_for_a_list"] in ("KeyError: 'j'", words)
    assert seen["text_for_a_number"] == "ValueError: maxtasksperchild must be a positive int or None"


def test_results_without_an_expiry_stay(seen: Observations) -> None:
    """CLT602, CLT606: Redis keeps them for a day, or for ever."""
    day = 24 * 3600
    assert day - 60 < seen["results_stay"]["default"] <= day
    assert [-1, -1] == [seen["results_stay"][name] for name in ("none", "zero")]


def test_reading_a_pickle_runs_it(seen: Observations) -> None:
    """CLT607."""
    assert seen["pickle_runs_what_it_says"] == [REFUSED, [], ["read"]]


def test_messages_in_another_content_are_dropped(seen: Observations) -> None:
    """CLT615: the message is gone, the task has not run, and its caller waits."""
    assert seen["message_in_another_content"] == [True, "PENDING", []]


def test_results_in_another_content_cannot_be_read(seen: Observations) -> None:
    """CLT615."""
    assert seen["result_in_another_content"] == REFUSED


@pytest.mark.parametrize("module", ["django_celery_results.models", "django_celery_beat.models"])
def test_models_need_their_app(seen: Observations, module: str) -> None:
    """CLT616."""
    said = seen["models_without_their_app"][module]
    assert said.startswith(f"RuntimeError: Model class {module}.")
    assert said.endswith("doesn't declare an explicit app_label and isn't in an application in INSTALLED_APPS.")


def test_memory_belongs_to_a_process(seen: Observations) -> None:
    """CLT618."""
    assert seen["memory_belongs_to_a_process"] == [1, 0]


def test_misspelt_transport_options_change_nothing(seen: Observations) -> None:
    """CLT624."""
    assert seen["misspelt_transport_option"] == [3600, 60]


def test_the_default_queue_has_no_worker(seen: Observations) -> None:
    """CLT625: the message waits in `celery`, and a worker consumes `only`."""
    assert seen["queues_without_the_default_one"] == [1, ["only"], "celery"]
