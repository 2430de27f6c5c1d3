"""What Celery will see: values, how sure they are, where they come from, and in which environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from building import build, write

from celery_lint.cli import main
from celery_lint.project import Project
from celery_lint.project.configuration import Environment

CELERY = """\
import os
from celery import Celery
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings")
app = Celery("proj")
app.config_from_object("django.conf:settings", namespace="CELERY")
"""
HEAD = "import os\nfrom datetime import timedelta\nimport environ\nfrom decouple import config\nenv = environ.Env()\n"


def django(root: Path, settings: str, celery: str = CELERY, **more: str) -> Environment:
    """The first environment of a project with these settings; `more` are files by their names without `.py`."""
    files = {f"{name}.py": text for name, text in more.items()}
    texts = {"manage.py": "", "proj/__init__.py": "", "proj/celery.py": celery, "proj/settings.py": settings, **files}
    return environments(build(root, texts))[0]


def environments(project: Project) -> tuple[Environment, ...]:
    (configuration,) = project.configurations
    return configuration.environments


def environments_of(project: Project) -> list[Environment]:
    return [environment for configuration in project.configurations for environment in configuration.environments]


def seen(environment: Environment, name: str) -> list[str]:
    """The options of a setting: the value, how sure it is, and where it stands."""
    found = environment.setting(name)
    return [f"{o.number if o.number is not None else o.text} {o.state} {o.path}:{o.span.line}" for o in found.options]


VALUES: Mapping[str, tuple[object, str]] = {
    "300": (300, "known"),
    "5 * 60": (300, "known"),
    "timedelta(minutes=5)": (300, "known"),
    "os.environ.get('LIMIT', 300)": (300, "default"),
    "int(os.environ.get('LIMIT', '300'))": (300, "default"),
    "int(os.getenv('LIMIT') or 300)": (300, "default"),
    "env.int('LIMIT', default=300)": (300, "default"),
    "env('LIMIT', default=300)": (300, "default"),
    "config('LIMIT', default=300, cast=int)": (300, "default"),
    "int(os.environ['LIMIT'])": (None, "unknown"),
    "os.environ.get('LIMIT')": (None, "unknown"),
    "somewhere()": (None, "unknown"),
}


@pytest.mark.parametrize("text", VALUES)
def test_a_value_is_known_or_a_default_or_unknown(text: str, tmp_path: Path) -> None:
    setting = django(tmp_path, f"{HEAD}INSTALLED_APPS = []\nCELERY_TASK_TIME_LIMIT = {text}\n").setting(
        "task_time_limit"
    )
    assert VALUES[text] == (setting.number, setting.state)


class TestSources:
    @pytest.mark.parametrize("namespace", ["CELERY", "CELERY_"])
    def test_namespace(self, namespace: str, tmp_path: Path) -> None:
        found = django(
            tmp_path, "INSTALLED_APPS = []\nCELERY_TASK_TIME_LIMIT = 1\n", CELERY.replace("CELERY", namespace)
        )
        assert ["1 known proj/settings.py:2"] == seen(found, "task_time_limit")

    def test_without_namespace_the_old_names_are_read(self, tmp_path: Path) -> None:
        celery = CELERY.replace(', namespace="CELERY"', "")
        settings = "INSTALLED_APPS = []\nCELERYD_TASK_TIME_LIMIT = 1\nCELERY_TASK_SOFT_TIME_LIMIT = 2\n"
        found = django(tmp_path, settings, celery)
        assert ["1 known proj/settings.py:2"] == seen(found, "task_time_limit")
        assert [] == seen(found, "task_soft_time_limit")

    @pytest.mark.parametrize(
        "source",
        ["config.Settings", "config.Settings()", "'config:Settings'", "'config.Settings'", "config.TABLE", "'values'"],
    )
    def test_class_object_dict_and_module(self, source: str, tmp_path: Path) -> None:
        celery = f"import config\nfrom celery import Celery\napp = Celery('x')\napp.config_from_object({source})\n"
        config = (
            "class Base:\n    task_time_limit = 1\nclass Settings(Base):\n    pass\nTABLE = {'task_time_limit': 1}\n"
        )
        files = {"app.py": celery, "config.py": config, "values.py": "task_time_limit = 1\n"}
        (found,) = environments(build(tmp_path, files))
        assert 1 == found.setting("task_time_limit").number
        assert found.is_complete

    def test_a_dict_in_djangos_settings(self, tmp_path: Path) -> None:
        celery = CELERY.replace('"django.conf:settings", namespace="CELERY"', "settings.CELERY")
        celery = f"from django.conf import settings\n{celery}"
        found = django(tmp_path, "INSTALLED_APPS = []\nCELERY = {\n    'task_time_limit': 1,\n}\n", celery)
        assert ["1 known proj/settings.py:3"] == seen(found, "task_time_limit")

    @pytest.mark.parametrize(
        "line",
        [
            "app.conf.task_time_limit = 1",
            "app.conf['task_time_limit'] = 1",
            "app.conf.update(task_time_limit=1)",
            "app.conf.update({'task_time_limit': 1})",
            "app.conf.update(**{'task_time_limit': 1})",
        ],
    )
    def test_on_the_app(self, line: str, tmp_path: Path) -> None:
        found = django(tmp_path, "INSTALLED_APPS = []\n", f"{CELERY}{line}\n")
        assert ["1 known proj/celery.py:6"] == seen(found, "task_time_limit")

    def test_keywords_of_the_app(self, tmp_path: Path) -> None:
        text = "from celery import Celery\napp = Celery('x', broker='redis://', backend='rpc://', task_time_limit=1)\n"
        (found,) = environments(build(tmp_path, {"app.py": text}))
        names = ("broker_url", "result_backend", "task_time_limit")
        assert [["redis:// known app.py:2"], ["rpc:// known app.py:2"], ["1 known app.py:2"]] == [
            seen(found, name) for name in names
        ]

    @pytest.mark.parametrize(("version", "expected"), [("5.6", 1.0), ("5.7", 2.0), (None, None)])
    def test_the_release_says_whether_app_or_django_wins(
        self, version: str | None, expected: float | None, tmp_path: Path
    ) -> None:
        files = {
            "proj/__init__.py": "",
            "proj/celery.py": f"{CELERY}app.conf.task_time_limit = 2\n",
            "proj/settings.py": "INSTALLED_APPS = []\nCELERY_TASK_TIME_LIMIT = 1\n",
        }
        built = build(tmp_path, files)
        project = Project(built.root, built.sources.files, target_celery=version)
        assert expected == environments(project)[0].setting("task_time_limit").number

    @pytest.mark.parametrize(
        "line", ["app.config_from_envvar('X')", "app.config_from_object('elsewhere')", "app.conf.update(load())"]
    )
    def test_what_is_not_in_the_tree_is_a_gap(self, line: str, tmp_path: Path) -> None:
        text = f"from celery import Celery\nfrom elsewhere import load\napp = Celery('x')\n{line}\n"
        (found,) = environments(build(tmp_path, {"app.py": text}))
        assert ("unknown", None) == (found.setting("task_acks_late").state, found.setting("task_acks_late").truth)
        assert [("app.py", 4)] == [(gap.path, gap.span.line) for gap in found.gaps]


class TestModules:
    def test_environments_by_inheritance(self, tmp_path: Path) -> None:
        base = "INSTALLED_APPS = []\nCELERY_TASK_TIME_LIMIT = 1\nCELERY_TASK_SOFT_TIME_LIMIT = 1\n"
        files = {
            "manage.py": "",
            "proj/__init__.py": "",
            "proj/celery.py": CELERY.replace("proj.settings", "proj.settings.production"),
            "proj/settings/__init__.py": "",
            "proj/settings/base.py": base,
            "proj/settings/production.py": "from .base import *\nCELERY_TASK_TIME_LIMIT = 2\n",
            "proj/settings/test.py": "from .base import *\nCELERY_TASK_TIME_LIMIT = 3\n",
            "proj/settings/local.py": "from .base import *\n",
        }
        found = environments(build(tmp_path, files))
        assert [
            ("production", "proj.settings.production", 2, 1),
            ("development", "proj.settings.local", 1, 1),
            ("tests", "proj.settings.test", 3, 1),
        ] == [
            (e.kind, e.title, e.setting("task_time_limit").number, e.setting("task_soft_time_limit").number)
            for e in found
        ]

    def test_settings_dist_is_included(self, tmp_path: Path) -> None:
        settings = "from split_settings.tools import include\ninclude('settings.dist.py', 'gone.py')\n"
        found = django(
            tmp_path, settings, **{"proj/settings.dist": "INSTALLED_APPS = []\nCELERY_TASK_TIME_LIMIT = 1\n"}
        )
        assert ["1 known proj/settings.dist.py:2"] == seen(found, "task_time_limit")
        assert ["`gone.py` is not in the tree"] == [gap.reason for gap in found.gaps]

    def test_classes(self, tmp_path: Path) -> None:
        settings = (
            "from configurations import Configuration\n"
            "class Base(Configuration):\n    INSTALLED_APPS = []\n    CELERY_TASK_TIME_LIMIT = 1\n"
            "class Production(Base):\n    @property\n    def CELERY_TASK_SOFT_TIME_LIMIT(self):\n        return 2\n"
            "class Test(Base):\n    CELERY_TASK_TIME_LIMIT = 3\n"
        )
        files = {"proj/__init__.py": "", "proj/celery.py": CELERY, "proj/settings.py": settings}
        found = environments(build(tmp_path, files))
        assert [("production", "proj.settings:Production", 1, 2), ("tests", "proj.settings:Test", 3, None)] == [
            (e.kind, e.title, e.setting("task_time_limit").number, e.setting("task_soft_time_limit").number)
            for e in found
        ]

    @pytest.mark.parametrize(
        "line",
        [
            "globals()['CELERY_TASK_TIME_LIMIT'] = 1",
            "locals().update({'CELERY_TASK_TIME_LIMIT': 1})",
            "globals().update(CELERY_TASK_TIME_LIMIT=1)",
        ],
    )
    def test_names_set_by_name(self, line: str, tmp_path: Path) -> None:
        found = django(tmp_path, f"INSTALLED_APPS = []\n{line}\n")
        assert ["1 known proj/settings.py:2"] == seen(found, "task_time_limit")

    @pytest.mark.parametrize(
        "line", ["from elsewhere import *", "configure(locals())", "exec(text)", "globals()[name] = 1"]
    )
    def test_what_may_set_anything_is_a_gap(self, line: str, tmp_path: Path) -> None:
        found = django(tmp_path, f"INSTALLED_APPS = []\n{line}\nCELERY_TASK_TIME_LIMIT = 1\n")
        assert ["1 known proj/settings.py:3"] == seen(found, "task_time_limit")
        assert found.setting("task_acks_late").is_set is None

    def test_lists_and_dicts_that_are_changed_later(self, tmp_path: Path) -> None:
        settings = (
            "INSTALLED_APPS = ['a']\nINSTALLED_APPS += ['b']\nINSTALLED_APPS.append('c')\n"
            "CELERY_TASK_ROUTES = {'x': {'queue': 'one'}}\nCELERY_TASK_ROUTES['y'] = {'queue': 'two'}\n"
            "CELERY_TASK_ROUTES.update({'z': {}})\nCELERY_TASK_ROUTES['x']['queue'] = 'three'\n"
        )
        found = django(tmp_path, settings)
        apps = found.django("INSTALLED_APPS").datum
        routes = found.setting("task_routes").datum
        assert apps is not None
        assert routes is not None
        assert ["a", "b", "c"] == [item.text for item in apps.items]
        assert ["x", "y", "z"] == [key.text for key, _ in routes.entries]
        x = routes.get("x")
        assert x is not None
        assert "three" == getattr(x.get("queue"), "text", None)

    def test_conditions(self, tmp_path: Path) -> None:
        settings = (
            "INSTALLED_APPS = []\nCELERY_TASK_TIME_LIMIT = 1\nif DEBUG:\n    CELERY_TASK_TIME_LIMIT = 2\n"
            "if X:\n    CELERY_TASK_SOFT_TIME_LIMIT = 3\nelse:\n    CELERY_TASK_SOFT_TIME_LIMIT = 4\n"
            "if X:\n    CELERY_RESULT_EXPIRES = 5\n"
        )
        found = django(tmp_path, settings)
        assert ["1 known proj/settings.py:2"] == seen(found, "task_time_limit")
        assert 2 == len(found.setting("task_soft_time_limit").options)
        assert (True, None) == (
            found.setting("task_soft_time_limit").is_set,
            found.setting("task_soft_time_limit").number,
        )
        assert found.setting("result_expires").is_set is None

    def test_a_part_of_the_settings_is_no_environment(self, tmp_path: Path) -> None:
        settings = "from proj.conf import routes\nINSTALLED_APPS = []\nCELERY_TASK_ROUTES = routes.CELERY_TASK_ROUTES\n"
        more = {"proj/conf/__init__": "", "proj/conf/routes": "CELERY_TASK_ROUTES = {'shop.*': {'queue': 'shop'}}\n"}
        found = django(tmp_path, settings, **more)
        assert ["proj.settings"] == [each.title for each in found.configuration.environments]

    def test_classes_that_another_module_imports_by_name(self, tmp_path: Path) -> None:
        base = "class Base:\n    INSTALLED_APPS = []\n    CELERY_TASK_TIME_LIMIT = 1\n"
        local = "from proj.settings.base import Base\nclass LocalSettings(Base):\n    CELERY_TASK_TIME_LIMIT = 2\n"
        more = {"proj/settings/__init__": "", "proj/settings/base": base, "proj/settings/local": local}
        files = {f"{name}.py": text for name, text in more.items()}
        found = environments(build(tmp_path, {"proj/__init__.py": "", "proj/celery.py": CELERY, **files}))
        assert ["proj.settings.base:Base", "proj.settings.local:LocalSettings"] == [each.title for each in found]

    def test_a_class_that_is_chosen_at_run_time(self, tmp_path: Path) -> None:
        """The settings are read, and what is not among them may be set by the class."""
        chosen = CELERY.replace("from celery import Celery", "from somewhere import choose\nCelery = choose()")
        found = django(tmp_path, "INSTALLED_APPS = []\nCELERY_TASK_TIME_LIMIT = 1\n", chosen)
        assert ["1 known proj/settings.py:2"] == seen(found, "task_time_limit")
        assert found.setting("task_acks_late").is_set is None


class TestAdditions:
    """What code adds to a dict outside of the settings."""

    def schedule(self, root: Path, settings: str = "INSTALLED_APPS = []\n", **more: str) -> tuple[list[str], bool]:
        found = django(root, settings, **more).setting("beat_schedule").options
        return [key.text or "" for option in found for key, _ in option.entries], all(o.is_complete for o in found)

    @pytest.mark.parametrize(
        "line",
        [
            'app.conf.beat_schedule["more"] = {"task": "shop.tasks.pay"}',
            'app.conf["beat_schedule"]["more"] = {"task": "shop.tasks.pay"}',
            'app.conf.beat_schedule.update(more={"task": "shop.tasks.pay"})',
            'app.conf.beat_schedule.setdefault("more", {"task": "shop.tasks.pay"})',
        ],
    )
    def test_on_the_app(self, line: str, tmp_path: Path) -> None:
        given = 'INSTALLED_APPS = []\nCELERY_BEAT_SCHEDULE = {"first": {"task": "shop.tasks.ship"}}\n'
        assert (["first", "more"], True) == self.schedule(tmp_path / "both", given, celery=f"{CELERY}{line}\n")
        assert (["more"], True) == self.schedule(tmp_path / "alone", celery=f"{CELERY}{line}\n")

    def test_on_djangos_settings(self, tmp_path: Path) -> None:
        shop = 'from django.conf import settings\nsettings.CELERY_BEAT_SCHEDULE["more"] = {"task": "shop.tasks.pay"}\n'
        given = 'INSTALLED_APPS = []\nCELERY_BEAT_SCHEDULE = {"first": {"task": "shop.tasks.ship"}}\n'
        assert (["first", "more"], True) == self.schedule(tmp_path, given, schedules=shop)

    def test_in_a_function_or_by_unknown_keys_there_may_be_others(self, tmp_path: Path) -> None:
        inside = "def ready(self):\n    app.conf.beat_schedule['more'] = {}\n"
        assert (["more"], False) == self.schedule(tmp_path / "inside", celery=CELERY + inside)
        unknown = "app.conf.beat_schedule[name()] = {}\n"
        assert ([], False) == self.schedule(tmp_path / "unknown", celery=CELERY + unknown)

    def test_not_in_tests(self, tmp_path: Path) -> None:
        only = "if TESTING:\n    app.conf.beat_schedule['more'] = {}\n"
        assert ([], True) == self.schedule(tmp_path, celery=CELERY + only)


def test_no_code_of_the_project_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    trap = f"open({str(mark)!r}, 'w').close()\n"
    found = django(tmp_path, f"{trap}INSTALLED_APPS = []\nCELERY_TASK_TIME_LIMIT = 1\n", f"{trap}{CELERY}")
    assert ["1 known proj/settings.py:3"] == seen(found, "task_time_limit")
    assert not mark.exists()


def test_a_settings_module_that_does_not_parse_is_empty(tmp_path: Path) -> None:
    files = {"proj/__init__.py": "", "proj/celery.py": CELERY, "proj/settings.py": "INSTALLED_APPS = [\n"}
    assert all(e.setting("broker_url").options == () for e in environments(build(tmp_path, files)))


def test_an_app_without_configuration_has_no_settings(tmp_path: Path) -> None:
    assert () == build(tmp_path, {"shop/tasks.py": "from celery import shared_task\n"}).configurations


class TestMisspelt:
    """Settings that Celery does not read, and which are meant."""

    @pytest.mark.parametrize(
        ("name", "meant"),
        {
            "CELERY_TASK_TIME_LIMT": "task_time_limit",
            "CELERY_MAX_TASKS_PER_CHILD": "worker_max_tasks_per_child",
            "CELRY_TASK_TIME_LIMIT": "task_time_limit",
            "CELREY_TASK_TIME_LIMIT": "task_time_limit",
            "CELERYY_TASK_TIME_LIMIT": "task_time_limit",
            "CELERY_DEFAULT_QUEU": "task_default_queue",
            "CELERY_QUEUE": "",
            "CELERY_MAX_TASKS": "",
            "CELEBRATION_TIMEZONE": "",
            "CELRY_HOME": "",
        }.items(),
    )
    def test_what_is_meant(self, name: str, meant: str, tmp_path: Path) -> None:
        environment = django(tmp_path, f"CELERY_TIMEZONE = 'UTC'\n{name} = 3\n")
        assert ([meant] if meant else []) == [each.meant for each in environment.misspelt]

    def test_the_namespace_of_another_app(self, tmp_path: Path) -> None:
        celery = CELERY + CELERY.replace("app", "other").replace('"CELERY"', '"CELERY2"')
        files = {"manage.py": "", "proj/__init__.py": "", "proj/celery.py": celery}
        found = environments_of(
            build(tmp_path, {**files, "proj/settings.py": "CELERY_TIMEZONE = 1\nCELERY2_TASK_TIME_LIMIT = 3\n"})
        )
        assert [] == [each.meant for environment in found for each in environment.misspelt]

    def test_a_setting_that_is_given_by_a_dead_name_is_not_lacking(self, tmp_path: Path) -> None:
        environment = django(tmp_path, "CELERY_ACKS_LATE = True\nCELERY_SOFT_TIME_LIMIT = 3\n")
        names = ("task_acks_late", "task_soft_time_limit", "task_time_limit")
        assert [False, False, True] == [environment.lacks(name) for name in names]


class TestCommand:
    FILES = {
        "proj/__init__.py": "",
        "proj/celery.py": CELERY,
        "proj/settings.py": "import os\nfrom elsewhere import *\nINSTALLED_APPS = []\n"
        "CELERY_BROKER_URL = 'redis://shop:secret@redis:6379/0'\nCELERY_TASK_TIME_LIMIT = int(os.environ['LIMIT'])\n",
    }

    def printed(self, root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
        write(root, self.FILES)
        with pytest.raises(SystemExit) as done:
            main(["settings", str(root), *options])
        assert 0 == done.value.code
        return capsys.readouterr().out

    def test_text(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        expected = [
            "proj.settings (production), app in proj/celery.py, Celery unknown",
            "  broker_url       known    'redis://shop:***@redis:6379/0'  (proj/settings.py:4)",
            "  task_time_limit  unknown  ?  (proj/settings.py:5, from LIMIT)",
            "  unknown: `from elsewhere import *` is not in the tree (proj/settings.py:1)",
        ]
        assert expected == self.printed(tmp_path, capsys).splitlines()[:4]

    def test_json(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (table,) = json.loads(self.printed(tmp_path, capsys, "--format", "json"))["environments"]
        assert ["known", "unknown"] == [setting["state"] for setting in table["settings"]]
        assert "production" == table["kind"]


def test_what_is_missing_is_missed_at_a_setting_that_celery_knows(tmp_path: Path) -> None:
    settings = 'INSTALLED_APPS = []\nCELERY_MAILS = "mails"\nCELERY_BROKER_URL = "redis://h/0"\n'
    place = django(tmp_path, settings).configuration.place
    assert ("proj/settings.py", 3) == (place.path, place.span.line)


def test_what_is_missing_is_missed_at_a_setting_of_ones_own_if_there_is_no_other(tmp_path: Path) -> None:
    place = django(tmp_path, 'INSTALLED_APPS = []\nCELERY_MAILS = "mails"\n').configuration.place
    assert ("proj/settings.py", 2) == (place.path, place.span.line)
