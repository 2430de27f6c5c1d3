"""What the pages CLT311, CLT709, CLT710 and CLT716 say about imports."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from environments import Observations


@pytest.fixture(scope="module")
def seen(observed: Callable[[str], Observations]) -> Observations:
    return observed("loading")


def test_shared_tasks_fall_back_to_the_default_app(seen: Observations) -> None:
    """CLT709: without a broker of its own, and without `delay_on_commit`."""
    assert seen["app_of_the_web"] == {
        "imported": ["proj", "memory://here", True],
        "not imported": ["default", None, False],
    }


def test_settings_that_nobody_names(seen: Observations) -> None:
    """CLT710."""
    refused = "ImproperlyConfigured: Requested settings, but settings are not configured. "
    assert seen["settings_that_nobody_names"].startswith(refused)


def test_tasks_that_discovery_finds(seen: Observations) -> None:
    """CLT311, CLT716: `shop.jobs` is never found, and `shop.tasks` is when Django is asked."""
    assert seen["registered"] == {"asking Django": ["shop.tasks.pay"], "given the setting": [], "named too late": []}
