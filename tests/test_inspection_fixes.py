"""Drafted edits change what the operation names and leave every other byte as it was."""

from __future__ import annotations

import ast
import re
import warnings

import pytest
from drafting import apply, fixed, judge, wants
from msgspec.structs import replace
from test_inspection import CALLS, PATH, library_calls, marked

from celery_lint.finding import (
    AddImport,
    AppendText,
    Applicability,
    Fix,
    Location,
    Nomination,
    RenameMethod,
    ReplaceText,
    WrapInOnCommit,
)
from celery_lint.inspection import inspect
from celery_lint.inspection.source import SourceText


def renamed(text: str) -> str:
    data, place = marked(text)
    return fixed(data, judge(data, place, RenameMethod(place, "delay_on_commit"))).decode()


def wrapped(text: str, using: str | None = None) -> str:
    data, place = marked(text)
    return fixed(data, judge(data, place, WrapInOnCommit(place, using=using))).decode()


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_only_the_method_is_renamed(text: str) -> None:
    data, place = marked(text)
    verdict = judge(data, place, RenameMethod(place, "then"))
    inside = re.search("«(.*)»", text, re.S)
    assert inside is not None
    if verdict.suggestion is None:
        assert "the call has no method to rename" == verdict.reason
        assert inside[1].endswith(")(2)")
        return
    [edit] = verdict.suggestion.edits
    assert "then" == edit.text
    after = fixed(data, verdict)
    old = data.decode()
    method = "delay" if "delay" in inside[1] else "s"
    index = text.index("«") + inside[1].rindex(method)
    assert old[:index] + "then" + old[index + len(method) :] == after.decode()


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_a_wrapped_call_parses_and_loses_nothing(text: str) -> None:
    data, place = marked(text)
    verdict = judge(data, place, WrapInOnCommit(place))
    after = fixed(data, verdict).decode()
    before = text[: text.index("«")]
    behind = text[text.index("»") + 1 :]
    assert after.startswith(before + "transaction.on_commit(")
    assert after.endswith(")" + behind)
    assert verdict.suggestion is not None
    assert Applicability.SAFE == verdict.suggestion.applicability


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«t.delay(1)»\n", "t.delay_on_commit(1)\n"),
        ("«a.delay.b().delay(delay=1)»\n", "a.delay.b().delay_on_commit(delay=1)\n"),
        ("(«t\n .  delay # why\n (1)»)\n", "(t\n .  delay_on_commit # why\n (1))\n"),
        ("«(t.delay)(1)»\n", "(t.delay_on_commit)(1)\n"),
        ("«t \\\n  .delay(1)»\r\n", "t \\\n  .delay_on_commit(1)\r\n"),
    ],
)
def test_rename(before: str, after: str) -> None:
    assert after == renamed(before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f(a, b=c)»\n", "transaction.on_commit(partial(f, a, b=c))\n"),
        ("«t.delay()»\n", "transaction.on_commit(t.delay)\n"),
        ("«t.delay( )»\n", "transaction.on_commit(t.delay)\n"),
        ("«t.delay(a,)»\n", "transaction.on_commit(partial(t.delay, a,))\n"),
        ("«t.delay( a )»\n", "transaction.on_commit(partial(t.delay, a ))\n"),
        ("«t.delay(*a, **b)»\n", "transaction.on_commit(partial(t.delay, *a, **b))\n"),
        ("«t.delay (a)»\n", "transaction.on_commit(partial(t.delay, a))\n"),
        ("«(t.delay)(a)»\n", "transaction.on_commit(partial((t.delay), a))\n"),
        ("«t.delay(x for x in y)»\n", "transaction.on_commit(partial(t.delay, (x for x in y)))\n"),
        ("«t.delay((x for x in y))»\n", "transaction.on_commit(partial(t.delay, (x for x in y)))\n"),
        (
            "if x:\n    «t.delay(\n        a,  # first\n        b,\n    )»  # last\n",
            "if x:\n    transaction.on_commit(partial(t.delay,\n        a,  # first\n        b,\n    ))  # last\n",
        ),
        ("«t.delay(  # why\n    a)»\n", "transaction.on_commit(partial(t.delay,  # why\n    a))\n"),
        ("«t.delay(\n    # nothing\n)»\n", "transaction.on_commit(t.delay\n    # nothing\n)\n"),
        ("«t.delay(\r\n\ta,\r\n)»\r\n", "transaction.on_commit(partial(t.delay,\r\n\ta,\r\n))\r\n"),
        ("(«t.delay # why\n (a)»)\n", "(transaction.on_commit(partial(t.delay, # why\n a)))\n"),
        ("x = f'{«t.delay(1)»}'\n", "x = f'{transaction.on_commit(partial(t.delay, 1))}'\n"),
    ],
)
def test_wrap(before: str, after: str) -> None:
    assert after == wrapped(before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f(a)»\n", 'transaction.on_commit(partial(f, a), using="other")\n'),
        ("«f()»\n", 'transaction.on_commit(f, using="other")\n'),
        ("«f( )»\n", 'transaction.on_commit(f, using="other")\n'),
        ("«f(\n    a,\n)»\n", 'transaction.on_commit(partial(f,\n    a,\n), using="other")\n'),
        ("«f(x for x in y)»\n", 'transaction.on_commit(partial(f, (x for x in y)), using="other")\n'),
        ("«f(\n    # nothing\n)»\n", 'transaction.on_commit(f\n    # nothing\n, using="other")\n'),
    ],
)
def test_wrap_for_another_database(before: str, after: str) -> None:
    assert after == wrapped(before, '"other"')


