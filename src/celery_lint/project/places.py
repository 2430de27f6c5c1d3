"""Which part of a project a file belongs to: what runs in production, what developers run, what tests run."""

from __future__ import annotations

import re
from functools import cache
from posixpath import splitext

__all__ = ["is_migration", "is_settings_path", "place_of"]

TEST_DIRECTORIES = frozenset(
    {"test", "tests", "unittests", "testing", "test_project", "testproject", "integration_tests"}
)
TEST_FILE = re.compile(r"^(test_.*|.*_tests?|tests?|conftest|factories)$")
TEST_SETTINGS = re.compile(
    r"(^|_)(test|tests|testing|ci|unittest|unittests|pytest|travis|circle|circleci|jenkins|github_actions)(_|$)"
    r"|^tests?settings|settings_?tests?$"
)
DEVELOPMENT = re.compile(
    r"(^|_)(local|dev|devel|develop|development|devstack|example|sample|docker_compose|debug|docs|sphinx)(_|$)"
)


@cache
def place_of(path: str) -> str:
    """ "tests", "development" or "production"."""
    *directories, name = path.split("/")
    stem, _ = splitext(name)
    if TEST_DIRECTORIES.intersection(directories) or TEST_FILE.match(stem):
        return "tests"
    if any(part.endswith("_tests") or part.startswith("test_") for part in directories):
        return "tests"
    if is_settings_path(path):
        named = [stem, *(part for part in directories if part not in ("settings", "config", "conf"))][:1]
        if any(TEST_SETTINGS.search(part.lower()) for part in named):
            return "tests"
        beside = [stem, *directories[-1:]]
        if any(DEVELOPMENT.search(part.lower()) for part in beside):
            return "development"
    return "production"


def is_migration(path: str) -> bool:
    """Whether a file lies among migrations, which define no models and no tasks."""
    return "migrations" in path.split("/")[:-1]


def is_settings_path(path: str) -> bool:
    """Whether a path looks like a settings module: `settings.py`, `settings/base.py`, `config/settings_test.py`."""
    *directories, name = path.split("/")
    stem = splitext(name)[0].lower()
    if "settings" in stem or stem.startswith(("local_settings", "celeryconfig", "celery_config")):
        return True
    return bool({"settings", "conf", "config", "configuration", "configs"}.intersection(directories))
