"""Experiments: what Celery really does, on the oldest release that is supported and on the newest.

`observed("transactions")` runs every experiment of `experiments/transactions.py` in one process of its own and gives
what each of them saw. A test compares that with what a page says.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import environments
import pytest
import rabbitmq as rabbit
from environments import Observations

HERE = Path(__file__).resolve().parent
LIMIT = 240


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.celery)


def missing(reason: str) -> None:
    """A failure where all must be shown, a skip on a machine without the means."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def cache(request: pytest.FixtureRequest) -> Path:
    return environments.cache_directory(request.config.cache.mkdir("celery"))


@pytest.fixture(scope="session")
def redis(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Redis server of this session's own, without a database number."""
    try:
        with environments.redis_server(environments.redis_executable(cache), tmp_path_factory.mktemp("redis")) as url:
            yield url
    except environments.UnavailableError as error:
        missing(f"no Redis server: {error}")


@pytest.fixture(scope="session")
def rabbitmq(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real RabbitMQ server of this session's own; not every machine can fetch Debian's packages."""
    try:
        with rabbit.rabbitmq_server(rabbit.rabbitmq_home(cache), tmp_path_factory.mktemp("rabbitmq")) as url:
            yield url
    except environments.UnavailableError as error:
        pytest.skip(f"no RabbitMQ server: {error}")


@pytest.fixture(scope="session", params=list(environments.RELEASES))
def release(request: pytest.FixtureRequest) -> str:
    """ "5.4" or "newest"."""
    return str(request.param)


@pytest.fixture(scope="session")
def observed(
    release: str, cache: Path, redis: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Observations]:
    """Runs the experiments of a file, once a session for each release. Further servers go by the name of a variable."""
    known: dict[str, Observations] = {}

    def of(name: str, **servers: str) -> Observations:
        if name not in known:
            directory = tmp_path_factory.mktemp(f"{name}-{release}")
            known[name] = run(name, python(release, cache), directory, LABORATORY_REDIS=redis, **servers)
        return known[name]

    return of


def python(release: str, cache: Path) -> Path:
    try:
        return environments.python_with(release, cache)
    except environments.UnavailableError as error:
        missing(f"no Celery {release}: {error}")
        raise


def run(name: str, python: Path, directory: Path, **servers: str) -> Observations:
    """What the experiments saw: by name, a value as JSON has it, or "Type: message" of what was raised."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    environment = {key: value for key, value in os.environ.items() if key in kept} | {
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "laboratory.settings",
        "LABORATORY_DIRECTORY": str(directory),
    }
    done = subprocess.run(
        [python, "-m", "laboratory", f"experiments.{name}"],
        cwd=directory,
        env=environment | servers,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    result = directory / "observed.json"
    assert result.exists(), done.stderr[-2000:]
    seen: Observations = json.loads(result.read_text(encoding="utf-8"))
    return seen