def test_wrap_with_the_imports_it_needs() -> None:
    text = (
        "from django.db import models\nfrom .tasks import t\n\n\n"
        "def f(x):\n    with transaction.atomic():\n        «t.delay(x)»\n"
    )
    data, place = marked(text)
    imports = wants("django.db.transaction", "functools.partial")
    assert (
        "from functools import partial\n\nfrom django.db import models, transaction\n"
        "from .tasks import t\n\n\n"
        "def f(x):\n    with transaction.atomic():\n        transaction.on_commit(partial(t.delay, x))\n"
    ) == fixed(data, judge(data, place, WrapInOnCommit(place), *imports)).decode()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def f(transaction):\n    «t.delay(1)»\n", "transaction"),
        ("def f():\n    transaction = Transaction()\n    «t.delay(1)»\n", "transaction"),
        ("def f():\n    for partial in x:\n        def g():\n            «t.delay(1)»\n", "partial"),
        ("def f():\n    from a import transaction\n    «t.delay(1)»\n", "transaction"),
        ("g = lambda partial: «t.delay(1)»\n", "partial"),
    ],
)
def test_a_local_name_in_the_way_refuses_the_fix(text: str, name: str) -> None:
    data, place = marked(text)
    verdict = judge(data, place, WrapInOnCommit(place), *wants("django.db.transaction", "functools.partial"))
    assert (True, None) == (verdict.confirmed, verdict.suggestion)
    assert f"`{name}` is a local name there" == verdict.reason


def test_a_local_import_of_the_same_name_is_no_obstacle() -> None:
    text = "def g(transaction): pass\n\ndef f():\n    from django.db import transaction\n    «t.delay()»\n"
    data, place = marked(text)
    verdict = judge(data, place, WrapInOnCommit(place), *wants("django.db.transaction"))
    assert text.replace("«t.delay()»", "transaction.on_commit(t.delay)").encode() == fixed(data, verdict)


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("f(«order»)\n", "order.pk", "f(order.pk)\n"),
        ("f(«(x)»)\n", "(x,)", "f((x,))\n"),
        ("f(a«»)\n", ", b=1", "f(a, b=1)\n"),
        ("x = {\r\n    'a': «1»,\r\n}\r\n", "[\n    1,\n]", "x = {\r\n    'a': [\r\n    1,\r\n],\r\n}\r\n"),
        ("def f():\n    a()\n«    b()\n»    c()\n", "", "def f():\n    a()\n    c()\n"),
    ],
)
def test_replace(before: str, text: str, after: str) -> None:
    data, place = marked(before)
    assert after == fixed(data, judge(data, place, ReplaceText(place, text), expect="")).decode()


@pytest.mark.parametrize(
    ("before", "text", "applicability"),
    [
        ("f(«[a,  # why\n b]»)\n", "[]", Applicability.UNSAFE),
        ("f(«[a,  # why\n b]»)\n", "[  # why\n]", Applicability.SAFE),
        ("f(«'# no comment'»)\n", "''", Applicability.SAFE),
    ],
)
def test_a_fix_that_drops_a_comment_is_unsafe(before: str, text: str, applicability: Applicability) -> None:
    data, place = marked(before)
    verdict = judge(data, place, ReplaceText(place, text), expect="expression")
    assert verdict.suggestion is not None
    assert applicability == verdict.suggestion.applicability


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«a = 1»\nb = 2\n", "a = 1\nX = 1\nif X:\n    Y = 2\nb = 2\n"),
        ("class A:\n\t«a = 1»  # why\n", "class A:\n\ta = 1  # why\n\tX = 1\n\tif X:\n\t    Y = 2\n"),
        ("«a = [\r\n]»\r\n\r\n", "a = [\r\n]\r\nX = 1\r\nif X:\r\n    Y = 2\r\n\r\n"),
        ("«a = 1»", "a = 1\nX = 1\nif X:\n    Y = 2\n"),
    ],
)
def test_append_after_a_statement(before: str, after: str) -> None:
    data, place = marked(before)
    operation = AppendText(PATH, "X = 1\nif X:\n    Y = 2\n", place)
    assert after == fixed(data, judge(data, place, operation, expect="assignment")).decode()


@pytest.mark.parametrize(
    ("before", "after"), [("a = 1\n", "a = 1\nX = 1\n"), ("a = 1", "a = 1\nX = 1\n"), ("", "X = 1\n")]
)
def test_append_at_the_end(before: str, after: str) -> None:
    verdict = judge(before.encode(), Location(PATH, 1, 1, 1, 1), AppendText(PATH, "X = 1"), expect="")
    assert after == fixed(before.encode(), verdict).decode()


