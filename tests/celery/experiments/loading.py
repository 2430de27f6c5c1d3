"""What processes know of an app and its tasks, by what they import. Each project is written and run by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from laboratory import experiment

EARLY = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings")\n'
MADE = 'from celery import Celery\napp = Celery("proj")\n'
READ = 'app.config_from_object("django.conf:settings", namespace="CELERY")\n'
FILES = {
    "proj/__init__.py": "from proj.celery import app as celery_app\n",
    "proj/celery.py": EARLY + MADE + READ + "app.autodiscover_tasks()\n",
    "proj/settings.py": 'INSTALLED_APPS = ["shop.apps.ShopConfig"]\nCELERY_BROKER_URL = "memory://here"\n',
    "shop/__init__.py": "",
    "shop/apps.py": 'from django.apps import AppConfig\nclass ShopConfig(AppConfig):\n    name = "shop"\n',
    "shop/tasks.py": "from celery import shared_task\n@shared_task\ndef pay(): ...\n",
    "shop/jobs.py": "from celery import shared_task\n@shared_task\ndef clean(): ...\n",
}
WEB = """
import django
django.setup()
from shop.tasks import pay
seen = [pay.app.main, pay.app.conf.broker_url, hasattr(pay, "delay_on_commit")]
"""
WORKER = """
from proj.celery import app
app.loader.import_default_modules()
seen = sorted(name for name in app.tasks if name.startswith("shop."))
"""
SETTINGS = """
from proj.celery import app
try:
    seen = app.connection().as_uri()
except Exception as error:
    seen = f"{type(error).__name__}: {error}"
"""


def seen_by(name: str, process: str, variable: str = "", **files: str) -> Any:
    """What a process of the project sees, with some of its files written in another way."""
    root = Path(os.environ["LABORATORY_DIRECTORY"], name)
    changed = {path.replace("__", "/", 1) + ".py": text for path, text in files.items()}
    for path, text in {**FILES, **changed}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    if variable:
        environment["DJANGO_SETTINGS_MODULE"] = variable
    done = subprocess.run(
        [sys.executable, "-c", f"{process}\nimport json\nprint(json.dumps(seen))"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


@experiment
def app_of_the_web() -> dict[str, Any]:
    return {
        "imported": seen_by("imported", WEB, "proj.settings"),
        "not imported": seen_by("not-imported", WEB, "proj.settings", proj____init__=""),
    }


@experiment
def settings_that_nobody_names() -> Any:
    return seen_by("unnamed", SETTINGS, proj__celery=MADE + READ)


@experiment
def registered() -> dict[str, Any]:
    takes_setting = "from django.conf import settings\napp.autodiscover_tasks(lambda: settings.INSTALLED_APPS)\n"
    return {
        "asking Django": seen_by("asking", WORKER),
        "given the setting": seen_by("given", WORKER, proj__celery=EARLY + MADE + READ + takes_setting),
        "named too late": seen_by("late", WORKER, proj__celery=MADE + EARLY + READ + "app.autodiscover_tasks()\n"),
    }
