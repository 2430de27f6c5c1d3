"""Settings as a project writes them: what they amount to, under which conditions, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from building import build, one, sights

from celery_lint.project.conditions import guard as guard_of

xfail = pytest.mark.xfail

TRUTHS = {
    "True": True,
    "False": False,
    "None": False,
    "1": True,
    "0": False,
    "'yes'": True,
    "''": False,
    "()": False,
    "(1,)": True,
    "ON": True,
    "OFF": False,
    "somewhere.ON": None,
    "env.bool('X', default=True)": True,
    "env.bool('X', default=False)": False,
    "env.bool('X', True)": True,
    "env.bool('X')": None,
    "env('X', default='true')": True,
    "env('X', cast=bool, default=False)": False,
    "env('X', bool, False)": False,
    "config('X', default=True, cast=bool)": True,
    "config('X', default='off', cast=bool)": False,
    "config('X', cast=bool)": None,
    "config('X', fallback='1')": True,
    "strtobool(os.environ.get('X', 'True'))": True,
    "strtobool(os.environ.get('X', 'no'))": False,
    "strtobool(os.getenv('X', 'on'))": True,
    "strtobool(os.environ['X'])": None,
    "bool(strtobool(os.environ.get('X', 'n')))": False,
    "bool(int(os.environ.get('X', 0)))": False,
    "bool(int(os.environ.get('X', '1')))": True,
    "os.environ.get('X')": None,
    "os.environ.get('X', False)": False,
    "os.environ.get('X', 'False') == 'True'": None,
    "not OFF": None,
    "env.bool('X', default=ON)": True,
    "env.bool('X', default=read())": None,
}


class TestTruth:
    @pytest.mark.parametrize("text", TRUTHS)
    def test_of_a_value(self, text: str, tmp_path: Path) -> None:
        head = "import os\nfrom elsewhere import config, env, read, somewhere, strtobool\nON, OFF = True, False\n"
        project = one(tmp_path, f"{head}see({text})\n")
        view = project.program.view("shop.py")
        call = view.facts.calls[sights(view)[0]]
        place = project.program.place_of_call("shop.py", call)
        assert TRUTHS[text] is project.settings.truth(call.args[0], place)


DATABASES = {
    "nested": "DATABASES = {'default': {'ATOMIC_REQUESTS': True}}",
    "annotated": "DATABASES: dict = {'default': {'ATOMIC_REQUESTS': True}}",
    "item": "DATABASES['default']['ATOMIC_REQUESTS'] = True",
    "item in double quotes": 'DATABASES["default"]["ATOMIC_REQUESTS"] = env.bool("X", default=True)',
    "item of a dict": "DATABASES['default'] = {'ATOMIC_REQUESTS': True}",
    "spread": "DATABASES = {'default': {**env.db(), 'ATOMIC_REQUESTS': True}}",
    "dict() in a display": "DATABASES = {'default': dict(ENGINE='x', ATOMIC_REQUESTS=True)}",
    "update": "DATABASES['default'].update(ATOMIC_REQUESTS=True)",
    "argument": "DATABASES = {'default': dj_database_url.config(default='x', ATOMIC_REQUESTS=True)}",
    "merged": "DATABASES['default'] |= {'ATOMIC_REQUESTS': True}",
    "from the environment": "DATABASES = {'default': {'ATOMIC_REQUESTS': env.bool('X', default=True)}}",
    "a variable": "DEFAULT = {'ATOMIC_REQUESTS': True}\nDATABASES = {'default': DEFAULT}",
    "in a class": "class Base:\n    DATABASES = {'default': {'ATOMIC_REQUESTS': True}}",
}
MISSED = {
    "dict() of dict()": "DATABASES = dict(default=dict(ENGINE='x', ATOMIC_REQUESTS=True))",
    "update with a dict": "DATABASES['default'].update({'ATOMIC_REQUESTS': True})",
    "setdefault": "DATABASES['default'].setdefault('ATOMIC_REQUESTS', True)",
    "or-ed": "DATABASES = {'default': env.db() | {'ATOMIC_REQUESTS': True}}",
}
OFF = {
    "False": "DATABASES = {'default': {'ATOMIC_REQUESTS': False}}",
    "item": "DATABASES['default']['ATOMIC_REQUESTS'] = False",
    "unknown": "DATABASES = {'default': {'ATOMIC_REQUESTS': read()}}",
    "off by default": "DATABASES = {'default': {'ATOMIC_REQUESTS': env.bool('X', default=False)}}",
    "of something else": "OPTIONS = {'default': {'ATOMIC_REQUESTS': True}}",
    "a setting of its own": "ATOMIC_REQUESTS = True",
    "comment": "DATABASES = {}  # ATOMIC_REQUESTS",
}


def homes(root: Path, files: Mapping[str, str]) -> dict[str, tuple[str, int, str]]:
    """Which project's requests are atomic: home → file, line and guard of the setting that says so."""
    found = build(root, dict(files)).settings.atomic_requests
    return {home: (item.path, item.span.line, item.guard) for home, item in found.items()}