SHARED = "the statement shares its line with another"
OUTSIDE = "the place to change is not in the file"
UNWRITABLE = "the new text cannot be written in ascii"


@pytest.mark.parametrize(
    ("before", "operation", "reason"),
    [
        ("x, «t()», y\n", lambda place: RenameMethod(place, "s"), "the call has no method to rename"),
        ("«t.s»()\n", lambda place: RenameMethod(place, "d"), "nothing of the kind stands there"),
        ("if x: «t.s()»\n", lambda place: AppendText(PATH, "y", place), SHARED),
        ("«t.s()»; u()\n", lambda place: AppendText(PATH, "y", place), SHARED),
        ("def f():\n    «t.s()»\n", lambda _: AppendText(PATH, "a b"), "the file would not parse any more"),
        ("f(«t.s()»)\n", lambda place: ReplaceText(place, "a b"), "the statement would not parse any more"),
        ("f(«t.s()»)\n", lambda _: ReplaceText(Location(PATH, 9, 1, 9, 2), ""), OUTSIDE),
        ("# coding: ascii\nf(«t.s()»)\n", lambda place: ReplaceText(place, "'é'"), UNWRITABLE),
    ],
)
def test_what_cannot_be_drafted_says_why(before: str, operation: object, reason: str) -> None:
    data, place = marked(before)
    assert callable(operation)
    verdict = judge(data, place, operation(place), expect="")
    assert (True, None, reason) == (verdict.confirmed, verdict.suggestion, verdict.reason)


def test_overlapping_changes_are_refused() -> None:
    data, place = marked("f(«t.s(1)»)\n")
    verdict = judge(data, place, ReplaceText(place, "x"), RenameMethod(place, "y"))
    assert (None, "two of its changes overlap") == (verdict.suggestion, verdict.reason)


def test_changes_side_by_side_become_one_edit() -> None:
    data, place = marked("«t.s(1)»\n")
    verdict = judge(data, place, RenameMethod(place, "delay"), WrapInOnCommit(place))
    assert b"transaction.on_commit(partial(t.delay, 1))\n" == fixed(data, verdict)


def test_other_files_and_other_formats_are_changed_too() -> None:
    files = {
        PATH: b"t.delay(1)\n",
        "shop/tasks.py": "# coding: latin-1\nx = 'é'\n\ndef f():\n    t.s('é')\n".encode("latin-1"),
        "celery.toml": "\ufeffa = 'é' # why\r\n".encode(),
    }
    place = Location(PATH, 1, 1, 1, 11)
    operations = (
        RenameMethod(Location("shop/tasks.py", 5, 5, 5, 13), "si"),
        ReplaceText(Location("celery.toml", 1, 5, 1, 8), "'b'"),
        AppendText("celery.toml", "c = 1\nd = 2"),
        AddImport("shop/tasks.py", "a", "b"),
    )
    fix = Fix("Fix it", Applicability.UNSAFE, operations)
    [verdict] = inspect([Nomination("some-rule", place, place, fix=fix)], files.__getitem__)
    assert verdict.suggestion is not None
    edits = verdict.suggestion.edits
    assert ("Fix it", Applicability.UNSAFE) == (verdict.suggestion.title, verdict.suggestion.applicability)
    assert {"shop/tasks.py", "celery.toml"} == {edit.path for edit in edits}
    tasks = tuple(edit for edit in edits if edit.path == "shop/tasks.py")
    toml = tuple(edit for edit in edits if edit.path == "celery.toml")
    assert ("# coding: latin-1\n\nfrom a import b\n\nx = 'é'\n\ndef f():\n    t.si('é')\n".encode("latin-1")) == apply(
        files["shop/tasks.py"], tasks, "latin-1"
    )
    assert "\ufeffa = 'b' # why\r\nc = 1\r\nd = 2\r\n".encode() == apply(files["celery.toml"], toml)


def test_calls_of_the_standard_library_are_wrapped_and_parse() -> None:
    """The edits of a call and its imports leave everything else in place, in code of every style."""
    files, nominations = library_calls(files=40, calls=5)
    guilty = []
    for each in nominations:
        path = each.location.path
        imports = (AddImport(path, "django.db", "transaction"), AddImport(path, "functools", "partial"))
        fix = Fix("Fix it", Applicability.SAFE, (WrapInOnCommit(each.location), *imports))
        guilty.append(replace(each, fix=fix))
    drafted = 0
    for verdict in inspect(guilty, files.__getitem__):
        path = verdict.location.path
        source = SourceText(path, files[path])
        if verdict.suggestion is None:
            assert "another name" in verdict.reason or "local name" in verdict.reason
            continue
        drafted += 1
        edits = verdict.suggestion.edits
        after = apply(files[path], edits, source.encoding)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(after)
        removed = [source.slice((e.start_line, e.start_column, e.end_line, e.end_column)) for e in edits]
        assert {"", "(", "()"} >= {text.replace(" ", "") for text in removed}
        assert len(after.decode(source.encoding)) == (
            len(files[path].decode(source.encoding)) + sum(len(e.text) for e in edits) - len("".join(removed))
        )
    assert drafted > 100
