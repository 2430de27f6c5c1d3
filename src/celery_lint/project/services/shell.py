"""Shell text as a list of simple commands: words, quotes, variables and operators, as far as command lines need it.

Nothing is run. Of control flow it is known only whether a command stands inside some, and of functions nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from celery_lint.project.services.text import UNKNOWN, PlacedText, Word
from celery_lint.project.services.variables import closing_brace, expand

__all__ = ["SimpleCommand", "read_shell"]

OPERATOR = re.compile(r"&&|\|\||;;&?|;&|\|&|[;&|()\n]")
REDIRECTION = re.compile(r"(?:\d+|&)?(?:<<-?|<<<|<>|>>|>&|<&|>\||[<>])")
HERE_DOCUMENT = re.compile(r"<<-?(?!<)")
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?=)")
PARAMETER = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
ARRAY = re.compile(r"""\"?\$\{([A-Za-z_]\w*)\[[@*]\]\}\"?""")
SPACES = " \t\r"
ALL_ARGUMENTS = frozenset({'"$@"', '"${@}"', '"$*"', '"${*}"'})
UNKNOWNS = re.compile(f"{UNKNOWN}+")
OPENING = frozenset({"if", "while", "until", "for", "case", "select", "function"})
CLOSING = frozenset({"fi", "done", "esac"})
BETWEEN = frozenset({"then", "else", "elif", "do", "!", "time", "{", "}"})
NAMED = re.compile(r"[A-Za-z_]\w*(?==|$)")
DECLARING = frozenset({"export", "declare", "local", "readonly", "typeset"})

Part = tuple[str, int, bool]
"""A piece of a word, where it begins in the text, and whether it was substituted there."""


class SimpleCommand(Struct, frozen=True):
    """The words of one command, without assignments before it and redirections.

    `conditional` says that it stands inside a branch, a loop, a group or a function; `background` that it is
    followed by `&`; `last` that nothing but it ends the script.
    """

    words: tuple[Word, ...]
    conditional: bool = False
    background: bool = False
    piped: bool = False
    last: bool = False


class ShellText(Struct, frozen=True):
    """A script's commands in their order, whether it handles signals itself, and the variables it exports."""

    commands: tuple[SimpleCommand, ...]
    traps: bool = False
    exports: Mapping[str, str] = {}


def read_shell(text: PlacedText, variables: Mapping[str, str] | None = None) -> ShellText:
    """The commands of a script, or of what follows `sh -c`. `variables` are those of its environment."""
    return _Reader(text, dict(variables or {})).read()


