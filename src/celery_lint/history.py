"""What git knows about a project: a revision, the lines that have been added since, the files it held.

git is only asked; neither the checkout nor the repository is written to.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tempfile
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.config import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Added", "Revision"]

_HUNK = re.compile(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_REGULAR = ("100644", "100755")
_OF_HOOKS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
_LARGEST = 5_000_000
"""In bytes: no file that says something about tasks is larger."""


class Added:
    """The lines that have been added, by absolute path. A file that is new as a whole has all its lines."""

    def __init__(self, ranges: Mapping[str, tuple[range, ...]], new: frozenset[str]) -> None:
        self._ranges = ranges
        self._new = new

    def touches(self, path: str, first: int, last: int) -> bool:
        """True when one of the lines from `first` to `last` has been added."""
        real = os.path.realpath(path)
        if real in self._new:
            return True
        return any(first < lines.stop and lines.start <= last for lines in self._ranges.get(real, ()))


class Revision(Struct, frozen=True):
    """A commit of the repository whose checkout is at `top`."""

    top: str
    commit: str

    @classmethod
    def find(cls, directory: str, name: str, option: str) -> Revision:
        """Where the work since the revision `name` began: where HEAD and it parted, which is the revision itself when
        HEAD has it. ConfigurationError says of `option` what is wrong."""
        top = _output(directory, option, "rev-parse", "--show-toplevel", failure=f"{directory} is in no git repository")
        unknown = f"there is no revision `{name}`"
        if name.startswith("-"):
            raise ConfigurationError(f"{option}: {unknown}")
        words = ("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        commit = _output(directory, option, *words, failure=unknown)
        parted = _git(directory, option, "merge-base", commit.decode().strip(), "HEAD")
        found = parted.stdout if parted.returncode == 0 else commit
        return cls(os.path.realpath(os.fsdecode(top).rstrip("\n")), found.decode().split()[0])

    def name(self, path: str) -> str:
        """The path of a file on disk as the repository has it; "." for the top."""
        return os.path.relpath(os.path.realpath(path), self.top).replace(os.sep, "/")

    def added(self) -> Added:
        """What the files on disk have beyond those of the commit, staged or not; untracked files are new."""
        plain = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules", "--text")
        shape = ("--unified=0", "--inter-hunk-context=0", "--find-renames", "--src-prefix=a/", "--dst-prefix=b/")
        patch = self._output("diff", *plain, *shape, self.commit, "--")
        listed = self._output("ls-files", "--others", "--exclude-standard", "-z")
        new = frozenset(self._path(name) for name in listed.split(b"\0") if name)
        ranges: dict[str, list[range]] = {}
        for name, lines in _hunks(patch):
            ranges.setdefault(self._path(name), []).append(lines)
        return Added({path: tuple(each) for path, each in ranges.items()}, new)

    def renamed(self) -> Mapping[str, str]:
        """The names that files of the commit have today, where they have another. Relative to the top."""
        words = ("diff", "--name-status", "--find-renames", "--diff-filter=R", "--no-relative", "-z", self.commit, "--")
        parts = self._output(*words).split(b"\0")
        return {os.fsdecode(old): os.fsdecode(new) for old, new in zip(parts[1::3], parts[2::3], strict=False)}

    def write_to(self, directory: str, below: str) -> None:
        """Put the commit's files into a directory, at their paths from the top. Only those `below` a path (""
        for all) are, and no links, submodules or very large files."""
        tree = self._output("ls-tree", "-r", "-l", "-z", "--full-tree", self.commit, *([f"{below}/"] if below else []))
        wanted = []
        for entry in tree.split(b"\0"):
            if not entry:
                continue
            about, _, name = entry.partition(b"\t")
            mode, _, digest, size = about.decode().split()
            if mode in _REGULAR and int(size) <= _LARGEST:
                wanted.append((digest, os.fsdecode(name)))
        for path, content in self._contents(wanted):
            target = os.path.join(directory, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as stream:
                stream.write(content)

    def _contents(self, wanted: list[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
        """The content of each (object, path), one at a time."""
        with tempfile.TemporaryFile() as asked:
            asked.write("".join(f"{digest}\n" for digest, _ in wanted).encode())
            asked.seek(0)
            with subprocess.Popen(
                _command(self.top, "cat-file", "--batch"), stdin=asked, stdout=subprocess.PIPE, env=_environment()
            ) as git:
                assert git.stdout is not None
                for _, path in wanted:
                    head = git.stdout.readline().split()
                    if len(head) == 3:
                        yield path, git.stdout.read(int(head[2]))
                        git.stdout.read(1)

    def _path(self, name: bytes) -> str:
        return os.path.realpath(os.path.join(self.top, os.fsdecode(name)))

    def _output(self, *words: str) -> bytes:
        return _output(self.top, "git", *words)


def _hunks(patch: bytes) -> Iterator[tuple[bytes, range]]:
    """The path and the lines of every hunk that adds some. A hunk's own lines are counted, not read."""
    name = b""
    lines = iter(patch.split(b"\n"))
    for line in lines:
        if line.startswith(b"+++ "):
            name = _target(line[4:])
        elif hunk := _HUNK.match(line):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            if count and name:
                yield name, range(start, start + count)
            left = _removed(line) + count
            while left:
                left -= not next(lines).startswith(b"\\")


def _removed(head: bytes) -> int:
    _, _, count = head.split()[1].partition(b",")
    return int(count) if count else 1


def _target(text: bytes) -> bytes:
    """The path after `+++`, without its `b/`; empty for a file that is gone. git quotes odd names as C does."""
    text = text.rstrip(b"\t")
    if text.startswith(b'"'):
        quoted = ast.literal_eval("b" + text.decode("ascii"))
        assert isinstance(quoted, bytes)
        text = quoted
    return text.removeprefix(b"b/") if text != b"/dev/null" else b""


def _output(directory: str, option: str, *words: str, failure: str = "") -> bytes:
    """What git prints. When it fails, ConfigurationError with `failure` if that is why, else with what git says."""
    done = _git(directory, option, *words)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        if not failure or (said and "not a git repository" not in said):
            failure = f"git {words[0]}: {' '.join(said.split()) or done.returncode}"
        raise ConfigurationError(f"{option}: {failure}")
    return done.stdout


def _git(directory: str, option: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(_command(directory, *words), capture_output=True, env=_environment())
    except OSError as error:
        raise ConfigurationError(f"{option}: git cannot be run: {error.strerror}") from None


def _command(directory: str, *words: str) -> list[str]:
    return ["git", "-C", directory, "-c", "core.quotePath=true", "--no-pager", "--literal-pathspecs", *words]


def _environment() -> dict[str, str]:
    """Without what git tells its hooks, which holds for their directory and index, and with messages in English."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    return {**inherited, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
