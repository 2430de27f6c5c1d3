"""Writes `src/celery_lint/knowledge/settings.json` from real releases, one minor version after the other.

    python tools/generate_settings.py

Each release is installed into an environment of its own by uv, and `read_settings.py` runs there. A setting's
history in the file is a list of records `[since, type, default, old names]`, a new one for each release that
changed it; `[since]` alone says that this release no longer has it. A default of null also stands for infinity.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).parent
TARGET = TOOLS.parent / "src" / "celery_lint" / "knowledge" / "settings.json"
RELEASES = (
    ("celery==5.3.*", "kombu==5.3.*", "django-celery-beat==2.5.*", "django-celery-results==2.5.*"),
    ("celery==5.4.*", "kombu==5.4.*", "django-celery-beat==2.7.*", "django-celery-results==2.5.*"),
    ("celery==5.5.*", "kombu==5.5.*", "django-celery-beat==2.8.*", "django-celery-results==2.6.*"),
    ("celery==5.6.*", "kombu==5.6.*", "django-celery-beat==2.9.*", "django-celery-results==2.6.*"),
    ("celery==5.7.*", "kombu==5.7.*", "django-celery-beat==2.9.*", "django-celery-results==2.6.*"),
)
"""What is read, oldest first; a new Celery is a new line."""

ALSO = ("boto3", "packaging", "pycurl", "redis", "urllib3")
"""What kombu needs to import its transports."""


def read(release: tuple[str, ...]) -> dict[str, Any]:
    wanted = [part for requirement in (*release, *ALSO) for part in ("--with", requirement)]
    command = ["uv", "run", "--quiet", "--no-project", "--isolated", *wanted, "python", str(TOOLS / "read_settings.py")]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    loaded: dict[str, Any] = json.loads(printed)
    return loaded


def history(releases: list[dict[str, Any]], group: str) -> dict[str, list[list[Any]]]:
    """The records of every setting of a group, in the order of releases."""
    found: dict[str, list[list[Any]]] = {}
    for release in releases:
        since = minor(release[group]["version"])
        settings = release[group]["settings"]
        for name in sorted({*found, *settings}):
            records = found.setdefault(name, [])
            record = settings.get(name)
            now = [] if record is None else [record["type"], record["default"], record["old"]]
            if (records[-1][1:] if records else []) != now:
                records.append([since, *now])
    return found


def minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def main() -> int:
    releases = [read(release) for release in RELEASES]
    groups = list(releases[-1])
    lines = ["{"]
    for group in groups:
        versions = json.dumps(list(dict.fromkeys(release[group]["version"] for release in releases)))
        settings = history(releases, group)
        lines.append(f'"{group}": {{"versions": {versions}, "settings": {{')
        lines += [
            f'"{name}": {json.dumps(records)}{"" if number == len(settings) else ","}'
            for number, (name, records) in enumerate(sorted(settings.items()), start=1)
        ]
        lines.append("}}" if group == groups[-1] else "}},")
    TARGET.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
