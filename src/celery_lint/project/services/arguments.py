"""The arguments of Celery's commands, parsed as Celery parses them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from celery_lint.finding import Location
from celery_lint.knowledge.command_line import CommandOption, options_of
from celery_lint.project.services.text import UNKNOWN, Word

__all__ = ["Argument", "Arguments", "Complaint", "parse_flower", "parse_global", "parse_multi", "parse_options"]

EXTRA = re.compile(r"[\w.]+=.*", re.DOTALL)
NUMBERS = {"integer": re.compile(r"[+-]?\d+"), "float": re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")}
KIND_NAMES = {"integer": "a whole number", "float": "a number"}
INSENSITIVE = frozenset({"loglevel"})


class Argument(Struct, frozen=True):
    """An option that is given. `value` is None for a flag, and for a value that is not known."""

    option: CommandOption
    spelling: str
    value: str | None
    location: Location


class Complaint(Struct, frozen=True):
    """Why Celery does not take a command line: `kind` is "unknown", "misplaced", "value", "missing" or "stray"."""

    kind: str
    word: str
    location: Location
    detail: str = ""


class Arguments(Struct, frozen=True):
    """What is given to one command. `is_open` says that there may be more: an unknown word could be anything."""

    given: tuple[Argument, ...] = ()
    rest: tuple[Word, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    is_open: bool = False

    def find(self, name: str) -> Argument | None:
        """The option of that name; of several the last, which counts."""
        return next((each for each in reversed(self.given) if each.option.option == name), None)


def parse_global(words: Sequence[Word], version: tuple[int, ...] | None) -> Arguments:
    """What stands before the sub-command; `rest` begins with it."""
    return _Parser(words, options_of("celery", version), interspersed=False).parse()


def parse_options(command: str, words: Sequence[Word], version: tuple[int, ...] | None) -> Arguments:
    """The options of "worker" or "beat"; `rest` are the words that are none."""
    return _Parser(words, options_of(command, version), interspersed=True, before=options_of("celery")).parse()


def parse_multi(words: Sequence[Word], version: tuple[int, ...] | None) -> tuple[Arguments, Arguments]:
    """What `celery multi start` gives all its workers: the options in front of `worker`, and its own.

    Options for one node (`-Q:w1 mail`) are left out, and leave the rest open. The other words name the nodes.
    """
    before, own = options_of("celery", version), options_of("worker", version)
    shared = [word for word in words if ":" not in word.text.split("=")[0] or not word.text.startswith("-")]
    parsed = _Parser(shared, {**before, **own}, interspersed=True).parse()
    of_all = [each for each in parsed.given if each.spelling in before and each.spelling not in own]
    of_worker = tuple(each for each in parsed.given if each not in of_all)
    is_open = parsed.is_open or len(shared) < len(words)
    return Arguments(tuple(of_all), is_open=is_open), Arguments(of_worker, is_open=is_open)


def parse_flower(words: Sequence[Word]) -> Arguments:
    """Flower's options: Tornado takes one dash or two, and `-` and `_` alike; a value follows `=`."""
    known = options_of("flower")
    given = []
    for word in words:
        name, equals, value = word.text.lstrip("-").partition("=")
        option = known.get("--" + name.replace("-", "_"))
        if word.text.startswith("-") and option is not None:
            unknown = not equals or UNKNOWN in value
            given.append(Argument(option, name, None if unknown else value, word.location))
    return Arguments(tuple(given), is_open=any(word.many for word in words))


class _Parser:
    """Click's way: a long option by its whole name, short ones together, a value attached or in the next word."""

    def __init__(
        self,
        words: Sequence[Word],
        options: Mapping[str, CommandOption],
        *,
        interspersed: bool,
        before: Mapping[str, CommandOption] | None = None,
    ) -> None:
        self.words = list(words)
        self.options = options
        self.interspersed = interspersed
        self.before = before or {}
        self.given: list[Argument] = []
        self.rest: list[Word] = []
        self.complaints: list[Complaint] = []
        self.is_open = False

    def parse(self) -> Arguments:
        while self.words:
            word = self.words.pop(0)
            if word.many:
                self.is_open = True
                if not self.interspersed:
                    self.rest.append(word)
                    break
            elif word.text == "--":
                self.rest += self.words
                break
            elif word.text.startswith("--"):
                self.long(word)
            elif word.text.startswith("-") and len(word.text) > 1:
                self.short(word)
            else:
                self.rest.append(word)
                if not self.interspersed:
                    self.rest += self.words
                    break
        return Arguments(tuple(self.given), tuple(self.rest), tuple(self.complaints), self.is_open)

    def long(self, word: Word) -> None:
        name, equals, value = word.text.partition("=")
        option = self.options.get(name)
        if UNKNOWN in name:
            self.is_open = True
        elif option is None:
            self.unknown(name, word)
            if not equals and name in self.before and self.before[name].takes_value:
                self.skip_value()
        elif not option.takes_value:
            self.add(option, name, None, word)
        else:
            self.take(option, name, word, value if equals else None)

    def short(self, word: Word) -> None:
        letters = word.text[1:]
        for at, letter in enumerate(letters):
            name = "-" + letter
            option = self.options.get(name)
            if letter == UNKNOWN:
                self.is_open = True
                return
            if option is None:
                self.unknown(name if len(letters) == 1 or at else word.text.split("=")[0], word, short=name)
                if at == len(letters) - 1 and name in self.before and self.before[name].takes_value:
                    self.skip_value()
                return
            if option.takes_value:
                self.take(option, name, word, letters[at + 1 :] or None)
                return
            self.add(option, name, None, word)

    def skip_value(self) -> None:
        if self.words and not self.words[0].text.startswith("-"):
            self.words.pop(0)

    def unknown(self, name: str, word: Word, short: str = "") -> None:
        if (short or name) in self.before:
            self.complaints.append(Complaint("misplaced", short or name, word.location))
        else:
            self.complaints.append(Complaint("unknown", name, word.location))

    def take(self, option: CommandOption, name: str, word: Word, value: str | None) -> None:
        """The value of an option: what is attached, else the next word, whatever it looks like."""
        location = word.location
        if value is None:
            if not self.words:
                if not self.is_open:
                    self.complaints.append(Complaint("missing", name, word.location))
                return
            follower = self.words.pop(0)
            value = follower.text
            if follower.location.path == location.path:
                end = follower.location
                location = Location(location.path, location.line, location.column, end.end_line, end.end_column)
        self.add(option, name, value, word, location)

    def add(
        self, option: CommandOption, name: str, value: str | None, word: Word, location: Location | None = None
    ) -> None:
        known = None if value is None or UNKNOWN in value else value
        at = location or word.location
        self.given.append(Argument(option, name, known, at))
        if known is not None and (detail := _refused(option, known)):
            self.complaints.append(Complaint("value", known, at, f"{name} {detail}"))


def _refused(option: CommandOption, value: str) -> str:
    """What the option takes, when that is not the value."""
    pattern = NUMBERS.get(option.kind)
    if pattern is not None and not pattern.fullmatch(value.strip()):
        return f"takes {KIND_NAMES[option.kind]}"
    if option.kind == "choice":
        choices = option.choices
        given = value.upper() if option.option in INSENSITIVE else value
        if given not in choices:
            return "takes " + ", ".join(choices[:-1]) + f" or {choices[-1]}"
    return ""


def is_extra_configuration(word: Word) -> bool:
    """`key=value` behind the options, which Celery reads as configuration."""
    return EXTRA.fullmatch(word.text) is not None or not word.is_known