class _Reader:
    def __init__(self, placed: PlacedText, variables: dict[str, str]) -> None:
        self.placed = placed
        self.text = placed.text
        self.at = 0
        self.variables = variables
        self.exported: set[str] = set()
        self.arrays: dict[str, tuple[Word, ...]] = {}
        self.depth = 0
        self.words: list[Word] = []
        self.commands: list[SimpleCommand] = []
        self.here: list[str] = []
        self.piped = False

    def read(self) -> ShellText:
        while self.at < len(self.text):
            self.step()
        self.end("")
        done = [command for command in self.commands if command.words]
        traps = any(command.words[0].text == "trap" for command in done)
        if done and not done[-1].conditional and not done[-1].background:
            last = done[-1]
            done[-1] = SimpleCommand(last.words, last.conditional, last.background, last.piped, True)
        exports = {name: self.variables.get(name, UNKNOWN) for name in self.exported}
        return ShellText(tuple(done), traps, exports)

    def step(self) -> None:
        text, at = self.text, self.at
        if text[at] in SPACES:
            self.at += 1
        elif text.startswith("\\\n", at):
            self.at += 2
        elif text[at] == "#":
            self.at = self.line_end(at)
        elif match := REDIRECTION.match(text, at):
            self.redirect(match)
        elif match := OPERATOR.match(text, at):
            self.at = match.end()
            self.end(match.group())
        elif not self.words and (match := ASSIGNMENT.match(text, at)):
            self.assign(match)
        else:
            self.words += self.word()
            self.keyword()

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def keyword(self) -> None:
        """Control flow: a keyword is no word of the command after it."""
        if not self.words:
            return
        if len(self.words) != 1 or self.words[0].quoted:
            if self.words[0].text == "export" and (match := NAMED.match(self.words[-1].text)):
                self.exported.add(match.group())
            if self.words[0].text in DECLARING and ASSIGNMENT.match(self.words[-1].text):
                self.declare(self.words[-1])
            return
        word = self.words[0].text
        if word in OPENING:
            self.depth += 1
        elif word in CLOSING:
            self.depth = max(self.depth - 1, 0)
        elif word == "{":
            self.depth += 1
        elif word == "}":
            self.depth = max(self.depth - 1, 0)
        elif word not in BETWEEN:
            return
        if word not in ("for", "case", "select", "function"):
            self.words = []

    def declare(self, word: Word) -> None:
        name, _, value = word.text.partition("=")
        self.remember(name, value)

    def remember(self, name: str, value: str) -> None:
        """A branch may not run, so there a variable that had another value is unknown from then on."""
        if self.depth and self.variables.get(name, value) != value:
            value = UNKNOWN
        self.variables[name] = value

    def assign(self, match: re.Match[str]) -> None:
        """`NAME=value`, `NAME+=value` and `NAME=(…)`; before a command it is part of that command's environment."""
        name, operator = match.groups()
        self.at = match.end()
        if self.text.startswith("(", self.at):
            self.assign_array(name, operator)
            return
        value = "".join(word.text for word in self.word(splits=False))
        if operator == "+=":
            value = self.variables.get(name, "") + value
        self.remember(name, value)

    def assign_array(self, name: str, operator: str) -> None:
        self.at += 1
        words: list[Word] = []
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] in SPACES + "\n":
                self.at += 1
            elif self.text[self.at] == "#":
                self.at = self.line_end(self.at)
            else:
                words += self.word()
        self.at += 1
        before = self.arrays.get(name)
        if self.depth and (operator == "+=" or (before is not None and before != tuple(words))):
            words = [Word(UNKNOWN, self.placed.location(self.at - 1, self.at), many=True)]
        self.arrays[name] = (*(before or ()), *words) if operator == "+=" else tuple(words)

    def redirect(self, match: re.Match[str]) -> None:
        self.at = match.end()
        while self.at < len(self.text) and self.text[self.at] in SPACES:
            self.at += 1
        target = self.word()
        if HERE_DOCUMENT.fullmatch(match.group()) and target:
            self.here.append(target[0].text)

    def end(self, operator: str) -> None:
        """A command ends where an operator stands."""
        if self.words:
            self.commands.append(
                SimpleCommand(
                    tuple(self.words),
                    conditional=self.depth > 0,
                    background=operator == "&",
                    piped=self.piped or operator in ("|", "|&"),
                )
            )
            self.words = []
        self.piped = operator in ("|", "|&")
        if operator == "(":
            self.depth += 1
        elif operator == ")":
            self.depth = max(self.depth - 1, 0)
        elif operator == "\n" and self.here:
            self.skip_here_documents()

    def skip_here_documents(self) -> None:
        for delimiter in self.here:
            while self.at < len(self.text):
                end = self.line_end(self.at)
                line = self.text[self.at : end].strip()
                self.at = min(end + 1, len(self.text))
                if line == delimiter:
                    break
        self.here = []

    # Words

    def word(self, *, splits: bool = True) -> list[Word]:
        """The word here; several or none when an unquoted variable or an array says so."""
        start = self.at
        parts: list[Part] = []
        quoted = False
        while self.at < len(self.text):
            at, character = self.at, self.text[self.at]
            if character in SPACES or character in "\n;&|()<>":
                break
            quoted = quoted or character in "\\'\""
            if character == "\\":
                parts.append((self.text[at + 1 : at + 2].replace("\n", ""), at + 1, False))
                self.at += 2
            elif character == "'":
                parts.append(self.single())
            elif character in '"$' and (array := self.array()) is not None:
                return list(array)
            elif character == '"':
                parts += self.double()
            elif character in "$`":
                parts.append((self.dollar(), at, True))
            else:
                parts.append((character, at, False))
                self.at += 1
        if self.at == start:
            self.at += 1
            return []
        return self.made(start, parts, quoted=quoted, splits=splits)

    def made(self, start: int, parts: Sequence[Part], *, quoted: bool, splits: bool) -> list[Word]:
        text = "".join(part for part, _, _ in parts)
        location = self.placed.location(start, self.at)
        source = self.text[start : self.at]
        if source in ALL_ARGUMENTS:
            return [Word(UNKNOWN, location, many=True)]
        if quoted:
            return [Word(text, location, True, places=self.places(parts) if re.search(r"\s", text) else ())]
        text = UNKNOWNS.sub(UNKNOWN, text)
        if not splits or "$" not in source:
            return [Word(text, location, many=text == UNKNOWN)]
        return [Word(piece, location, many=piece == UNKNOWN) for piece in text.split()]

    def places(self, parts: Sequence[Part]) -> tuple[tuple[int, int], ...]:
        """Where each character stands; what was substituted, where the dollar was."""
        found: list[tuple[int, int]] = []
        for text, at, is_substituted in parts:
            found += [self.placed.places[at]] * len(text) if is_substituted else self.placed.places[at : at + len(text)]
        return tuple(found)

    def single(self) -> Part:
        start = self.at + 1
        end = self.text.find("'", start)
        end = len(self.text) if end < 0 else end
        self.at = end + 1
        return self.text[start:end], start, False

    def double(self) -> list[Part]:
        parts: list[Part] = []
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != '"':
            at, character = self.at, self.text[self.at]
            if character == "\\" and self.text[at + 1 : at + 2] in ("$", "`", '"', "\\", "\n"):
                parts.append((self.text[at + 1].replace("\n", ""), at + 1, False))
                self.at += 2
            elif character in "$`":
                parts.append((self.dollar(), at, True))
            else:
                parts.append((character, at, False))
                self.at += 1
        self.at += 1
        return parts

    def array(self) -> tuple[Word, ...] | None:
        """The words of `${NAME[@]}`, in quotes or not, when the array is all that follows."""
        match = ARRAY.match(self.text, self.at)
        if match is None:
            return None
        location = self.placed.location(self.at, match.end())
        self.at = match.end()
        return self.arrays.get(match[1], (Word(UNKNOWN, location, many=True),))

    def dollar(self) -> str:
        """The value of a variable, a default, or `UNKNOWN` for all else that a dollar or a backtick begins."""
        text = self.text
        if text[self.at] == "`":
            end = text.find("`", self.at + 1)
            self.at = len(text) if end < 0 else end + 1
            return UNKNOWN
        if text.startswith("$(", self.at):
            self.skip_parentheses()
            return UNKNOWN
        if text.startswith("${", self.at):
            close = closing_brace(text, self.at + 2)
            close = len(text) if close < 0 else close
            inside = text[self.at + 2 : close]
            self.at = close + 1
            value = expand(inside, self.variables.get)
            if match := re.fullmatch(r"([A-Za-z_]\w*):?=.*", inside, re.DOTALL):
                self.remember(match[1], value)
            return value
        match = PARAMETER.match(text, self.at + 1)
        if match is None:
            self.at += 1
            return "$"
        self.at = match.end()
        return self.variables.get(match.group(), UNKNOWN)

    def skip_parentheses(self) -> None:
        depth = 0
        while self.at < len(self.text):
            character = self.text[self.at]
            self.at += 1
            if character == "'":
                self.at = max(self.text.find("'", self.at) + 1, self.at)
            elif character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
                if depth == 0:
                    return
