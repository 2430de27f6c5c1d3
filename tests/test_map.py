"""The map: what is wired to what, in each of its formats."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from building import write

from celery_lint.cli import main

CELERY = """\
import os
from celery import Celery
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings")
app = Celery("proj")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
"""
SETTINGS = """\
INSTALLED_APPS = ["shop"]
CELERY_TASK_ROUTES = {"shop.tasks.send_*": {"queue": "mail"}}
CELERY_BEAT_SCHEDULE = {
    "night": {"task": "shop.tasks.clean", "schedule": 3600.0, "options": {"queue": "slow"}},
}
"""
TASKS = """\
from celery import shared_task

@shared_task
def send_receipt(order_pk): ...

@shared_task
def clean(): ...

@shared_task
def forgotten(): ...
"""
VIEWS = """\
from django.db import transaction
from shop.tasks import send_receipt

def pay(request, order_pk, queue):
    with transaction.atomic():
        send_receipt.delay(order_pk)
    transaction.on_commit(lambda: send_receipt.delay(order_pk))

def again(request, order_pk, queue):
    send_receipt.apply_async((order_pk,), queue=queue)
"""
FILES: Mapping[str, str] = {
    "manage.py": "",
    "requirements.txt": "celery==5.4.0\n",
    "proj/__init__.py": "from proj.celery import app as celery_app\n",
    "proj/celery.py": CELERY,
    "proj/settings.py": SETTINGS,
    "shop/__init__.py": "",
    "shop/tasks.py": TASKS,
    "shop/views.py": VIEWS,
    "Procfile": "worker: celery -A proj worker -Q celery,slow -P threads -c 4\n",
}
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "shop"
    write(root, FILES)
    monkeypatch.chdir(root)
    return root


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["map", *arguments])
    assert 0 == ended.value.code
    return capsys.readouterr().out


def chart(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed(capsys, "--format", "json", *arguments))
    return found


def codes(found: dict[str, Any], item: dict[str, Any]) -> list[str]:
    return [found["findings"][number]["code"] for number in item["findings"]]


class TestText:
    def test_queues_with_their_tasks_and_what_sends_them(self, capsys: pytest.CaptureFixture[str]) -> None:
        lines = printed(capsys).splitlines()
        assert lines[0].startswith("shop, Celery 5.4.0: 3 tasks, 3 dispatches, 1 schedule, 3 queues, 1 worker, ")
        text = "\n".join(lines)
        assert "Queue celery, the default: consumed by worker\n\n" in text
        assert "Queue mail: no worker  [CLT707]\n  shop.tasks.send_receipt (shop/tasks.py:4)\n" in text
        assert "    shop/views.py:6  shop.views.pay, delay, in a transaction  [CLT101]\n" in text
        assert "    shop/views.py:7  shop.views.pay.<lambda>, delay, after the commit\n" in text
        assert "Queue slow: consumed by worker\n  shop.tasks.clean (shop/tasks.py:7)\n" in text
        assert "    proj/settings.py:4  Beat, 3600.0\n" in text
        lost = text.partition("Tasks whose queue is not known\n")[2].partition("\n\n")[0]
        assert lost.endswith("shop/views.py:10  shop.views.again, apply_async, no transaction known")
        assert "Tasks that nothing is seen to send\n  shop.tasks.forgotten (shop/tasks.py:10)" in text
        assert text.endswith("Workers\n  worker (production, Procfile:1): celery, slow")

    def test_a_tree_without_celery(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(tmp_path / "empty", {"manage.py": ""})
        said = "empty, Celery of unknown release: 0 tasks, 0 dispatches, 0 schedules, 0 queues, 0 workers, 0 findings\n"
        assert said == printed(capsys, str(tmp_path / "empty"))


class TestJson:
    def test_what_decides_on_a_queue(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = chart(capsys)
        assert [("mail", "route"), ("mail", "route"), (None, "")] == [
            (each["queue"], each["decided_by"]) for each in found["dispatches"]
        ]
        (entry,) = found["schedules"]
        assert ("slow", "schedule") == (entry["queue"], entry["decided_by"])

    def test_periodic_tasks_of_code(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        code = """\
from celery.schedules import crontab
from proj.celery import app
from shop.tasks import clean, forgotten

@app.on_after_finalize.connect
def plan(sender, **kwargs):
    sender.add_periodic_task(crontab(minute=0), clean.s(), name="hourly", queue="slow")
    app.add_periodic_task(30.0, forgotten.s())
