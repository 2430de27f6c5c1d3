"""Many repositories in one go: which they are, what is found in each, and how far a survey has come."""

from __future__ import annotations

import gc
import json
import os
import tomllib
from concurrent.futures import BrokenExecutor, as_completed
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from celery_lint.cache import tool_identity
from celery_lint.config import ConfigurationError
from celery_lint.engine import Request, plan, run
from celery_lint.report import rendered
from celery_lint.report.json_format import finding_objects
from celery_lint.spelling import did_you_mean
from celery_lint.writing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Executor

__all__ = ["Entry", "Journal", "Repository", "examine", "manifest", "survey"]

_KEYS = ("name", "path")


class Repository(Struct, frozen=True):
    """A directory, absolute, and what the report calls it."""

    name: str
    path: str


class Entry(Struct, frozen=True):
    """What came of one repository: how its check would have ended, and its findings as JSON has them. With `error` it
    could not be checked. `sarif` is its report for code scanning, empty when none was asked for."""

    name: str
    path: str
    exit_code: int
    files: int = 0
    findings: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    sarif: str = ""

    @property
    def line(self) -> str:
        """The entry as a line of JSON."""
        return json.dumps({name: getattr(self, name) for name in _MEMBERS})


_MEMBERS = ("name", "path", "exit_code", "files", "findings", "warnings", "error")


def manifest(file: str) -> tuple[Repository, ...]:
    """The repositories that a manifest names: a TOML file with a `[[repository]]` for each, or lines of paths.

    Paths are relative to the manifest. Raises ConfigurationError.
    """
    try:
        with open(file, "rb") as stream:
            text = stream.read().decode()
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file}: is not UTF-8") from None
    rows = list(_tables(file, text) if file.endswith(".toml") else _lines(text))
    if not rows:
        raise ConfigurationError(f"{file}: names no repository")
    home = os.path.dirname(os.path.abspath(file))
    found: dict[str, Repository] = {}
    for name, path in rows:
        if name in found:
            raise ConfigurationError(f"{file}: two repositories are called {name!r}")
        found[name] = Repository(name, os.path.normpath(os.path.join(home, path)))
    return tuple(found.values())


def _lines(text: str) -> Iterator[tuple[str, str]]:
    lines = (line.strip() for line in text.splitlines())
    return ((line, line) for line in lines if line and not line.startswith("#"))


def _tables(file: str, text: str) -> Iterator[tuple[str, str]]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: {error}") from None
    for key in tables:
        if key != "repository":
            raise ConfigurationError(f"{file}: unknown key {key!r}{did_you_mean(key, ('repository',))}")
    rows = tables.get("repository", [])
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
            raise ConfigurationError(f"{file}: a [[repository]] has a path and a name, both of them strings")
        for key in row:
            if key not in _KEYS:
                raise ConfigurationError(f"{file}: unknown key {key!r}{did_you_mean(key, _KEYS)}")
        if not row.get("path"):
            raise ConfigurationError(f"{file}: a [[repository]] has no path")
        yield row.get("name") or row["path"], row["path"]


def examine(repository: Repository, asked: Request, *, sarif: bool = False) -> Entry:
    """Check one repository. Whatever goes wrong is said by the entry."""
    try:
        if not os.path.isdir(repository.path):
            return _failed(repository, "no such directory")
        report = run(plan(structs.replace(asked, paths=(repository.path,), root=repository.path)))
    except ConfigurationError as error:
        return _failed(repository, str(error))
    except Exception as error:
        return _failed(repository, " ".join(f"{type(error).__name__}: {error}".split()))
    finally:
        gc.collect()
    crashes = [finding.message for finding in report.findings if finding.code == "CLT001"]
    return Entry(
        name=repository.name,
        path=repository.path,
        exit_code=report.exit_code,
        files=report.file_count,
        findings=tuple(finding_objects(report)),
        warnings=report.warnings,
        error="; ".join((*report.errors, *crashes)),
        sarif="\n".join(rendered("sarif", report)) + "\n" if sarif else "",
    )


def _failed(repository: Repository, reason: str) -> Entry:
    return Entry(repository.name, repository.path, 2, error=reason)


def survey(
    repositories: Iterable[Repository], asked: Request, executor: Executor, *, sarif: bool = False
) -> Iterator[Entry]:
    """The entry of each repository, in the order in which they are done.

    When the executor breaks, those that were not done by then fail: which of them broke it cannot be told here.
    """
    futures = {executor.submit(examine, each, asked, sarif=sarif): each for each in repositories}
    for future in as_completed(futures):
        try:
            yield future.result()
        except BrokenExecutor:
            yield _failed(futures[future], BROKEN)
        except Exception as error:
            yield _failed(futures[future], " ".join(f"{type(error).__name__}: {error}".split()))


BROKEN = "the process that checked it has died"


class Journal:
    """The report while it is being written: entries line by line beside the file that they become in the end.

    A line is written when all of an entry is known, so after a kill the lines that are whole are good. They count when
    the same was asked by the same version of celery-lint.
    """

    def __init__(self, file: str, asked: Request, *, sarif: str | None = None) -> None:
        self.file = file
        self.beside = f"{file}.part"
        self._head = json.dumps({"run": tool_identity().hex(), "asked": repr((asked, sarif))})
        self._sarif = sarif
        self._lines = self._read()

    @property
    def names(self) -> frozenset[str]:
        """The repositories that were done before."""
        return frozenset(self._lines)

    def _read(self) -> dict[str, str]:
        try:
            with open(self.beside, encoding="utf-8") as stream:
                head, *lines = stream.read().split("\n")
        except (OSError, UnicodeDecodeError):
            return {}
        found: dict[str, str] = {}
        for line in lines if head == self._head else ():
            try:
                found[json.loads(line)["name"]] = line
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def forget(self) -> None:
        """Count nothing as done."""
        self._lines.clear()

    def start(self) -> None:
        """Begin to write, with what was done before. Raises OSError."""
        replace_file(self.beside, "".join(f"{line}\n" for line in (self._head, *self._lines.values())).encode())
        if self._sarif is not None:
            os.makedirs(self._sarif, exist_ok=True)

    def add(self, entry: Entry) -> None:
        """Write an entry, its SARIF first. Raises OSError."""
        if self._sarif is not None and not entry.error:
            replace_file(os.path.join(self._sarif, sarif_name(entry.name)), entry.sarif.encode())
        self._lines[entry.name] = entry.line
        with open(self.beside, "a", encoding="utf-8") as stream:
            stream.write(f"{entry.line}\n")
            stream.flush()
            os.fsync(stream.fileno())

    def finish(self, order: Sequence[str]) -> list[dict[str, Any]]:
        """Make the report of it, the repositories in that order; gives the entries. Raises OSError."""
        lines = [self._lines[name] for name in order]
        replace_file(self.file, "".join(f"{line}\n" for line in lines).encode())
        os.unlink(self.beside)
        return [json.loads(line) for line in lines]


def sarif_name(name: str) -> str:
    """The file of a repository: its name, without what leads to another directory."""
    return "__".join(part for part in name.replace(os.sep, "/").split("/") if part not in ("", ".", "..")) + ".sarif"
