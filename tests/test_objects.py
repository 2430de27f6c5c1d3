"""What tests of a method's own object say of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import build, one

from celery_lint.project.objects import HAS, IS, PRESENT, is_of_object, needs_at
from celery_lint.project.values import ClassValue

THERE, NEW = {(PRESENT, True)}, {(PRESENT, False)}
OWNED = {(f"{HAS}owner", True)}

PLACES = {
    "nothing": ("see()", set()),
    "has a key": ("if self.pk: see()", THERE),
    "has no key": ("if not self.id: see()", NEW),
    "key as a boolean": ("if bool(self.id): see()", THERE),
    "key is None": ("if self.pk is None: see()", NEW),
    "key is not None": ("if self.pk is not None: see()", THERE),
    "is being added": ("if self._state.adding: see()", NEW),
    "left when new": ("if not self.pk:\n            return\n        see()", THERE),
    "in a variable": ("new = not self.pk\n        if new: see()", NEW),
    "the other of a variable": ("new = not self.pk\n        if not new: see()", THERE),
    "of a parameter": ("new = created or not self.pk\n        if not new: see()", THERE),
    "a parameter may say so": ("new = created or not self.pk\n        if new: see()", set()),
    "a variable set twice": ("new = not self.pk\n        new = created\n        if new: see()", set()),
    "a variable set at times": ("if created:\n            new = not self.pk\n        if new: see()", set()),
    "saved before": ("self.save()\n        if self.pk: see()", set()),
    "saved by the class above": ("super().save()\n        if self.pk: see()", set()),
    "handed on before": ("store(self)\n        if self.pk: see()", set()),
    "looked at before": ("isinstance(self, Order)\n        if self.pk: see()", THERE),
    "saved where it is left": (
        "if created:\n            self.save()\n            return\n        if self.pk: see()",
        THERE,
    ),
    "saved in the loop": ("for x in y:\n            if self.pk: see()\n            self.save()", set()),
    "given a key": ("self.pk = 1\n        if self.pk: see()", set()),
    "looked at before it is saved": ("new = not self.pk\n        self.save()\n        if new: see()", NEW),
    "has an attribute": ("if hasattr(self, 'owner'): see()", OWNED),
    "has no attribute": ("if not hasattr(self, 'owner'): see()", set()),
    "an attribute": ("if self.owner: see()", OWNED),
    "no attribute": ("if not self.owner: see()", set()),
    "an attribute, or None": ("o = self.owner if hasattr(self, 'owner') else None\n        if o: see()", OWNED),
    "an attribute, or another": ("o = self.owner if created else self.buyer\n        if o: see()", set()),
    "declared in the class": ("if self.name: see()", set()),
    "of another": ("if created.pk: see()", set()),
    "a value": ("if self.state == State.PAID: see()", {(f"{IS}state PAID", True)}),
    "a literal": ("if self.state == 'paid': see()", {(f"{IS}state =paid", True)}),
    "not a value": ("if self.state != PAID: see()", {(f"{IS}state PAID", False)}),
    "left with a value": ("if self.state == 3:\n            return\n        see()", {(f"{IS}state =3", False)}),
    "one of some values": ("if self.state in (PAID, 'sent'): see()", {(f"{IS}state PAID|=sent", True)}),
    "one of those of a variable": ("done = [PAID]\n        if self.state in done: see()", {(f"{IS}state PAID", True)}),
    "one that may be any": ("if self.state in (PAID, created): see()", set()),
    "a value that is set": ("self.state = PAID\n        if self.state == PAID: see()", set()),
    "a value of another": ("if created.state == PAID: see()", set()),
}


class TestNeeds:
    def needs(self, root: Path, body: str) -> set[tuple[str, bool]]:
        project = one(root, f"class Order:\n    name = 1\n\n    def store(self, created=None):\n        {body}\n")
        view = project.program.view("shop.py")
        (number,) = view.calls_by_name["see"]
        call = view.facts.calls[number]
        return {need for need in needs_at(view, call.frame, call.order) if is_of_object(need)}

    @pytest.mark.parametrize("name", PLACES)
    def test_of_a_place(self, name: str, tmp_path: Path) -> None:
        body, expected = PLACES[name]
        assert expected == self.needs(tmp_path, body)


ORDERS = """
from celery import shared_task
from django.db import models, transaction
@shared_task
def pay(pk): pass
class Order(models.Model):
    def save(self, *args):
        super().save(*args)
        if self.state == State.PAID: pay.delay(self.pk)