class TestAtomicRequests:
    @pytest.mark.parametrize("name", DATABASES)
    def test_are_on(self, name: str, tmp_path: Path) -> None:
        assert [""] == list(homes(tmp_path, {"shop/settings.py": DATABASES[name] + "\n"}))

    @xfail(strict=True, reason="not understood")
    @pytest.mark.parametrize("name", MISSED)
    def test_are_on_though_it_is_not_seen(self, name: str, tmp_path: Path) -> None:
        assert [""] == list(homes(tmp_path, {"shop/settings.py": MISSED[name] + "\n"}))

    @pytest.mark.parametrize("name", OFF)
    def test_are_off(self, name: str, tmp_path: Path) -> None:
        assert {} == homes(tmp_path, {"shop/settings.py": OFF[name] + "\n"})

    def test_are_off_when_turned_off_again(self, tmp_path: Path) -> None:
        text = "DATABASES = {'default': {'ATOMIC_REQUESTS': True}}\nDATABASES['default']['ATOMIC_REQUESTS'] = False\n"
        assert {} == homes(tmp_path, {"shop/settings.py": text})

    def test_are_off_when_something_else_is_updated(self, tmp_path: Path) -> None:
        assert {} == homes(tmp_path, {"shop/settings.py": "OPTIONS.update(ATOMIC_REQUESTS=True)\n"})

    @pytest.mark.parametrize(
        "path", ["shop/settings/test.py", "shop/tests/settings.py", "shop/settings/local.py", "shop/settings_dev.py"]
    )
    def test_not_of_production(self, path: str, tmp_path: Path) -> None:
        assert {} == homes(tmp_path, {path: DATABASES["nested"]})

    def test_of_one_project_of_two(self, tmp_path: Path) -> None:
        on, off = DATABASES["nested"], OFF["False"]
        files = {"one/manage.py": "", "one/shop/settings.py": on, "two/manage.py": "", "two/shop/settings.py": off}
        assert {"one": ("one/shop/settings.py", 1, "")} == homes(tmp_path, files)


class TestHome:
    def test_of_files_in_a_tree_of_two_projects(self, tmp_path: Path) -> None:
        names = ("one/manage.py", "two/manage.py", "two/inner/manage.py", "common/tasks.py")
        settings = build(tmp_path, dict.fromkeys(names, "")).settings
        homes = {
            "one/shop/tasks.py": "one",
            "two/shop/tasks.py": "two",
            "two/inner/shop/tasks.py": "two/inner",
            "common/tasks.py": "",
            "one.py": "",
            "oneself/tasks.py": "",
        }
        assert homes == {path: settings.home(path) for path in homes}

    def test_of_files_below_a_manage_in_the_root(self, tmp_path: Path) -> None:
        settings = build(tmp_path, {"manage.py": "", "demo/manage.py": ""}).settings
        assert ["", "demo"] == [settings.home(path) for path in ("shop/tasks.py", "demo/tasks.py")]


GUARDS = {
    "X = 1": "",
    "if DEBUG:\n    X = 1": "development",
    "if not DEBUG:\n    X = 1": "",
    "if DEBUG:\n    pass\nelse:\n    X = 1": "",
    "if settings.DEBUG:\n    X = 1": "development",
    "if ENVIRONMENT == 'development':\n    X = 1": "development",
    "if ENVIRONMENT == 'production':\n    X = 1": "unknown",
    "if TESTING:\n    X = 1": "tests",
    "if 'test' in sys.argv:\n    X = 1": "tests",
    "if 'pytest' in sys.modules:\n    X = 1": "tests",
    "if len(sys.argv) > 1 and sys.argv[1] == 'test':\n    X = 1": "tests",
    "if os.environ.get('CI'):\n    X = 1": "tests",
    "if env.bool('RUNNING_TESTS', default=False):\n    X = 1": "tests",
    "if TESTING:\n    pass\nelse:\n    X = 1": "",
    "if SENTRY_DSN:\n    X = 1": "unknown",
    "try:\n    X = 1\nexcept ImportError:\n    pass": "",
    "try:\n    pass\nexcept ImportError:\n    X = 1": "unknown",
    "with a:\n    X = 1": "",
    "for x in y:\n    X = 1": "",
    "def configure():\n    X = 1": "",
}


