"""What production runs: whose command lines they are, and what the settings add to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import build

from celery_lint.project.deployments import Deployment

APP = 'from celery import Celery\n\napp = Celery("shop", broker="redis://redis")\n'


def deployments(root: Path, files: dict[str, str | bytes]) -> tuple[Deployment, ...]:
    return build(root, files).deployments


def only(root: Path, procfile: str, settings: str = "") -> Deployment:
    """The deployment of a project with one app in `shop/celery.py`."""
    (found,) = deployments(root, {"shop/__init__.py": "", "shop/celery.py": APP + settings, "Procfile": procfile})
    return found


class TestWhoseCommandsTheyAre:
    @pytest.mark.parametrize(
        "line, count",
        [
            ("celery -A shop worker", 1),
            ("celery worker", 1),
            ("celery -A $APP worker", 1),
            ("celery -A billing worker", 0),
        ],
    )
    def test_with_one_app(self, tmp_path: Path, line: str, count: int) -> None:
        assert count == len(only(tmp_path, f"w: {line}\n").workers)

    def test_developers_and_tests(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "shop/celery.py": APP,
            "Procfile": "w: celery -A shop worker\n",
            "Procfile.dev": "w: celery -A shop worker\n",
            "Procfile.test": "w: celery -A shop worker\n",
        }
        (deployment,) = deployments(tmp_path, files)
        commands = deployment.project.services.workers
        assert (1, 2, 3) == (len(deployment.workers), len(tuple(deployment.rehearsed(commands))), len(commands))

    def test_with_two_projects(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "one/manage.py": "",
            "one/shop/celery.py": APP,
            "two/manage.py": "",
            "two/depot/celery.py": APP,
            "Procfile": "a: celery -A shop.celery worker\nb: celery -A depot.celery worker\nc: celery -A $APP worker\n",
        }
        found = deployments(tmp_path, files)
        assert [("one", 1), ("two", 1)] == [(deployment.home, len(deployment.workers)) for deployment in found]
        assert not any(deployment.has_every_worker for deployment in found)


class TestWhatTheSettingsAdd:
    def test_the_command_line_wins(self, tmp_path: Path) -> None:
        settings = 'app.conf.worker_pool = "threads"\napp.conf.task_time_limit = 60\napp.conf.worker_concurrency = 3\n'
        deployment = only(
            tmp_path, "a: celery -A shop worker\nb: celery -A shop worker -P solo --time-limit 9\n", settings
        )
        said = [(crew.pool, crew.limit("time_limit"), crew.concurrency) for crew in deployment.crews]
        assert [("threads", 60, 3), ("solo", 9, 3)] == said

    def test_what_is_not_known(self, tmp_path: Path) -> None:
        settings = "import os\n\napp.conf.task_time_limit = int(os.environ['LIMIT'])\n"
        (crew,) = only(tmp_path, "a: celery -A shop worker -P $POOL -c $WORKERS\n", settings).crews
        assert (None, None, None) == (crew.pool, crew.limit("time_limit"), crew.concurrency)
        assert not crew.takes_processors
        assert not crew.lacks_limit("time_limit")
        assert crew.lacks_limit("soft_time_limit")

    def test_each_worker_has_the_settings_of_its_app(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "manage.py": "",
            "shop/__init__.py": "",
            "shop/fast.py": APP + "app.conf.task_time_limit = 5\n",
            "shop/slow.py": APP + "app.conf.task_time_limit = 500\n",
            "Procfile": "a: celery -A shop.fast worker\nb: celery -A shop.slow worker\nc: celery -A $APP worker\n",
        }
        (deployment,) = deployments(tmp_path, files)
        assert [5, 500, None] == [crew.limit("time_limit") for crew in deployment.crews]
