"""`celery-lint fleet`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from celery_lint.cli.check import project_options, request
from celery_lint.cli.command import Command
from celery_lint.cli.terminal import UsageError, complain, print_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import ProcessPoolExecutor

    from celery_lint.engine import Request
    from celery_lint.fleet import Entry, Repository

__all__ = ["command"]

_LEFT_OUT = ("paths", "plugin_files", "force_exclude", "root", "stdin_filename")
_EXAMPLES = (
    ("the repositories that a file lists", "celery-lint fleet repositories.txt"),
    ("for code scanning, a file each", "celery-lint fleet repositories.toml --sarif reports"),
    ("four at a time, and one rule only", "celery-lint fleet repositories.txt --jobs 4 --select CLT101"),
)


def command() -> click.Command:
    from celery_lint.config import LEVELS, OPTIONS

    shared = [each for each in project_options() if each.name not in _LEFT_OUT]
    parameters: list[click.Parameter] = [
        click.Argument(["manifest"], metavar="MANIFEST", type=click.Path()),
        *shared,
        click.Option(
            ["-o", "--output"], default="fleet.jsonl", metavar="FILE", help="Write the report there. [fleet.jsonl]"
        ),
        click.Option(["--sarif"], metavar="DIR", help="Also write a SARIF file for each repository into DIR."),
        click.Option(
            ["-j", "--jobs"],
            type=click.IntRange(min=1),
            metavar="N",
            help="Repositories at a time; one per CPU if not said.",
        ),
        click.Option(["--fresh"], is_flag=True, help="Begin anew where an earlier run was broken off."),
        click.Option(["-e", "--exit-zero"], is_flag=True, help="Exit with 0 when there are findings."),
        click.Option(["-q", "--quiet"], is_flag=True, help="Print no progress and no summary."),
    ]
    return Command(
        "fleet",
        params=parameters,
        callback=_fleet,
        help="Check every repository that MANIFEST names, a file with a path on each line or a TOML file with a "
        "[[repository]] for each, and write one report. Run again, it goes on where it was broken off.",
        short_help="Check many repositories.",
        examples=_EXAMPLES,
        variables=True,
        no_variables=(*(each.name for each in OPTIONS), *LEVELS, "fresh", "jobs", "sarif"),
    )


def _fleet(**given: Any) -> int:
    from celery_lint.cache import DIRECTORY
    from celery_lint.config import ConfigurationError
    from celery_lint.fleet import Journal, manifest

    try:
        repositories = manifest(given["manifest"])
    except ConfigurationError as error:
        raise UsageError(str(error)) from None
    asked = request({**given, "paths": (), "plugin_files": (), "force_exclude": False, "root": None})
    home = os.path.dirname(os.path.abspath(given["manifest"]))
    cache = os.path.abspath(given["cache_dir"] or os.path.join(home, DIRECTORY))
    asked = structs.replace(
        asked, options={**asked.options, "cache-dir": cache}, environment=_settings_of_environment()
    )
    journal = Journal(given["output"], asked, sarif=given["sarif"])
    if given["fresh"]:
        journal.forget()
    left = [each for each in repositories if each.name not in journal.names]
    try:
        journal.start()
        _check(left, asked, journal.add, given, done=len(repositories) - len(left))
        entries = journal.finish([each.name for each in repositories])
    except OSError as error:
        raise UsageError(f"{error.filename or given['output']}: cannot be written: {error.strerror}") from None
    return _tell(entries, given)


def _settings_of_environment() -> dict[str, str]:
    """The variables that set options, and nothing else of what this process knows."""
    return {name: value for name, value in os.environ.items() if name.startswith("CELERY_LINT_")}


def _check(
    left: Sequence[Repository], asked: Request, add: Callable[[Entry], None], given: dict[str, Any], *, done: int
) -> None:
    """Check the repositories, each in a process that may die, and hand on what came of them."""
    label = f"Checking ({done} were done before)" if done else "Checking"
    hidden = given["quiet"] or not sys.stderr.isatty()
    with click.progressbar(length=len(left), label=label, file=sys.stderr, hidden=hidden) as bar:
        for entry in _entries(left, asked, given):
            add(entry)
            bar.update(1)


def _entries(left: Sequence[Repository], asked: Request, given: dict[str, Any]) -> Iterator[Entry]:
    """What a dead process takes with it is checked again, each in a pool of its own, to find the one that kills it."""
    from celery_lint.fleet import BROKEN, survey

    sarif = given["sarif"] is not None
    jobs = min(given["jobs"] or os.cpu_count() or 1, len(left) or 1)
    lost = []
    with _pool(jobs) as pool:
        for entry in survey(left, asked, pool, sarif=sarif):
            if entry.error == BROKEN:
                lost.append(entry.name)
            else:
                yield entry
    for repository in left:
        if repository.name in lost:
            with _pool(1) as pool:
                yield from survey([repository], asked, pool, sarif=sarif)


def _pool(jobs: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A process of the pool does not outlive the one that asked for it, however that ends."""
    from multiprocessing import parent_process
    from threading import Thread

    def wait() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _tell(entries: Sequence[dict[str, Any]], given: dict[str, Any]) -> int:
    """The summary and the failures; the exit code of the worst."""
    failed = [entry for entry in entries if entry["error"]]
    for entry in failed:
        complain(f"{entry['name']}: {entry['error']}")
    if not given["quiet"]:
        count = sum(len(entry["findings"]) for entry in entries)
        within = sum(bool(entry["findings"]) for entry in entries)
        text = f"Found {_counted(count, 'problem')} in {within} of {_counted(len(entries), 'repository')}"
        print_lines([f"{text}; {len(failed)} could not be checked." if failed else f"{text}."])
    code: int = max(entry["exit_code"] for entry in entries)
    return 0 if code == 1 and given["exit_zero"] else code


def _counted(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