class Express(Order):
    def save(self):
        super().save()
class Closed(Order):
    def save(self):
        self.state = State.CLOSED
        super().save()
"""

GIVEN = {
    "nothing": ("order.save()", True),
    "what is needed": ("order.state = State.PAID; order.save()", True),
    "another value": ("order.state = State.SENT; order.save()", False),
    "a literal, which may be the same": ("order.state = 'sent'; order.save()", True),
    "what may be any": ("order.state = state; order.save()", True),
    "another, and then what is needed": ("order.state = State.SENT; order.state = State.PAID; order.save()", True),
    "another at times": ("if state: order.state = State.SENT\n    order.save()", True),
    "another in the same branch": ("if state:\n        order.state = State.SENT\n        order.save()", False),
    "another to another": ("order.state = State.SENT; Order().save()", True),
    "another too late": ("order.save(); order.state = State.SENT", True),
    "another below": ("order = Express(); order.state = State.SENT; order.save()", False),
}


class TestDenied:
    """A value that was given right before says otherwise."""

    @pytest.mark.parametrize("name", GIVEN)
    def test_by_who_calls(self, name: str, tmp_path: Path) -> None:
        body, reached = GIVEN[name]
        text = f"{ORDERS}@transaction.atomic\ndef f(state):\n    order = Order()\n    {body}\n"
        assert reached is bool(one(tmp_path, text).reach.opened)


MODELS = """
    from django.db import models

    class Named(models.Model):
        name = models.CharField(max_length=20)

    class Order(Named):
        def close(self):
            self.closed = True

    class Late(Order):
        reason = models.CharField(max_length=20)
"""

OTHERS = {
    "a foreign key": ("note = models.ForeignKey('Order', related_name='notes', on_delete=models.CASCADE)", "notes"),
    "a name to fill in": ("to = models.ForeignKey('Order', related_name='%(class)s_rows', on_delete=1)", "note_rows"),
    "one to one": ("order = models.OneToOneField('Order', on_delete=models.CASCADE)", "note"),
    "one to one, as a class": ("order = models.OneToOneField(Order, on_delete=models.CASCADE)", "note"),
    "one to one by setting": ("user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=1)", "note"),
}


class TestLacks:
    def lacks(self, root: Path, name: str, more: str = "") -> bool:
        project = build(root, {"shop.py": MODELS, "notes.py": more})
        scopes = project.program.view("shop.py").facts.scopes
        order = next(number for number, scope in enumerate(scopes) if scope.name == "Order")
        return project.evaluator.classes.lacks(ClassValue("shop.py", order), name)

    def test_what_nothing_declares(self, tmp_path: Path) -> None:
        assert self.lacks(tmp_path, "owner") is True

    @pytest.mark.parametrize("name", ["name", "close", "closed", "reason", "pk", "late"])
    def test_what_the_family_has(self, name: str, tmp_path: Path) -> None:
        assert self.lacks(tmp_path, name) is False

    @pytest.mark.parametrize("kind", OTHERS)
    def test_what_relations_give(self, kind: str, tmp_path: Path) -> None:
        field, name = OTHERS[kind]
        more = f"from shop import Order\n\n    class Note(models.Model):\n        {field}\n"
        assert self.lacks(tmp_path, name, f"\n    {more}") is False
        assert self.lacks(tmp_path / "other", f"{name}x", f"\n    {more}") is True

    def test_one_to_one_to_another(self, tmp_path: Path) -> None:
        more = "\n    class Note(models.Model):\n        file = models.OneToOneField('File', on_delete=1)\n"
        assert self.lacks(tmp_path, "note", more) is True

    def test_a_base_of_another_package(self, tmp_path: Path) -> None:
        project = one(tmp_path, "from far import Base\n\nclass Order(Base): pass\n")
        assert project.evaluator.classes.lacks(ClassValue("shop.py", 1), "owner") is False
