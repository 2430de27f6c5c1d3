"""What celery-lint finds in real projects, as committed; `python tests/corpus/snapshot.py DIR` writes it anew.

A project has one file. Its first line is `# owner/name at commit`, and each other line `path:line rule` is a finding.
DIR holds trees named `owner__name@commit`. A project that is not there yet, or is there at another commit, is taken
from a tree whose name gives all 40 digits of the commit. A newer Python can read files that an older one cannot, so
one version writes them all.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from projects import COMMIT, Place, Tree, run, trees

SNAPSHOTS = Path(__file__).parent / "snapshot"
PYTHON = (3, 11)
UNREADABLE = "unreadable-file"

_HEADER = re.compile(r"# (?P<repository>\S+) at (?P<commit>[0-9a-f]{40})")
_FINDING = re.compile(r"(?P<path>.+):(?P<line>\d+) (?P<rule>[\w-]+)")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The findings in one project at one commit."""

    repository: str
    commit: str
    places: tuple[Place, ...]

    @property
    def path(self) -> Path:
        return SNAPSHOTS / f"{self.repository.replace('/', '__')}.txt"

    @property
    def holds_here(self) -> bool:
        """False when there are files that this Python may read and the snapshot's could not."""
        return sys.version_info[:2] == PYTHON or all(rule != UNREADABLE for _, _, rule in self.places)

    @property
    def text(self) -> str:
        lines = [f"# {self.repository} at {self.commit}", *map(written, self.places)]
        return "".join(f"{line}\n" for line in lines)


def written(place: Place) -> str:
    path, line, rule = place
    return f"{path}:{line} {rule}"


def snapshots() -> list[Snapshot]:
    """All that are committed, in the order of their files' names."""
    return [read(path) for path in sorted(SNAPSHOTS.glob("*.txt"))]


def read(path: Path) -> Snapshot:
    """The snapshot in a file; ValueError when a line is not what it should be."""
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    header = _HEADER.fullmatch(first)
    if header is None:
        raise ValueError(f"{path.name}:1: not `# owner/name at commit`")
    places: list[Place] = []
    for number, line in enumerate(rest, start=2):
        finding = _FINDING.fullmatch(line)
        if finding is None:
            raise ValueError(f"{path.name}:{number}: not `path:line rule`")
        places.append((finding["path"], int(finding["line"]), finding["rule"]))
    return Snapshot(header["repository"], header["commit"], tuple(places))


def difference(before: Sequence[Place], after: Sequence[Place]) -> list[str]:
    """`- path:line rule` for each finding that is gone and `+ path:line rule` for each that is new, by place."""
    gone, new = Counter(before), Counter(after)
    changes = [(place, "-") for place in (gone - new).elements()] + [(place, "+") for place in (new - gone).elements()]
    return [f"{sign} {written(place)}" for place, sign in sorted(changes)]


def commit_of(tree: Tree, known: Snapshot | None) -> str | None:
    """The whole commit of a tree, as far as its name or the snapshot says."""
    if known is not None and tree.is_at(known.commit):
        return known.commit
    return tree.commit if COMMIT.fullmatch(tree.commit) else None


def rewrite(directory: Path) -> Iterator[str]:
    """Write the snapshot of every tree and say what changes."""
    known = {each.repository: each for each in snapshots()}
    for tree in trees(directory):
        before = known.get(tree.repository)
        commit = commit_of(tree, before)
        if commit is None:
            yield f"{tree.directory.name}: passed over, not in the snapshot"
            continue
        result = run(tree)
        if result.complaints:
            yield f"{tree.directory.name}: passed over, {'; '.join(result.complaints)}"
            continue
        after = Snapshot(tree.repository, commit, tuple(result.places))
        after.path.write_text(after.text, encoding="utf-8")
        changes = difference(before.places if before is not None else (), after.places)
        yield f"{tree.directory.name}: {len(after.places)} findings, {len(changes)} changes"
        yield from (f"  {change}" for change in changes)


def main() -> None:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python tests/corpus/snapshot.py DIR")
    if sys.version_info[:2] != PYTHON:
        sys.exit("the snapshot is written by Python {}.{}".format(*PYTHON))
    SNAPSHOTS.mkdir(exist_ok=True)
    for line in rewrite(Path(sys.argv[1])):
        print(line, flush=True)


if __name__ == "__main__":
    main()
