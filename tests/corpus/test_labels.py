"""The labels and the snapshot are well-formed, whether or not the projects are here."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from labels import LABELS, Label, faults, labels, merge, normal
from snapshot import SNAPSHOTS, Snapshot, difference, snapshots

from celery_lint.pages import all_pages

GOOD = {
    "repo": "example/shop",
    "commit": "0123456789" * 4,
    "path": "shop/views.py",
    "line": 7,
    "rule": ["delay-in-atomic"],
    "verdict": "false",
    "why": "the block is never entered",
}


def test_labels_are_well_formed() -> None:
    found = []
    for number, line in enumerate(LABELS.read_text(encoding="utf-8").splitlines(), start=1):
        found += [f"{LABELS.name}:{number}: {fault}" for fault in faults(json.loads(line))]
    assert found == []


def test_labels_are_sorted_and_no_place_has_two() -> None:
    found = labels()
    assert sorted(found) == found
    assert "".join(f"{each.text}\n" for each in found) == LABELS.read_text(encoding="utf-8")
    assert {key: count for key, count in Counter(key for each in found for key in each.keys).items() if count > 1} == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("repo", "shop"),
        ("commit", "0123456789"),
        ("path", "/shop/views.py"),
        ("line", 0),
        ("rule", ["delay-in-atomics"]),
        ("rule", "delay-in-atomic"),
        ("verdict", "maybe"),
        ("why", ""),
        ("why", "two\nlines"),
        ("who", "somebody"),
    ],
)
def test_a_slip_in_a_label_is_seen(key: str, value: object) -> None:
    assert faults(GOOD) == []
    assert len(faults({**GOOD, key: value})) == 1


def test_known_is_for_false_alarms() -> None:
    assert faults({**GOOD, "known": "the condition is not understood"}) == []
    assert len(faults({**GOOD, "verdict": "true", "known": "the condition is not understood"})) == 1


def test_a_row_is_made_normal() -> None:
    assert GOOD == normal({**GOOD, "rule": "delay-in-atomic", "why": " the block\nis never entered"})
    first = snapshots()[0]
    assert first.commit == normal({**GOOD, "repo": first.repository, "commit": first.commit[:10]})["commit"]


def test_the_first_label_of_a_place_stays() -> None:
    first = Label("example/shop", "0" * 40, "shop/views.py", 7, ("delay-in-atomic",), "false", "no", known="hard")
    second = Label("example/shop", "0" * 40, "shop/views.py", 7, ("delay-in-atomic",), "true", "yes")
    third = Label("example/shop", "0" * 40, "shop/admin.py", 7, ("delay-in-atomic",), "true", "yes")
    assert ([third, first], ["example/shop shop/views.py:7 delay-in-atomic: false, then true"]) == merge(
        [first], [second, third]
    )


def test_snapshot_is_well_formed() -> None:
    found = snapshots()
    names = {page.name for page in all_pages()}
    assert [each.path for each in found] == sorted(SNAPSHOTS.iterdir())
    for each in found:
        assert each.path.read_text(encoding="utf-8") == each.text
        assert sorted(each.places) == list(each.places)
        assert {rule for _, _, rule in each.places} <= names


def test_difference_is_by_place() -> None:
    one, two, three = ("a.py", 9, "always-eager"), ("a.py", 10, "always-eager"), ("b.py", 1, "always-eager")
    assert ["- a.py:9 always-eager", "+ a.py:10 always-eager"] == difference([one, three], [two, three])
    assert ["- a.py:9 always-eager"] == difference([one, one], [one])
    assert "# example/shop at 0\na.py:9 always-eager\n" == Snapshot("example/shop", "0", (one,)).text
