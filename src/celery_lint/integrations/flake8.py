"""The flake8 plugin `CLT`: flake8 shows what `celery-lint check` finds.

flake8 hands out one file at a time, to several processes. celery-lint reads a project, so it does that once, before
flake8 starts its processes. Those that are forked inherit the findings; others read them from a temporary file.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import sys
import tempfile
import tokenize
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from celery_lint.config import ConfigurationError
from celery_lint.engine import Request, plan, run
from celery_lint.report.printable import printable

if TYPE_CHECKING:
    import ast
    from argparse import Namespace
    from collections.abc import Iterator, Mapping, Sequence

    Row = tuple[int, int, str]

__all__ = ["Plugin"]

_PREFIX = "CLT"
_CRASH = "CLT001"
_DEBUG = "CELERY_LINT_DEBUG"
_SHARED = "_CELERY_LINT_FLAKE8"
_NO_NAME = "stdin"
_BUFFER = "stdin.py"


class Plugin:
    """What flake8 makes for each file. `tree` tells it to call this once a file that can be parsed."""

    findings: ClassVar[_Findings]

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:  # noqa: ARG002
        self.filename = filename
        self.lines = lines

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        cls.findings = _Findings(options)

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """Lines from 1 and columns from 0, to which flake8 adds 1, in code points as in all of our output."""
        for line, column, text in self.findings.of(self.filename, self.lines):
            yield line, column - 1, text, type(self)


class _Findings:
    """The findings of one run of flake8, by file."""

    def __init__(self, options: Namespace) -> None:
        self.options = options
        self.paths: tuple[str, ...] | None = None
        self.by_file: Mapping[str, Sequence[Row]] = {}
        self.is_wanted = _may_select(options)
        if not self.is_wanted:
            return
        if multiprocessing.parent_process() is not None:
            self.read_shared()
        elif self.named != ("-",):
            self.check()
            if _starts_afresh(options):
                self.share()

    @property
    def named(self) -> tuple[str, ...]:
        """The paths that flake8 was given; those who use it as a library give them later."""
        return tuple(self.options.filenames or ())

    def of(self, filename: str, lines: Sequence[str]) -> Sequence[Row]:
        if not self.is_wanted:
            return ()
        if "-" in self.named and filename == self.options.stdin_display_name:
            return self.of_buffer(filename, lines)
        if self.paths != self.named:
            self.check()
        return self.by_file.get(os.path.abspath(filename), ())

    def of_buffer(self, filename: str, lines: Sequence[str]) -> Sequence[Row]:
        """What is found in standard input, in the place of the project's file of that name."""
        name = None if filename == _NO_NAME else filename
        found = _checked(
            Request(environment=os.environ, force_exclude=True, stdin=_encoded(lines), stdin_filename=name)
        )
        return found.get(os.path.abspath(name or _BUFFER), ())

    def check(self) -> None:
        self.paths = self.named
        paths = tuple(path for path in self.paths if path != "-")
        self.by_file = _checked(Request(paths=paths, environment=os.environ, force_exclude=True))

    def share(self) -> None:
        """Leave the findings where processes that this one starts will look."""
        try:
            handle, path = tempfile.mkstemp(prefix="celery-lint-", suffix=".json")
            with open(handle, "w", encoding="utf-8") as stream:
                json.dump([self.paths, self.by_file], stream)
        except OSError:
            return
        atexit.register(_remove, path)
        os.environ[_SHARED] = f"{os.getpid()}:{path}"

    def read_shared(self) -> None:
        """Take over what the parent process has found, if it has left it; else this process checks when asked."""
        parent, _, path = os.environ.get(_SHARED, "").partition(":")
        if parent != str(getattr(multiprocessing.parent_process(), "pid", None)):
            return
        with suppress(OSError, ValueError), open(path, encoding="utf-8") as stream:
            paths, self.by_file = json.load(stream)
            self.paths = tuple(paths)


def _checked(request: Request) -> dict[str, list[Row]]:
    """The findings by absolute path. What cannot be done ends flake8 with one line and exit code 2."""
    try:
        report = run(plan(request))
    except ConfigurationError as error:
        _give_up(str(error))
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        _give_up(f"internal error: {what} (set {_DEBUG}=1 to see where)")
    found: dict[str, list[Row]] = {}
    for finding in report.findings:
        place = finding.location
        text = f"{finding.code} {printable(finding.message)}"
        if finding.code == _CRASH:
            print(f"celery-lint: {text}", file=sys.stderr)
        found.setdefault(os.path.abspath(place.path), []).append((place.line, place.column, text))
    return found


def _give_up(message: str) -> NoReturn:
    print(f"celery-lint: {message}", file=sys.stderr)
    sys.exit(2)


def _may_select(options: Namespace) -> bool:
    """False when flake8 shows none of our codes, so that nobody waits for what is not shown."""

    def given(name: str) -> list[str]:
        return list(getattr(options, name, None) or ())

    if any(code.startswith(_PREFIX) for code in (*given("select"), *given("extend_select"))):
        return True
    selected = given("select")
    if selected and not any(_PREFIX.startswith(code) for code in selected):
        return False
    return not any(_PREFIX.startswith(code) for code in (*given("ignore"), *given("extend_ignore")))


def _starts_afresh(options: Namespace) -> bool:
    """True when flake8 may start processes that do not inherit what this one knows."""
    jobs: Any = options.jobs
    return (jobs.is_auto or jobs.n_jobs > 1) and multiprocessing.get_start_method() != "fork"


def _encoded(lines: Sequence[str]) -> bytes:
    """The bytes of a file that flake8 has decoded, as the file says how to read them."""
    text = "".join(lines)
    data = text.encode(errors="surrogatepass")
    try:
        encoding, _ = tokenize.detect_encoding(iter(data.splitlines(keepends=True)).__next__)
        return text.encode(encoding)
    except (SyntaxError, LookupError, UnicodeError):
        return data


def _remove(path: str) -> None:
    with suppress(OSError):
        os.remove(path)
