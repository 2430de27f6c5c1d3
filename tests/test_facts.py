"""What one file says: frames, calls, bindings, scopes, and where they stand."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from celery_lint.facts import FileFacts, Span, extract
from celery_lint.facts import schema as s

FIXTURES = Path(__file__).parent / "fixtures"


def sources() -> list[bytes]:
    return [path.read_bytes() for path in sorted(FIXTURES.rglob("*.py"))]


def facts(text: str) -> FileFacts:
    found = extract(dedent(text).lstrip("\n").encode())
    assert found.failure is None
    return found


def called(found: FileFacts, name: str) -> s.Call:
    """The one call of a name or attribute."""
    (call,) = (c for c in found.calls if getattr(c.func, "id", None) == name or getattr(c.func, "name", None) == name)
    return call


def around(found: FileFacts, name: str) -> list[str]:
    """The kinds of the frames around a call, the innermost first; those with branches with their number."""
    kinds, number = [], called(found, name).frame
    while number >= 0:
        frame = found.frames[number]
        kinds.append(f"{frame.kind} {frame.branch}" if frame.kind in ("if", "match") else frame.kind)
        number = frame.parent
    return kinds


def bound(text: str) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(b.kind, b.target, b.path) for b in facts(text).bindings]


class TestTheSameForTheSameBytes:
    def test_takes_bytes_and_nothing_else(self) -> None:
        assert ["source"] == list(inspect.signature(extract).parameters)

    def test_twice(self) -> None:
        for source in sources():
            assert extract(source) == extract(source)

    @pytest.mark.parametrize("format", [msgspec.msgpack, msgspec.json], ids=["msgpack", "json"])
    def test_survives_being_written_and_read(self, format: object) -> None:
        odd = [b"", b"x = (", b"x = 1.5, 1j, b'a', ..., 2**99, 99999999999999999999, -5, '\\ud800'\n"]
        for source in sources() + odd:
            found = extract(source)
            assert found == format.decode(format.encode(found), type=FileFacts)  # type: ignore[attr-defined]

    @pytest.mark.parametrize("text", ["1e400", "-1e400"])
    def test_infinity_survives_json(self, text: str) -> None:
        found = extract(f"x = {text}".encode())
        assert found == msgspec.json.decode(msgspec.json.encode(found), type=FileFacts)

    def test_every_span_lies_in_the_text(self) -> None:
        for source in filter(bytes.isascii, sources()):
            lines = re.split(r"\r\n|\r|\n", source.decode())
            found = extract(source)
            for span in (*(c.span for c in found.calls), *(b.span for b in found.bindings), *found.statements):
                assert 1 <= span.line <= span.end_line <= len(lines)
                assert (span.line, span.column) < (span.end_line, span.end_column)
            for span in (*(c.span for c in found.calls), *(b.span for b in found.bindings)):
                assert span.end_column <= len(lines[span.end_line - 1]) + 1

    @pytest.mark.parametrize(
        "text", ["@shared_task(bind=True)\ndef pay(): pass", "@dataclass(frozen=True)\nclass Line: pass"]
    )
    def test_a_decorated_statement_ends_in_its_own_line(self, text: str) -> None:
        (head, *_) = facts(text).statements
        assert (1, 2) == (head.line, head.end_line)
        assert head.end_column <= len(text.split("\n")[1]) + 1


class TestFrames:
    def test_module(self) -> None:
        assert ["scope"] == around(facts("go()"), "go")

    def test_with_opens_after_its_own_expression(self) -> None:
        found = facts("""
            with first(), second() as held:
                go()
        """)
        assert ["scope"] == around(found, "first")
        assert ["with", "scope"] == around(found, "second")
        assert ["with", "with", "scope"] == around(found, "go")

    def test_with_knows_its_manager(self) -> None:
        found = facts("""
            with atomic():
                go()
        """)
        assert s.CallRef(0) == found.frames[called(found, "go").frame].expr

    def test_if_and_else(self) -> None:
        found = facts("""
            if test():
                one()
            elif other():
                two()
            else:
                three()
        """)
        assert ["scope"] == around(found, "test")
        assert ["if 0", "scope"] == around(found, "one")
        assert ["if 1", "scope"] == around(found, "other")
        assert ["if 0", "if 1", "scope"] == around(found, "two")
        assert ["if 1", "if 1", "scope"] == around(found, "three")

    def test_loops(self) -> None:
        found = facts("""
            for row in rows():
                one()
            else:
                two()
            while test():
                three()
        """)
        assert ["scope"] == around(found, "rows")
        assert ["loop", "scope"] == around(found, "one")
        assert ["else", "scope"] == around(found, "two")
        assert ["loop", "scope"] == around(found, "test")
        assert ["loop", "scope"] == around(found, "three")

    @pytest.mark.parametrize("star", ["", "*"])
    def test_try(self, star: str) -> None:
        found = facts(f"""
            try:
                one()
            except{star} kind() as error:
                two()
            else:
                three()
            finally:
                four()
        """)
        assert ["try", "scope"] == around(found, "one")
        assert ["scope"] == around(found, "kind")
        assert ["except", "scope"] == around(found, "two")
        assert ["else", "scope"] == around(found, "three")
        assert ["finally", "scope"] == around(found, "four")

    def test_match(self) -> None:
        found = facts("""
            match subject():
                case {"a": [first, *rest], **more} if guard():
                    one()
                case Point(x=0) as point:
                    two()
        """)
        assert ["scope"] == around(found, "subject")
        assert ["match 0", "scope"] == around(found, "guard")
        assert ["match 0", "scope"] == around(found, "one")
        assert ["match 1", "scope"] == around(found, "two")
        assert {"first", "rest", "more", "point"} == {b.target for b in found.bindings}

    def test_comprehension(self) -> None:
        found = facts("rows = [go(x) for x in outer() for y in inner(x) if test(y)]")
        assert ["scope"] == around(found, "outer")
        assert ["comprehension", "scope"] == around(found, "inner")
        assert ["comprehension", "comprehension", "scope"] == around(found, "test")
        assert ["comprehension", "comprehension", "scope"] == around(found, "go")

    def test_lambda(self) -> None:
        found = facts("later = lambda x=default(): go(x)")
        assert ["scope"] == around(found, "default")
        assert ["scope", "scope"] == around(found, "go")
        assert "lambda" == found.scopes[called(found, "go").scope].kind
        assert s.CallRef(1) == found.scopes[1].body

    def test_argument(self) -> None:
        found = facts("outer(name, first(), key=second(), *third(), **fourth())")
        for name, argument in (("first", 1), ("second", "key"), ("third", "*"), ("fourth", "**")):
            frame = found.frames[called(found, name).frame]
            assert ("argument", 0, argument) == (frame.kind, frame.call, frame.argument)
        assert s.Name("name") == found.calls[0].args[0]

    def test_the_callee_is_not_in_a_frame_of_the_call(self) -> None:
        found = facts("make(one())(two())")
        assert ["scope"] == around(found, "make")
        assert ["argument", "scope"] == around(found, "two")
        (outer,) = (call for call in found.calls if isinstance(call.func, s.CallRef))
        assert called(found, "make") == found.calls[outer.func.index]  # type: ignore[union-attr]

    def test_functions(self) -> None:
        found = facts("""
            @wrap(first())
            def outer(x=second()) -> third():
                def inner():
                    go()
        """)
        assert 0 == called(found, "wrap").scope == called(found, "second").scope == called(found, "third").scope
        assert ["scope", "scope", "scope"] == around(found, "go")
        assert ["", "outer", "inner"] == [scope.name for scope in found.scopes]
        assert [-1, 0, 1] == [scope.parent for scope in found.scopes]

    def test_classes(self) -> None:
        found = facts("""
            @wrap()
            class Order(base(), metaclass=kind()):
                total = field()
                def pay(self):
                    go()
        """)
        assert 0 == called(found, "wrap").scope == called(found, "base").scope == called(found, "kind").scope
        assert "Order" == found.scopes[called(found, "field").scope].name
        assert "pay" == found.scopes[called(found, "go").scope].name


class TestCalls:
    @pytest.mark.parametrize(
        "text, use",
        [
            ("go()", "discarded"),
            ("x = go()", "assigned"),
            ("x: int = go()", "assigned"),
            ("x += go()", "assigned"),
            ("(x := go())", "assigned"),
            ("def f(): return go()", "returned"),
            ("f = lambda: go()", "returned"),
            ("async def f(): await go()", "awaited"),
            ("go().x", "receiver"),
            ("go()[0]", "receiver"),
            ("go()()", "function"),
            ("f(go())", "argument"),
            ("f(key=go())", "argument"),
            ("f(*go())", "argument"),
            ("with go(): pass", "with"),
            ("@go()\ndef f(): pass", "decorator"),
            ("for x in go(): pass", "iterated"),
            ("if go(): pass", "test"),
            ("raise go()", "raised"),
            ("x = [go()]", "item"),
            ("x = go() + 1", "operand"),
            ("x = go() if y else z", "assigned"),
            ("x = y or go()", "assigned"),
            ("def f(): yield go()", "yielded"),
            ("def f(x=go()): pass", "default"),
        ],
    )
    def test_where_the_value_goes(self, text: str, use: str) -> None:
        assert use == called(facts(text), "go").use

    def test_arguments_as_they_are_written(self) -> None:
        call = called(facts("go(1, 'a', *rest, key=None, **more)"), "go")
        assert (s.Constant("int", 1), s.Constant("str", "a"), s.Spread(s.Name("rest"))) == call.args
        assert ["key", None] == [keyword.name for keyword in call.keywords]
        assert [Span(1, 19, 1, 27), Span(1, 29, 1, 35)] == [keyword.span for keyword in call.keywords]

    def test_order_is_that_of_evaluation(self) -> None:
        found = facts("""
            a(b(), key=c())
            d()
        """)
        assert ["b", "c", "a", "d"] == [c.func.id for c in sorted(found.calls, key=lambda c: c.order)]  # type: ignore[union-attr]

    def test_reads_are_attributes_that_are_not_called(self) -> None:
        assert ["paid"] == [read.name for read in facts("order.paid; order.pay()").reads]


class TestBindings:
    @pytest.mark.parametrize(
        "text, expected",
        [
            ("a = b = 1", [("assign", "a", ()), ("assign", "b", ())]),
            ("a, (b, c) = x", [("assign", "a", (0,)), ("assign", "b", (1, 0)), ("assign", "c", (1, 1))]),
            ("[a, b] = x", [("assign", "a", (0,)), ("assign", "b", (1,))]),
            ("a, *b = x", [("assign", "a", (0,)), ("assign", "b", ())]),
            ("(a := 1)", [("walrus", "a", ())]),
            ("a += 1", [("augmented", "a", ())]),
            ("a: int = 1", [("annotated", "a", ())]),
            ("a: int", [("annotated", "a", ())]),
            ("del a", [("delete", "a", ())]),
            ("for a, b in x: pass", [("loop", "a", (0,)), ("loop", "b", (1,))]),
            ("y = [a for a in x]", [("loop", "a", ()), ("assign", "y", ())]),
            ("with x as (a, b): pass", [("with", "a", (0,)), ("with", "b", (1,))]),
            ("self.a = 1", [("assign", "self.a", ())]),
            ("self.a.b += 1", [("augmented", "self.a.b", ())]),
            ("x['a'][0] = 1", [("assign", "x['a'][0]", ())]),
            ('x["a"].b = 1', [("assign", "x['a'].b", ())]),
            ("x[key] = 1", [("assign", "x[?]", ())]),
            ("make().a = 1", [("assign", "?.a", ())]),
        ],
    )
    def test_targets(self, text: str, expected: list[tuple[str, str, tuple[int, ...]]]) -> None:
        assert expected == bound(text)

    def test_exceptions(self) -> None:
        assert [("except", "error", ())] == bound("try: pass\nexcept ValueError as error: pass")

    def test_values_and_bases(self) -> None:
        assert [s.Name("x"), None] == [b.value for b in facts("a, *b = x").bindings]
        assert [None, s.Name("self")] == [b.base for b in facts("a = self.b = 1").bindings]

    def test_global_and_nonlocal(self) -> None:
        found = facts("""
            def f():
                global a, b
                def g():
                    nonlocal c
        """)
        assert [(), ("a", "b"), ()] == [scope.globals for scope in found.scopes]
        assert [(), (), ("c",)] == [scope.nonlocals for scope in found.scopes]

    def test_imports(self) -> None:
        found = facts("""
            import a.b, c.d as e
            from f import g as h
            from .. import i
            from .j import *
        """)
        assert [
            ("a.b", 0, None, ""),
            ("c.d", 0, None, "e"),
            ("f", 0, "g", "h"),
            ("", 2, "i", "i"),
            ("j", 1, "*", "*"),
        ] == [(i.module, i.level, i.name, i.alias) for i in found.imports]


class TestFunctions:
    def test_parameters(self) -> None:
        found = facts("def f(a, /, b: int, c=1, *args, d, e=2, **kw): pass")
        assert [
            ("a", "positional-only"),
            ("b", "positional"),
            ("c", "positional"),
            ("args", "variadic"),
            ("d", "keyword-only"),
            ("e", "keyword-only"),
            ("kw", "keywords"),
        ] == [(p.name, p.kind) for p in found.scopes[1].parameters]
        defaults = [None, None, s.Constant("int", 1), None, None, s.Constant("int", 2), None]
        assert defaults == [p.default for p in found.scopes[1].parameters]

    @pytest.mark.parametrize(
        "annotation, expected",
        [
            ("Order", s.Name("Order")),
            ("'Order'", s.Name("Order")),
            ("'models.Order'", s.Attribute(s.Name("models"), "Order")),
            ("Optional['Order']", s.Item(s.Name("Optional"), s.Name("Order"))),
            ("'Order | None'", s.Operation("|", s.Name("Order"), s.Constant("NoneType", None))),
            ("'not a type'", s.Other("Annotation")),
            ("'('", s.Other("Annotation")),
            ("''", s.Other("Annotation")),
        ],
    )
    def test_annotations(self, annotation: str, expected: s.Expr) -> None:
        found = facts(f"def f(order: {annotation}) -> {annotation}: pass")
        assert (expected, expected) == (found.scopes[1].parameters[0].annotation, found.scopes[1].returns)

    def test_kinds(self) -> None:
        found = facts("""
            async def a(): pass
            def b(): yield 1
            def c():
                def d(): yield 1
        """)
        assert [(False, False), (True, False), (False, True), (False, False), (False, True)] == [
            (scope.is_async, scope.is_generator) for scope in found.scopes
        ]

    def test_returns(self) -> None:
        found = facts("""
            def f():
                if x: raise ValueError
                yield 1
                yield from y
                return
        """)
        assert ["raise", "yield", "yield from", "return"] == [r.kind for r in found.returns]

    def test_heads(self) -> None:
        found = facts("""
            @task
            async def pay(order): pass
            class Order(Model): pass
        """)
        assert [Span(2, 1, 2, 14), Span(3, 1, 3, 12)] == [scope.span for scope in found.scopes[1:]]

    @pytest.mark.xfail(strict=True, reason="one blank between `def` and the name is taken for granted")
    @pytest.mark.parametrize("text", ["def  pay(): pass", "async  def pay(): pass", "class  Order: pass"])
    def test_heads_with_more_blanks(self, text: str) -> None:
        assert Span(1, 1, 1, text.index("(" if "(" in text else ":") + 1) == facts(text).scopes[1].span


class TestBelonging:
    def test_handlers_belong_to_their_try(self) -> None:
        found = facts("""
            try:
                a()
            except ValueError:
                try:
                    b()
                finally:
                    c()
            else:
                d()
        """)
        tries = [number for number, frame in enumerate(found.frames) if frame.kind == "try"]
        assert [(kind, tries.index(of)) for kind, of in ((f.kind, f.of) for f in found.frames) if of >= 0] == [
            ("except", 0),
            ("finally", 1),
            ("else", 0),
        ]

    def test_else_of_a_loop(self) -> None:
        found = facts("for a in b:\n    c()\nelse:\n    d()\n")
        (frame,) = (f for f in found.frames if f.kind == "else")
        assert "loop" == found.frames[frame.of].kind


@pytest.mark.parametrize(
    "text, expected",
    [
        ("import celery.task as t", ["8-19"]),
        ("from celery.task import (\n    task as t,\n    Task,\n)", ["5-9", "5-9"]),
        ("from . import é, b", ["15-16", "18-19"]),
    ],
)
def test_where_imported_names_stand(text: str, expected: list[str]) -> None:
    found = facts(text)
    assert expected == [f"{item.span.column}-{item.span.end_column}" for item in found.imports]
    assert {1} == {found.statements[item.statement].line for item in found.imports}
