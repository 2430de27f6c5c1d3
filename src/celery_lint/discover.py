"""Which files make up the project, and which of them were asked about.

Directories are walked without following links; what is excluded or ignored by git is not read, unless a
path on the command line names it.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.knowledge.deployment import is_deployment_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pathspec import GitIgnoreSpec

__all__ = ["Discovery", "Globs", "discover", "project_root", "repository_root"]

_ROOT_MARKS = ("manage.py", "pyproject.toml", "setup.cfg", "setup.py", ".git")
_ENVIRONMENT_MARK = "pyvenv.cfg"


class Discovery(Struct, frozen=True):
    """The project's Python files, relative to `root` with forward slashes and sorted.

    `deployment` are the files that may say what runs in production, as their names tell. `named` are the files
    asked about; None means all. `errors` are about named paths that cannot be read, `warnings` about the rest;
    `skipped` says why a path is not among the files.
    """

    root: str
    files: tuple[str, ...]
    named: frozenset[str] | None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    deployment: tuple[str, ...] = ()


class Globs:
    """Patterns for paths relative to the root.

    A pattern without a slash fits a file or directory of that name anywhere. One with a slash fits from the
    root, itself and all below it. `*` and `?` also match a slash, `**/` matches any number of directories.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        names: list[str] = []
        paths: list[str] = []
        self._literal_names = set()
        for pattern in patterns:
            clean = pattern.replace("\\", "/").strip("/")
            clean = clean.removeprefix("./")
            if not clean:
                continue
            if "/" in clean or pattern.startswith("/"):
                paths.append(_translated(clean))
            elif re.search(r"[*?\[]", clean):
                names.append(_translated(clean))
            else:
                self._literal_names.add(clean)
        self._names = re.compile("(?:" + "|".join(names) + r")\Z", re.DOTALL) if names else None
        self._paths = re.compile("(?:" + "|".join(paths) + r")(?:/.*)?\Z", re.DOTALL) if paths else None

    def match_entry(self, name: str, path: str) -> bool:
        """True for a file or directory `name` at `path`, not looking at the directories above it."""
        if name in self._literal_names:
            return True
        if self._names is not None and self._names.match(name):
            return True
        return self._paths is not None and self._paths.match(path) is not None

    def match(self, path: str) -> bool:
        """True for a path that a pattern fits, itself or through a directory above it."""
        parts = path.split("/")
        return any(self.match_entry(part, "/".join(parts[: index + 1])) for index, part in enumerate(parts))


def _translated(glob: str) -> str:
    """The glob as a regular expression, not anchored at its end."""
    out = []
    at = 0
    while at < len(glob):
        if glob.startswith("**/", at):
            out.append("(?:.*/)?")
            at += 3
            continue
        character = glob[at]
        closing = glob.find("]", at + 2) if character == "[" else -1
        if character == "*":
            out.append(".*")
        elif character == "?":
            out.append(".")
        elif closing > 0:
            inside = glob[at + 1 : closing].replace("\\", "\\\\")
            out.append("[" + ("^" + inside[1:] if inside[0] == "!" else inside) + "]")
            at = closing
        else:
            out.append(re.escape(character))
        at += 1
    return "".join(out)


def project_root(paths: Sequence[str], configured: str | None = None) -> str:
    """The project's root, absolute: where its configuration is, else the directory given.

    A file's project is the nearest directory around it that holds `manage.py`, `pyproject.toml`,
    `setup.cfg`, `setup.py` or `.git`, else its own directory. Several paths without a configuration share
    the directory around their projects.
    """
    if configured is not None:
        return os.path.abspath(configured)
    roots = list(dict.fromkeys(_own_root(os.path.abspath(path)) for path in paths))
    try:
        return os.path.commonpath(roots)
    except ValueError:
        return roots[0]


def _own_root(path: str) -> str:
    if os.path.isdir(path):
        return path
    directory = start = os.path.dirname(path)
    while True:
        if any(os.path.exists(os.path.join(directory, mark)) for mark in _ROOT_MARKS):
            return directory
        parent = os.path.dirname(directory)
        if parent == directory:
            return start
        directory = parent


