"""Where messages go and who consumes them: known, or not known, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import build

from celery_lint.project.wiring import Queues

CELERY = """\
import os
from celery import Celery
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings")
app = Celery("proj")
app.config_from_object("django.conf:settings", namespace="CELERY")
"""
TASKS = """\
from celery import shared_task

@shared_task
def pay(order_pk): ...

@shared_task(queue="own")
def ship(order_pk): ...
"""
VIEWS = """\
from proj.celery import app
from shop.tasks import pay, ship

def view(request, name):
"""


def wired(
    root: Path, send: str, settings: str = "", worker: str = "celery -A proj worker", tasks: str = TASKS, **more: str
) -> Queues:
    """The queues of a project in which one view sends; `more` are files by their names without `.py`."""
    files = {
        "manage.py": "",
        "proj/__init__.py": "",
        "proj/celery.py": CELERY,
        "proj/settings.py": f"import os\nimport re\nfrom kombu import Queue\nINSTALLED_APPS = []\n{settings}\n",
        "shop/__init__.py": "",
        "shop/tasks.py": tasks,
        "shop/views.py": f"{VIEWS}    {send}\n",
        "Procfile": f"worker: {worker}\n",
        **{f"{name}.py": text for name, text in more.items()},
    }
    (queues,) = build(root, files).wiring.queues
    return queues


def went(queues: Queues) -> list[tuple[str | None, str]]:
    return [(delivery.queue, delivery.by) for delivery in queues.deliveries]


class TestDestinations:
    @pytest.mark.parametrize(
        "send, queue, by",
        [
            ("pay.delay(1)", "celery", "default"),
            ("pay.apply_async((1,), queue='mail')", "mail", "call"),
            ("pay.apply_async((1,), queue=None)", "celery", "default"),
            ("pay.apply_async((1,), queue=name)", None, "call"),
            ("pay.apply_async((1,), routing_key='mail')", None, "call"),
            ("pay.apply_async((1,), queue='mail', routing_key='mail')", "mail", "call"),
            ("pay.apply_async((1,), **request.options)", None, "call"),
            ("ship.delay(1)", "own", "task"),
            ("ship.apply_async((1,), queue='mail')", "mail", "call"),
            ("ship.s(1).set(queue='mail')", "mail", "call"),
            ("app.send_task('shop.tasks.ship')", "own", "task"),
            ("app.send_task('other.task')", "celery", "default"),
            ("app.send_task(name)", None, "task"),
        ],
    )
    def test_calls_and_tasks(self, send: str, queue: str | None, by: str, tmp_path: Path) -> None:
        assert (queue, by) in went(wired(tmp_path, send))

    @pytest.mark.parametrize(
        "routes, queue",
        [
            ("{'shop.tasks.pay': 'mail'}", "mail"),
            ("{'shop.tasks.pay': {'queue': 'mail'}}", "mail"),
            ("{'shop.tasks.pay': {'queue': Queue('mail')}}", "mail"),
            ("{'shop.*': 'glob', 'shop.tasks.pay': 'whole'}", "whole"),
            ("{'shop.*': 'first', '*.pay': 'second'}", "first"),
            ("[{'shop.tasks.ship': 'no'}, {'shop.*': 'mail'}]", "mail"),
            ("([('shop.*', {'queue': 'mail'})],)", "mail"),
            ("{re.compile(r'shop\\.(tasks|jobs)\\..*'): {'queue': 'mail'}}", "mail"),
            ("{'shop.tasks.pay': {'priority': 3}}", "celery"),
            ("{'other.*': 'mail'}", "celery"),
            ("None", "celery"),
            # What is not known.
            ("{'shop.tasks.pay': {'routing_key': 'mail'}}", None),
            ("{'shop.tasks.pay': {'queue': os.environ['QUEUE']}}", None),
            ("{os.environ['NAME']: 'mail'}", None),
            ("{'other.*': 'mail', **somewhere()}", None),
            ("'proj.routing.route'", None),
            ("[{'other.*': 'mail'}, somewhere]", None),
            ("{re.compile(r'(a+)+b'): 'mail'}", None),
        ],
    )
    def test_routes(self, routes: str, queue: str | None, tmp_path: Path) -> None:
        found = wired(tmp_path, "pay.delay(1)", f"CELERY_TASK_ROUTES = {routes}")
        assert [queue] == [name for name, _ in went(found)]

    def test_a_known_route_goes_before_a_function(self, tmp_path: Path) -> None:
        found = wired(
            tmp_path, "pay.delay(1)", "CELERY_TASK_ROUTES = [{'shop.tasks.pay': 'mail'}, 'proj.routing.route']"
        )
        assert [("mail", "route")] == went(found)

    def test_the_default_queue(self, tmp_path: Path) -> None:
        assert [("jobs", "default")] == went(wired(tmp_path, "pay.delay(1)", "CELERY_TASK_DEFAULT_QUEUE = 'jobs'"))

    def test_entries_of_beat(self, tmp_path: Path) -> None:
        entries = (
            "CELERY_BEAT_SCHEDULE = {'one': {'task': 'shop.tasks.pay', 'schedule': 60, 'options': {'queue': 'mail'}},"
            " 'two': {'task': 'shop.tasks.ship', 'schedule': 60}, 'three': {'task': 'celery.x', 'schedule': 60}}"
        )
        found = wired(tmp_path, "pass", entries)
        assert [("mail", "schedule"), ("own", "task"), ("celery", "default")] == went(found)

    def test_a_wrapper_says_where_its_messages_go(self, tmp_path: Path) -> None:
        tasks = TASKS + "\ndef later(task, *args):\n    task.apply_async(args, queue='later')\n"
        send = "from shop.tasks import later; later(pay, 1)"
        assert [("later", "call")] == went(wired(tmp_path, send, tasks=tasks))


class TestWorkers:
    @pytest.mark.parametrize(
        "worker, settings, consumed",
        [
            ("celery -A proj worker", "", ["celery"]),
            ("celery -A proj worker", "CELERY_TASK_DEFAULT_QUEUE = 'jobs'", ["jobs"]),
            ("celery -A proj worker", "CELERY_TASK_QUEUES = [Queue('fast'), Queue('slow')]", ["fast", "slow"]),
            ("celery -A proj worker", "CELERY_TASK_QUEUES = {'fast': {}, 'slow': {}}", ["fast", "slow"]),
            ("celery -A proj worker", "CELERY_TASK_QUEUES = []", ["celery"]),
            ("celery -A proj worker -X slow", "CELERY_TASK_QUEUES = [Queue('fast'), Queue('slow')]", ["fast"]),
            ("celery -A proj worker -Q mail,slow", "CELERY_TASK_QUEUES = [Queue('fast')]", ["mail", "slow"]),
            ("celery -A proj worker -Q $QUEUES", "", None),
            ("celery -A proj worker -Q ${QUEUES:-mail}", "", ["mail"]),
            ("celery -A proj worker", "CELERY_TASK_QUEUES = [Queue('fast'), *more()]", None),
            ("celery -A proj worker", "from elsewhere import *", None),
        ],
    )
    def test_what_they_consume(self, worker: str, settings: str, consumed: list[str] | None, tmp_path: Path) -> None:
        queues = wired(tmp_path, "pay.delay(1)", settings, worker)
        (only,) = queues.workers
        found = queues.consumed(only)
        assert consumed == (None if found is None else sorted(found))


class TestAbandoned:
    SEND = "pay.apply_async((1,), queue='mail')"

    def test_a_queue_that_nobody_consumes(self, tmp_path: Path) -> None:
        assert ["mail"] == [queue.name for queue in wired(tmp_path, self.SEND).abandoned]

    @pytest.mark.parametrize(
        "worker", ["celery -A proj worker -Q mail", "celery -A proj worker -Q $QUEUES", "celery -A other worker"]
    )
    def test_workers_that_do_or_may(self, worker: str, tmp_path: Path) -> None:
        assert () == wired(tmp_path, self.SEND, worker=worker).abandoned

    @pytest.mark.parametrize(
        "send", ["app.send_task('warehouse.tasks.pick', queue='mail')", "app.send_task(name, queue='mail')"]
    )
    def test_tasks_of_other_services_have_workers_elsewhere(self, send: str, tmp_path: Path) -> None:
        assert () == wired(tmp_path, send).abandoned

    def test_sending_there_may_raise(self, tmp_path: Path) -> None:
        settings = "CELERY_TASK_CREATE_MISSING_QUEUES = False"
        assert () == wired(tmp_path, self.SEND, settings).abandoned

    def test_code_may_consume_it(self, tmp_path: Path) -> None:
        more = "from proj.celery import app\napp.control.add_consumer('mail')\n"
        assert () == wired(tmp_path, self.SEND, more=more).abandoned

    def test_environments_that_differ_leave_the_default_alone(self, tmp_path: Path) -> None:
        settings = "CELERY_TASK_DEFAULT_QUEUE = os.environ['QUEUE']"
        assert () == wired(tmp_path, "pay.delay(1)", settings, "celery -A proj worker -Q mail").abandoned


class TestNames:
    @pytest.mark.parametrize(
        "send, missing",
        [
            ("app.send_task('shop.tasks.pya')", ["shop.tasks.pya"]),
            ("app.send_task(name='shop.tasks.pya')", ["shop.tasks.pya"]),
            ("app.signature('shop.tasks.pya').delay()", ["shop.tasks.pya"]),
            ("app.tasks['shop.tasks.pya'].delay()", ["shop.tasks.pya"]),
            ("app.send_task('shop.tasks.pay')", []),
            ("app.send_task(pay.name)", []),
            ("app.send_task('elsewhere.tasks.pay')", []),
            ("app.send_task('celery.ping')", []),
            ("name.send_task('shop.tasks.pya')", []),
        ],
    )
    def test_calls(self, send: str, missing: list[str], tmp_path: Path) -> None:
        mentions = wired(tmp_path, send).project.wiring.mentions
        assert missing == [mention.name for mention in mentions if mention.is_missing]
