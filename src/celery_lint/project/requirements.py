"""Which release of a package a project uses: by its lock file, else the lower bound it requires, else unknown."""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from celery_lint.project.surroundings import Surroundings

__all__ = ["is_pinned", "names_package", "parse_version", "required_version"]

Version = tuple[int, ...]

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
PLACES = ("requirements", "requirements.d", "dependencies", "deps")
"""Directories of requirements; they may hold one more, such as that of an installer."""
LOWER = re.compile(r"(?:==|>=|~=|\^|~|>|===|^\s*=?)\s*(\d+(?:\.\d+)*)")


def parse_version(text: str) -> Version:
    """ "5.4.0rc1" → (5, 4, 0)."""
    found = re.match(r"\d+(?:\.\d+)*", text.strip())
    return tuple(int(part) for part in found.group().split(".")) if found else ()


class Patterns(Struct, frozen=True):
    """How lock files and requirements speak of one package."""

    locked: tuple[re.Pattern[str], ...]
    required: tuple[re.Pattern[str], ...]
    pinned: re.Pattern[str]


@cache
def patterns(package: str) -> Patterns:
    name = spelt(package)
    extras = r"\s*(?:\[[^\]]*\])?\s*\(?"
    line = rf"""(?im)^\s*["']?{name}{extras}(?P<spec>(?:[=<>~!^]=?=?)\s*["']?\d[^"'#;\n]*)"""
    toml = (
        rf"""["']{name}{extras}(?P<spec>(?:[=<>~!]=?=?)\s*\d[^"';\n]*)["';]"""
        rf"""|^\s*{name}\s*=\s*(?:\{{[^}}\n]*version\s*=\s*)?["'](?P<poetry>[~^=<>]*\s*\d[^"']*)["']"""
    )
    return Patterns(
        (
            re.compile(rf'name = "{name}"\s*\nversion = "(\d+(?:\.\d+)*)'),
            re.compile(rf'"{name}": \{{[^}}]*?"version": "==(\d+(?:\.\d+)*)', re.S),
        ),
        (re.compile(line), re.compile(toml, re.M)),
        re.compile(rf"""(?im)(?:^|["'])\s*{name}{extras}\s*={{2,3}}\s*\d"""),
    )


def required_version(around: Surroundings, package: str) -> Version | None:
    """The version pinned, or the lowest allowed, by the files in the root and its requirements directories."""
    for name in LOCKS:
        text = around.text(name)
        for pattern in patterns(package).locked:
            found = pattern.search(text) if text else None
            if found:
                return parse_version(found.group(1))
    candidates = [lowest(around.text(path), package) for path in requirement_files(around)]
    known = [version for version in candidates if version]
    return max(known) if known else None


def is_pinned(around: Surroundings, package: str) -> bool:
    """Whether the project says which release of a package runs, not only which may."""
    if any(pattern.search(around.text(name)) for name in LOCKS for pattern in patterns(package).locked):
        return True
    return any(patterns(package).pinned.search(around.text(path)) for path in requirement_files(around))


def spelt(package: str) -> str:
    """A pattern for the name, which may be written with other signs between its words."""
    return "[-_.]".join(map(re.escape, package.split("-")))


def names_package(around: Surroundings, package: str) -> bool:
    """Whether a lock file or requirement in the root names the package."""
    named = re.compile(rf"(?<![\w-]){spelt(package)}(?![\w-])", re.I)
    return any(named.search(around.text(path)) for path in (*LOCKS, *requirement_files(around)))


def requirement_files(around: Surroundings) -> list[str]:
    found = []
    below = [f"{place}/{name}" for place in PLACES for name in around.names(place) if "." not in name]
    for place in ("", *PLACES, *below):
        names = (name for name in around.names(place) if is_requirement_file(name, bool(place)))
        found += [f"{place}/{name}" if place else name for name in names]
    return found


def is_requirement_file(name: str, in_requirements: bool) -> bool:
    if name in ("pyproject.toml", "Pipfile", "setup.cfg", "setup.py"):
        return True
    return name.endswith((".txt", ".in", ".pip")) and (in_requirements or name.startswith("requirements"))


def lowest(text: str, package: str) -> Version | None:
    for pattern in patterns(package).required:
        for match in pattern.finditer(text):
            spec = match.group("spec") or match.groupdict().get("poetry") or ""
            bounds = [parse_version(bound) for bound in LOWER.findall(spec)]
            if bounds:
                return max(bounds)
    return None
