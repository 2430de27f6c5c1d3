"""Settings that are named as no release, or only an older one, names them, so that nothing reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from celery_lint.knowledge.celery import OLD_NAMES_IN_NAMESPACE
from celery_lint.knowledge.settings import registry
from celery_lint.spelling import closest, is_one_slip

if TYPE_CHECKING:
    from celery_lint.project.configuration.configuration import Environment
    from celery_lint.project.configuration.data import Datum

__all__ = ["Misspelt", "misspelt_settings", "outdated_settings"]

NEAR = 0.92
"""How much a name must look like a setting's; names that only share words are the project's own."""
LONGER = 2
"""How many letters may be missing or too many."""
FIRST_PARTS = ("task_", "worker_", "result_", "beat_", "broker_")
"""What settings begin with since Celery 4, and most did not before."""


class Misspelt(Struct, frozen=True):
    """A name, the setting that it was meant to be by its name since Celery 4, and the values given to it.

    `prefix` is what stands before names where it is set.
    """

    name: str
    meant: str
    prefix: str
    options: tuple[Datum, ...]


def misspelt_settings(environment: Environment) -> Iterator[Misspelt]:
    """Each name that Celery does not know and the code does not read itself."""
    for each in (*_under_namespace(environment), *_outside_namespace(environment)):
        if each.meant and _is_unread(environment, each):
            yield each


def outdated_settings(environment: Environment) -> Iterator[Misspelt]:
    """Each name of the time before Celery 4 under a namespace, where Celery does not read it, nothing sets it anew and
    the code does not read it itself."""
    version = environment.configuration.project.celery_version
    if environment.prefix and (version is None or version < OLD_NAMES_IN_NAMESPACE):
        for given in environment.given:
            each = Misspelt(given.name, given.setting, environment.prefix, given.options)
            if given.is_old and not environment.setting(given.setting).options and _is_unread(environment, each):
                yield each


def _is_unread(environment: Environment, each: Misspelt) -> bool:
    return not environment.configuration.project.is_read(each.name, {option.path for option in each.options})


def _under_namespace(environment: Environment) -> Iterator[Misspelt]:
    for given in environment.given:
        if not given.setting:
            prefix = given.layer.prefix
            word = given.name.removeprefix(prefix).lower()
            meant = _near(word) or _unless_set(environment, _lengthened(word) or (_old(given.name) if prefix else ""))
            yield Misspelt(given.name, meant, prefix, given.options)


def _outside_namespace(environment: Environment) -> Iterator[Misspelt]:
    """Names with a slip in the namespace itself, or of the time before Celery 4 with a slip; those under the namespace
    of another app are that app's."""
    prefixes = tuple(each.prefix for each in environment.configuration.project.production_environments if each.prefix)
    for layer in environment.layers:
        for name in layer.names.names if layer.prefix else ():
            if name.startswith((layer.prefix, *prefixes)) or name in registry().new_names:
                continue
            meant = _behind_slip(name, layer.prefix) or _old(name)
            if meant:
                options = environment.held(layer.names.options(name))
                yield Misspelt(name, _unless_set(environment, meant), layer.prefix, options)


def _unless_set(environment: Environment, meant: str) -> str:
    """The setting, unless it has a value: then the other name may be a constant that only looks like it."""
    return meant if meant and not environment.setting(meant).options else ""


def _near(word: str) -> str:
    """The setting whose name the word is but for a letter or two."""
    meant = closest(word, registry().settings, NEAR)
    return meant if meant is not None and abs(len(meant) - len(word)) <= LONGER else ""


def _lengthened(word: str) -> str:
    """The one setting whose name is the word with a first part."""
    found = [part + word for part in FIRST_PARTS if part + word in registry().settings]
    return found[0] if len(found) == 1 else ""


def _old(name: str) -> str:
    """The setting whose name of old, one of more than two words, is the name but for a slip."""
    if not name.startswith("CELERY") or name.count("_") < 2:
        return ""
    found = {new for old, new in registry().new_names.items() if is_one_slip(name, old)}
    return found.pop() if len(found) == 1 else ""


def _behind_slip(name: str, prefix: str) -> str:
    """The setting that follows a prefix with a slip."""
    for length in (len(prefix) - 1, len(prefix), len(prefix) + 1):
        head, word = name[:length], name[length:].lower()
        if word in registry().settings and is_one_slip(head, prefix):
            return word
    return ""
