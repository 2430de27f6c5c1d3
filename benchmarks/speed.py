"""Measures celery-lint on real trees and on a generated one, and prints Markdown tables.

    python benchmarks/speed.py DIRECTORY            # each directory in it is a tree
    python benchmarks/speed.py --growth             # only the generated project

Every figure is a ratio of CPU seconds (user and system, children included) of two commands that ran right after each
other: the median over `--pairs` such pairs. A load that comes and goes then falls on both. Trees are copied before they
are measured, since one file of each is changed. Modules are compiled beforehand, as an installer does.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
LINT = (sys.executable, "-m", "celery_lint")
CLICK = (sys.executable, "-c", "import click")
QUIET = ("--exit-zero", "--quiet", "--isolated")
TASK = re.compile(rb"^@(?:shared_task|\w*app\.task|task)\b", re.M)
TESTS = re.compile(r"/tests?/|/test_|conftest")
SETTING = re.compile(rb"^\s*(?:CELERY_[A-Z_]+|(?:broker|task|worker|result)_\w+)\s*=", re.M)
SIZES = (1, 2, 4, 8)
SMALLEST = 1250
"""Callers of the one task in the smallest generated project; the largest has eight times as many."""
DEPTH = 12
"""Calls from a view to the place that sends the task."""


def run(command: Sequence[str], directory: Path, good: tuple[int, ...] = (0,)) -> tuple[float, int, str]:
    """CPU seconds, peak memory in KiB and standard error of a command. Raises RuntimeError when it exits otherwise."""
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert process.stderr is not None
    told = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in good:
        raise RuntimeError(f"{' '.join(command)} exited with {process.returncode}: {told.strip()}")
    return usage.ru_utime + usage.ru_stime, peak(usage), told


def peak(usage: resource.struct_rusage) -> int:
    """KiB; macOS counts bytes."""
    return usage.ru_maxrss // 1024 if sys.platform == "darwin" else usage.ru_maxrss


def ratio(
    first: Sequence[str], second: Sequence[str], directory: Path, pairs: int, before: Callable[[], None] = lambda: None
) -> str:
    """How many times the CPU of the second command the first one takes: the median, and the lowest and highest pair."""
    found = []
    for _ in range(pairs):
        before()
        found.append(run(first, directory)[0] / run(second, directory)[0])
    return f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


def check(*options: str) -> tuple[str, ...]:
    return (*LINT, "check", *QUIET, *options, ".")


def stages(told: str) -> dict[str, float]:
    """Stage → CPU seconds, from what `--verbose` writes."""
    found = {}
    for line in told.splitlines():
        seconds, unit, stage = (*line.split(maxsplit=2), "", "", "")[:3]
        if unit == "s":
            found[stage] = float(seconds)
    return found


class Tree:
    """A copy of a tree, with a cache of its own beside it."""

    def __init__(self, original: Path, scratch: Path) -> None:
        self.name = original.name
        self.root = scratch / "tree"
        self.cache = scratch / "cache"
        shutil.copytree(original, self.root, symlinks=True, ignore=shutil.ignore_patterns(".git", ".celery_lint_cache"))
        self.files = sorted(path for path in self.root.rglob("*.py") if path.is_file())
        self.lines = sum(path.read_bytes().count(b"\n") for path in self.files)
        self.changes = 0
        self.seconds = 0.0
        """CPU of a run without a cache."""

    def change(self, path: Path) -> None:
        """Write another line at the end of a file."""
        self.changes += 1
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"\n# changed {self.changes}\n")

    @property
    def middle(self) -> Path:
        """A file of middling size."""
        return sorted(self.files, key=lambda path: path.stat().st_size)[len(self.files) // 2]

    @property
    def tasks(self) -> Path | None:
        """A file of middling size among those that define tasks."""
        found = [path for path in self.files if TASK.search(path.read_bytes()) and not TESTS.search(path.as_posix())]
        return sorted(found, key=lambda path: path.stat().st_size)[len(found) // 2] if found else None

    @property
    def configuration(self) -> Path | None:
        """The file that looks most like the one that configures Celery: it sets most, and is least deep."""
        found = [path for path in self.files if not TESTS.search(path.as_posix())]
        counted = [(len(SETTING.findall(path.read_bytes())), -len(path.parts), path) for path in found]
        count, _, path = max(counted, default=(0, 0, None))
        return path if count else None

    def audit(self, program: str) -> str:
        """How many times our CPU the peer takes to audit the tree; it wants to be told where the configuration is."""
        if self.configuration is None:
            return "no configuration"
        command = (program, "--settings-namespace", "CELERY", "--config", str(self.configuration), str(self.root))
        own, _, _ = run(check("--no-cache"), self.root)
        peer, _, _ = run(command, self.root, good=(0, 1))
        return f"{peer / own:.1f}"

    def row(self, ruff: str, audit: str | None, pairs: int) -> list[str]:
        cached = check("--cache-dir", str(self.cache))
        cold = check("--no-cache")
        reference = (ruff, "check", "--no-cache", "--isolated", "--select", "F", "--exit-zero", "-q", ".")
        run(cold, self.root)
        cpu, memory, told = run(
            (*LINT, "check", "--exit-zero", "--isolated", "--no-cache", "--verbose", "."), self.root
        )
        self.seconds = cpu
        spent = stages(told)
        against_ruff = ratio(cold, reference, self.root, pairs)
        run(cached, self.root)
        warm = ratio(cached, CLICK, self.root, pairs)
        middle, tasks = self.middle, self.tasks
        changed = ratio(cached, CLICK, self.root, pairs, lambda: self.change(middle))
        changed_tasks = ratio(cached, CLICK, self.root, pairs, lambda: self.change(tasks)) if tasks else "no task"
        rest = cpu - sum(spent.values())
        shares = ", ".join(
            f"{stage} {seconds / cpu:.0%}"
            for stage, seconds in [*spent.items(), ("start", rest)]
            if seconds > cpu / 100
        )
        return [
            self.name,
            f"{self.lines / 1000:.0f}",
            against_ruff,
            warm,
            changed,
            changed_tasks,
            f"{memory / 1024:.0f}",
            f"{cpu:.2f}: {shares}",
            *([self.audit(audit)] if audit else []),
        ]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Seconds per megabyte, by least squares."""
    return statistics.linear_regression([size for size, _ in points], [seconds for _, seconds in points]).slope


