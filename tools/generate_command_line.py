"""Writes `knowledge/command_line.json`: the options of Celery's and Flower's commands in each release.

    python tools/generate_command_line.py 5.3.6 5.4.0 5.5.3 5.6.3 5.7.0

Each release is installed into an environment of its own, oldest first, and asked by `read_command_line.py`. What
several releases in a row agree on is written once, with the first and, unless it is still there, the last of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "celery_lint" / "knowledge" / "command_line.json"


def read(release: str) -> dict[str, Any]:
    """What one release says of itself."""
    with tempfile.TemporaryDirectory() as directory:
        venv.create(directory, with_pip=True)
        python = Path(directory, "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "-q", f"celery=={release}", "flower", "setuptools"], check=True)
        done = subprocess.run([python, HERE / "read_command_line.py"], check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def series(release: str) -> str:
    return ".".join(release.split(".")[:2])


def merged(readings: list[dict[str, Any]]) -> dict[str, Any]:
    """The readings as one table, oldest release first."""
    commands: dict[str, list[dict[str, Any]]] = {}
    previous = ""
    for reading in readings:
        release = series(reading["celery"])
        for command, options in reading["commands"].items():
            known = commands.setdefault(command, [])
            last = {each["option"]: each for each in known if "until" not in each}
            for name, option in options.items():
                record = {"option": name, **option}
                before = last.pop(name, None)
                if before is None or {**before, "since": ""} != {**record, "since": ""}:
                    if before is not None:
                        before["until"] = previous
                    known.append({**record, "since": release})
            for gone in last.values():
                gone["until"] = previous
        previous = release
    for known in commands.values():
        known.sort(key=lambda each: (each["option"], each["since"]))
    return {
        "releases": [series(reading["celery"]) for reading in readings],
        "flower": readings[-1]["flower"],
        "sub_commands": readings[-1]["sub_commands"],
        "commands": commands,
    }


def main(releases: list[str]) -> None:
    table = merged([read(release) for release in releases])
    TARGET.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
