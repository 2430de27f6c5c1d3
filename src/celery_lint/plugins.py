"""Rules from elsewhere: what an installed package offers, and files that are named on the command line.

A plug-in is one module with one rule, whose page is the module's docstring. Its code is run, so the checked project
has no say in where it comes from: a configuration names entry points of what is installed beside celery-lint, and
nothing is looked for in the working directory.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from celery_lint.cache import digest
from celery_lint.config import ConfigurationError
from celery_lint.pages import LETTERS, SECTIONS, add_page, all_pages, read_page
from celery_lint.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.metadata import EntryPoint

    from celery_lint.pages import Page
    from celery_lint.rule import Rule

__all__ = ["GROUP", "Plugin", "load_plugins"]

GROUP = "celery_lint.rules"
"""The group of entry points whose names a configuration may give as `plugins`."""

_T = TypeVar("_T")
_CODE = re.compile(r"[A-Z]{2,3}\d{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_FENCED = re.compile(r"^(?P<fence>`{3,}).*?^(?P=fence)$", flags=re.DOTALL | re.MULTILINE)


class Plugin(Struct, frozen=True):
    """A rule that has been loaded. `identity` stands for the bytes that it is made of."""

    page: Page
    rule: Rule
    identity: bytes


def load_plugins(names: Sequence[str], files: Sequence[str]) -> tuple[Plugin, ...]:
    """The plug-ins with these names among what is installed, and those in these files. Runs their code.

    Raises ConfigurationError, in one line, for one that is not there, cannot be loaded, lacks a part of its page, or
    takes the code or the name of another rule.
    """
    loaded: list[Plugin] = []
    for name in dict.fromkeys(names):
        loaded.append(_installed(name))
    for file in dict.fromkeys(files):
        loaded.append(_in_file(file))
    taken = list(all_pages())
    for plugin in loaded:
        _require_place(plugin.page, taken)
        taken.append(plugin.page)
        add_page(plugin.page)
    return tuple(loaded)


def _in_file(file: str) -> Plugin:
    try:
        source = Path(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    identity = digest(source)
    page, code = _read(file, source)
    module = ModuleType(f"celery_lint_plugin_{identity.hex()}")
    module.__file__ = file
    sys.modules[module.__name__] = module
    _run(file, partial(exec, code, module.__dict__))
    return Plugin(page, _only_rule(page, module), identity)


def _installed(name: str) -> Plugin:
    found = _entry_points()
    if name not in found:
        raise ConfigurationError(f"plug-in `{name}` is not installed{did_you_mean(name, found)}")
    place = f"plug-in `{name}`"
    with _installed_only():
        module = _run(place, partial(import_module, found[name].module))
    file = getattr(module, "__file__", None)
    if file is None or not file.endswith(".py"):
        raise ConfigurationError(f"{place}: {module.__name__} is no module in a file")
    page, _ = _read(file, Path(file).read_bytes())
    return Plugin(page, _only_rule(page, module), _identity(module.__name__, file))


def _entry_points() -> dict[str, EntryPoint]:
    from importlib.metadata import distributions

    found: dict[str, EntryPoint] = {}
    for distribution in distributions(path=_places()):
        for point in distribution.entry_points:
            if point.group == GROUP:
                found.setdefault(point.name, point)
    return found


def _places() -> list[str]:
    """Where modules are imported from, but for the working directory, which may be a checkout of anybody's."""
    here = os.path.realpath(os.getcwd())
    return [path for path in sys.path if path and os.path.realpath(path) != here]


@contextmanager
def _installed_only() -> Iterator[None]:
    before = sys.path[:]
    sys.path[:] = _places()
    try:
        yield
    finally:
        sys.path[:] = before


def _identity(module: str, file: str) -> bytes:
    """Stands for the Python files of the package that the module is in, or for its own."""
    package = Path(file).parents[module.count(".") - (Path(file).name != "__init__.py")] if "." in module else None
    files = sorted(package.rglob("*.py")) if package is not None else [Path(file)]
    return digest(*(part for each in files for part in (os.fsencode(each), each.read_bytes())))


def _read(file: str, source: bytes) -> tuple[Page, CodeType]:
    """The page and the code of a plug-in's file."""
    try:
        code = compile(source, file, "exec", dont_inherit=True)
        page = read_page(Path(file))
    except SyntaxError as error:
        raise ConfigurationError(f"{file}:{error.lineno or 1}: syntax error: {error.msg}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file}: is not UTF-8") from None
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    _require_sections(page)
    return page, code


def _run(place: str, load: Callable[[], _T]) -> _T:
    try:
        return load()
    except (Exception, SystemExit) as error:
        lines = [str(each.lineno) for each in traceback.extract_tb(error.__traceback__) if each.filename == place]
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ConfigurationError(f"{':'.join((place, *lines[-1:]))}: cannot be loaded: {what}") from None


def _require_sections(page: Page) -> None:
    found = re.findall(r"^## (.*)$", _FENCED.sub("", page.body), flags=re.MULTILINE)
    for section in SECTIONS:
        if section not in found:
            raise ConfigurationError(f"{page.path}: the page has no section `## {section}`")
    if tuple(found) != SECTIONS:
        raise ConfigurationError(f"{page.path}: the sections of the page are not {', '.join(SECTIONS)}, in that order")


def _only_rule(page: Page, module: ModuleType) -> Rule:
    from celery_lint.rule import rules_of

    rules = rules_of(module.__name__)
    if list(rules) != [page.name]:
        what = "no rule" if not rules else "the rules " + ", ".join(f"`{name}`" for name in rules)
        raise ConfigurationError(f"{page.path}: the page is about `{page.name}`, and the module has {what}")
    return rules[page.name]


def _require_place(page: Page, taken: Sequence[Page]) -> None:
    if page.code.startswith(LETTERS):
        raise ConfigurationError(f"{page.path}: codes that begin with {LETTERS} are celery-lint's own, as {page.code}")
    if not _CODE.fullmatch(page.code):
        raise ConfigurationError(f"{page.path}: code is {page.code!r}, not two or three capitals and three digits")
    if not _NAME.fullmatch(page.name):
        raise ConfigurationError(f"{page.path}: name is {page.name!r}, not small words with hyphens between")
    if page.category == "tool":
        raise ConfigurationError(f"{page.path}: the category `tool` is for celery-lint's own findings")
    for other in taken:
        if page.code == other.code or page.name == other.name:
            raise ConfigurationError(f"{page.path}: {page.code} {page.name} clashes with {other.code} {other.name}")
