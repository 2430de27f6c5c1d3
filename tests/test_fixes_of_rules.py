"""What the fixes of single rules make of code, where it depends on the project."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import write
from fixing import planned

from celery_lint import check
from celery_lint.finding import Applicability
from celery_lint.fixing import Fixing, fix

APP = """\
import os
from celery import Celery
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings")
app = Celery("proj")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
"""
TASKS = "from celery import shared_task\n\n\n@shared_task\ndef send(pk): ...\n"
SETTINGS = "CELERY_TASK_ACKS_LATE = True\nCELERY_TASK_REJECT_ON_WORKER_LOST = True\n"


def fixed(root: Path, code: str, files: dict[str, str], changed: str) -> str:
    """A file after the fixes of one rule."""
    write(root, files)
    made = fix(planned(root, {"select": (code,), "persona": "auditor"}))
    assert () == made.failures
    return next((each.after.decode() for each in made.changes if each.path.endswith(changed)), files[changed])


class TestWaiting:
    """A handler inside the transaction does not see what sending raises once it waits."""

    HEAD = "from django.db import transaction\nfrom shop.tasks import send\n\n\ndef place(pk):\n"
    INSIDE = "    with transaction.atomic():\n        try:\n            send.delay(pk)\n        except OSError: pass\n"
    AROUND = "    try:\n        with transaction.atomic():\n            send.delay(pk)\n    except OSError: pass\n"
    BETWEEN = (
        "    with transaction.atomic():\n        try:\n            with transaction.atomic():\n"
        "                send.delay(pk)\n        except OSError: pass\n"
    )

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (
                INSIDE,
                ("send it when the transaction commits, where the handler around it does not see it fail", "unsafe"),
            ),
            (AROUND, ("send it when the transaction commits", "safe")),
            (
                BETWEEN,
                ("send it when the transaction commits, where the handler around it does not see it fail", "unsafe"),
            ),
        ],
    )
    def test_safe_or_not(self, tmp_path: Path, body: str, expected: tuple[str, str]) -> None:
        files = {"proj/celery.py": APP, "proj/__init__.py": "from proj.celery import app\n", "shop/tasks.py": TASKS}
        write(tmp_path, {**files, "shop/orders.py": self.HEAD + body, "requirements.txt": "celery==5.5.0\n"})
        (finding,) = check(tmp_path, isolated=True, select=["CLT101"]).findings
        assert finding.fix is not None
        assert expected == (finding.fix.title, finding.fix.applicability.value)

    @pytest.mark.parametrize(
        ("opened", "waits"),
        [
            ('atomic(using="archive")', 'transaction.on_commit(partial(send.delay, pk), using="archive")'),
            ("atomic(using=alias)", None),
            ("atomic(using=router.db_for_write(object))", None),
        ],
    )
    def test_for_which_database(self, tmp_path: Path, opened: str, waits: str | None) -> None:
        head = "from functools import partial\nfrom django.db import router, transaction\nfrom shop.tasks import send\n"
        body = f"def place(pk, alias):\n    with transaction.{opened}:\n        send.delay(pk)\n"
        orders = {"proj/celery.py": APP, "shop/tasks.py": TASKS, "shop/orders.py": head + body}
        expected = orders["shop/orders.py"].replace("send.delay(pk)", waits or "send.delay(pk)")
        assert expected == fixed(tmp_path, "CLT101", orders, "shop/orders.py")
        assert ["CLT101"] == [finding.code for finding in check(tmp_path, isolated=True, select=["CLT101"]).findings]

    def test_elsewhere_for_another_database(self, tmp_path: Path) -> None:
        """What sends may also be called where no transaction of that database is open."""
        orders = (
            "from django.db import transaction\nfrom shop.tasks import send\n\n\n"
            "def notify(pk):\n    send.delay(pk)\n\n\n"
            'def place(pk):\n    with transaction.atomic(using="archive"):\n        notify(pk)\n'
        )
        write(tmp_path, {"proj/celery.py": APP, "shop/tasks.py": TASKS, "shop/orders.py": orders})
        (finding,) = check(tmp_path, isolated=True, select=["CLT101"]).findings
        assert finding.fix is None


class TestTests:
    """Tests that replace a task and never commit expect that it is sent at once."""

    FILES = {
        "proj/celery.py": APP,
        "requirements.txt": "celery==5.5.0\n",
        "shop/tasks.py": TASKS + "\n\n@shared_task\ndef ship(pk): ...\n",
        "shop/orders.py": TestWaiting.HEAD + TestWaiting.AROUND,
        "shop/other.py": (TestWaiting.HEAD + TestWaiting.AROUND).replace("send", "ship"),
        "shop/tests.py": (
            "from unittest.mock import patch\nfrom django.test import TestCase\nfrom shop.orders import place\n\n\n"
            "class PlaceTest(TestCase):\n"
            '    @patch("shop.tasks.send.delay")\n'
            "    def test_place(self, delay):\n        place(1)\n        delay.assert_called_once_with(1)\n"
        ),
    }

    def made(self, root: Path, *, unsafe: bool, name: str = "") -> Fixing:
        write(root, self.FILES)
        return fix(planned(root / name, {"select": ("CLT101", "CLT904"), "unsafe-fixes": unsafe}))

    def test_stop_safe_fixes(self, tmp_path: Path) -> None:
        made = self.made(tmp_path, unsafe=False)
        assert ["other.py"] == [Path(each.path).name for each in made.changes]
        (failure,) = made.failures
        assert "orders.py: left as it was: a fix would bring up CLT904 on line 10 of" in failure

    def test_also_where_nobody_asked_about_them(self, tmp_path: Path) -> None:
        (tmp_path / "manage.py").touch()
        made = self.made(tmp_path, unsafe=False, name="shop/orders.py")
        assert () == made.changes
        (failure,) = made.failures
        assert "orders.py: left as it was: a fix would bring up CLT904 on line 10 of" in failure

    def test_are_told_of_with_unsafe_ones(self, tmp_path: Path) -> None:
        made = self.made(tmp_path, unsafe=True)
        assert () == made.failures
        assert ["orders.py", "other.py"] == [Path(each.path).name for each in made.changes]
        assert ["CLT904"] == [finding.code for finding in made.report.findings]


class TestSettings:
    def fixed(self, root: Path, code: str, settings: str) -> str:
        files = {"proj/celery.py": APP, "proj/settings.py": SETTINGS + settings, "shop/tasks.py": TASKS}
        return fixed(root, code, files, "proj/settings.py").removeprefix(SETTINGS)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (
                "import os\nCELERY_TASK_TIME_LIMIT = os.environ.get('LIMIT', '300')  # seconds\n",
                "import os\nCELERY_TASK_TIME_LIMIT = float(os.environ.get('LIMIT', '300'))  # seconds\n",
            ),
            (
                "import os\nCELERY_TASK_TIME_LIMIT = os.environ.get('LIMIT', 300)\n",
                "import os\nCELERY_TASK_TIME_LIMIT = int(os.environ.get('LIMIT', 300))\n",
            ),
            ("import os\nCELERY_TASK_TIME_LIMIT = os.environ.get('LIMIT')\n", None),
            (
                "import environ\nenv = environ.Env()\nCELERY_TASK_TIME_LIMIT = env.str('L', default='300')\n",
                "import environ\nenv = environ.Env()\nCELERY_TASK_TIME_LIMIT = float(env.str('L', default='300'))\n",
            ),
            (
                "from decouple import config\nCELERY_TASK_TIME_LIMIT = config('LIMIT', default=300)\n",
                "from decouple import config\nCELERY_TASK_TIME_LIMIT = config('LIMIT', default=300, cast=int)\n",
            ),
        ],
    )
    def test_text_becomes_a_number(self, tmp_path: Path, before: str, after: str | None) -> None:
        assert (after or before) == self.fixed(tmp_path, "CLT622", before)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("CELERYD_CONCURRENCY = 4\n", None),
            ("CELERY_ALWAYS_EAGER = False\n", "CELERY_TASK_ALWAYS_EAGER = False\n"),
            ("CELERY_DEFAULT_QUEUE = 'a'\nCELERY_TASK_DEFAULT_QUEUE = 'b'\n", "same"),
        ],
    )
    def test_old_names(self, tmp_path: Path, before: str, after: str | None) -> None:
        expected = {"same": before, None: "CELERY_WORKER_CONCURRENCY = 4\n"}.get(after, after)
        assert expected == self.fixed(tmp_path, "CLT604", before)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("INSTALLED_APPS = ['shop']\n", "INSTALLED_APPS = ['shop', 'django_celery_results']\n"),
            (
                'INSTALLED_APPS = [\n    "shop",  # ours\n]\n',
                'INSTALLED_APPS = [\n    "shop",  # ours\n    "django_celery_results",\n]\n',
            ),
            ('INSTALLED_APPS = ["shop"] + ["other"]\n', None),
        ],
    )
    def test_an_app_is_installed(self, tmp_path: Path, before: str, after: str | None) -> None:
        backend = "CELERY_RESULT_BACKEND = 'django-db'\n"
        assert (after or before) + backend == self.fixed(tmp_path, "CLT616", before + backend)


class TestRequests:
    @pytest.mark.parametrize(
        ("other", "expected"), [("", "10"), ("    requests.get('b', timeout=3)\n", "3"), ("    x(timeout=7)\n", "10")]
    )
    def test_timeout_is_that_of_the_file(self, tmp_path: Path, other: str, expected: str) -> None:
        head = "import requests\n" + TASKS.replace(" ...\n", f"\n{other}    ")
        after = fixed(tmp_path, "CLT308", {"shop/tasks.py": f"{head}requests.get('a')\n"}, "shop/tasks.py")
        assert f"{head}requests.get('a', timeout={expected})\n" == after

    def test_it_is_no_safe_fix(self, tmp_path: Path) -> None:
        text = "import requests\n" + TASKS.replace(" ...", "\n    requests.get('a')")
        (tmp_path / "tasks.py").write_text(text, encoding="utf-8")
        (finding,) = check(tmp_path, isolated=True, select=["CLT308"]).findings
        assert finding.fix is not None
        assert Applicability.UNSAFE is finding.fix.applicability


class TestStale:
    MODEL = "from django.db import models\n\n\nclass Order(models.Model):\n    paid = models.BooleanField()\n"
    HEAD = (
        "import requests\nfrom celery import shared_task\nfrom shop.models import Order\n\n\n@shared_task\n"
        "def pay(pk):\n    order = Order.objects.get(pk=pk)\n    requests.get('a', timeout=1)\n"
    )

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (
                "    order.paid = True\n    order.save()\n",
                '    order.paid = True\n    order.save(update_fields=["paid"])\n',
            ),
            ("    order.other = True\n    order.save()\n", None),
            ("    order.paid = True\n    change(order)\n    order.save()\n", None),
            ("    order.close()\n    order.paid = True\n    order.save()\n", None),
        ],
    )
    def test_only_where_all_that_is_set_is_seen(self, tmp_path: Path, before: str, after: str | None) -> None:
        files = {"shop/models.py": self.MODEL, "shop/tasks.py": self.HEAD + before}
        assert self.HEAD + (after or before) == fixed(tmp_path, "CLT318", files, "shop/tasks.py")
