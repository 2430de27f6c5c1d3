"""Whether the tree is a package that others install, and which of its modules that package is."""

from __future__ import annotations

import re
import tomllib

from celery_lint.project.surroundings import Surroundings

__all__ = ["distributed_packages"]

NAME = re.compile(r"^\s*name\s*=\s*[\"']?([\w.-]+)[\"']?\s*,?\s*$", re.M)
"""In `setup.py` and `setup.cfg`."""

PREFIXES = ("django-", "dj-", "python-")


def distributed_packages(around: Surroundings) -> frozenset[str]:
    """The names that the top-level package of the tree's distribution may have, by its metadata; none without any."""
    name = name_of(around).lower()
    bare = next((name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)), name)
    return frozenset(re.sub(r"[-.]+", "_", each) for each in (name, bare) if each)


def name_of(around: Surroundings) -> str:
    """The name of the distribution: that of a project that can be built."""
    try:
        metadata = tomllib.loads(around.text("pyproject.toml"))
    except tomllib.TOMLDecodeError:
        metadata = {}
    if "build-system" in metadata:
        for table in (metadata.get("project"), metadata.get("tool", {}).get("poetry")):
            if isinstance(table, dict) and isinstance(table.get("name"), str):
                return str(table["name"])
    found = NAME.search(around.text("setup.cfg")) or NAME.search(around.text("setup.py"))
    return found[1] if found is not None else ""
