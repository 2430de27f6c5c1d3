"""Every fix there is in a directory, made and written, and what must then be true."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from celery_lint.engine import Request, plan, run
from celery_lint.fixing import fix
from celery_lint.fixing.files import write
from celery_lint.fixing.splice import compiles
from celery_lint.pages import all_pages

if TYPE_CHECKING:
    from celery_lint.engine import Plan


@dataclass(frozen=True, slots=True)
class Written:
    """How many findings of each rule are fixed, and in how many files."""

    fixed: Counter[str]
    files: int


def planned(directory: Path, options: dict[str, object]) -> Plan:
    return plan(Request((str(directory),), {"unsafe-fixes": True, **options}, isolated=True))


def codes(directory: Path, **options: object) -> Counter[str]:
    """How often each rule speaks."""
    return Counter(finding.code for finding in run(planned(directory, options)).findings)


def fix_all(directory: Path, **options: object) -> Written:
    """Makes and writes every fix there is, unsafe ones too."""
    made = fix(planned(directory, options))
    assert () == made.failures
    for change in made.changes:
        write(change)
    return Written(Counter(finding.code for finding in made.fixed), len(made.changes))


def tried(directory: Path, **options: object) -> Written:
    """What was fixed; it is gone, what compiled does, a second run changes nothing, and no rule speaks more than before
    but for those about tests, which have to follow the code, and about files that rules only now look into."""
    before = codes(directory, **options)
    compiled = {path for path in directory.rglob("*.py") if path.is_file() and compiles(path.read_bytes())}
    done = fix_all(directory, **options)
    after = codes(directory, **options)
    about_tests = {page.code for page in all_pages() if page.scope == "tests"}
    assert set() == {*(after - before)} - about_tests - {"CLT002"}
    assert [] == [code for code in done.fixed if after[code] >= before[code]]
    assert [] == sorted(path for path in compiled if not compiles(path.read_bytes()))
    assert Written(Counter(), 0) == fix_all(directory, **options)
    return done