def repository_root(directory: str) -> str:
    """The top of the git checkout around a directory, with links resolved; without one, the directory itself."""
    start = top = os.path.realpath(directory)
    while not os.path.exists(os.path.join(top, ".git")):
        parent = os.path.dirname(top)
        if parent == top:
            return start
        top = parent
    return top


def discover(
    paths: Sequence[str],
    *,
    root: str,
    configured: bool = False,
    exclude: Sequence[str] = (),
    respect_gitignore: bool = True,
    force_exclude: bool = False,
    buffer: str | None = None,
) -> Discovery:
    """The files of the project at `root` and those that `paths` name.

    `configured` says that the root was set and is walked whole; else each path's own project is. `buffer` is
    a path whose content comes from elsewhere, so it need not exist. Named files are in even when
    excluded, unless `force_exclude`.
    """
    walk = _Walk(root, Globs(exclude), respect_gitignore)
    absolute = {path: os.path.abspath(path) for path in paths}
    present = {path: place for path, place in absolute.items() if path == buffer or walk.can_be_read(path, place)}
    tops = [root] if configured or not present else []
    tops += [_own_root(place) for place in present.values() if not configured or not _inside(place, root)]
    for top in _outermost(tops):
        walk.tree(top)
    named: set[str] = set()
    for path, place in present.items():
        if force_exclude and walk.is_excluded(place):
            walk.skipped.append((walk.relative(place), "excluded"))
        elif path != buffer and os.path.isdir(place):
            walk.tree(place)
            inside = walk.relative(place)
            every = walk.files | walk.deployment
            named.update(f for f in every if inside == "." or f.startswith(inside + "/"))
        else:
            named.add(walk.relative(place))
            if not _is_python(place) and is_deployment_file(os.path.basename(place)):
                walk.deployment.add(walk.relative(place))
            elif path == buffer or _is_python(place):
                walk.files.add(walk.relative(place))
    everything = any(os.path.isdir(place) and _inside(root, place) for place in present.values())
    return Discovery(
        root=root,
        files=tuple(sorted(walk.files)),
        deployment=tuple(sorted(walk.deployment)),
        named=None if everything else frozenset(named),
        errors=tuple(walk.errors),
        warnings=tuple(walk.warnings),
        skipped=tuple(walk.skipped),
    )