class TestGuards:
    @pytest.mark.parametrize("text", GUARDS)
    def test_when_a_setting_is_made(self, text: str, tmp_path: Path) -> None:
        project = one(tmp_path, text)
        view = project.program.view("shop.py")
        (binding,) = (b for b in view.facts.bindings if b.target == "X")
        guard = GUARDS[text]
        assert guard == guard_of(view, binding.frame)

    @pytest.mark.parametrize(
        "test",
        ["DEBUG is False", "DEBUG == False", "ENVIRONMENT != 'dev'", "'test' not in sys.argv", "MODE is not TEST"],
    )
    def test_comparisons_that_negate(self, test: str, tmp_path: Path) -> None:
        project = one(tmp_path, f"if {test}:\n    X = 1")
        view = project.program.view("shop.py")
        assert "" == guard_of(view, view.facts.bindings[-1].frame)

    @pytest.mark.parametrize("text", ["if not DEBUG:\n    pass\nelse:\n    X = 1", "if not (not DEBUG):\n    X = 1"])
    def test_negations(self, text: str, tmp_path: Path) -> None:
        project = one(tmp_path, text)
        view = project.program.view("shop.py")
        assert "development" == guard_of(view, view.facts.bindings[-1].frame)


PLACES = {
    "CELERY_TASK_ALWAYS_EAGER = True": [1],
    "CELERY_TASK_ALWAYS_EAGER: bool = True": [1],
    "app.conf.task_always_eager = True": [1],
    "app.conf['task_always_eager'] = True": [1],
    "app.conf.update(task_always_eager=True)": [1],
    "app.conf.update({'task_always_eager': True})": [1],
    "CELERY = {'task_always_eager': True}": [1],
    "class Base:\n    CELERY_TASK_ALWAYS_EAGER = True": [2],
    "app = Celery('x', task_always_eager=True)": [1],
    "setattr(settings, 'CELERY_TASK_ALWAYS_EAGER', True)": [1],
    "settings.CELERY_TASK_ALWAYS_EAGER = True": [1],
    "def f():\n    return {'task_always_eager': True}": [2],
    "def f():\n    CELERY_TASK_ALWAYS_EAGER = True": [],
    "env = Env(CELERY_TASK_ALWAYS_EAGER=(bool, False))": [],
    "print('CELERY_TASK_ALWAYS_EAGER')": [],
    "if CELERY_TASK_ALWAYS_EAGER == True: pass": [],
    "x = settings.CELERY_TASK_ALWAYS_EAGER": [],
}


class TestAssignments:
    NAMES = frozenset({"CELERY_TASK_ALWAYS_EAGER", "task_always_eager"})

    @pytest.mark.parametrize("text", PLACES)
    def test_where_a_setting_is_made(self, text: str, tmp_path: Path) -> None:
        found = one(tmp_path, text).settings.assignments(self.NAMES)
        assert PLACES[text] == [item.span.line for item in found]

    def test_tests_are_asked_for_apart(self, tmp_path: Path) -> None:
        text = "CELERY_TASK_ALWAYS_EAGER = True\n"
        settings = build(tmp_path, {"shop/settings.py": text, "tests/settings.py": text}).settings
        assert ["shop/settings.py"] == [item.path for item in settings.assignments(self.NAMES)]
        found = settings.assignments_in_tests((b"CELERY_TASK",), self.NAMES)
        assert ["tests/settings.py"] == [item.path for item in found]


class TestApps:
    APP = "app = Celery('shop')"
    BY_ITEM = "import os\nfrom celery import Celery\nos.environ['DJANGO_SETTINGS_MODULE'] = 'x'\n"
    DJANGO = "import os\nfrom celery import Celery\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x')\n"

    @pytest.mark.parametrize(
        "text, has, lacks",
        [
            (DJANGO + APP, True, False),
            (BY_ITEM + APP, True, False),
            ("from celery import Celery\n" + APP, False, False),
            (DJANGO + "app = Celery('shop', fixups=[])", False, True),
            (DJANGO + "app = Celery('shop', task_cls='shop.Task')", False, False),
            ("app = Fake()", False, False),
        ],
    )
    def test_with_the_fixup_of_django(self, text: str, has: bool, lacks: bool, tmp_path: Path) -> None:
        project = build(tmp_path, {"shop/app.py": text})
        assert (has, lacks) == (project.has_django_app, project.lacks_django_app)
