"""Whether the tree is a package that others install, and which of its modules that package is."""

from __future__ import annotations

import re
import tomllib

__all__ = ["METADATA", "packages_of"]

METADATA = ("pyproject.toml", "setup.cfg", "setup.py")
"""The files of a root that may say what is distributed."""

NAME = re.compile(r"^\s*name\s*=\s*[\"']?([\w.-]+)[\"']?\s*,?\s*$", re.M)
"""In `setup.py` and `setup.cfg`."""

PREFIXES = ("django-", "dj-", "python-")


def packages_of(pyproject: str, *setup: str) -> frozenset[str]:
    """The names that the top-level package of a distribution may have, by the texts of its metadata; none for a tree
    that cannot be built."""
    name = (built_name(pyproject) or next((found[1] for text in setup if (found := NAME.search(text))), "")).lower()
    bare = next((name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)), name)
    return frozenset(re.sub(r"[-.]+", "_", each) for each in (name, bare) if each)


def built_name(pyproject: str) -> str:
    """The name of a project that says how it is built."""
    try:
        metadata = tomllib.loads(pyproject)
    except tomllib.TOMLDecodeError:
        return ""
    tool = metadata.get("tool", {})
    tables = (metadata.get("project"), tool.get("poetry") if isinstance(tool, dict) else None)
    names = [table.get("name") for table in tables if isinstance(table, dict) and "build-system" in metadata]
    return next((name for name in names if isinstance(name, str)), "")
