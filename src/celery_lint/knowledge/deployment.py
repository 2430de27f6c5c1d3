"""Which files of a tree are deployment files, by their names."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["is_deployment_file", "kind_of"]

TEMPLATE = re.compile(r"\.(?:j2|jinja2?|tmpl|tpl|template|dist|example|sample|in|erb)$")
NAMES = (
    ("procfile", re.compile(r"procfile(?:\..+)?$|.+\.procfile$")),
    ("dockerfile", re.compile(r"(?:.+[._-])?(?:dockerfile|containerfile)(?:[._-].+)?$")),
    ("yaml", re.compile(r".+\.ya?ml$")),
    ("script", re.compile(r".+\.(?:sh|bash)$")),
    ("systemd", re.compile(r".+\.service$")),
    ("supervisor", re.compile(r".+\.(?:conf|ini)$")),
    ("script", re.compile(r"[^.]+$")),
)
NEVER = frozenset(
    {"makefile", "license", "licence", "copying", "authors", "readme", "changelog", "codeowners", "pipfile"}
)
NOT_OURS = re.compile(r".+\.(?:py|pyi|md|rst|txt|toml|lock|json|cfg)$")
OTHER_INI = frozenset({"tox.ini", "pytest.ini", "mypy.ini", "alembic.ini"})


@cache
def kind_of(name: str) -> str | None:
    """What a file of this name may be: "procfile", "dockerfile", "yaml", "script", "systemd" or "supervisor".

    A name without a dot may be a script; its first line says whether it is.
    """
    name = name.lower()
    while TEMPLATE.search(name):
        name = TEMPLATE.sub("", name)
    if name in NEVER or NOT_OURS.fullmatch(name) or name in OTHER_INI:
        return None
    return next((kind for kind, pattern in NAMES if pattern.fullmatch(name)), None)


def is_deployment_file(name: str) -> bool:
    return kind_of(name) is not None
