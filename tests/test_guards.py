"""What parameters must be for a place to be reached, and which calls certainly say otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import function, one

from celery_lint.project.guards import carried, requirements

YES, NO = {("notify", True)}, {("notify", False)}
BOTH = {("notify", True), ("paid", True)}

GUARDS = {
    "nothing": ("see()", set()),
    "if": ("if notify: see()", YES),
    "not": ("if not notify: see()", NO),
    "else": ("if notify:\n        pass\n    else:\n        see()", NO),
    "else of not": ("if not notify:\n        pass\n    else:\n        see()", YES),
    "elif": ("if notify:\n        pass\n    elif paid:\n        see()", {("notify", False), ("paid", True)}),
    "nested": ("if notify:\n        if paid:\n            see()", BOTH),
    "and": ("if notify and paid: see()", BOTH),
    "or": ("if notify or paid: see()", set()),
    "not or": ("if not (notify or paid): see()", {("notify", False), ("paid", False)}),
    "not and": ("if not (notify and paid): see()", set()),
    "else of or": ("if notify or paid:\n        pass\n    else:\n        see()", {("notify", False), ("paid", False)}),
    "else of and": ("if notify and paid:\n        pass\n    else:\n        see()", set()),
    "and something else": ("if notify and order.open: see()", YES),
    "something else": ("if order.notify: see()", set()),
    "comparison": ("if notify == 1: see()", set()),
    "after": ("if notify:\n        pass\n    see()", set()),
    "return": ("if not notify:\n        return\n    see()", YES),
    "return of a value": ("if notify:\n        return 1\n    see()", NO),
    "raise": ("if not notify:\n        raise E\n    see()", YES),
    "return or": ("if not notify or not paid:\n        return\n    see()", BOTH),
    "return and": ("if not notify and not paid:\n        return\n    see()", set()),
    "return after work": ("if not notify:\n        log()\n        return\n    see()", YES),
    "return before": ("see()\n    if not notify:\n        return", set()),
    "maybe a return": ("if not notify:\n        if paid:\n            return\n    see()", set()),
    "return in a loop": ("for x in y:\n        if not notify:\n            return\n    see()", set()),
    "return in the same loop": ("for x in y:\n        if not notify:\n            return\n        see()", YES),
    "return in a try": ("try:\n        if not notify:\n            return\n    finally:\n        see()", set()),
    "raise in a try": ("try:\n        if not notify:\n            raise E\n    except E:\n        see()", set()),
    "return above a with": ("if not notify:\n        return\n    with a:\n        see()", YES),
    "return above an if": ("if not notify:\n        return\n    if paid:\n        see()", BOTH),
    "rebound": ("notify = f()\n    if notify: see()", set()),
    "rebound later": ("if notify: see()\n    notify = f()", set()),
    "rebound in a loop": ("for notify in rows:\n        if notify: see()", set()),
    "not a parameter": ("if flag: see()", set()),
    "loop": ("while notify: see()", set()),
    "with": ("with notify: see()", set()),
    "lambda": ("if notify:\n        return lambda: see()", set()),
    "*args": ("if args: see()", set()),
    "**kwargs": ("if kwargs: see()", set()),
    "key of kwargs": ("if kwargs.get('late'): see()", {("late", True)}),
    "taken from kwargs": ("late = kwargs.pop('late', True)\n    if late: see()", {("late", True)}),
    "is None": ("if paid is None: see()", {("paid", False)}),
    "is not None": ("if paid is not None: see()", set()),
    "else of is None": ("if paid is None:\n        pass\n    else:\n        see()", set()),
    "return if not None": ("if paid is not None:\n        return\n    see()", {("paid", False)}),
    "set to True": ("late = False\n    if notify:\n        late = True\n    if late: see()", YES),
    "set to something": ("late = None\n    for x in order:\n        if notify: late = x\n    if late: see()", YES),
    "set in both": (
        "late = False\n    if notify and paid: late = True\n    elif notify: late = 1\n    if late: see()",
        YES,
    ),
    "set for another reason": (
        "late = False\n    if notify: late = True\n    if order.late: late = True\n    if late: see()",
        set(),
    ),
    "set back": ("late = False\n    if notify:\n        late = True\n    late = False\n    if late: see()", YES),
    "set and found False": ("late = False\n    if notify:\n        late = True\n    if not late: see()", set()),
    "set at first": ("late = f()\n    if notify:\n        late = True\n    if late: see()", set()),
    "set when it is set": (
        "late = False\n    if late:\n        late = True\n    if late and paid: see()",
        {("paid", True)},
    ),
    "filled when it is filled": (
        "rows = []\n    if rows: rows.append(1)\n    if rows and paid: see()",
        {("paid", True)},
    ),
    "added to": ("late = 0\n    if notify:\n        late += 1\n    if late: see()", YES),
    "key of something else": ("if paid.get('late'): see()", set()),
}


class TestRequirements:
    def needs(self, root: Path, body: str) -> set[tuple[str, bool]]:
        project = one(root, f"def send(order, *args, notify=True, paid=None, **kwargs):\n    {body}\n")
        view = project.program.view("shop.py")
        (number,) = view.calls_by_name["see"]
        call = view.facts.calls[number]
        return set(requirements(view, call.frame, call.order))

    @pytest.mark.parametrize("name", GUARDS)
    def test_of_a_place(self, name: str, tmp_path: Path) -> None:
        body, expected = GUARDS[name]
        assert expected == self.needs(tmp_path, body)

    @pytest.mark.parametrize("change", ["kwargs.setdefault('late', True)", "kwargs['late'] = True", "kwargs = read()"])
    def test_kwargs_that_change(self, change: str, tmp_path: Path) -> None:
        assert set() == self.needs(tmp_path, f"{change}\n    if kwargs.get('late'): see()")

    def test_nothing_at_the_level_of_the_module(self, tmp_path: Path) -> None:
        view = one(tmp_path, "if notify:\n    see()").program.view("shop.py")
        assert frozenset() == requirements(view, view.facts.calls[0].frame, view.facts.calls[0].order)


CALLS = {
    "said": ("send(order, notify=True)", set()),
    "said by position": ("send(order, True)", set()),
    "denied": ("send(order, notify=False)", None),
    "denied by position": ("send(order, False)", None),
    "None": ("send(order, notify=None)", None),
    "zero": ("send(order, 0)", None),
    "empty": ("send(order, '')", None),
    "a word": ("send(order, 'yes')", set()),
    "something": ("send(order, order.notify)", set()),
    "a variable": ("send(order, something)", set()),
    "ones own": ("send(order, notify)", YES),
    "ones own of another name": ("send(order, notify=flag)", {("flag", True)}),
    "rebound": ("flag = f()\n    send(order, notify=flag)", set()),
    "negated": ("send(order, notify=not flag)", set()),
    "left out": ("send(order)", set()),
    "all by *args": ("send(*args)", set()),
    "all by **kwargs": ("send(order, **options)", set()),
    "said and **kwargs": ("send(order, notify=False, **kwargs)", None),
}


class TestCarried:
    def left(self, root: Path, callee: str, caller: str, needs: set[tuple[str, bool]]) -> set[tuple[str, bool]] | None:
        """What is left to be met by callers of `outer` once it calls `send`."""
        project = one(root, f"{callee}\n\n{caller}\n")
        view = project.program.view("shop.py")
        (number,) = view.calls_by_name["send"]
        scope = function(project, "shop.py", "send")
        found = carried(frozenset(needs), view, scope, 0, view, view.facts.calls[number])
        return None if found is None else set(found)

    def of(self, root: Path, body: str, send: str = "order, notify=True") -> set[tuple[str, bool]] | None:
        caller = f"def outer(order, notify=True, flag=1, *args, **kwargs):\n    {body}"
        return self.left(root, f"def send({send}): pass", caller, YES)

    @pytest.mark.parametrize("name", CALLS)
    def test_calls(self, name: str, tmp_path: Path) -> None:
        body, expected = CALLS[name]
        assert expected == self.of(tmp_path, body)

    @pytest.mark.parametrize("default, expected", [("True", set()), ("False", None), ("None", None), ("f()", set())])
    def test_the_default_of_what_is_left_out(
        self, default: str, expected: set[tuple[str, bool]] | None, tmp_path: Path
    ) -> None:
        assert expected == self.of(tmp_path, "send(order)", send=f"order, notify={default}")

    def test_what_must_be_false(self, tmp_path: Path) -> None:
        for said, expected in (("False", set()), ("True", None), ("flag", {("flag", False)})):
            caller = f"def outer(flag):\n    send(notify={said})"
            assert expected == self.left(tmp_path / said, "def send(notify): pass", caller, NO)

    def test_handed_on_in_kwargs(self, tmp_path: Path) -> None:
        caller = "def outer(order, **kwargs):\n    send(order, **kwargs)"
        found = self.left(tmp_path, "def send(order, notify=False): pass", caller, YES)
        assert YES == found

    @pytest.mark.parametrize(
        "body, expected",
        [
            ("send(order, **data)", None),
            ("send(order, **request.data)", None),
            ("data = {'notify': True}; send(order, **data)", set()),
            ("data['notify'] = True; send(order, **data)", set()),
        ],
    )
    def test_data_from_elsewhere_leaves_the_default(
        self, body: str, expected: set[tuple[str, bool]] | None, tmp_path: Path
    ) -> None:
        send = "def send(order, notify=False, **kwargs): pass"
        assert expected == self.left(tmp_path, send, f"def outer(request, order, data): {body}", YES)

    def test_two_at_once(self, tmp_path: Path) -> None:
        send = "def send(notify, paid): pass"
        assert {("a", True), ("b", True)} == self.left(tmp_path / "1", send, "def outer(a, b): send(a, b)", BOTH)
        assert None is self.left(tmp_path / "2", send, "def outer(a, b): send(a, False)", BOTH)

    def test_keyword_only_parameters_have_no_position(self, tmp_path: Path) -> None:
        send = "def send(text, *args, notify=True): pass"
        assert set() == self.left(tmp_path, send, "def outer(): send('%s %s', 1, 0)", YES)

    def test_kwargs_hold_no_parameter_of_ones_own(self, tmp_path: Path) -> None:
        """`notify` never is in `kwargs`, so that `send` has its default."""
        caller = "def outer(order, notify=False, **kwargs):\n    send(order, **kwargs)"
        assert set() == self.left(tmp_path, "def send(order, notify=True): pass", caller, YES)


class TestClimbing:
    """What the requirements are for: calls that certainly say otherwise are no way to the dispatch."""

    TASKS = """