"""
        write(shop, {"shop/plan.py": code})
        found = chart(capsys)
        _, hourly, other = found["schedules"]
        assert ("hourly", "shop.tasks.clean", "crontab(minute=0)") == (hourly["name"], hourly["task"], hourly["when"])
        assert ("slow", "schedule") == (hourly["queue"], hourly["decided_by"])
        assert ("shop.tasks.forgotten", "30.0", "celery") == (other["name"], other["when"], other["queue"])
        assert "shop/plan.py" not in {each["path"] for each in found["dispatches"]}

    def test_states_of_queues_and_workers(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = chart(capsys)
        states = {queue["name"]: (queue["state"], queue["workers"]) for queue in found["queues"]}
        assert {"celery": ("consumed", [0]), "mail": ("without worker", []), "slow": ("consumed", [0])} == states
        (worker,) = found["workers"]
        assert (["celery", "slow"], "threads", 4) == (worker["queues"], worker["pool"], worker["concurrency"])

    def test_findings_are_marked_where_they_are(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = chart(capsys)
        inside, after, _ = found["dispatches"]
        assert (["CLT101"], []) == (codes(found, inside), codes(found, after))
        assert "shop/views.py:5: " in inside["opened"]
        mail = next(queue for queue in found["queues"] if queue["name"] == "mail")
        assert ["CLT707"] == codes(found, mail)

    def test_positions_lead_to_what_they_stand_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = chart(capsys)
        for task in found["tasks"]:
            assert all(found["dispatches"][number]["task"] == task["name"] for number in task["dispatches"])
            assert all(found["schedules"][number]["task"] == task["name"] for number in task["schedules"])

    def test_paths_are_as_users_see_them(
        self, shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(shop.parent)
        assert {"shop/shop/tasks.py"} == {task["path"] for task in chart(capsys, "shop")["tasks"]}


class Parser(HTMLParser):
    """Remembers what a page is made of, and whether each element ends where it should."""

    VOID = frozenset({"meta", "input", "link", "img", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.scripts: dict[str, str] = {}
        self.title = ""
        self._id = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.addresses += [given[name] or "" for name in ("src", "href", "action", "data") if name in given]
        self._id = given.get("id") or ""
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[self._id] = data
        elif self.open and self.open[-1] == "title":
            self.title += data


def parsed(page: str) -> Parser:
    parser = Parser()
    parser.feed(page)
    parser.close()
    assert [] == parser.open
    return parser


class TestPage:
    def test_it_holds_the_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        page = parsed(printed(capsys, "--format", "html"))
        assert chart(capsys) == json.loads(page.scripts["chart"])
        assert "shop · Celery map" == page.title

    def test_it_asks_nothing_of_the_network(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = printed(capsys, "--format", "html")
        assert ["#main"] == parsed(text).addresses
        assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttpRequest", text)
        assert "default-src 'none'" in text

    def test_text_of_the_project_is_no_markup(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        plain = parsed(printed(capsys, "--format", "html"))
        write(
            shop, {"shop/tasks.py": TASKS.replace("@shared_task\ndef clean", f"@shared_task(name='{EVIL}')\ndef clean")}
        )
        page = parsed(printed(capsys, "--format", "html"))
        assert plain.tags == page.tags
        assert EVIL in {task["name"] for task in json.loads(page.scripts["chart"])["tasks"]}

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_a_browser_draws_it(self, scheme: str, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if browser is None:
            pytest.skip("no browser")
        printed(capsys, "--format", "html", "--output", "map.html")
        drawn = dom(browser, shop / "map.html", scheme)
        assert f'data-theme="{scheme}"' in drawn
        assert ["mail", "slow"] == re.findall(r'<section class="lane"><header><h2>(\w+)</h2>', drawn)
        assert "no worker" in drawn
        assert 4 == drawn.count('class="card"')


def dom(browser: str, page: Path, scheme: str) -> str:
    """The page as it is once its script has run."""
    preferred = {"dark": 0, "light": 1}[scheme]
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--blink-settings=preferredColorScheme={preferred}"]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    done = subprocess.run(
        [browser, *options, profile, "--virtual-time-budget=5000", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


class TestMermaid:
    def test_arrows_lead_from_files_to_workers(self, capsys: pytest.CaptureFixture[str]) -> None:
        lines = [line.strip() for line in printed(capsys, "--format", "mermaid").splitlines()]
        assert "flowchart LR" == lines[0]
        names = {
            label: name for name, label in re.findall(r'^(\w+)\W+"([^"]+)"\W+?:::', "\n".join(lines), re.MULTILINE)
        }
        task = names["shop.tasks.send_receipt"]
        assert f'{names["shop/views.py"]} -->|"in a transaction"| {task}' in lines
        assert f"{task} --> {names['mail']}" in lines
        assert f"{names['slow']} --> {names['worker']}" in lines
        assert any(line.startswith(names["mail"]) and line.endswith(":::finding") for line in lines)
        assert "shop.tasks.forgotten" not in names

    def test_labels_are_escaped(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(shop, {"proj/settings.py": SETTINGS.replace('"night"', "'a \"quoted\" <b>#1</b>'")})
        text = printed(capsys, "--format", "mermaid")
        assert "a #quot;quoted#quot; #lt;b#gt;#35;1#lt;/b#gt;: 3600.0" in text


class TestCommand:
    def test_output_goes_to_a_file(self, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "" == printed(capsys, "--format", "json", "--output", "map.json")
        assert chart(capsys) == json.loads((shop / "map.json").read_text(encoding="utf-8"))

    @pytest.mark.parametrize(
        "arguments, said",
        [
            (["--output", "nowhere/map.html"], "celery-lint: nowhere/map.html: No such file or directory\n"),
            (["nowhere"], "celery-lint: nowhere: no such file or directory\n"),
        ],
    )
    def test_what_cannot_be_done_is_one_line(
        self, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["map", *arguments])
        assert (2, said) == (ended.value.code, capsys.readouterr().err)
