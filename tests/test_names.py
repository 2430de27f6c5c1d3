"""What a name stands for where it is used: which assignments can have reached it, and where it comes from."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from building import build, reaching, seen, value_at

from celery_lint.project.names import join
from celery_lint.project.values import UNKNOWN, ClassValue, External, Instance, Literal, TaskValue, Value

xfail = pytest.mark.xfail

FLOW = {
    "straight": ("x = 1\nx = 2\nsee(x)\nx = 4", [[2]]),
    "unbound": ("see(x)", [[]]),
    "its own value": ("x = 1\nx = f(see(x))", [[1]]),
    "import": ("import x\nsee(x)", [["import"]]),
    "parameter": ("def f(x):\n    see(x)", [["parameter"]]),
    "rebound parameter": ("def f(x):\n    see(x)\n    x = 3\n    see(x)", [["parameter"], [3]]),
    "definition": ("def x(): pass\nsee(x)", [[1]]),
    "if": ("x = 1\nif a:\n    x = 3\nsee(x)", [[1, 3]]),
    "if inside": ("x = 1\nif a:\n    x = 3\n    see(x)", [[3]]),
    "if before": ("x = 1\nif a:\n    see(x)\n    x = 4", [[1]]),
    "else inside": ("x = 1\nif a:\n    x = 3\nelse:\n    see(x)", [[1]]),
    "both branches": ("if a:\n    x = 2\nelse:\n    x = 4\nsee(x)", [[2, 4]]),
    "elif": ("if a:\n    x = 2\nelif b:\n    x = 4\nelse:\n    see(x)\n    x = 7\nsee(x)", [[2, 4], [2, 4, 7]]),
    "two ifs": ("x = 1\nif a:\n    x = 3\nif b:\n    x = 5\nsee(x)", [[1, 3, 5]]),
    "after a return": ("def f():\n    x = 2\n    if a:\n        x = 4\n        return\n    see(x)", [[2]]),
    "after a raise": ("def f():\n    x = 2\n    if a:\n        x = 4\n        raise E\n    see(x)", [[2]]),
    "return in the else": ("def f():\n    if a:\n        x = 3\n    else:\n        return\n    see(x)", [[3]]),
    "before a return": ("def f():\n    if a:\n        x = 3\n        return see(x)\n    x = 5\n    see(x)", [[3], [5]]),
    "with": ("x = 1\nwith a:\n    x = 3\nsee(x)", [[3]]),
    "with as": ("x = 1\nwith a as x:\n    see(x)\nsee(x)", [[2], [2]]),
    "finally": ("x = 1\ntry:\n    pass\nfinally:\n    x = 5\nsee(x)", [[5]]),
    "try": ("x = 1\ntry:\n    x = 3\nexcept E:\n    see(x)\nsee(x)", [[1, 3], [1, 3]]),
    "except": ("try:\n    x = 2\nexcept E:\n    x = 4\nsee(x)", [[2, 4]]),
    "except as": ("try:\n    pass\nexcept E as x:\n    see(x)", [[3]]),
    "for": ("x = 1\nfor x in y:\n    see(x)\nsee(x)", [[2], [1, 2]]),
    "for in two": ("for a, x in y:\n    see(x)", [[1]]),
    "carried": ("x = 1\nfor a in y:\n    see(x)\n    x = 4", [[1, 4]]),
    "carried by while": ("x = 1\nwhile a:\n    see(x)\n    x = 4\nsee(x)", [[1, 4], [1, 4]]),
    "carried from a branch": ("x = 1\nfor a in y:\n    see(x)\n    if b:\n        x = 5", [[1, 5]]),
    "not carried": ("x = 1\nfor a in y:\n    x = 3\n    see(x)\n    x = 5", [[3]]),
    "carried by the outer loop": ("x = 1\nfor a in y:\n    for b in a:\n        see(x)\n    x = 5", [[1, 5]]),
    "match": ("x = 1\nmatch a:\n    case 1:\n        x = 4\n    case 2:\n        see(x)\nsee(x)", [[1], [1, 4]]),
    "pattern": ("match a:\n    case {'x': x}:\n        see(x)", [[2]]),
    "walrus": ("if (x := f()):\n    see(x)", [[1]]),
    "augmented": ("x = 1\nx += 1\nsee(x)", [[2]]),
    "closure": ("def f():\n    x = 2\n    def g():\n        see(x)\n    x = 5", [[5]]),
    "module from a function": ("x = 1\ndef f():\n    see(x)\nx = 4", [[4]]),
    "module from a function, ifs": ("x = 1\nif a:\n    x = 3\ndef f():\n    see(x)", [[1, 3]]),
    "lambda": ("x = 1\nf = lambda: see(x)\nx = 3", [[3]]),
    "parameter of a lambda": ("x = 1\nf = lambda x: see(x)", [["parameter"]]),
    "default": ("x = 1\ndef f(y=see(x)): pass\nx = 3", [[1]]),
    "decorator": ("x = 1\n@x(see(x))\ndef f(): pass\nx = 4", [[1]]),
    "class body": ("x = 1\nclass A:\n    x = 3\n    see(x)\n    def f(self):\n        see(x)", [[3], [1]]),
    "global": ("x = 1\ndef f():\n    global x\n    x = 4\nsee(x)", [[1, 4]]),
    "global in a method": ("class A:\n    def f(self):\n        global x\n        x = 4\n        see(x)\n", [[4]]),
    "nonlocal": ("def f():\n    x = 2\n    def g():\n        nonlocal x\n        x = 5\n    see(x)", [[2, 5]]),
    "comprehension": ("y = [see(x) for x in rows]", [[1]]),
    "comprehension does not leak": ("x = 1\ny = [x for x in rows]\nsee(x)", [[1]]),
    "comprehension hides nothing": ("x = 1\ndef f(rows):\n    y = [x for x in rows]\n    see(x)", [[1]]),
    "global in an inner function": (
        "def f():\n    def g():\n        global x\n        x = 4\n    return g\ndef h():\n    see(x)",
        [[4]],
    ),
    "inner comprehension": ("x = 1\ny = [see(z) for x in rows for z in x]", [[2]]),
}

MISSED = {
    "both branches hide": ("x = 1\nif a:\n    x = 3\nelse:\n    x = 5\nsee(x)", [[3, 5]]),
    "other branch of an earlier round": (
        "x = 1\nfor a in y:\n    if b:\n        x = 4\n    else:\n        see(x)",
        [[1, 4]],
    ),
    "global past a local": ("x = 1\ndef f():\n    x = 3\n    def g():\n        global x\n        see(x)", [[1]]),
    "nonlocal two scopes out": (
        "def f():\n    x = 2\n    def g():\n        def h():\n            nonlocal x\n            x = 6\n    see(x)",
        [[2, 6]],
    ),
    "exception is deleted": ("x = 1\ntry:\n    pass\nexcept E as x:\n    pass\nsee(x)", [[1]]),
    "left by continue": ("for a in y:\n    x = 2\n    if b:\n        x = 4\n        continue\n    see(x)", [[2]]),
}


class TestWhatReaches:
    @pytest.mark.parametrize("name", FLOW)
    def test_flow(self, name: str, tmp_path: Path) -> None:
        text, expected = FLOW[name]
        assert expected == reaching(tmp_path, text)

    @pytest.mark.parametrize("name", [pytest.param(n, marks=xfail(strict=True, reason=n)) for n in MISSED])
    def test_not_followed_yet(self, name: str, tmp_path: Path) -> None:
        text, expected = MISSED[name]
        assert expected == reaching(tmp_path, text)


class TestWhereANameComesFrom:
    def test_builtins(self, tmp_path: Path) -> None:
        assert ["builtins.list", "?"] == seen(tmp_path, "see(list)\nsee(lists)")

    def test_a_name_of_ones_own_hides_a_builtin(self, tmp_path: Path) -> None:
        assert ["filter()"] == seen(tmp_path, "def filter(): pass\nsee(filter)")

    @pytest.mark.parametrize(
        "text, expected",
        [
            ("from orders.tasks import pay\nsee(pay)", "pay()"),
            ("from orders.tasks import pay as later\nsee(later)", "pay()"),
            ("from orders import tasks\nsee(tasks.pay)", "pay()"),
            ("import orders.tasks\nsee(orders.tasks.pay)", "pay()"),
            ("import orders.tasks as t\nsee(t.pay)", "pay()"),
            ("import orders\nsee(orders)", "module orders/__init__.py"),
            ("from orders import pay\nsee(pay)", "pay()"),
            ("from orders import later\nsee(later)", "pay()"),
            ("from orders import missing\nsee(missing)", "?"),
            ("from orders.missing import pay\nsee(pay)", "orders.missing.pay"),
            ("from orders.star import *\nsee(pay)", "pay()"),
            ("from orders.star import pay\nsee(pay)", "pay()"),
            ("from orders import star\nsee(star.pay)", "pay()"),
            ("def f():\n    from orders.tasks import pay\n    see(pay)", "pay()"),
            ("def f():\n    from orders.tasks import pay\nsee(pay)", "?"),
            ("from django.db import transaction as t\nsee(t.atomic)", "django.db.transaction.atomic"),
            ("import django.db\nsee(django.db.transaction)", "django.db.transaction"),
            ("from elsewhere import *\nsee(pay)", "?"),
            ("from orders.loop_a import pay\nsee(pay)", "pay()"),
            ("from orders.loop_a import nothing\nsee(nothing)", "?"),
        ],
    )
    def test_imports(self, text: str, expected: str, tmp_path: Path) -> None:
        files = {
            "orders/__init__.py": "from .tasks import pay\nfrom .tasks import pay as later\n",
            "orders/tasks.py": "def pay(): pass\n",
            "orders/star.py": "from .tasks import *\n",
            "orders/loop_a.py": "from .loop_b import *\nfrom .loop_b import nothing\n",
            "orders/loop_b.py": "from .loop_a import *\nfrom .loop_a import nothing\nfrom .tasks import pay\n",
            "views.py": text,
        }
        assert [expected] == seen(tmp_path, files)

    def test_namespace_directories(self, tmp_path: Path) -> None:
        files = {
            "apps/orders/tasks.py": "def pay(): pass\n",
            "apps/orders/views.py": "from .tasks import pay\nsee(pay)\nfrom apps.orders import tasks\nsee(tasks.pay)\n",
            "run.py": "import apps.orders.tasks as t\nsee(t.pay)\nfrom apps.orders.tasks import pay\nsee(pay)",
        }
        assert ["pay()"] * 4 == seen(tmp_path, files)

    def test_alternatives_that_agree(self, tmp_path: Path) -> None:
        text = """
            try:
                from celery import shared_task
            except ImportError:
                shared_task = None
            see(shared_task)
        """
        assert ["celery.shared_task"] == seen(tmp_path, text)

    def test_alternatives_that_do_not(self, tmp_path: Path) -> None:
        text = """
            try:
                from celery import shared_task
            except ImportError:
                from shop.fake import shared_task
            see(shared_task)
        """
        assert ["?"] == seen(tmp_path, text)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("from a import *\nfrom b import *\nsee(pay)", id="the last star"),
            pytest.param("from a import pay\nfrom b import *\nsee(pay)", id="a star after a name"),
        ],
    )
    @xfail(strict=True, reason="a later star import does not hide what was there before")
    def test_what_was_imported_last(self, text: str, tmp_path: Path) -> None:
        files = {"a.py": "class pay: pass\n", "b.py": "def pay(): pass\n", "views.py": text}
        assert ["pay()"] == seen(tmp_path, files)


NONE = Literal("NoneType")
ORDER, LINE = ClassValue("models.py", 1), ClassValue("models.py", 2)


class TestJoin:
    @pytest.mark.parametrize(
        "values, expected",
        [
            ([], UNKNOWN),
            ([NONE], UNKNOWN),
            ([ORDER], ORDER),
            ([ORDER, ORDER], ORDER),
            ([ORDER, NONE], ORDER),
            ([NONE, ORDER], ORDER),
            ([ORDER, LINE], UNKNOWN),
            ([ORDER, UNKNOWN], UNKNOWN),
            ([NONE, UNKNOWN], UNKNOWN),
            ([Instance(ORDER), Instance(ORDER, exact=False)], Instance(ORDER, exact=False)),
            ([Instance(ORDER), Instance(LINE)], UNKNOWN),
            ([Literal("int", 1), Literal("int", 2)], UNKNOWN),
            ([External("a.b"), External("a.b")], External("a.b")),
        ],
    )
    def test_values(self, values: list[Value], expected: Value) -> None:
        assert expected == join(values)

    def test_two_tasks_are_alike(self) -> None:
        one, two = TaskValue("tasks.py", 1), TaskValue("tasks.py", 2)
        assert join([one, two]) in (one, two)
        assert UNKNOWN == join([one, ORDER])


CYCLES = {
    "functions": """\
        def a(): return b()
        def b(): return c() or a()
        def c(): return a() or A()
        see(a()), see(b()), see(c())
    """,
    "names": """\
        a = None
        def f():
            global a
            a = b
            return a
        b = a
        see(f()), see(a), see(b)
    """,
    "attributes": """\
        class B:
            def a(self):
                self.x = self.y
                self.y = self.x
                return see(self.x)
            def b(self): return see(self.y)
        see(B().a()), see(B().b()), see(B().x)
    """,
    "bases": """\
        class B(C): pass
        class C(D): pass
        class D(B):
            def a(self): return A()
        see(B().a()), see(C().a()), see(D().a())
    """,
    "decorators": """\
        @b
        def a(fn): return b(fn)
        @a
        def b(fn): return a(fn)
        see(a), see(b), see(a(b))
    """,
    "assignments": "x = A()\n" + "y = x\nx = y\nsee(x)\n" * 30,
    "calls": "x = A()\n" + "x = x.again()\nx = x.again()\nsee(x)\n" * 30,
}


class TestTheOrderOfQuestions:
    def answers(self, root: Path, text: str, backwards: bool) -> list[str]:
        project = build(root, {"shop.py": text})
        numbers = project.program.view("shop.py").calls_by_name["see"]
        asked = {n: value_at(project, "shop.py", n) for n in (reversed(numbers) if backwards else numbers)}
        return [asked[n] for n in numbers]

    @pytest.mark.parametrize(
        "name",
        [pytest.param(n, marks=xfail(strict=True, reason="too deep") if n == "calls" else ()) for n in CYCLES],
    )
    def test_does_not_matter(self, name: str, tmp_path: Path) -> None:
        text = "class A:\n    def again(self): return self\n" + dedent(CYCLES[name])
        forwards, backwards = (self.answers(tmp_path / str(way), text, bool(way)) for way in (0, 1))
        assert forwards == backwards
