"""Which Celery a project uses: its lock file, else the lower bound it requires, else unknown."""

from __future__ import annotations

import re

from celery_lint.project.surroundings import Surroundings

__all__ = ["celery_version", "is_pinned", "names_package", "parse_version"]

Version = tuple[int, ...]

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
PINNED = (
    re.compile(r'name = "celery"\s*\nversion = "(\d+(?:\.\d+)*)'),
    re.compile(r'"celery": \{[^}]*?"version": "==(\d+(?:\.\d+)*)', re.S),
)
REQUIREMENT = re.compile(
    r"""(?im)^\s*["']?celery\s*(?:\[[^\]]*\])?\s*\(?(?P<spec>(?:[=<>~!^]=?=?)\s*["']?\d[^"'#;\n]*)"""
)
TOML_REQUIREMENT = re.compile(
    r"""["']celery\s*(?:\[[^\]]*\])?\s*\(?(?P<spec>(?:[=<>~!]=?=?)\s*\d[^"';\n]*)["';]"""
    r"""|^\s*celery\s*=\s*(?:\{[^}\n]*version\s*=\s*)?["'](?P<poetry>[~^=<>]*\s*\d[^"']*)["']""",
    re.M,
)
PIN = re.compile(r"""(?im)(?:^|["'])\s*celery\s*(?:\[[^\]]*\])?\s*\(?\s*={2,3}\s*\d""")
PLACES = ("requirements", "requirements.d", "dependencies", "deps")
"""Directories of requirements; they may hold one more, such as that of an installer."""
LOWER = re.compile(r"(?:==|>=|~=|\^|~|>|===|^\s*=?)\s*(\d+(?:\.\d+)*)")


def parse_version(text: str) -> Version:
    """ "5.4.0rc1" → (5, 4, 0)."""
    found = re.match(r"\d+(?:\.\d+)*", text.strip())
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def celery_version(around: Surroundings) -> Version | None:
    """The version pinned, or the lowest allowed, by the files in the root and its requirements directories."""
    for name in LOCKS:
        text = around.text(name)
        for pattern in PINNED:
            found = pattern.search(text) if text else None
            if found:
                return parse_version(found.group(1))
    candidates = [lowest(around.text(path)) for path in requirement_files(around)]
    known = [version for version in candidates if version]
    return max(known) if known else None


def is_pinned(around: Surroundings) -> bool:
    """Whether the project says which release of Celery runs, not only which may."""
    if any(pattern.search(around.text(name)) for name in LOCKS for pattern in PINNED):
        return True
    return any(PIN.search(around.text(path)) for path in requirement_files(around))


def names_package(around: Surroundings, package: str) -> bool:
    """Whether a lock file or requirement in the root names the package."""
    spelt = "[-_.]".join(map(re.escape, package.split("-")))
    named = re.compile(rf"(?<![\w-]){spelt}(?![\w-])", re.I)
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


def lowest(text: str) -> Version | None:
    for pattern in (REQUIREMENT, TOML_REQUIREMENT):
        for match in pattern.finditer(text):
            spec = match.group("spec") or match.groupdict().get("poetry") or ""
            bounds = [parse_version(bound) for bound in LOWER.findall(spec)]
            if bounds:
                return max(bounds)
    return None
