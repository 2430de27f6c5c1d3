"""The inspector confirms every nominee that `ast` finds, and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path
from random import Random

import pytest

from celery_lint.finding import Location, Nomination
from celery_lint.inspection import Verdict, inspect
from celery_lint.inspection.source import DecodingError, SourceText

PATH = "shop/views.py"


def marked(text: str, encoding: str = "utf-8") -> tuple[bytes, Location]:
    """The source without its «marks», and what they enclose."""
    before, inside, after = text.replace("»", "«").split("«")
    source = SourceText(PATH, (before + inside + after).encode())
    start = source.position_at(len(_unix(before)))
    end = source.position_at(len(_unix(before + inside)))
    return (before + inside + after).encode(encoding), Location(PATH, *start, *end)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def nominate(data: bytes, location: Location, expect: str = "call") -> Nomination:
    """A nomination whose statement is the innermost `ast.stmt` around its place."""
    source = SourceText(PATH, data)
    start, end = (location.line, location.column), (location.end_line, location.end_column)
    statement = location
    assert source.tree is not None
    for node in ast.walk(source.tree):
        if isinstance(node, ast.stmt):
            span = source.span(node)
            around = [span, *map(source.span, getattr(node, "decorator_list", ()))]
            if any(each[:2] <= start and end <= each[2:] for each in around):
                statement = Location(PATH, *span)
    return Nomination("some-rule", location, statement, expect=expect)


def verdict_on(text: str, expect: str = "call", encoding: str = "utf-8") -> Verdict:
    data, location = marked(text, encoding)
    [verdict] = inspect([nominate(data, location, expect)], lambda _: data)
    return verdict


CALLS = {
    "expression statement": "«t.delay(1)»\n",
    "no newline at the end": "«t.delay(1)»",
    "indented": "def f():\n    if x:\n        «t.delay(1)»\n    return 1\n",
    "return": "def f():\n    return «t.delay(1)»\n",
    "tabs": "def f():\n\tif x:\n\t\t«t.delay(1)»\n",
    "tabs and spaces": "def f():\n\tif x:\n\t    «t.delay(1)»\n",
    "form feed": "x = 1\n\x0c\ndef f():\n    pass\n\x0cclass A:\n\x0c    y = «t.delay()»\n",
    "form feed in front": "\x0c«t.delay(1)»\n",
    "crlf": "def f():\r\n    «t.delay(\r\n        1,\r\n    )»\r\n    return\r\n",
    "old macintosh": "def f():\r    «t.delay(1)»\r",
    "byte order mark": "\ufeff«t.delay(1)»\n",
    "wide characters before": "x = 'é😀' + «t.delay('ü')» + 'é'\n",
    "combining characters": "def f():\n    'e\u0301', «t.delay('e\u0301')»\n",
    "line separator in a string": "x = 'a\u2028b\x1cc\x0bd'; «t.delay(1)»\n",
    "semicolons": "def f():\n    a = 1; «t.delay(1)»; b = 2\n",
    "first of several": "«t.delay(1)»; b = 2\n",
    "after a multi-line string": "x = '''\nabc\n'''; «t.delay(1)»\n",
    "continuation": "def f():\n    x = \\\n  «t.delay(1)» \\\n  + 1\n",
    "continuation at column one": "def f():\n    x = 1 + \\\n«t.delay(1)»\n",
    "multi-line string inside": "def f():\n    «t.delay('''a\nb: (\n  # c\n''', 1)»\n",
    "call over a dedent": "def f():\n    «t.delay(\n1,\n# why\n2)»\n",
    "f-string": "x = f'{«t.delay(1)»} is {y!r:>{width}}'\n",
    "f-string specification": "x = f'{y:{«t.delay(1)»}}'\n",
    "f-string with a dict": "x = f'{ {1: «t.delay(1)»}[1] }'\n",
    "multi-line f-string": "x = f'''\n  {«t.delay(1)»}\n{y}'''\n",
    "second f-string of a concatenation": "x = ('a {' f'{{{y}' f'{«t.delay(1)»}')\n",
    "lambda": "on_commit(lambda: «t.delay(1)»)\n",
    "lambda in a header": "if (lambda x: x)(1) or (lambda: «t.delay(1)»):\n    pass\n",
    "bare lambda in a header": "if lambda: «t.delay(1)»:\n    pass\n",
    "walrus": "if r := «t.delay(1)»:\n    pass\n",
    "while walrus": "while chunk := «t.delay(1)»:\n    pass\nelse:\n    pass\n",
    "comprehension": "x = [«t.delay(i)» for i in y if i]\n",
    "generator": "x = any(«t.delay(i)» for i in y)\n",
    "conditional": "x = «t.delay(1)» if y else 2\n",
    "if header": "def f():\n    if «t.delay(1)»:\n        pass\n    else:\n        pass\n",
    "elif header": "def f():\n    if x:\n        pass\n    elif «t.delay(1)»:\n        pass\n",
    "elif at the margin": "if x:\n    pass\nelif «t.delay(1)»: pass\n",
    "one-line if": "if x: «t.delay(1)»\n",
    "one-line else": "def f():\n    if x: pass\n    else: «t.delay(1)»\n",
    "one-line else if": "if x: pass\nelif y: «t.delay(1)»\n",
    "one-line with": "def f():\n    with a() as b: c(); «t.delay(1)»\n",
    "one-line try": "try: «t.delay(1)»\nexcept E: pass\n",
    "one-line except": "def f():\n    try: pass\n    except E: «t.delay(1)»\n",
    "one-line finally": "try: pass\nfinally: «t.delay(1)»\n",
    "one-line def": "def f(): return «t.delay(1)»\n",
    "one-line class": "class A: x = «t.delay(1)»\n",
    "one-line case": "match x:\n    case 1: «t.delay(1)»\n",
    "for header": "def f():\n    for x in «t.delay(1)»:\n        pass\n",
    "for with a slice": "for x in y[1:2], {1: 2}, «t.delay(1)»:\n    pass\n",
    "while header": "while not «t.delay(1)»:\n    pass\n",
    "with header": "def f():\n    with «t.delay(1)» as a, b:\n        pass\n",
    "with items in brackets": "def f():\n  with (\n    a as b,  # it's\n    «t.delay(1)»,\n  ):\n    pass\n",
    "except header": "def f():\n    try:\n        x()\n    except «t.delay(1)» as e:\n        pass\n",
    "except star": "try:\n    x()\nexcept* «t.delay(1)»:\n    pass\n",
    "match header": "def f():\n    match «t.delay(1)»:\n        case _:\n            pass\n",
    "case guard": "def f():\n    match x:\n        case {'a': [1, _]} if «t.delay(1)»:\n            pass\n",
    "names match and case": "match = case = 1\nmatch[«t.delay(1)»]: int = case\n",
    "call of match": "def f():\n    match(«t.delay(1)»)\n",
    "decorator": "@«t.delay(1)»\n@x\ndef f():\n    pass\n",
    "second decorator": "class A:\n\t@x\n\t@«t.delay(1)»\n\tasync def f(self): pass\n",
    "multi-line decorator": "class A:\n    @a(\n1)\n    @x(\n    «t.delay(1)»\n    )\n    class B: pass\n",
    "default": "class A:\n    def f(self, x: int = «t.delay(1)», *, y=2) -> dict[str, int]:\n        pass\n",
    "annotation": "def f(x: «t.delay(1)»): pass\n",
    "returns": "async def f(x) -> «t.delay(1)»:\n    pass\n",
    "base class": "class A(B, metaclass=«t.delay(1)»):\n    x = 1\n",
    "await": "async def f():\n    await «t.delay(1)»\n",
    "async with": "async def f():\n    async with a(b), «t.delay(1)»:\n        await x\n",
    "async for": "async def f():\n    async for x in «t.delay(1)»:\n        pass\n",
    "async comprehension": "async def f():\n    return [x async for x in «t.delay(1)»]\n",
    "assert": "assert x, «t.delay(1)»\n",
    "raise": "raise A from «t.delay(1)»\n",
    "del": "del x[«t.delay(1)»]\n",
    "yield": "def f():\n    x = yield «t.delay(1)»\n",
    "star": "f(*«t.delay(1)», **x)\n",
    "keyword": "f(a=«t.delay(1)»)\n",
    "slice": "x[1:«t.delay(1)», ...]\n",
    "chained": "«t.s(1).set(x=1).delay()»\n",
    "inner of a chain": "«t.s(1)».set(x=1).delay()\n",
    "in brackets": "(\n    «t\n    .delay(1)»\n)\n",
    "space before the bracket": "«t.delay (1)»\n",
    "called twice": "«t.delay(1)(2)»\n",
    "in the body of a long function": "def f():\n" + "    x()\n" * 300 + "    «t.delay(1)»\n",
    "augmented": "x += «t.delay(1)»\n",
    "annotated": "x: int = «t.delay(1)»\n",
    "after a comment": "def f():\n    # it's (\n    «t.delay(1)»  # :\n",
    "strings with quotes": "x = 'it\\'s', \"'\", r'\\d', «t.delay(1)»\n",
}


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_a_call_is_confirmed_where_ast_sees_it(text: str) -> None:
    verdict = verdict_on(text)
    assert (True, "") == (verdict.confirmed, verdict.reason)
    assert marked(text)[1] == verdict.location


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_a_call_is_confirmed_whatever_statement_is_named(text: str) -> None:
    data, location = marked(text)
    source = SourceText(PATH, data)
    line = Location(PATH, location.line, 1, location.end_line, len(source.lines[location.end_line - 1]) + 1)
    file = Location(PATH, 1, 1, *source.end)
    nominations = [Nomination("some-rule", location, statement) for statement in (location, line, file)]
    assert [True] * 3 == [each.confirmed for each in inspect(nominations, lambda _: data)]


OTHERS = {
    "name": ("name", "f(«x»)\n"),
    "dotted name": ("name", "f(«a.b.c»)\n"),
    "parameter": ("name", "def f(a, «b»=1): pass\n"),
    "imported name": ("name", "from a import «b»\n"),
    "keyword's name": ("name", "f(«a»=1)\n"),
    "tuple": ("expression", "f(«(1, 2)»)\n"),
    "inner tuple": ("expression", "x = («(1, 2)»)\n"),
    "bare tuple": ("expression", "x = «1, 2»\n"),
    "tuple as an index": ("expression", "x[«1, 2»]\n"),
    "borrowed brackets": ("expression", "any«(x for x in y)»\n"),
    "own brackets": ("expression", "x = «(x for x in y)»\n"),
    "strings side by side": ("expression", "f(«'a' 'b'»)\n"),
    "several lines of strings": ("expression", "f(«'a'\n  'b'»)\n"),
    "starred": ("expression", "f(«*x»)\n"),
    "comparison": ("expression", "if «a < b < c»: pass\n"),
    "all of and": ("expression", "x = «a and b and c» or d\n"),
    "dict": ("expression", "X = {'a': «{'b': 1}»}\n"),
    "assignment": ("assignment", "«CELERY_TASK_ALWAYS_EAGER = True»\n"),
    "assignment's target": ("assignment", "class Test:\n    «CELERY_TASK_ALWAYS_EAGER» = True\n"),
    "one of a tuple": ("assignment", "«CELERY_BROKER_URL», X = load()\n"),
    "assignment's value": ("assignment", "X = «True»\n"),
    "attribute": ("assignment", "«app.conf.task_always_eager = True»\n"),
    "item": ("assignment", "«DATABASES['default']['ATOMIC_REQUESTS'] = True»\n"),
    "annotated": ("assignment", "class A:\n    «x: bool = True»\n"),
    "augmented": ("assignment", "«X += [1]»\n"),
    "keyword argument": ("assignment", "app.conf.update(«task_always_eager=True», x=1)\n"),
    "name of a keyword argument": ("assignment", "app.conf.update(«task_always_eager»=True)\n"),
    "dict element": ("assignment", "X = {\n    'a': {«'b': True», 'c': 1},\n}\n"),
    "dict key": ("assignment", "X = {'a': {«'b'»: True}}\n"),
    "def": ("definition", "class A:\n    «def f(self)»:\n        pass\n"),
    "def's name": ("definition", "class A:\n    @x\n    def «f»(self):\n        pass\n"),
    "async def": ("definition", "@x\n«async def f(self)»: pass\n"),
    "class": ("definition", "«class A(B)»:\n    x = 1\n"),
    "class with its decorator": ("definition", "«@x\nclass A(B)»:\n    x = 1\n"),
    "decorator": ("decorator", "@x\n@«transaction.atomic»\ndef f(): pass\n"),
    "decorator with its sign": ("decorator", "class A:\n    «@atomic(using='x')»\n    def f(): pass\n"),
    "with item": ("with", "with «atomic()»:\n    pass\n"),
    "with item and its name": ("with", "with a, «open(x) as y»:\n    pass\n"),
    "with header": ("with", "def f():\n    «with a, (atomic()) as b»:\n        pass\n"),
    "async with": ("with", "async def f():\n    «async with a»:\n        pass\n"),
    "with item in brackets": ("with", "with (\n    a,\n    «atomic()» as b,\n):\n    pass\n"),
    "nothing": ("", "anything «goes» here\n".replace("anything ", "x = ").replace(" here", "")),
}


@pytest.mark.parametrize(("expect", "text"), OTHERS.values(), ids=OTHERS)
def test_other_kinds_are_confirmed(expect: str, text: str) -> None:
    verdict = verdict_on(text, expect)
    assert (True, "") == (verdict.confirmed, verdict.reason)
    assert marked(text)[1] == verdict.location


@pytest.mark.parametrize(
    ("expect", "text"),
    [
        ("call", "«t.delay»(1)\n"),
        ("call", "«t.delay(1)» \n".replace("» ", " »")),
        ("call", "x = '«t.delay(1)»'\n"),
        ("call", "# «t.delay(1)»\n"),
        ("name", "f(«a, b»)\n"),
        ("expression", "f(a«, b»)\n"),
        ("assignment", "f(«a»)\n"),
        ("assignment", "f(«*a»)\n"),
        ("definition", "def f():\n    «pass»\n"),
        ("decorator", "@x\ndef «f»(): pass\n"),
        ("with", "with a:\n    «b»()\n"),
    ],
)
def test_what_is_not_there_is_not_confirmed(expect: str, text: str) -> None:
    verdict = verdict_on(text, expect)
    assert (False, "nothing of the kind stands there") == (verdict.confirmed, verdict.reason)


@pytest.mark.parametrize(
    ("expect", "text", "header"),
    [
        ("definition", "class A:\n    «@x\n    def f(self, a=(1, 2)):\n        pass»\n", (2, 5, 3, 26)),
        ("definition", "«class A:\n    x = 1\n    y = 2»\n", (1, 1, 1, 8)),
        ("with", "«with a() as b, {1: 2}:\n    pass»\n", (1, 1, 1, 22)),
    ],
)
def test_a_compound_statement_is_located_at_its_header(
    expect: str, text: str, header: tuple[int, int, int, int]
) -> None:
    assert Location(PATH, *header) == verdict_on(text, expect).location


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "# -*- coding: latin-1 -*-\nx = 'éé', «t.delay('é')»\n"),
        ("cp1251", "#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\nx = 'я', «t.delay('я')»\n"),
        ("utf-8", "\ufeff# coding: utf-8\nx = 'é', «t.delay('é')»\n"),
        ("shift_jis", "# coding: shift_jis\nx = '日本', «t.delay(1)»\n"),
    ],
)
def test_the_declared_encoding_is_read(encoding: str, text: str) -> None:
    assert verdict_on(text, encoding=encoding).confirmed


def test_syntax_newer_than_the_running_python_is_confirmed() -> None:
    text = "def f():\n    return f'{d['a:{b']} and {«t.delay(f'{x}')»}', 1\n"
    data, location = marked(text)
    statement = Location(PATH, 2, 5, 2, len(data.split(b"\n")[1]) + 1)
    nominations = [Nomination("some-rule", location, statement)]
    text = "def f():\n    if f'{d['a:{b']}' and «t.delay(f'{x}')»:\n        pass\n"
    newer, location = marked(text)
    statement = Location(PATH, 2, 5, 3, 13)
    nominations.append(Nomination("some-rule", location, statement))
    sources = iter((data, newer))
    assert [True, True] == [inspect([each], lambda _: next(sources))[0].confirmed for each in nominations]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("«t.delay(" + "(" * 600 + "1" + ")" * 600 + ")»\n", "the statement nests too deeply to be read"),
        ("«t.delay(" + "[" * 5000 + "1" + "]" * 5000 + ")»\n", "the statement nests too deeply to be read"),
        ("x = " + "-" * 20000 + "«t.delay(1)»\n", None),
        ("x = " + "lambda: " * 20000 + "«t.delay(1)»\n", None),
        ("x = «t.delay(1)»" + "+ 1 " * 2900 + "\n", None),
        ("x = «t.delay(1)»" + ".b()" * 9000 + "\n", None),
        ("x = «t.delay(1)»" + "+ 1 " * 500 + "\n", "the statement does not parse"),
        ("x = «t.delay(1)» +\n", "the statement does not parse"),
        ("x = '''«t.delay(1)»\n", "the statement does not parse"),
    ],
)
def test_what_libcst_cannot_take_is_not_confirmed(text: str, reason: str | None) -> None:
    data, location = marked(text)
    statement = Location(PATH, location.line, 1, location.line, len(data))
    [verdict] = inspect([Nomination("some-rule", location, statement)], lambda _: data)
    assert verdict.confirmed is False
    assert verdict.reason == (reason or verdict.reason) != ""


def test_a_place_outside_the_file_is_not_confirmed() -> None:
    nominations = [
        Nomination("some-rule", location, location)
        for location in (Location(PATH, 9, 1, 9, 4), Location(PATH, 1, 2, 1, 90), Location(PATH, 0, 0, 1, 2))
    ]
    reasons = [each.reason for each in inspect(nominations, lambda _: b"f()\n")]
    assert ["the place is not in the file"] * 3 == reasons


def test_a_file_that_cannot_be_read_is_named() -> None:
    def missing(path: str) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", path)

    place = Location(PATH, 1, 1, 1, 4)
    nomination = Nomination("some-rule", place, place)
    [verdict] = inspect([nomination], missing)
    assert "shop/views.py cannot be read: No such file or directory" == verdict.reason
    [verdict] = inspect([nomination], lambda _: b"# coding: utf-7-or-8\nf()\n")
    assert "shop/views.py cannot be decoded: unknown encoding: utf-7-or-8" == verdict.reason


def test_verdicts_come_in_the_order_of_the_nominations() -> None:
    data = b"a()\nb()\nc()\n"
    places = [Location(path, line, 1, line, 4) for line in (3, 1, 2) for path in ("b.py", "a.py")]
    nominations = [Nomination("some-rule", place, place) for place in places]
    assert nominations == [each.nomination for each in inspect(nominations, lambda _: data)]


def test_each_file_is_read_once() -> None:
    paths: list[str] = []

    def read(path: str) -> bytes:
        paths.append(path)
        return b"a()\nb()\n"

    places = [Location(path, line, 1, line, 4) for line in (1, 2) for path in ("b.py", "a.py")]
    inspect([Nomination("some-rule", place, place) for place in places], read)
    assert ["a.py", "b.py"] == paths


def test_libcst_waits_for_a_nominee_that_needs_it() -> None:
    program = (
        "import sys\n"
        "from celery_lint.finding import AppendText, Applicability, Fix, Location, Nomination\n"
        "from celery_lint.inspection import inspect\n"
        "place = Location('Procfile', 1, 1, 1, 2)\n"
        "fix = Fix('Add', Applicability.SAFE, (AppendText('Procfile', 'y'),))\n"
        "inspect([Nomination('some-rule', place, place, expect='', fix=fix)], lambda _: b'x')\n"
        "print('libcst' in sys.modules)\n"
        "inspect([Nomination('some-rule', place, place, expect='name')], lambda _: b'x')\n"
        "print('libcst' in sys.modules)\n"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert ["False", "True"] == output.split()


def library_calls(files: int, calls: int) -> tuple[dict[str, bytes], list[Nomination]]:
    """Files of the standard library, and at most `calls` calls in each, with the statements around them."""
    random = Random(1)
    library = Path(sysconfig.get_paths()["stdlib"])
    paths = sorted(path for path in library.rglob("*.py") if "site-packages" not in path.parts)
    read: dict[str, bytes] = {}
    nominations: list[Nomination] = []
    for path in random.sample(paths, min(files, len(paths))):
        data = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                source, tree = SourceText(str(path), data), ast.parse(data)
            except (DecodingError, SyntaxError, ValueError):
                continue
        read[str(path)] = data
        found = []
        level: list[tuple[ast.AST, ast.stmt | None]] = [(tree, None)]
        while level:
            node, statement = level.pop()
            if isinstance(node, ast.stmt):
                statement = node
            if isinstance(node, ast.Call) and statement is not None:
                place = Location(str(path), *source.span(node))
                found.append(Nomination("some-rule", place, Location(str(path), *source.span(statement))))
            level += ((child, statement) for child in ast.iter_child_nodes(node))
        nominations += random.sample(found, min(calls, len(found)))
    return read, nominations


def test_every_call_of_the_standard_library_is_confirmed() -> None:
    """`ast` and libcst agree on where calls are, and every statement can be cut out and parsed alone."""
    files, nominations = library_calls(files=150, calls=40)
    verdicts = inspect(nominations, files.__getitem__)
    assert len(nominations) > 2000
    assert [] == [(each.location, each.reason) for each in verdicts if not each.confirmed]
    assert [each.location for each in nominations] == [each.location for each in verdicts]
