"""Where a command line runs Celery: through wrappers, shells and scripts of the project."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct, structs

from celery_lint.finding import Location
from celery_lint.project.services.shell import SimpleCommand, read_shell
from celery_lint.project.services.text import UNKNOWN, PlacedText, Word

__all__ = ["Invocation", "Launch", "invocations"]

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
EXECUTING_SHELLS = frozenset({"bash", "zsh", "ksh"})
"""Shells that become the last command of `-c`, so that it gets the signals."""

STRING_WRAPPERS = frozenset({"watchfiles", "nodemon", "watchexec", "entr", "concurrently"})
"""Programs that may be given the whole command as one word; they run it anew whenever a file changes."""

WRAPPERS = frozenset(
    """
    aws-vault catatonit chamber chpst chronic chrt coverage ddtrace-run direnv dockerize doppler dotenv dotenvx
    dumb-init entr env envdir exec gosu hatch honcho infisical instana ionice jemalloc.sh newrelic-admin nice nodemon
    nohup numactl op opentelemetry-instrument pdm pipenv pixi poetry rye s6-setuidgid scl setpriv setsid setuidgid
    stdbuf su-exec sudo taskset teller time timeout tini uv vault-env watchexec watchfiles watchmedo
    with-contenv xargs conda mamba micromamba sentry-cli elastic-apm
    """.split()  # noqa: SIM905
)
"""Programs that run the command that follows their own options."""

SEPARATED = "--"
PYTHON = re.compile(r"python[\d.]*$|pypy[\d.]*$")
CELERY = re.compile(r"(?:^|[/" + UNKNOWN + r"])celery$")
FLOWER = re.compile(r"(?:^|[/" + UNKNOWN + r"])flower$")
APPS = ("-A", "--app")
SUB_COMMANDS = frozenset({"worker", "beat", "flower", "multi"})
SCRIPT = re.compile(r"[\w./-]*[\w-]+(?:\.(?:sh|bash))?$")
RUNS_ARGUMENTS = re.compile(r'(?m)^\s*(?P<exec>exec\s[^\n]*)?"\$@"')
DEPTH = 10
"""Scripts and shells within each other that are followed."""


class Launch(Struct, frozen=True):
    """Words that something starts, or a shell's text, and whether signals reach what they run.

    `signals` is None when that is not known. `statement` is the whole of what is started, where it is written; in a
    script, None, each command is one.
    """

    statement: Location | None
    words: tuple[Word, ...] = ()
    shell: PlacedText | None = None
    shell_name: str = "sh"
    signals: bool | None = True
    conditional: bool = False


class Invocation(Struct, frozen=True):
    """`words` of a run of Celery, or of `program` "flower", without the program itself.

    `through` are the places that lead here from where it is started, outermost first; `exports` are the variables that
    shells on the way set for it.
    """

    program: str
    head: Word
    words: tuple[Word, ...]
    statement: Location
    signals: bool | None
    conditional: bool
    through: tuple[Location, ...] = ()
    exports: Mapping[str, str] = {}

    @property
    def location(self) -> Location:
        last = self.words[-1].location if self.words else self.head.location
        first = self.head.location
        if (last.line, last.end_column) < (first.line, first.column) or last.path != first.path:
            return first
        return Location(first.path, first.line, first.column, last.end_line, last.end_column)


FindScript = Callable[[str], "PlacedText | None"]


def invocations(
    launch: Launch, variables: Mapping[str, str], find_script: FindScript, depth: int = DEPTH
) -> Iterator[Invocation]:
    """Every run of Celery in what is launched, also inside `sh -c`, and in scripts of the project."""
    if depth == 0:
        return
    if launch.shell is not None:
        script = read_shell(launch.shell, variables)
        known = {name: value for name, value in script.exports.items() if UNKNOWN not in value}
        for command in script.commands:
            inner = _in_shell(launch, command, traps=script.traps)
            for found in invocations(inner, {**variables, **known}, find_script, depth - 1):
                yield structs.replace(found, exports={**script.exports, **found.exports})
        return
    words = _unwrapped(launch.words)
    if not words:
        return
    head = words[0]
    program = _program(words)
    if program is not None:
        statement = launch.statement or head.location
        yield Invocation(program, head, words[1:], statement, launch.signals, launch.conditional)
        return
    for inner, places in _deeper(launch, words, find_script):
        for found in invocations(inner, variables, find_script, depth - 1):
            yield structs.replace(found, through=(*places, *found.through))


def _in_shell(launch: Launch, command: SimpleCommand, *, traps: bool) -> Launch:
    """One command of a shell's text, and whether the shell gives way to it."""
    signals = launch.signals
    if traps or command.background or command.piped:
        signals = None
    elif signals and command.words[0].text != "exec":
        signals = command.last and launch.shell_name in EXECUTING_SHELLS
    first = command.words[0].location
    end = max((word.location.end_line, word.location.end_column) for word in command.words)
    return Launch(
        statement=launch.statement or Location(first.path, first.line, first.column, *end),
        words=command.words,
        signals=signals,
        conditional=launch.conditional or command.conditional,
    )


