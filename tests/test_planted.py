"""Nothing of the checked project is imported or executed: code that would leave a mark is planted everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from building import write

SHADOWS = ("celery", "click", "django", "libcst", "msgspec", "tomllib", "yaml")
"""Modules that celery-lint imports, or that an importing tool would."""

PLACES = (
    *("manage.py", "setup.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "celeryconfig.py", "noxfile.py"),
    *("proj/urls.py", "proj/wsgi.py", "proj/local_settings.py", "shop/__init__.py", "shop/apps.py", "shop/models.py"),
    *("shop/conftest.py", "shop/migrations/0001_initial.py", "tests/__init__.py", "tests/conftest.py"),
    *(f"{name}.py" for name in SHADOWS),
)
COMMANDS = {
    "check": ("check", "--persona", "auditor", "."),
    "one file": ("check", "shop/tasks.py"),
    "settings": ("settings",),
    "baseline": ("baseline", "create"),
    "fix": ("check", "--fix", "--unsafe-fixes", "."),
    "diff": ("check", "--diff", "."),
    "statistics": ("check", "--statistics", "."),
}


def planted(root: Path, mark: Path) -> None:
    """A project with a fault that can be fixed, in which everything that runs writes the mark."""
    trap = f"open({str(mark)!r}, 'a').write(__file__)\n"
    shell = f"touch {mark}"
    write(root, dict.fromkeys(PLACES, trap))
    write(
        root,
        {
            "proj/__init__.py": f"{trap}from proj.celery import app as celery_app\n",
            "proj/celery.py": f"{trap}from celery import Celery\napp = Celery('proj')\n"
            "app.config_from_object('django.conf:settings', namespace='CELERY')\napp.autodiscover_tasks()\n",
            "proj/settings.py": f"{trap}from proj.local_settings import *\n"
            "INSTALLED_APPS = ['shop']\nCELERY_RESULT_BACKEND = 'redis://redis/0'\nCELERY_TASK_ALWAYS_EAGER = True\n",
            "shop/tasks.py": f"{trap}from celery import shared_task\n\n@shared_task\ndef pay(self, pk): ...\n",
            "shop/views.py": f"{trap}from django.db import transaction\nfrom shop.tasks import pay\n\n"
            "def view(request):\n    with transaction.atomic():\n        pay.delay(1)\n",
            "docker-compose.yml": f"services:\n  worker:\n    command: sh -c '{shell}; celery -A proj worker'\n"
            f"    environment: !!python/object/apply:os.system ['{shell}']\n",
            "chart/templates/worker.yaml": f"command: [celery, -A, proj, worker]\n"
            f"x: !!python/object/new:os.system ['{shell}']\ny: {{{{ include \"{shell}\" . }}}}\n",
            "Dockerfile": f'FROM python\nRUN {shell}\nENTRYPOINT ["./entrypoint.sh"]\nCMD celery -A proj worker\n',
            "entrypoint.sh": f"#!/bin/sh\n{shell}\n$({shell})\n`{shell}`\nexec celery -A proj worker\n",
            "Procfile": f"worker: {shell}; celery -A proj worker\n",
            "setup.cfg": f"[options]\ninstall_requires = celery==5.4.0; python_version > `{shell}`\n",
            ".env": f"X=$({shell})\n",
        },
    )
    (root / "entrypoint.sh").chmod(0o755)


@pytest.mark.parametrize("started", ["script", "module"])
@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_of_the_project_is_run(name: str, started: str, tmp_path: Path) -> None:
    root, mark = tmp_path / "project", tmp_path / "mark"
    planted(root, mark)
    script = ["-c", "import sys; del sys.path[0]; from celery_lint.cli import run; run()"]
    command = [sys.executable, *(script if started == "script" else ["-m", "celery_lint"]), *COMMANDS[name]]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert not mark.exists()


def test_the_trap_works(tmp_path: Path) -> None:
    """A Python that imports the settings leaves the mark."""
    root, mark = tmp_path / "project", tmp_path / "mark"
    planted(root, mark)
    subprocess.run([sys.executable, "-c", "import proj.urls"], cwd=root, capture_output=True)
    assert mark.exists()


BAD = {
    "docker-compose.yml": b"services:\n  worker: [celery\n",
    "deploy/bomb.yaml": b"a0: &a0 [celery, celery]\n"
    + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 30))
    + b"kind: Pod\nspec: *a29\n",
    "chart/templates/worker.yaml": b"{{- if .Values.on }}\ncommand: [celery, -A, {{ .Values.app }}\n{{- end }}\n",
    "proj/settings.py": b"CELERY_BROKER_URL = [\n",
    "proj/binary.py": b"\x00\xffshared_task",
}
GOOD = {
    "proj/celery.py": "from celery import Celery\napp = Celery('proj', broker='redis://redis/0')\n"
    "app.config_from_object('django.conf:settings')\n",
    "shop/tasks.py": "from celery import shared_task\n\n@shared_task\nasync def pay(pk): ...\n",
    "Procfile": "worker: celery worker -A proj\n",
}


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "celery_lint", *command], cwd=root, capture_output=True, text=True, timeout=120
    )


def test_bad_files_are_told_and_the_rest_is_checked(tmp_path: Path) -> None:
    write(tmp_path, {**BAD, **GOOD})
    done = run(tmp_path, "check", "--format", "concise", "--isolated", "--no-cache", ".")
    lines = done.stdout.splitlines()
    told = sorted(line.partition(":")[0] for line in lines if " CLT002 " in line)
    assert told == ["docker-compose.yml", "proj/binary.py", "proj/settings.py"]
    found = {line.split()[1] for line in lines if line.startswith(("shop/tasks.py", "Procfile"))}
    assert {"CLT302", "CLT809"} & found
    assert "Traceback" not in done.stdout + done.stderr
    assert run(tmp_path, "settings").returncode == 0


def test_a_compose_file_of_fifty_megabytes(tmp_path: Path) -> None:
    """It is told in one line and not read."""
    write(tmp_path, GOOD)
    line = b"  worker: {command: celery -A proj worker}\n"
    (tmp_path / "docker-compose.yml").write_bytes(b"services:\n" + line * (50_000_000 // len(line)))
    before = time.monotonic()
    done = run(tmp_path, "check", "--format", "concise", "--isolated", "--no-cache", ".")
    told = [each for each in done.stdout.splitlines() if each.startswith("docker-compose.yml")]
    assert len(told) == 1
    assert "is larger than 1 MB, so it is not read" in told[0]
    assert any(each.startswith("Procfile") for each in done.stdout.splitlines())
    assert time.monotonic() - before < 60
