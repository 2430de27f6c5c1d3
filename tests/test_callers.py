"""Who runs a function: directly, by another name, by being handed it, as a method, property or receiver."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import build, one, uses

from celery_lint.project import Project

xfail = pytest.mark.xfail

# Where `send`, defined in the first line, is run: the lines.
RUNS = {
    "called": ("send(1)", [2]),
    "called twice": ("send(1)\nsend(2)", [2, 3]),
    "called in a function": ("def f():\n    return send(1)", [3]),
    "awaited": ("async def f():\n    await send(1)", [3]),
    "not called": ("send", []),
    "in a comprehension": ("x = [send(n) for n in rows]", [2]),
    "in a lambda": ("f = lambda: send(1)", [2]),
    "as an argument": ("print(send(1))", [2]),
    "partial called": ("partial(send, 1)()", [2]),
    "partial kept": ("f = partial(send, 1)\nf()", [3]),
    "partial thrown away": ("partial(send, 1)", []),
    "map": ("list(map(send, rows))", [2]),
    "sorted": ("sorted(rows, key=send)", [2]),
    "handed to an unknown": ("elsewhere(send)", []),
    "handed to one that calls it": ("def go(fn): fn()\ngo(send)", [3]),
    "handed by name": ("def go(*, fn): fn()\ngo(fn=send)", [3]),
    "handed to one that does not": ("def go(fn): pass\ngo(send)", []),
    "handed on and on": ("def go(fn): fn()\ndef more(fn): go(fn)\nmore(send)", [4]),
    "handed to itself": ("def go(fn): go(fn)\ngo(send)", []),
    "handed as partial": ("def go(fn): fn()\ngo(partial(send, 1))", [3]),
    "handed to a method": ("class A:\n    def go(self, fn): fn()\nA().go(send)", [4]),
    "sync_to_async": ("async def f():\n    await sync_to_async(send)(1)", [3]),
    "another of that name": ("def f():\n    def send(): pass\n    send()", []),
    "a parameter of that name": ("def f(send):\n    send()", []),
    "a method of that name": ("def f(order):\n    order.send()", []),
}
KEPT = {
    "variable": ("f = send\nf()", [3]),
    "one of two": ("f = send if x else None\nf()", [3]),
    "list": ("for f in [send, other]: f()", [2]),
    "list of tuples": ("for n, f in [(1, send)]: n(); f()", [2]),
    "other of a tuple": ("for n, f in [(send, 1)]: f()", []),
    "named list": ("ALL = [other, send]\nfor f in ALL: f()", [3]),
    "tuples": ("ALL = [('a', other), ('b', send)]\nfor name, f in ALL:\n    name()\n    f()", [5]),
    "dict": ("BY = {'a': send}\nBY['a']()", [3]),
    "get": ("BY = {'a': send}\nBY.get(x, other)()", [3]),
    "dict of tuples": ("BY = {'a': (1, send)}\nn, f = BY['a']\nf(n)", [4]),
    "in between": ("BY = {'a': send}\ndef go(x):\n    f = BY[x]\n    return f()", [5]),
    "walrus": ("BY = {'a': send}\nif f := BY.get(x): f()", [3]),
    "items": ("BY = {'a': send}\nfor k, f in BY.items(): f(k)", [3]),
    "keys": ("BY = {'a': send}\nfor f, k in BY.items(): f(k)", []),
    "values": ("BY = {'a': send}\nx = [f() for f in BY.values()]", [3]),
    "attribute": ("class A:\n    BY = {'a': send}\n    def go(self): self.BY['a']()", [4]),
    "of self": (
        "class A:\n    def __init__(self): self.by = {'a': send}\n    def go(self): self.by['a']()",
        [4],
    ),
    "another table": ("BY = {'a': send}\nOTHER = {'a': other}\nOTHER['a']()", []),
    "a table of another function": ("def f():\n    by = {'a': send}\ndef g(by):\n    by['a']()", []),
    "not called": ("BY = {'a': send}\nprint(BY['a'])", []),
}
DEFERRED = {
    "on_commit": ("on_commit(send)", ["2 (deferred)"]),
    "by name": ("on_commit(func=send)", ["2 (deferred)"]),
    "transaction.on_commit": ("transaction.on_commit(send, using='x')", ["2 (deferred)"]),
    "partial": ("on_commit(partial(send, 1))", ["2 (deferred)"]),
    "partial kept": ("f = partial(send, 1)\non_commit(f)", ["3 (deferred)"]),
    "called at once": ("on_commit(send())", ["2"]),
    "in a lambda": ("on_commit(lambda: send())", ["2"]),
    "handed to one that hands it to on_commit": ("def later(fn): on_commit(fn)\nlater(send)", ["3 (deferred)"]),
    "handed to one that calls it then": ("def later(fn): on_commit(lambda: fn())\nlater(send)", ["3 (deferred)"]),
    "handed to one that calls it in a function": (
        "def later(fn):\n    def run(): fn()\n    on_commit(run)\nlater(send)",
        ["5 (deferred)"],
    ),
}
HEAD = "from functools import partial; from django.db import transaction; from django.db.transaction import on_commit; "
ASGI = "from asgiref.sync import sync_to_async; "


def run_at(root: Path, text: str) -> list[str]:
    """The lines below the first, counted from 2, at which `send` is run."""
    project = one(root, f"{HEAD}{ASGI}\ndef send(*args): pass\n{text}\n")
    found = [use.removeprefix("shop.py:").partition(" ") for use in uses(project, "shop.py", "send")]
    return [f"{int(line) - 1}{blank}{kind}" for line, blank, kind in found]


class TestFunctions:
    @pytest.mark.parametrize("name", RUNS)
    def test_are_run(self, name: str, tmp_path: Path) -> None:
        text, lines = RUNS[name]
        assert [str(line) for line in lines] == run_at(tmp_path, text)

    @pytest.mark.parametrize("name", DEFERRED)
    def test_after_the_commit(self, name: str, tmp_path: Path) -> None:
        text, expected = DEFERRED[name]
        assert expected == run_at(tmp_path, text)

    @pytest.mark.parametrize("name", KEPT)
    def test_that_are_kept_somewhere(self, name: str, tmp_path: Path) -> None:
        text, lines = KEPT[name]
        assert [str(line) for line in lines] == run_at(tmp_path, text)

    @xfail(strict=True, reason="as an attribute of a class it is a method")
    def test_as_an_attribute_of_a_class(self, tmp_path: Path) -> None:
        assert ["4"] == run_at(tmp_path, "class A:\n    go = send\nA().go()")

    def test_in_other_files(self, tmp_path: Path) -> None:
        files = {
            "shop/__init__.py": "from .services import send as shortcut\n",
            "shop/services.py": "def send(): pass\n",
            "a.py": "from shop.services import send\nsend()\n",
            "b.py": "from shop.services import send as tell\ntell()\n",
            "c.py": "from shop import services\nservices.send()\n",
            "d.py": "import shop.services as s\ns.send()\n",
            "e.py": "def send(): pass\nsend()\n",
            "f.py": "from elsewhere import send\nsend()\n",
            "tests/test_send.py": "from shop.services import send\nsend()\n",
        }
        expected = [f"{name}.py:2" for name in "abcd"]
        assert expected == uses(build(tmp_path, files), "shop/services.py", "send")

    @xfail(strict=True, reason="a name given where it is exported again is not looked for")
    def test_exported_by_another_name(self, tmp_path: Path) -> None:
        files = {
            "shop/__init__.py": "from .services import send as shortcut\n",
            "shop/services.py": "def send(): pass\n",
            "run.py": "from shop import shortcut\nshortcut()\n",
        }
        assert ["run.py:2"] == uses(build(tmp_path, files), "shop/services.py", "send")

    def test_nested(self, tmp_path: Path) -> None:
        text = "def f():\n    def send(): pass\n    send()\n    on(send)\ndef g():\n    send()\n"
        assert ["shop.py:3"] == uses(one(tmp_path, text), "shop.py", "f.send")

    def test_decorators(self, tmp_path: Path) -> None:
        text = """
            from functools import wraps
            from django.db import transaction
            def logged(fn):
                @wraps(fn)
                def inner():
                    return fn()
                return inner
            @logged
            def send(): pass
            send()
            def f():
                @transaction.on_commit
                def later(): pass
        """
        project = one(tmp_path, text)
        assert ["shop.py:10"] == uses(project, "shop.py", "send")
        assert ["shop.py:12 (deferred)"] == uses(project, "shop.py", "f.later")

    def test_tasks_are_run_where_they_are_called_but_not_where_they_are_sent(self, tmp_path: Path) -> None:
        text = """
            from celery import shared_task
            @shared_task
            def pay(): pass
            pay()
            pay.delay()
            pay.s()
        """
        assert ["shop.py:4"] == uses(one(tmp_path, text), "shop.py", "pay")

    def test_cycles(self, tmp_path: Path) -> None:
        text = "def a(): b()\ndef b(): a()\ndef c(fn): c(fn)\nc(a)\n"
        project = one(tmp_path, text)
        assert (["shop.py:2"], ["shop.py:1"]) == (uses(project, "shop.py", "a"), uses(project, "shop.py", "b"))


MODELS = """
from django.db import models
class Mixin:
    def save(self, *args):
        super().save(*args)
