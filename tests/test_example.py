"""The example is a project that runs, and celery-lint finds in it what is wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from celery_lint.testing import findings

SHOP = Path(__file__).parent.parent / "examples" / "shop"

# Path, a part of the line, code. The example itself has no marks: it should look like anybody's code.
EXPECTED = [
    ("customers/services.py", 'enqueue(sync_to_crm, keep.pk, priority="low")', "CLT101"),
    ("customers/signals.py", "send_welcome_email.delay(instance.pk)", "CLT103"),
    ("customers/views.py", "export_customer_data.delay(customer)", "CLT201"),
    ("orders/admin.py", "notify_warehouse.delay(obj.pk)", "CLT101"),
    ("orders/management/commands/remind_unpaid.py", "send_payment_reminders.delay(unpaid)", "CLT202"),
    ("orders/models.py", "notify_warehouse.delay(self.pk)", "CLT104"),
    ("orders/services.py", "send_order_confirmation.delay(order.pk)", "CLT101"),
    ("orders/services.py", "transaction.on_commit(create_invoice.si(order.pk))", "CLT114"),
    ("orders/services.py", "transaction.on_commit(send_invoice.delay(order.pk))", "CLT105"),
    ("orders/services.py", "transaction.on_commit(lambda: send_tracking_code.delay(order.pk))", "CLT106"),
    ("orders/services.py", "order.cancel()", "CLT101"),
    ("orders/views.py", "services.receive_delivery(", "CLT101"),
    ("orders/tests/base.py", "CELERY_TASK_ALWAYS_EAGER=True", "CLT901"),
    ("proj/settings.py", "CELERY_BROKER_URL = ", "CLT601"),
    ("proj/settings.py", "CELERY_RESULT_BACKEND = ", "CLT602"),
]


def line_of(path: str, part: str) -> int:
    lines = (SHOP / path).read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, start=1) if part in line]
    return number


def test_findings() -> None:
    expected = {(path, line_of(path, part), code) for path, part, code in EXPECTED}
    found = findings(SHOP)
    assert sorted(found - expected) == [], "found and not expected"
    assert sorted(expected - found) == [], "expected and not found"


@pytest.mark.celery
@pytest.mark.parametrize(
    "command",
    [("check",), ("makemigrations", "--check"), ("migrate",), ("test",)],
    ids=lambda command: command[0],
)
def test_example_runs(command: tuple[str, ...], tmp_path: Path) -> None:
    pytest.importorskip("django")
    pytest.importorskip("celery")
    environment = {
        **os.environ,
        "DATABASE_PATH": str(tmp_path / "shop.sqlite3"),
        "DJANGO_SETTINGS_MODULE": "proj.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    result = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=SHOP,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
