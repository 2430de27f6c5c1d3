"""What an if around a setting says about when it holds."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.facts import schema as s
from celery_lint.project.view import FileView

__all__ = ["guard"]

TESTING_WORDS = ("testing", "test", "pytest", "unittest", "ci")
DEBUG_WORDS = ("debug", "local", "dev", "develop", "development", "is_dev", "is_local")


def guard(view: FileView, frame: int) -> str:
    """ "tests" or "development" where an if says so, "unknown" under another, "" where it always runs."""
    for _, record in view.scope_frames(frame):
        if record.kind in ("if", "match", "except"):
            words = set(words_of(view, record.expr)) if record.expr is not None else set()
            holds = (record.branch == 0) is not is_denied(record.expr)
            if any(word in TESTING_WORDS or word.startswith(("test", "pytest")) for word in words):
                if holds:
                    return "tests"
            elif words.intersection(DEBUG_WORDS):
                if holds:
                    return "development"
            else:
                return "unknown"
    return ""


def is_denied(expr: s.Expr | None) -> bool:
    """Whether a test holds when what it names does not: `not DEBUG`, `"test" not in sys.argv`, `DEBUG is False`."""
    if isinstance(expr, s.Negation):
        return not is_denied(expr.value)
    if isinstance(expr, s.Comparison):
        denied = expr.operators[0] in ("NotIn", "NotEq", "IsNot")
        false = any(operand == s.Constant("bool", False) for operand in expr.operands)
        return denied is not false
    return False


def words_of(view: FileView, expr: s.Expr | None) -> Iterator[str]:
    """The lower-case words in a test: names, strings, and those inside its calls."""
    if isinstance(expr, s.Name):
        yield from expr.id.lower().split("_")
        yield expr.id.lower()
    elif isinstance(expr, s.Attribute):
        yield from expr.name.lower().split("_")
        yield from words_of(view, expr.base)
    elif isinstance(expr, s.Constant):
        if isinstance(expr.value, str):
            yield from expr.value.lower().replace("-", "_").split("_")
    elif isinstance(expr, s.CallRef):
        call = view.facts.calls[expr.index]
        for part in (call.func, *call.args):
            yield from words_of(view, part)
    elif isinstance(expr, s.Choice):
        for option in expr.options:
            yield from words_of(view, option)
    elif isinstance(expr, s.Comparison):
        for operand in expr.operands:
            yield from words_of(view, operand)
    elif isinstance(expr, s.Negation):
        yield from words_of(view, expr.value)
    elif isinstance(expr, s.Item):
        yield from words_of(view, expr.base)
        yield from words_of(view, expr.index)