def _inside(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def _outermost(directories: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for directory in sorted(set(directories)):
        if not any(_inside(directory, other) for other in kept):
            kept.append(directory)
    return kept


def _is_python(path: str) -> bool:
    """True for a `.py` file and for a script whose first line names Python."""
    name = os.path.basename(path)
    if "." in name:
        return name.endswith(".py")
    try:
        with open(path, "rb") as stream:
            start = stream.read(128)
    except OSError:
        return False
    return start.startswith(b"#!") and b"python" in start.split(b"\n", 1)[0]


class _Walk:
    """Collects the Python and deployment files below directories."""

    def __init__(self, root: str, excluded: Globs, respect_gitignore: bool) -> None:
        self.root = root
        self.excluded = excluded
        self.respect_gitignore = respect_gitignore
        self.files: set[str] = set()
        self.deployment: set[str] = set()
        self.seen: set[str] = set()
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.skipped: list[tuple[str, str]] = []

    def relative(self, path: str) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def is_excluded(self, path: str) -> bool:
        return self.excluded.match(self.relative(path))

    def can_be_read(self, path: str, absolute: str) -> bool:
        """True for a readable file or directory; else one line in `errors` says what is wrong."""
        try:
            mode = os.stat(absolute).st_mode
        except OSError as error:
            missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
            reason = "no such file or directory" if missing else f"cannot be read: {error.strerror}"
            self.errors.append(f"{path}: {reason}")
            return False
        if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            self.errors.append(f"{path}: neither a file nor a directory")
            return False
        if not os.access(absolute, os.R_OK):
            self.errors.append(f"{path}: cannot be read: permission denied")
            return False
        return True

    def tree(self, top: str) -> None:
        """Collect everything below `top`, which is read whether or not it is excluded itself."""
        prefix = "" if top == self.root else self.relative(top) + "/"
        pending = [(top, prefix, _git_ignores_above(top) if self.respect_gitignore else ())]
        while pending:
            directory, prefix, ignores = pending.pop()
            if directory in self.seen:
                continue
            self.seen.add(directory)
            try:
                with os.scandir(directory) as entries:
                    listed = list(entries)
            except OSError as error:
                self.warnings.append(f"{prefix.rstrip('/') or '.'}: cannot be read: {error.strerror}")
                continue
            if directory != top and any(entry.name == _ENVIRONMENT_MARK for entry in listed):
                self.skipped.append((prefix.rstrip("/"), "virtual environment"))
                continue
            if self.respect_gitignore and any(entry.name == ".gitignore" for entry in listed):
                ignores = (*ignores, *_git_ignore(directory, os.path.join(directory, ".gitignore")))
            for entry in listed:
                if entry.is_dir(follow_symlinks=False):
                    path = prefix + entry.name
                    if not self.leaves_out(entry, path, ignores, True):
                        pending.append((entry.path, path + "/", ignores))
                elif entry.name.endswith(".py") and self.is_file(entry):
                    path = prefix + entry.name
                    if not self.leaves_out(entry, path, ignores, False):
                        self.files.add(path)
                elif is_deployment_file(entry.name) and self.is_file(entry):
                    path = prefix + entry.name
                    if not self.leaves_out(entry, path, ignores, False):
                        self.deployment.add(path)

    def is_file(self, entry: os.DirEntry[str]) -> bool:
        """True for a regular file, and for a link to one outside the project."""
        if entry.is_file(follow_symlinks=False):
            return True
        try:
            return entry.is_file() and not _inside(os.path.realpath(entry.path), os.path.realpath(self.root))
        except OSError:
            return False

    def leaves_out(
        self, entry: os.DirEntry[str], path: str, ignores: tuple[_GitIgnore, ...], is_directory: bool
    ) -> bool:
        if self.excluded.match_entry(entry.name, path):
            self.skipped.append((path, "excluded"))
            return True
        for ignore in reversed(ignores):
            verdict = ignore.verdict(entry.path, is_directory)
            if verdict:
                self.skipped.append((path, "ignored by git"))
            if verdict is not None:
                return verdict
        return False


class _GitIgnore:
    """One file of gitignore patterns and the directory it speaks about."""

    def __init__(self, directory: str, lines: Sequence[str]) -> None:
        from pathspec import GitIgnoreSpec

        self.offset = len(directory.rstrip(os.sep)) + 1
        self.everything = GitIgnoreSpec.from_lines(lines)
        # Directories are judged on the way down, so for a Python file only a pattern that can end in `.py` counts.
        # With a negation all patterns keep their say.
        negated = any(line.startswith("!") for line in lines)
        for_files = lines if negated else [line for line in lines if _can_match_python(line)]
        self.for_files: GitIgnoreSpec | None = GitIgnoreSpec.from_lines(for_files) if for_files else None

    def verdict(self, path: str, is_directory: bool) -> bool | None:
        """True for ignored, False for kept in so many words, None for not mentioned."""
        spec = self.for_files if not is_directory and path.endswith(".py") else self.everything
        if spec is None:
            return None
        relative = path[self.offset :].replace(os.sep, "/")
        return spec.check_file(relative + "/" if is_directory else relative).include


def _can_match_python(line: str) -> bool:
    pattern = line.rstrip()
    if not pattern or pattern.startswith("#") or pattern.endswith("/"):
        return False
    tail = re.split(r"[*?\]]", pattern.rsplit("/", 1)[-1])[-1]
    return tail.endswith(".py") or (".py".endswith(tail) and tail != pattern)


def _git_ignore(directory: str, file: str) -> list[_GitIgnore]:
    """The patterns of `file`, or nothing when it has none or cannot be read."""
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            lines = [line.rstrip("\r\n") for line in stream]
    except OSError:
        return []
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    return [_GitIgnore(directory, lines)] if lines else []


def _git_ignores_above(top: str) -> tuple[_GitIgnore, ...]:
    """The checkout's `.git/info/exclude` and its `.gitignore` files above `top`."""
    above = []
    directory = top
    while not os.path.exists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return ()
        directory = parent
        above.append(directory)
    ignores = _git_ignore(directory, os.path.join(directory, ".git", "info", "exclude"))
    for each in reversed(above):
        ignores += _git_ignore(each, os.path.join(each, ".gitignore"))
    return tuple(ignores)
