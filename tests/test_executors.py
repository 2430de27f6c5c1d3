"""Files parsed by an executor: a pool of processes, a cluster, and one that fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import celery_lint
from celery_lint import facts
from celery_lint.facts import batch
from celery_lint.project import parsing, program

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    copied = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", copied)
    (copied / "orders" / "broken.py").write_text("from celery import shared_task\n\n@shared_task\ndef broken(:\n")
    (copied / "orders" / "large.py").write_text(f"from celery import shared_task\n\nBOUND = {2**80}\n")
    return copied


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What this process parses itself."""
    parsed: list[bytes] = []

    def extract(content: bytes) -> facts.FileFacts:
        parsed.append(content)
        return facts.extract(content)

    monkeypatch.setattr(program, "extract", extract)
    return parsed


def check(directory: Path, executor: Executor | None = None, *, cache: bool = False) -> celery_lint.Report:
    return celery_lint.check(directory, isolated=True, persona="auditor", cache=cache, executor=executor)


class Broken(Executor):
    """Loses what it is given."""

    def submit(self, *_args: Any, **_more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(RuntimeError("the worker is gone"))
        return future


class TestSameReport:
    @pytest.mark.parametrize("workers", [1, 3])
    def test_of_processes(self, shop: Path, workers: int, counted: list[bytes]) -> None:
        alone = check(shop)
        before = len(counted)
        with ProcessPoolExecutor(workers) as pool:
            assert alone == check(shop, pool)
        assert len(counted) - before < before / 2

    def test_of_threads_with_small_batches(self, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parsing, "BATCH", 1)
        with ThreadPoolExecutor(2) as pool:
            assert check(shop) == check(shop, pool)

    def test_of_an_executor_that_fails(self, shop: Path) -> None:
        assert check(shop) == check(shop, Broken())

    def test_with_a_cache(self, shop: Path, counted: list[bytes]) -> None:
        """What an executor has parsed is remembered like the rest."""
        with ProcessPoolExecutor(1) as pool:
            first = check(shop, pool, cache=True)
        counted.clear()
        views = shop / "orders" / "views.py"
        views.write_text(views.read_text() + "\n\nLAST = 1\n")
        assert check(shop, cache=True) == first
        assert [views.read_bytes()] == counted


@pytest.fixture(scope="module")
def cluster() -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        distributed.Client(local) as client,
        client.get_executor() as executor,
    ):
        yield executor


class TestCluster:
    def test_of_dask(self, shop: Path, cluster: Executor, counted: list[bytes]) -> None:
        alone = check(shop)
        before = len(counted)
        assert alone == check(shop, cluster)
        assert len(counted) - before < before / 2


class TestBatch:
    def test_there_and_back(self) -> None:
        contents = [b"def pay(order): pass\n", b"def pay(:\n", b"X = 1\n"]
        assert [facts.extract(content) for content in contents] == [*map(batch.decoded, batch.encoded(contents))]
