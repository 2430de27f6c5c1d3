"""Whether the arguments of a message fit the parameters of its task."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.project.bodies.signature import TaskSignature

if TYPE_CHECKING:
    from celery_lint.project.arguments.message import Message

__all__ = ["COUNTED", "Mismatch", "Prepended", "mismatch", "mismatch_of"]

AT_ONCE = "sending it raises TypeError"
LATER = "it is sent and fails with TypeError on the worker"
COUNTED = ("call", "name", "partial", "immutable")
"""Forms of messages whose arguments are the task's."""


class Mismatch(Struct, frozen=True):
    """What is wrong, and what comes of it. `by_result` says that only the previous result of a chain is: it has no
    room, or is withheld."""

    wrong: str
    consequence: str
    by_result: bool = False


class Prepended(Struct, frozen=True):
    """How many arguments Celery or a caller puts before those of a signature; `most` is None for any number."""

    least: int = 0
    most: int | None = 0


NONE = Prepended()
RESULT = Prepended(1, 1)
ANY = Prepended(0, None)
PREPENDED = {"nothing": NONE, "result": RESULT, "results": RESULT, "": ANY}


def mismatch_of(message: Message) -> Mismatch | None:
    """The mismatch of a message with its task's parameters; None where they fit or cannot be told."""
    signature = message.task.signature if message.is_certain and message.form in COUNTED else None
    if signature is None:
        return None
    given = message.given
    positional, keywords = len(given.positional), [item.keyword or "" for item in given.keywords]
    if message.form in ("call", "name"):
        wrong = mismatch(signature, positional, keywords, is_complete=given.is_complete)
        at_once = message.form == "call" and signature.is_checked is not False
        return Mismatch(wrong, AT_ONCE if at_once else LATER) if wrong else None
    prepended = NONE if message.is_immutable else PREPENDED[message.gets]
    wrong = mismatch(signature, positional, keywords, is_complete=given.is_complete, prepended=prepended)
    if not wrong:
        return None
    other = RESULT if prepended == NONE else NONE
    follows = message.gets in ("result", "results")
    by_result = follows and not mismatch(
        signature, positional, keywords, is_complete=given.is_complete, prepended=other
    )
    at_once = message.gets == "nothing" and signature.is_checked is not False
    return Mismatch(wrong, AT_ONCE if at_once else LATER, by_result)


def mismatch(
    signature: TaskSignature,
    positional: int,
    keywords: Collection[str],
    *,
    is_complete: bool,
    prepended: Prepended = NONE,
) -> str:
    """What is certainly wrong with so many arguments by position and those by keyword; "" when nothing is.

    More may be given than is counted unless `is_complete`.
    """
    least = positional + prepended.least
    return (
        unknown_keyword(signature, keywords)
        or too_many(signature, least)
        or given_twice(signature, least, keywords)
        or (missing(signature, positional, keywords, prepended) if is_complete else "")
    )


def unknown_keyword(signature: TaskSignature, keywords: Collection[str]) -> str:
    if signature.takes_more_keywords:
        return ""
    known = {p.name for p in signature.parameters if p.kind in ("positional", "keyword-only")}
    unknown = [f"`{name}`" for name in keywords if name not in known]
    if not unknown:
        return ""
    return f"it has no parameter {' and no '.join(unknown)}"


def too_many(signature: TaskSignature, least: int) -> str:
    room = len(signature.positional)
    if signature.takes_more_positional or least <= room:
        return ""
    return f"it takes {room or 'no'} argument{'' if room == 1 else 's'} by position and gets {least}"


def given_twice(signature: TaskSignature, least: int, keywords: Collection[str]) -> str:
    twice = [p.name for p in signature.positional[:least] if p.kind == "positional" and p.name in keywords]
    return f"`{twice[0]}` is given twice" if twice else ""


def missing(signature: TaskSignature, positional: int, keywords: Collection[str], prepended: Prepended) -> str:
    if prepended.most is None:
        return ""
    filled = {p.name for p in signature.positional[: positional + prepended.most]} | set(keywords)
    absent = [f"`{p.name}`" for p in signature.required if p.name not in filled]
    return f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing" if absent else ""