from celery import shared_task
from django.db import transaction
@shared_task
def pay(pk): pass
def write(): elsewhere.write_rows()
"""

    def opened(self, root: Path, text: str) -> list[str]:
        """The source lines inside a transaction from which a dispatch is reached."""
        text = self.TASKS + text
        found = one(root, text).reach.opened
        return [text.lstrip("\n").split("\n")[item.use.span.line - 1].strip() for item in found]

    @pytest.mark.parametrize(
        "call, reached",
        [("send(1)", True), ("send(1, False)", False), ("send(1, notify=x)", True), ("send(1, notify=0)", False)],
    )
    def test_one_step(self, call: str, reached: bool, tmp_path: Path) -> None:
        send = "def send(pk, notify=True):\n    if notify: pay.delay(pk)\n"
        text = f"{send}@transaction.atomic\ndef f(x):\n    write()\n    {call}\n"
        assert ([call] if reached else []) == self.opened(tmp_path, text)

    @pytest.mark.parametrize(
        "call, reached", [("outer(1)", False), ("outer(1, quiet=False)", True), ("outer(1, quiet=True)", False)]
    )
    def test_two_steps(self, call: str, reached: bool, tmp_path: Path) -> None:
        text = (
            "def send(pk, quiet=False):\n    if quiet: return\n    pay.delay(pk)\n"
            "def outer(pk, quiet=True):\n    send(pk, quiet=quiet)\n"
            f"@transaction.atomic\ndef f():\n    write()\n    {call}\n"
        )
        assert ([call] if reached else []) == self.opened(tmp_path, text)

    @pytest.mark.parametrize("call, reached", [("Order().save()", True), ("Order().save(notify=False)", False)])
    def test_methods_through_kwargs(self, call: str, reached: bool, tmp_path: Path) -> None:
        text = (
            "class Base:\n    def save(self, *, notify=True):\n        if notify: pay.delay(1)\n"
            "class Order(Base):\n    def save(self, **kwargs):\n        super().save(**kwargs)\n"
            f"@transaction.atomic\ndef f():\n    write()\n    {call}\n"
        )
        assert ([call] if reached else []) == self.opened(tmp_path, text)
