"""Text that knows where each of its characters stands in a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from msgspec import Struct

from celery_lint.finding import Location

__all__ = ["UNKNOWN", "PlacedText", "Word"]

UNKNOWN = "\ue000"
"""Stands for what the file does not tell: a variable without a default, a template's expression."""

Position = tuple[int, int]


class PlacedText:
    """A string and the 1-based line and column of each character, in one file.

    What was substituted stands, as a whole, where the variable was.
    """

    __slots__ = ("path", "places", "text")

    def __init__(self, path: str, text: str, places: Sequence[Position]) -> None:
        self.path = path
        self.text = text
        self.places = places

    @classmethod
    def of_lines(cls, path: str, lines: Iterable[tuple[int, str]], separator: str = "\n") -> PlacedText:
        """Numbered lines, each whole, joined by `separator`."""
        characters: list[str] = []
        places: list[Position] = []
        for number, line in lines:
            characters.append(line + separator)
            places.extend((number, column) for column in range(1, len(line) + len(separator) + 1))
        return cls(path, "".join(characters), places)

    def as_arguments(self) -> PlacedText:
        """The text as the arguments of a command, so that a shell would split it."""
        program = "_ "
        return PlacedText(self.path, program + self.text, [*[self.places[0]] * len(program), *self.places])

    def part(self, start: int, end: int | None = None) -> PlacedText:
        return PlacedText(self.path, self.text[start:end], self.places[start:end])

    def replaced(self, pieces: Iterable[tuple[int, int, str]]) -> PlacedText:
        """With each region become a text, which stands where the region began."""
        texts: list[str] = []
        places: list[Sequence[Position]] = []
        at = 0
        for start, end, text in pieces:
            texts += [self.text[at:start], text]
            places += [self.places[at:start], [self.places[start]] * len(text)]
            at = end
        return PlacedText(
            self.path, "".join((*texts, self.text[at:])), list(chain.from_iterable((*places, self.places[at:])))
        )

    def location(self, start: int = 0, end: int | None = None) -> Location:
        """Where a part of the text stands; of nothing, the place itself."""
        places = self.places[start:end]
        if not places:
            places = self.places[-1:] or [(1, 1)]
        first, last = places[0], places[-1]
        return Location(self.path, *first, last[0], max(last[1] + 1, first[1] + 1 if last[0] == first[0] else 1))


class Word(Struct, frozen=True):
    """One word of a command. `UNKNOWN` in its text stands for what is not known.

    A word may be `many` when it is nothing but an unquoted unknown, which can become several words, or none. `places`
    are those of its characters, where more than one word can be read out of it.
    """

    text: str
    location: Location
    quoted: bool = False
    many: bool = False
    places: tuple[Position, ...] = ()

    @property
    def is_known(self) -> bool:
        return UNKNOWN not in self.text

    def as_text(self) -> PlacedText:
        """The word again as text, for a shell to read."""
        at = self.location
        return PlacedText(at.path, self.text, self.places or [(at.line, at.column)] * len(self.text))
