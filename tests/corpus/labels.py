"""What people who read the code say of findings; `python tests/corpus/labels.py FILE...` merges more of it.

`labels.jsonl` has one object a line:

- `repo`: "owner/name"; `commit`: 40 digits; `path` and `line`.
- `rule`: a list of the rules that would be right or wrong there.
- `verdict`: "true", "false" or "arguable"; `why`: one line.
- `task`, where a place has several findings of a rule: the one meant names it.
- `known`, for a false alarm that is still reported: why it stays.

Files to be merged may abbreviate a commit of the snapshot and name one rule without a list.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from projects import COMMIT, REPOSITORY
from snapshot import snapshots

from celery_lint.pages import all_pages

LABELS = Path(__file__).parent / "labels.jsonl"
VERDICTS = ("true", "false", "arguable")
LONGEST = 400

_KEYS = ("repo", "commit", "path", "line", "rule", "verdict", "why")
_OPTIONAL = ("task", "known")

Key = tuple[str, str, str, int, str, str]


@dataclass(frozen=True, order=True, slots=True)
class Label:
    """One judged place."""

    repository: str
    commit: str
    path: str
    line: int
    rules: tuple[str, ...]
    verdict: str
    why: str
    task: str = ""
    known: str = ""

    @property
    def keys(self) -> list[Key]:
        """What no two labels may share."""
        return [(self.repository, self.commit, self.path, self.line, rule, self.task) for rule in self.rules]

    @property
    def text(self) -> str:
        values = (self.repository, self.commit, self.path, self.line, list(self.rules), self.verdict, self.why)
        row: dict[str, object] = dict(zip(_KEYS, values, strict=True))
        row.update({key: value for key, value in zip(_OPTIONAL, (self.task, self.known), strict=True) if value})
        return json.dumps(row, ensure_ascii=False)


def faults(row: Mapping[str, Any]) -> list[str]:
    """What is wrong with a label, in words; nothing when it is well-formed."""
    missing = [key for key in _KEYS if key not in row]
    if missing or set(row) - {*_KEYS, *_OPTIONAL}:
        return [f"its keys are {sorted(row)}"]
    rules = row["rule"]
    names = {page.name for page in all_pages()}
    sentences = [row[key] for key in ("why", *_OPTIONAL) if key in row]
    checks = {
        "`repo` is not `owner/name`": isinstance(row["repo"], str) and REPOSITORY.fullmatch(row["repo"]),
        "`commit` is not 40 digits": isinstance(row["commit"], str) and COMMIT.fullmatch(row["commit"]),
        "`path` is not relative to the project": isinstance(row["path"], str) and _is_path(row["path"]),
        "`line` is not a line": isinstance(row["line"], int) and row["line"] > 0,
        "`rule` is not a list of rules": isinstance(rules, list) and rules and names.issuperset(rules),
        f"`verdict` is none of {', '.join(VERDICTS)}": row["verdict"] in VERDICTS,
        f"`why`, `task` or `known` is not one line of 1 to {LONGEST} characters": all(map(_is_sentence, sentences)),
        "`known` goes with a false alarm only": "known" not in row or row["verdict"] == "false",
    }
    return [fault for fault, holds in checks.items() if not holds]


def _is_path(text: str) -> bool:
    path = PurePosixPath(text)
    return path.as_posix() == text and not path.is_absolute() and ".." not in path.parts


def _is_sentence(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value == " ".join(value.split())


def label(row: Mapping[str, Any]) -> Label:
    """The label that a row says; ValueError when it is not well-formed."""
    wrong = faults(row)
    if wrong:
        raise ValueError("; ".join(wrong))
    repository, commit, path, line, rules, verdict, why = (row[key] for key in _KEYS)
    return Label(repository, commit, path, line, tuple(rules), verdict, why, *(row.get(key, "") for key in _OPTIONAL))


def labels() -> list[Label]:
    """All that are committed, in the order of the file."""
    lines = LABELS.read_text(encoding="utf-8").splitlines() if LABELS.exists() else []
    return [label(json.loads(line)) for line in lines]


def normal(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its commit in full, its rules as a list and its sentences on one line."""
    changed = dict(row)
    if isinstance(changed.get("rule"), str):
        changed["rule"] = [changed["rule"]]
    for each in snapshots():
        if changed.get("repo") == each.repository and each.commit.startswith(str(changed.get("commit") or " ")):
            changed["commit"] = each.commit
    for key in ("why", *_OPTIONAL):
        if isinstance(changed.get(key), str):
            changed[key] = " ".join(changed[key].split())
    return changed


def merge(old: Iterable[Label], new: Iterable[Label]) -> tuple[list[Label], list[str]]:
    """Old and new labels sorted, without those whose place is labelled already, and where two disagree."""
    kept: dict[Key, Label] = {}
    disagreements = []
    for each in (*old, *new):
        before = [kept[key] for key in each.keys if key in kept]
        for other in before:
            if other.verdict != each.verdict:
                place = f"{each.repository} {each.path}:{each.line} {', '.join(each.rules)}"
                disagreements.append(f"{place}: {other.verdict}, then {each.verdict}")
        if not before:
            kept.update(dict.fromkeys(each.keys, each))
    return sorted(set(kept.values())), disagreements


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit("usage: python tests/corpus/labels.py FILE...")
    old, new = labels(), []
    for name in sys.argv[1:]:
        for number, text in enumerate(Path(name).read_text(encoding="utf-8").splitlines(), start=1):
            try:
                new += [label(normal(json.loads(text)))] if text.strip() else []
            except ValueError as error:
                print(f"{name}:{number}: left out: {error}")
    merged, disagreements = merge(old, new)
    LABELS.write_text("".join(f"{each.text}\n" for each in merged), encoding="utf-8")
    for line in disagreements:
        print(f"{line}; the first stays")
    print(f"{len(merged)} labels, {len(merged) - len(old)} of them new")


if __name__ == "__main__":
    main()