class Base(models.Model):
    def save(self, *args):
        super().save(*args)
class Order(Mixin, Base):
    def pay(self):
        self.save()
    def again(self):
        super().save()
    @classmethod
    def make(cls):
        pass
    @staticmethod
    def check():
        pass
    @property
    def total(self):
        return 1
    @total.setter
    def total(self, value):
        pass
    def __init__(self):
        pass
class Express(Order):
    def pay(self):
        super().pay()
class Other:
    def save(self): pass
    def pay(self): pass
    total = 1
"""


class TestMethods:
    def of(self, root: Path, qualified: str, text: str, bound: str = "") -> list[str]:
        """The uses in a file of the text, which knows the models, and in the models themselves."""
        views = "from models import *\n" + text + "\n"
        return uses(build(root, {"models.py": MODELS, "views.py": views}), "models.py", qualified, bound)

    @pytest.mark.parametrize(
        "text, expected",
        [
            ("Order().pay()", ["views.py:2"]),
            ("order = Order()\norder.pay()", ["views.py:3"]),
            ("Order.objects.get().pay()", ["views.py:2"]),
            ("def f(order: Order): order.pay()", ["views.py:2"]),
            ("Order.pay(order)", ["views.py:2"]),
            ("for order in Order.objects.all(): order.pay()", ["views.py:2"]),
            ("def f(order): order.pay()", []),
            ("Other().pay()", []),
            ("Express().pay()", []),
            ("class A:\n    def pay(self): pass\n    def f(self): self.pay()", []),
            ("class A(Order):\n    def f(self): self.pay()", ["views.py:3"]),
            ("class A(Order):\n    def pay(self): pass\n    def f(self): self.pay()", []),
            ("list(map(Order().pay, rows))", ["views.py:2"]),
        ],
    )
    def test_by_the_class_of_the_object(self, text: str, expected: list[str], tmp_path: Path) -> None:
        express = ["models.py:29"]
        assert [*express, *expected] == self.of(tmp_path, "Order.pay", text)

    @pytest.mark.parametrize(
        "text, expected",
        [
            ("for each in [Order(), Other()]: each.pay()", ["views.py:2"]),
            ("ALL = (Order(),)\ndef f():\n    for each in ALL: each.pay()", ["views.py:4"]),
            ("ALL = {1: Order(), 2: Other()}\nfor key, each in ALL.items(): each.pay()", ["views.py:3"]),
            ("ALL = {1: Order(), 2: Other()}\n[each.pay() for each in ALL.values()]", ["views.py:3"]),
            ("def f(all):\n    for each in all: each.pay()\nf([Order(), Other()])", ["views.py:4"]),
            (
                "def f(all):\n    for key, each in all.items(): each.pay()\n"
                "def g():\n    mine = {1: Order()}\n    f(all=mine)\ndef h():\n    f({1: Other()})",
                ["views.py:6"],
            ),
            ("ALL = {1: Order(), 2: Other()}\nfor each in ALL: each.pay()", []),
            ("ALL = {1: Order(), 2: Other()}\nfor each, value in ALL.items(): each.pay()", []),
            ("ALL = [Other()]\nfor each in ALL: each.pay()", []),
            ("def f(all):\n    for each in all: each.pay()\nf(1, [Order()])", []),
        ],
    )
    def test_of_objects_in_tables(self, text: str, expected: list[str], tmp_path: Path) -> None:
        express = ["models.py:29"]
        assert [*express, *expected] == self.of(tmp_path, "Order.pay", text)

    def test_super_in_the_order_of_the_class(self, tmp_path: Path) -> None:
        """For an order `super()` in the mixin is the base, which nothing in the mixin says."""
        assert ["models.py:4"] == self.of(tmp_path, "Base.save", "class A(Mixin, Other): pass\nA().save()")

    def test_self_and_super(self, tmp_path: Path) -> None:
        assert ["models.py:10", "models.py:12"] == self.of(tmp_path, "Mixin.save", "", bound="Order")

    def test_class_and_static_methods(self, tmp_path: Path) -> None:
        assert ["views.py:2", "views.py:3"] == self.of(tmp_path, "Order.make", "Order.make()\nExpress.make()")
        assert ["views.py:2"] == self.of(tmp_path, "Order.check", "Order.check()\nOther.check()")

    def test_constructors(self, tmp_path: Path) -> None:
        text = "Order()\nExpress()\nOther()\nclass A(Order): pass\nA()"
        assert ["views.py:2", "views.py:3", "views.py:6"] == self.of(tmp_path, "Order.__init__", text)

    def test_constructors_of_subclasses(self, tmp_path: Path) -> None:
        text = "class A(Order):\n    def __init__(self):\n        super().__init__()"
        assert ["views.py:4"] == self.of(tmp_path, "Order.__init__", text)

    def test_constructors_that_hide_their_parents(self, tmp_path: Path) -> None:
        text = "class A(Order):\n    def __init__(self): pass\nA()"
        assert [] == self.of(tmp_path, "Order.__init__", text)

    @xfail(strict=True, reason="calling an object is not looked for")
    def test_calling_an_object(self, tmp_path: Path) -> None:
        text = "class Send:\n    def __call__(self): pass\nsend = Send()\nsend()\n"
        assert ["shop.py:4"] == uses(one(tmp_path, text), "shop.py", "Send.__call__")


class TestProperties:
    SHOP = """
        class Order:
            @property
            def total(self): return 1
            @total.setter
            def total(self, value): pass
            def f(self):
                return self.total
        class Other:
            total = 1
        order = Order()
        order.total
        order.total = 2
        Other().total
        Other().total = 3
        print(order.total)
    """

    def test_are_run_where_they_are_read_and_set(self, tmp_path: Path) -> None:
        project = one(tmp_path, self.SHOP)
        lines = {n: [use.removeprefix("shop.py:") for use in self.of(project, n)] for n in (0, 1)}
        assert {0: ["7", "11", "15"], 1: ["12"]} == lines

    def of(self, project: Project, which: int) -> list[str]:
        return uses(project, "shop.py", "Order.total", which=which)


class TestSignals:
    FILES = {
        "shop/__init__.py": "",
        "shop/signals.py": "from django.dispatch import Signal\npaid = Signal()\nsent = Signal()\n",
        "shop/receivers.py": """
            from django.dispatch import receiver
            from shop.signals import paid, sent

            @receiver(paid)
            def tell(sender, **kwargs): pass

            @receiver([paid, sent])
            def tell_both(sender, **kwargs): pass

            def connected(sender, **kwargs): pass

            def idle(sender, **kwargs): pass

            paid.connect(connected)
        """,
        "shop/services.py": """
            from shop import signals
            from shop.signals import paid as done
            signals.paid.send(sender=None)
            done.send_robust(None)
            signals.sent.send(None)
            unknown.send(None)
        """,
    }

    @pytest.mark.parametrize(
        "name, lines", [("tell", [3, 4]), ("tell_both", [3, 4, 5]), ("connected", [3, 4]), ("idle", [])]
    )
    def test_run_their_receivers(self, name: str, lines: list[int], tmp_path: Path) -> None:
        expected = [f"shop/services.py:{line}" for line in lines]
        assert expected == uses(build(tmp_path, self.FILES), "shop/receivers.py", name)