def _deeper(
    launch: Launch, words: Sequence[Word], find_script: FindScript
) -> Iterator[tuple[Launch, tuple[Location, ...]]]:
    """What a shell, `su` or a script of the project runs in turn."""
    name = _base(words[0].text)
    if name in SHELLS or name == "su":
        text = _command_text(words)
        if text is not None:
            shell = name if name in SHELLS else "sh"
            signals = launch.signals if name in SHELLS else None
            yield structs.replace(launch, words=(), shell=text, shell_name=shell, signals=signals), ()
            return
        words = [word for word in words[1:] if not word.text.startswith("-")]
    elif name in STRING_WRAPPERS:
        for word in words[1:]:
            if word.quoted and " " in word.text:
                yield Launch(launch.statement, shell=word.as_text(), signals=None), ()
        return
    elif PYTHON.match(name):
        return
    if not words or not SCRIPT.match(words[0].text):
        return
    script = find_script(words[0].text)
    if script is not None:
        yield (
            Launch(None, shell=script, shell_name="script", signals=launch.signals),
            (words[0].location,),
        )
        rest = tuple(words[1:])
        if rest and (match := RUNS_ARGUMENTS.search(script.text)):
            signals = launch.signals if match["exec"] else None
            yield structs.replace(launch, words=rest, signals=signals), ()


def _command_text(words: Sequence[Word]) -> PlacedText | None:
    """What follows the `-c` of a shell or of `su`."""
    for option, value in pairwise(words):
        if re.fullmatch(r"-[a-z]*c|--command", option.text):
            return value.as_text()
    return None


def _unwrapped(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words after programs that only run what follows them."""
    while words:
        name = _base(words[0].text)
        if "=" in name and not words[0].quoted:
            words = words[1:]
            continue
        if _program(words) is not None or name in SHELLS or name == "su":
            return tuple(words)
        if PYTHON.match(name):
            return tuple(_of_module(words))
        start = _start_after(words, name)
        if start is None:
            return tuple(words)
        words = words[start:]
    return ()


def _start_after(words: Sequence[Word], name: str) -> int | None:
    """Where the command begins that a wrapper runs: after `--`, else at the first program that is known."""
    texts = [word.text for word in words]
    if SEPARATED in texts[1:]:
        after = texts.index(SEPARATED, 1) + 1
        if name in WRAPPERS or (after < len(texts) and _is_program(words[after:])):
            return after
        return None
    if name not in WRAPPERS or name in STRING_WRAPPERS:
        return None
    return next((at for at in range(1, len(words)) if _is_program(words[at:])), 1 if name == "exec" else None)


def _is_program(words: Sequence[Word]) -> bool:
    name = _base(words[0].text)
    return (
        _program(words) is not None
        or name in SHELLS
        or name in WRAPPERS
        or PYTHON.match(name) is not None
        or name.endswith((".sh", ".bash"))
    )


def _of_module(words: Sequence[Word]) -> Sequence[Word]:
    """`python -m celery …` as if it were `celery …`."""
    for at, word in enumerate(words[1:], start=1):
        if word.text == "-m" and at + 1 < len(words):
            return words[at + 1 :]
        if not word.text.startswith("-"):
            break
    return words


def _program(words: Sequence[Word]) -> str | None:
    """ "celery" or "flower" when the first word runs it."""
    text = words[0].text
    if CELERY.search(text):
        return "celery"
    if FLOWER.search(text):
        return "flower"
    rest = [word.text for word in words[1:6]]
    if text == UNKNOWN and SUB_COMMANDS.intersection(rest) and any(each.startswith(APPS) for each in rest):
        return "celery"
    return None


def _base(text: str) -> str:
    return text.rsplit("/", 1)[-1].rsplit(UNKNOWN, 1)[-1]
