"""The registry of settings: it says what the installed Celery says, and answers for each release."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from celery_lint.knowledge.settings import Setting, registry

TOOLS = Path(__file__).parent.parent / "tools"


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.celery
@pytest.mark.parametrize("group", ["celery", "amqp_options", "redis_options", "result_backend_options"])
def test_the_registry_is_what_the_installed_release_says(group: str) -> None:
    found: dict[str, Any] = tool("read_settings").read(group)
    known = registry(group)
    if found["version"] not in known.versions:
        pytest.skip(f"{found['version']} is no release that the registry was made from")
    version = tuple(int(part) for part in found["version"].split("."))
    now = {name: known.setting(name, version) for name in known.settings}
    expected = {
        name: Setting(name, setting["type"], setting["default"], tuple(setting["old"]))
        for name, setting in found["settings"].items()
    }
    assert expected == {name: setting for name, setting in now.items() if setting is not None}


class TestRegistry:
    def test_a_setting_has_type_default_and_old_names(self) -> None:
        assert Setting("task_acks_late", "bool", False, ("CELERY_ACKS_LATE",)) == registry().setting("task_acks_late")

    def test_without_an_old_name_it_is_the_name_in_upper_case(self) -> None:
        assert "broker_url" == registry().new_names["BROKER_URL"]
        assert "result_expires" == registry().new_names["CELERY_TASK_RESULT_EXPIRES"]

    def test_a_setting_that_came_later_is_not_in_earlier_releases(self) -> None:
        assert (5, 5) == registry().since("worker_soft_shutdown_timeout")
        assert registry().setting("worker_soft_shutdown_timeout", (5, 4, 0)) is None
        assert registry().setting("worker_soft_shutdown_timeout", (5, 5)) is not None

    def test_a_default_that_changed(self) -> None:
        before = registry().setting("event_queue_exclusive", (5, 6, 3))
        after = registry().setting("event_queue_exclusive", (5, 7))
        assert before is not None
        assert after is not None
        assert [False, True] == [before.default, after.default]

    def test_an_older_release_than_any_known_is_taken_for_the_oldest(self) -> None:
        assert registry().setting("task_acks_late") == registry().setting("task_acks_late", (4, 4))

    def test_a_timedelta_is_seconds(self) -> None:
        expires = registry().setting("result_expires")
        assert expires is not None
        assert 86400 == expires.default

    def test_transports_and_django_packages(self) -> None:
        assert "visibility_timeout" in registry("redis_options").settings
        assert "visibility_timeout" in registry("sqs_options").settings
        assert "confirm_publish" in registry("amqp_options").settings
        assert "DJANGO_CELERY_BEAT_TZ_AWARE" in registry("django_celery_beat").settings


def test_the_history_of_settings_is_made_of_what_each_release_changed() -> None:
    def release(version: str, **settings: list[object]) -> dict[str, Any]:
        named = {name: dict(zip(("type", "default", "old"), record, strict=True)) for name, record in settings.items()}
        return {"celery": {"version": version, "settings": named}}

    releases = [
        release("5.3.6", kept=["int", 4, []], gone=["bool", False, []]),
        release("5.4.0", kept=["int", 4, []], gone=["bool", False, []], new=["string", None, ["NEW"]]),
        release("5.5.3", kept=["int", 8, []], new=["string", None, ["NEW"]]),
    ]
    expected = {
        "kept": [["5.3", "int", 4, []], ["5.5", "int", 8, []]],
        "gone": [["5.3", "bool", False, []], ["5.5"]],
        "new": [["5.4", "string", None, ["NEW"]]],
    }
    assert expected == tool("generate_settings").history(releases, "celery")
