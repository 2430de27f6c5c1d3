"""`celery-lint baseline`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from celery_lint.cli.check import project_options, request
from celery_lint.cli.command import Command
from celery_lint.cli.terminal import CONTEXT, UsageError, print_lines, progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery_lint.baseline import Baseline
    from celery_lint.engine import Plan
    from celery_lint.postponing import Comparison

__all__ = ["command"]

_FILE = "celery-lint-baseline.json"
_EXAMPLES = {
    "create": (
        ("list what is found today", "celery-lint baseline create"),
        ("report what is new", f"celery-lint check --baseline {_FILE}"),
    ),
    "update": (("renew the entries of one directory", "celery-lint baseline update shop/orders"),),
    "prune": (("leave only what is still found", "celery-lint baseline prune"),),
    "show": (("what a list says", "celery-lint baseline show --baseline old.json"),),
}
_OF_CHECK = frozenset({"fail_on", "fix", "strict_baseline", "unsafe_fixes"})


def command() -> click.Command:
    group = click.Group(
        "baseline",
        context_settings=CONTEXT,
        help=f"Put off the findings that a project has. They are listed in {_FILE} in this directory, or in the file "
        "that --baseline or the configuration names. `check --baseline FILE` then reports what is new.",
        short_help="Put off the findings that a project has.",
    )
    for name, (summary, run) in _SUBCOMMANDS.items():
        group.add_command(_subcommand(name, summary, run))
    return group


def _subcommand(name: str, summary: str, run: Callable[[dict[str, Any]], int]) -> click.Command:
    parameters = [each for each in project_options() if each.name not in _OF_CHECK]
    if name == "create":
        parameters.append(click.Option(["--force"], is_flag=True, help="Replace a baseline that is there."))

    def callback(**given: Any) -> int:
        from celery_lint.config import ConfigurationError

        try:
            return run(given)
        except ConfigurationError as error:
            raise UsageError(str(error)) from None

    return Command(name, params=parameters, callback=callback, help=summary, examples=_EXAMPLES[name])


def _create(given: dict[str, Any]) -> int:
    from celery_lint.baseline import Baseline

    plan, file = _planned(given)
    if os.path.lexists(file) and not given["force"]:
        raise UsageError(f"{Baseline(file).shown} is there already; `baseline update` renews it, --force replaces it")
    found = _compared(plan, Baseline(file))
    made = Baseline(file, found.now)
    made.write()
    print_lines([f"{made.shown}: {_entries(len(made.entries))}. `celery-lint --baseline {made.shown}` hides them."])
    return 0


def _update(given: dict[str, Any]) -> int:
    plan, baseline = _with_baseline(given)
    found = _compared(plan, baseline)
    kept = baseline.entries.difference(found.stale)
    made = structs.replace(baseline, entries=kept | found.now)
    made.write()
    added = len(made.entries) - len(kept)
    print_lines([f"{made.shown}: {_entries(len(made.entries))}; {added} added, {len(found.stale)} taken out."])
    return 0


def _prune(given: dict[str, Any]) -> int:
    plan, baseline = _with_baseline(given)
    found = _compared(plan, baseline)
    left = structs.replace(baseline, entries=baseline.entries.difference(found.stale))
    if found.stale:
        left.write()
    print_lines([f"{left.shown}: {_entries(len(left.entries))}; {len(found.stale)} taken out."])
    return 0


def _show(given: dict[str, Any]) -> int:
    _, baseline = _with_baseline(given)
    print_lines(_described(baseline))
    return 0


def _described(baseline: Baseline) -> Iterator[str]:
    """By rule, then by file, what is put off."""
    from itertools import groupby

    from celery_lint.pages import find_page

    entries = sorted(baseline.entries, key=lambda entry: (entry.code, entry))
    yield f"{baseline.shown}: {_entries(len(entries))}"
    for code, of_rule in groupby(entries, key=lambda entry: entry.code):
        rows = list(of_rule)
        page = find_page(code)
        yield f"\n{code} {page.name if page is not None else '(no such rule)'}: {len(rows)}"
        for path, of_file in groupby(rows, key=lambda entry: entry.path):
            these = list(of_file)
            yield f"  {path}: {len(these)}"
            for entry in these:
                yield f"    {entry.scope or '(module)'}: {entry.statement}"


def _planned(given: dict[str, Any]) -> tuple[Plan, str]:
    """The plan of a run that puts nothing off, and where the baseline is or will be."""
    from celery_lint.engine import plan

    made = plan(structs.replace(request(given), whole=True))
    return made, made.settings.baseline or os.path.abspath(_FILE)


def _with_baseline(given: dict[str, Any]) -> tuple[Plan, Baseline]:
    from celery_lint.baseline import Baseline

    made, file = _planned(given)
    return made, Baseline.read(file)


def _compared(plan: Plan, baseline: Baseline) -> Comparison:
    from celery_lint.engine import compared

    with progress() as stage:
        return compared(plan, baseline, stage=stage)


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


_SUBCOMMANDS = {
    "create": ("List every finding in a new baseline.", _create),
    "update": ("List what is found now, and no longer what is not.", _update),
    "prune": ("Take out what is no longer found; add nothing.", _prune),
    "show": ("Print what the baseline lists, by rule and file.", _show),
}