def slopes(points: Sequence[tuple[float, float]]) -> str:
    """How the time grows with the size among the smaller and among the larger half of the trees."""
    ordered = sorted(points)
    middle = len(ordered) // 2
    if middle < 2:
        return "Too few trees for slopes."
    small, large = slope(ordered[: len(ordered) - middle]), slope(ordered[middle:])
    return f"CPU s per MB of Python: {small:.2f} among the smaller half, {large:.2f} among the larger half"


def generate(root: Path, callers: int) -> None:
    """A Django project in which views call chains of functions, and every chain ends in sending the same task."""
    files = {
        "manage.py": "",
        "shop/__init__.py": "",
        "shop/settings.py": 'INSTALLED_APPS = ["shop"]\nCELERY_BROKER_URL = "redis://"\n',
        "shop/celery.py": (
            "import os\nfrom celery import Celery\n"
            'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
            'app = Celery("shop")\napp.config_from_object("django.conf:settings", namespace="CELERY")\n'
        ),
        "shop/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n",
        "shop/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef pay(order_id):\n    return order_id\n",
    }
    each = 25
    for number in range(callers // each):
        files[f"shop/part{number}.py"] = "\n\n".join(module(number, each))
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def module(number: int, senders: int) -> Iterator[str]:
    """The functions of one file: `senders` that send the task, and over them a chain that ends in a transaction."""
    yield "from django.db import transaction\nfrom shop.models import Order\nfrom shop.tasks import pay\n"
    for sender in range(senders):
        yield f"def send_{number}_{sender}(order):\n    pay.delay(order.pk)\n"
    calls = "".join(f"    send_{number}_{sender}(order)\n" for sender in range(senders))
    yield f"def step_{number}_0(order):\n{calls}"
    for depth in range(1, DEPTH):
        yield f"def step_{number}_{depth}(order):\n    step_{number}_{depth - 1}(order)\n"
    view = f"def view_{number}(request):\n    with transaction.atomic():\n        order = Order.objects.create()\n"
    yield f"{view}        step_{number}_{DEPTH - 1}(order)\n"


def growth(smallest: int, pairs: int) -> Iterator[list[str]]:
    """Rows of the generated project at each size, with the CPU per caller as a multiple of that at the first size."""
    with tempfile.TemporaryDirectory() as scratch:
        roots = {size: Path(scratch) / str(size) for size in SIZES}
        for size, root in roots.items():
            generate(root, smallest * size)
        seconds: dict[int, list[float]] = {size: [] for size in SIZES}
        memory = dict.fromkeys(SIZES, 0)
        for _ in range(pairs):
            for size, root in roots.items():
                spent, used, _ = run(check("--no-cache"), root)
                seconds[size].append(spent)
                memory[size] = max(memory[size], used)
        first = SIZES[0]
        for size in SIZES:
            per_size = [now / then / size for now, then in zip(seconds[size], seconds[first], strict=True)]
            yield [
                str(smallest * size),
                f"{statistics.median(seconds[size]):.2f}",
                f"{statistics.median(per_size):.2f}",
                f"{memory[size] / 1024:.0f}",
            ]


def table(head: Sequence[str], rows: Iterator[list[str]]) -> None:
    """Print the rows as they come."""
    print(f"| {' | '.join(head)} |")
    print(f"|{'|'.join(' --- ' for _ in head)}|")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
    print()


def measured(
    directory: Path, ruff: str, audit: str | None, pairs: int, points: list[tuple[float, float]]
) -> Iterator[list[str]]:
    """A row for each tree; its megabytes and CPU seconds are added to the points."""
    for original in sorted(path for path in directory.iterdir() if path.is_dir()):
        with tempfile.TemporaryDirectory() as scratch:
            tree = Tree(original, Path(scratch))
            size = sum(path.stat().st_size for path in tree.files) / 1e6
            yield tree.row(ruff, audit, pairs)
            points.append((size, tree.seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure celery-lint: ratios of CPU time, as Markdown.")
    parser.add_argument("directory", nargs="?", type=Path, help="a directory of trees")
    parser.add_argument("--pairs", type=int, default=7, help="paired runs for each figure (default: 7)")
    parser.add_argument("--ruff", default=shutil.which("ruff") or "ruff", help="the ruff to compare with")
    parser.add_argument("--celery-audit", help="the celery-audit to compare with")
    parser.add_argument("--growth", action="store_true", help="measure the generated project too, or alone")
    parser.add_argument("--callers", type=int, default=SMALLEST, help="callers in the smallest generated project")
    given = parser.parse_args()
    if given.pairs < 1 or given.callers < 1:
        parser.error("--pairs and --callers must be at least 1")
    if given.directory is None and not given.growth:
        parser.error("give a directory of trees, or --growth")
    if given.directory is not None and not given.directory.is_dir():
        parser.error(f"{given.directory} is not a directory")
    if given.directory is not None:
        here = Path.cwd()
        print(f"`--version` against `import click`: {ratio((*LINT, '--version'), CLICK, here, given.pairs)}\n")
        head = (
            "tree",
            "kLOC",
            "cold / ruff F",
            "warm / click",
            "one changed / click",
            "one changed that defines tasks / click",
            "peak MiB",
            "CPU s cold: stages",
            *(["celery-audit / cold"] if given.celery_audit else []),
        )
        points: list[tuple[float, float]] = []
        table(head, measured(given.directory, given.ruff, given.celery_audit, given.pairs, points))
        print(slopes(points) + "\n")
    if given.growth:
        table(("callers", "CPU s", "CPU per caller, first = 1", "peak MiB"), growth(given.callers, given.pairs))


if __name__ == "__main__":
    main()
