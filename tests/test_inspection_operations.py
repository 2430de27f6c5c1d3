"""Operations on keywords, keys, parameters and decorators, in whatever layout they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drafting import fixed, judge
from test_inspection import PATH, marked

from celery_lint.finding import (
    AddDecorator,
    AddHandler,
    AddItem,
    AddParameter,
    Applicability,
    AwaitCall,
    Location,
    MoveDecorator,
    RemoveKeyword,
    Rename,
    RenameKeyword,
    SetArgument,
    SetKey,
    SetKeyword,
    SetValue,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery_lint.finding import Operation
    from celery_lint.inspection import Verdict


def verdict_of(text: str, *makes: Callable[[Location], Operation]) -> tuple[bytes, Verdict]:
    data, place = marked(text)
    return data, judge(data, place, *(make(place) for make in makes), expect="")


def changed(text: str, *makes: Callable[[Location], Operation]) -> str:
    return fixed(*verdict_of(text, *makes)).decode()


def refused(text: str, *makes: Callable[[Location], Operation]) -> str:
    _, verdict = verdict_of(text, *makes)
    assert verdict.suggestion is None
    return verdict.reason


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f()»\n", "f(n=1)\n"),
        ("«f(a)»\n", "f(a, n=1)\n"),
        ("«f(a,)»\n", "f(a, n=1,)\n"),
        ("«f(a, *b)»\n", "f(a, *b, n=1)\n"),
        ("«f(a, n = (2), **b)»\n", "f(a, n = 1, **b)\n"),
        ("«f(n=[\n  2, # why\n])»\n", "f(n=1)\n"),
        ("x = [«f(\n    a,  # why\n    b,  # how\n)»]\n", "x = [f(\n    a,  # why\n    b,  # how\n    n=1,\n)]\n"),
        ("«f(\n\ta, # why\n\tb # how\n)»\n", "f(\n\ta, # why\n\tb, # how\n\tn=1,\n)\n"),
        ("«f(a,\n  b)»\n", "f(a,\n  b,\n  n=1)\n"),
        ("«f(a, b,\n  c, d,\n)»\n", "f(a, b,\n  c, d, n=1,\n)\n"),
        ("«f(\r\n    a,\r\n)»\r\n", "f(\r\n    a,\r\n    n=1,\r\n)\r\n"),
        ("«f(  # nothing\n)»\n", "f(n=1  # nothing\n)\n"),
        ("@«task»\ndef f(): ...\n", "@task(n=1)\ndef f(): ...\n"),
        ("class A:\n    @one\n    @«app.task»  # why\n    def f(): ...\n", None),
        ("«@app.task(a=2)»\ndef f(): ...\n", "@app.task(a=2, n=1)\ndef f(): ...\n"),
    ],
)
def test_a_keyword_is_set(before: str, after: str | None) -> None:
    expected = after or "class A:\n    @one\n    @app.task(n=1)  # why\n    def f(): ...\n"
    assert expected == changed(before, lambda call: SetKeyword(call, "n", "1"))


def test_two_keywords_are_set_together() -> None:
    both = (lambda call: SetKeyword(call, "n", "1"), lambda call: SetKeyword(call, "m", "2"))
    assert "@task(n=1, m=2)\ndef f(): ...\n" == changed("@«task»\ndef f(): ...\n", *both)
    assert "f(\n  a,\n  n=1,\n  m=2,\n)\n" == changed("«f(\n  a\n)»\n", *both)
    assert "f(m=2, n=1)\n" == changed("«f(m=3)»\n", *both)


@pytest.mark.parametrize("text", ["«f(**a)»\n", "@«f(a, **b)»\ndef g(): ...\n"])
def test_a_keyword_that_may_be_spread_is_not_set(text: str) -> None:
    assert "what is spread there may hold `n` already" == refused(text, lambda call: SetKeyword(call, "n", "1"))


def test_a_generator_without_brackets_takes_no_keyword() -> None:
    assert "nothing of the kind stands there" == refused("«f(x for x in y)»\n", lambda call: SetKeyword(call, "n", "1"))


def test_a_keyword_is_renamed() -> None:
    assert "f(a, m = n)\n" == changed("«f(a, n = n)»\n", lambda call: RenameKeyword(call, "n", "m"))
    assert "the call has no keyword `n`" == refused("«f(n)»\n", lambda call: RenameKeyword(call, "n", "m"))
    assert "the call has `m` already" == refused("«f(n=1, m=2)»\n", lambda call: RenameKeyword(call, "n", "m"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f(n=1)»\n", "f()\n"),
        ("«f(n=1,)»\n", "f()\n"),
        ("«f(a, n=1)»\n", "f(a)\n"),
        ("«f(a, n=1,)»\n", "f(a,)\n"),
        ("«f(n=1, b=2)»\n", "f(b=2)\n"),
        ("«f(\n    a,\n    n=1,\n    b=2,\n)»\n", "f(\n    a,\n    b=2,\n)\n"),
        ("«f(\n    a,\n    n=1\n)»\n", "f(\n    a,\n)\n"),
        ("«f(a,\n  n=1)»\n", "f(a)\n"),
        ("@«f(n=1)»\ndef g(): ...\n", "@f()\ndef g(): ...\n"),
    ],
)
def test_a_keyword_is_removed(before: str, after: str) -> None:
    data, verdict = verdict_of(before, lambda call: RemoveKeyword(call, "n"))
    assert after == fixed(data, verdict).decode()
    assert verdict.suggestion is not None
    assert Applicability.SAFE == verdict.suggestion.applicability


def test_a_keyword_that_takes_a_comment_along_is_unsafe() -> None:
    data, verdict = verdict_of("«f(\n    a,\n    n=1,  # why\n)»\n", lambda call: RemoveKeyword(call, "n"))
    assert "f(\n    a,\n)\n" == fixed(data, verdict).decode()
    assert verdict.suggestion is not None
    assert Applicability.UNSAFE == verdict.suggestion.applicability


def test_one_keyword_takes_the_place_of_another() -> None:
    swap = (lambda call: RemoveKeyword(call, "n"), lambda call: SetKeyword(call, "m", "2"))
    assert "f(a, m=2)\n" == changed("«f(a, n=1)»\n", *swap)
    assert "f(b=1, m=2)\n" == changed("«f(n=1, b=1)»\n", *swap)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = «{}»\n", 'x = {"k": 1}\n'),
        ("x = «{'a': 2}»\n", "x = {'a': 2, 'k': 1}\n"),
        ("x = «{'k': 2, **a}»\n", "x = {'k': 1, **a}\n"),
        ('x = «{\n    "a": {},  # why\n}»\n', 'x = {\n    "a": {},  # why\n    "k": 1,\n}\n'),
    ],
)
def test_a_key_is_set(before: str, after: str) -> None:
    assert after == changed(before, lambda mapping: SetKey(mapping, "k", "1"))


def test_a_name_or_a_string_is_renamed() -> None:
    assert "CELERY_B = 1\n" == changed("«CELERY_A» = 1\n", lambda place: Rename(place, "CELERY_B"))
    assert "x = {rb'b': 1}\n" == changed("x = {«rb'a'»: 1}\n", lambda place: Rename(place, "b"))
    assert "no name and no plain string stands there" == refused("x = «'a' 'b'»\n", lambda place: Rename(place, "b"))


@pytest.mark.parametrize(
    ("before", "first", "last"),
    [
        ("def «f»(): ...\n", "def f(p): ...\n", "def f(p): ...\n"),
        ("def «f»(a): ...\n", "def f(p, a): ...\n", "def f(a, p): ...\n"),
        ("@t(b=1)\nasync def «f»(a, /, *, b): ...\n", None, "@t(b=1)\nasync def f(a, /, p, *, b): ...\n"),
        ("«def f(*a, b=1, **c»): ...\n", "def f(p, *a, b=1, **c): ...\n", "def f(p, *a, b=1, **c): ...\n"),
        (
            "class A:\n    «@t\n    def f(»\n        a: int,  # why\n    ) -> None:\n        pass\n",
            "class A:\n    @t\n    def f(\n        p,\n        a: int,  # why\n    ) -> None:\n        pass\n",
            "class A:\n    @t\n    def f(\n        a: int,  # why\n        p,\n    ) -> None:\n        pass\n",
        ),
    ],
)
def test_a_parameter_is_added(before: str, first: str | None, last: str) -> None:
    first = first or "@t(b=1)\nasync def f(p, a, /, *, b): ...\n"
    assert first == changed(before, lambda place: AddParameter(place, "p", first=True))
    assert last == changed(before, lambda place: AddParameter(place, "p"))


def test_a_parameter_behind_one_with_a_default_needs_one() -> None:
    reason = refused("def «f»(a=1): ...\n", lambda place: AddParameter(place, "p"))
    assert "the statement would not parse any more" == reason
    assert "def f(a=1, p=2): ...\n" == changed("def «f»(a=1): ...\n", lambda place: AddParameter(place, "p=2"))


@pytest.mark.parametrize(
    ("before", "inner", "outer"),
    [
        ("def «f»(): ...\n", "@d(1)\ndef f(): ...\n", "@d(1)\ndef f(): ...\n"),
        (
            "if x:\r\n\t@a\r\n\t# why\r\n\tasync def «f»(): ...\r\n",
            "if x:\r\n\t@a\r\n\t# why\r\n\t@d(1)\r\n\tasync def f(): ...\r\n",
            "if x:\r\n\t@d(1)\r\n\t@a\r\n\t# why\r\n\tasync def f(): ...\r\n",
        ),
    ],
)
def test_a_decorator_is_added(before: str, inner: str, outer: str) -> None:
    assert inner == changed(before, lambda place: AddDecorator(place, "d(1)"))
    assert outer == changed(before, lambda place: AddDecorator(place, "d(1)", outermost=True))


def test_a_decorator_moves() -> None:
    text = "class A:\n    @one\n    @two(\n        2\n    )\n    @three\n    def f(): ...\n"
    one, two, three = (
        Location(PATH, 2, 6, 2, 9),
        Location(PATH, 3, 6, 5, 6),
        Location(PATH, 6, 5, 6, 11),
    )
    data = text.encode()
    moved = judge(data, one, MoveDecorator(three, one), expect="")
    after = "class A:\n    @three\n    @one\n    @two(\n        2\n    )\n    def f(): ...\n"
    assert after == fixed(data, moved).decode()
    assert moved.suggestion is not None
    assert Applicability.SAFE == moved.suggestion.applicability
    down = judge(data, one, MoveDecorator(one, two), expect="")
    assert (
        "class A:\n    @two(\n        2\n    )\n    @one\n    @three\n    def f(): ...\n" == fixed(data, down).decode()
    )


def test_a_decorator_that_leaves_its_comment_is_unsafe() -> None:
    data = b"@one  # the first\n@two\ndef f(): ...\n"
    one, two = Location(PATH, 1, 2, 1, 5), Location("shop/orders.py", 2, 2, 2, 5)
    verdict = judge(data, one, MoveDecorator(two, one), expect="")
    assert b"@two  # the first\n@one\ndef f(): ...\n" == fixed(data, verdict)
    assert verdict.suggestion is not None
    assert Applicability.UNSAFE == verdict.suggestion.applicability


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«X» = None\n", "X = int(None)\n"),
        ("«X»: int = (1)  # why\n", "X: int = int(1)  # why\n"),
        ("«X» = (\n    1 +  # one\n    2\n)\n", "X = int(1 +  # one\n    2)\n"),
        ("«conf.x» = 1\n", "conf.x = int(1)\n"),
        ("conf[«'x'»] = 1\n", None),
        ("«conf['x']» = 1\n", "conf['x'] = int(1)\n"),
        ("x = {«'a'»: 1, 'b': 2}\n", "x = {'a': int(1), 'b': 2}\n"),
        ("f(«a=1», b=2)\n", "f(a=int(1), b=2)\n"),
        ("«X» = ()\n", "X = int(())\n"),
    ],
)
def test_a_value_is_put_into_something(before: str, after: str | None) -> None:
    make = lambda target: SetValue(target, "int({})")  # noqa: E731
    if after is None:
        assert "nothing of the kind stands there" == refused(before, make)
    else:
        assert after == changed(before, make)


def test_a_value_is_replaced() -> None:
    assert "X = 1\n" == changed("«X» = None\n", lambda target: SetValue(target, "1"))
    data, verdict = verdict_of("«X» = [\n    2,  # two\n]\n", lambda target: SetValue(target, "1"))
    assert b"X = 1\n" == fixed(data, verdict)
    assert verdict.suggestion is not None
    assert Applicability.UNSAFE is verdict.suggestion.applicability


@pytest.mark.parametrize(
    ("before", "argument", "after"),
    [
        ("«f(a, b)»\n", 1, "f(a, b.pk)\n"),
        ("«f(a, c=b)»\n", "c", "f(a, c=b.pk)\n"),
        ("«f(\n    a,  # why\n)»\n", 0, "f(\n    a.pk,  # why\n)\n"),
    ],
)
def test_an_argument_is_changed(before: str, argument: int | str, after: str) -> None:
    assert after == changed(before, lambda call: SetArgument(call, argument, "{}.pk"))


@pytest.mark.parametrize(("text", "argument"), [("«f(*a, b)»\n", 1), ("«f(a)»\n", 1), ("«f(a)»\n", "a")])
def test_an_argument_that_is_not_there(text: str, argument: int | str) -> None:
    assert "the call has no such argument" == refused(text, lambda call: SetArgument(call, argument, "{}.pk"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«X» = ['a']\n", "X = ['a', 'b']\n"),
        ("«X» = []\n", 'X = ["b"]\n'),
        ("«X» += [y]\n", 'X += [y, "b"]\n'),
        ("«X» = (\n    'a',  # why\n)\n", "X = (\n    'a',  # why\n    'b',\n)\n"),
        ("«X» = ['a', *y]\n", "X = ['a', *y, \"b\"]\n"),
        ("«X» = ['a', ('c')]\n", "X = ['a', ('c'), \"b\"]\n"),
        ("«X» = [\n\t'a'\n]\n", "X = [\n\t'a',\n\t'b',\n]\n"),
    ],
)
def test_an_item_is_added(before: str, after: str) -> None:
    assert after == changed(before, lambda target: AddItem(target, '"b"'))


@pytest.mark.parametrize("text", ["«X» = a + ['b']\n", "«X» = 'a', 'b'\n"])
def test_what_is_no_list_gets_no_item(text: str) -> None:
    assert "no list or tuple stands there" == refused(text, lambda target: AddItem(target, "'b'"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("async def f():\n    «g.h(1)»\n", "async def f():\n    await wrap(g.h)(1)\n"),
        ("async def f():\n    x = «g(\n        1,  # one\n    )»\n", None),
    ],
)
def test_a_call_is_awaited(before: str, after: str | None) -> None:
    expected = after or "async def f():\n    x = await wrap(g)(\n        1,  # one\n    )\n"
    assert expected == changed(before, lambda call: AwaitCall(call, "wrap({})"))


def test_an_awaited_call_is_another() -> None:
    make = lambda call: AwaitCall(call, "asyncio.sleep", brackets=True)  # noqa: E731
    assert "async def f():\n    return (await asyncio.sleep(1)).x\n" == changed(
        "async def f():\n    return «time.sleep(1)».x\n", make
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("async def f():\n    «g.h(1, a=2)»\n", "async def f():\n    await thread(g.h, 1, a=2)\n"),
        ("async def f():\n    «g()»\n", "async def f():\n    await thread(g)\n"),
        ("async def f():\n    «g(\n        1,\n    )»\n", "async def f():\n    await thread(g,\n        1,\n    )\n"),
    ],
)
def test_a_call_is_handed_over(before: str, after: str) -> None:
    assert after == changed(before, lambda call: AwaitCall(call, "thread", hands_over=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«conf.old» = 1\n", "conf.new = 1\n"),
        ("«conf['old']» = 1\n", "conf['new'] = 1\n"),
        ('x = {«"old"»: 1}\n', 'x = {"new": 1}\n'),
        ("f(«old=1»)\n", "f(new=1)\n"),
    ],
)
def test_the_last_word_is_renamed(before: str, after: str) -> None:
    assert after == changed(before, lambda place: Rename(place, "new"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "try:\n    x\n«except A:»\n    # why\n    y\n",
            "try:\n    x\nexcept R:\n    raise\nexcept A:\n    # why\n    y\n",
        ),
        ("if 1:\n\ttry: x\n\t«except:» y\n", "if 1:\n\ttry: x\n\texcept R:\n\t\traise\n\texcept: y\n"),
        ("try:\r\n  x\r\n«except A:»\r\n  y", "try:\r\n  x\r\nexcept R:\r\n  raise\r\nexcept A:\r\n  y"),
    ],
)
def test_a_handler_is_added_above(before: str, after: str) -> None:
    assert after == changed(before, lambda clause: AddHandler(clause, "R"))
