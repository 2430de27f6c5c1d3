"""celery-lint over real projects: it holds out, says the same each time, and finds what the snapshot says."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from labels import Label, labels
from projects import VARIABLE, Tree, run, trees
from snapshot import difference, snapshots, written

DIRECTORY = os.environ.get(VARIABLE)
TREES = trees(DIRECTORY) if DIRECTORY and Path(DIRECTORY).is_dir() else []
SNAPSHOTS = {each.repository: each for each in snapshots()}

CELERY_FREE = ("akvo/akvo-rsr", "django-wiki/django-wiki")
"""Django projects without Celery."""

_IMPORT = re.compile(rb"^\s*(?:import|from)[ \t]+celery\b", re.MULTILINE)

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not DIRECTORY, reason=f"{VARIABLE} does not name a directory of real projects"),
]


def of_each(trees: list[Tree]) -> pytest.MarkDecorator:
    """One test for each tree; without any there is one, for its reason not to run."""
    return pytest.mark.parametrize("tree", trees or [None], ids=lambda tree: tree.directory.name if tree else "none")


@pytest.fixture(autouse=True)
def _needs_trees() -> None:
    assert TREES, f"{DIRECTORY} holds no directory named owner__name@commit"


@of_each(TREES)
def test_a_run_holds_out(tree: Tree) -> None:
    """It ends with a report, no rule has crashed, and every nominee was confirmed."""
    result = run(tree)
    assert result.complaints == []
    assert result.unconfirmed == []
    assert "0 nominees unconfirmed" in result.notes


@of_each(TREES)
def test_findings_are_those_of_the_snapshot(tree: Tree) -> None:
    snapshot = SNAPSHOTS.get(tree.repository)
    if snapshot is None or not tree.is_at(snapshot.commit):
        pytest.skip(f"{tree.directory.name} is not in the snapshot")
    if not snapshot.holds_here:
        pytest.skip("another Python reads other files of it")
    changes = difference(snapshot.places, run(tree).places)
    if changes:
        pytest.fail("\n".join([f"{tree.repository}:", *changes]), pytrace=False)


@of_each(TREES)
def test_order_of_files_and_hash_seed_change_nothing(tree: Tree) -> None:
    assert difference(run(tree).places, run(tree, seed=1, backwards=True).places) == []


@of_each([tree for tree in TREES if tree.repository in CELERY_FREE])
def test_without_celery_there_is_nothing_to_find(tree: Tree | None) -> None:
    if tree is None:
        pytest.skip(f"{DIRECTORY} holds none of {', '.join(CELERY_FREE)}")
    files = tree.directory.rglob("*.py")
    assert [path.as_posix() for path in files if path.is_file() and _IMPORT.search(path.read_bytes())] == []
    assert [written(place) for place in run(tree).places] == []


def test_no_false_alarm_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    """None that is labelled, but for those that are known to stay; also prints each rule's precision on the labels."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for tree, each in [(tree, each) for tree in TREES for each in labels() if is_of(each, tree)]:
        result = run(tree)
        reported = [rule for rule in each.rules if result.reports((each.path, each.line, rule), each.task)]
        for rule in reported or each.rules[:1]:
            counts[rule][each.verdict if reported else "not reported"] += 1
        place = f"{each.repository} {written((each.path, each.line, each.rules[0]))}"
        if each.verdict == "false" and reported and not each.known:
            wrong.append(f"{place}: labelled false: {each.why}")
        if each.known and not reported:
            wrong.append(f"{place}: known and not reported any more, so `known` can go")
    with capsys.disabled():
        print(table(counts))
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def is_of(each: Label, tree: Tree) -> bool:
    return each.repository == tree.repository and tree.is_at(each.commit)


def table(counts: dict[str, Counter[str]]) -> str:
    """One line a rule: labelled findings by verdict, labels that nothing is found at, precision."""
    lines = ["", f"{'':36} true  false  arguable  not reported  precision"]
    for rule, count in [*sorted(counts.items()), ("all", sum(counts.values(), Counter()))]:
        true, false = count["true"], count["false"]
        precision = f"{true / (true + false):.0%}" if true + false else "-"
        lines.append(
            f"{rule:36} {true:4}  {false:5}  {count['arguable']:8}  {count['not reported']:12}  {precision:>9}"
        )
    return "\n".join(lines)
