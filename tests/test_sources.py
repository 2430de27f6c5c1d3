"""Files by module name and by the words they contain."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import build, seen_in

from celery_lint.project.sources import Sources


def tree(*files: str, **content: bytes) -> Sources:
    """Files that need not exist; `content` by the stem of the file."""
    overlay = {path: content.get(path.rpartition("/")[2].removesuffix(".py"), b"") for path in files}
    return Sources("", files, overlay)


PLAIN = tree("manage.py", "shop/__init__.py", "shop/tasks.py", "shop/admin/__init__.py", "shop/admin/orders.py")
SRC = tree("setup.py", "src/shop/__init__.py", "src/shop/tasks.py", "tests/__init__.py", "tests/test_shop.py")
INSIDE = tree("site/__init__.py", "site/manage.py", "site/orders/__init__.py", "site/orders/tasks.py")
NAMESPACE = tree("manage.py", "apps/orders/tasks.py", "apps/orders/views.py")
TWO = tree(
    *(f"{root}/{name}.py" for root in ("one", "two") for name in ("manage", "shop/__init__", "shop/tasks")),
    "two/only/__init__.py",
    "scripts/run.py",
)


class TestModuleNames:
    @pytest.mark.parametrize(
        "sources, path, name",
        [
            (PLAIN, "shop/tasks.py", "shop.tasks"),
            (PLAIN, "shop/__init__.py", "shop"),
            (PLAIN, "shop/admin/orders.py", "shop.admin.orders"),
            (PLAIN, "manage.py", "manage"),
            (SRC, "src/shop/tasks.py", "shop.tasks"),
            (SRC, "tests/test_shop.py", "tests.test_shop"),
            (INSIDE, "site/orders/tasks.py", "orders.tasks"),
            (NAMESPACE, "apps/orders/tasks.py", "apps.orders.tasks"),
            (TWO, "one/shop/tasks.py", "shop.tasks"),
            (TWO, "two/shop/tasks.py", "shop.tasks"),
        ],
    )
    def test_name_the_project_uses(self, sources: Sources, path: str, name: str) -> None:
        assert name == sources.module_name(path)

    def test_all_names_the_shortest_first(self) -> None:
        assert ("shop.tasks", "src.shop.tasks") == SRC.module_names("src/shop/tasks.py")
        assert ("orders.tasks", "site.orders.tasks") == INSIDE.module_names("site/orders/tasks.py")
        assert ("shop.tasks",) == PLAIN.module_names("shop/tasks.py")

    def test_a_directory_inside_a_package_need_not_be_one(self) -> None:
        sources = tree("backend/shop/__init__.py", "backend/shop/worker/tasks.py")
        assert "shop.worker.tasks" in sources.module_names("backend/shop/worker/tasks.py")
        assert "backend/shop/worker/tasks.py" == sources.find_module("shop.worker.tasks", "")

    def test_the_root_itself_has_no_name(self) -> None:
        sources = tree("__init__.py", "tasks.py")
        assert ("", ()) == (sources.module_name("__init__.py"), sources.module_names("__init__.py"))
        assert "tasks" == sources.module_name("tasks.py")


class TestAbsoluteImports:
    @pytest.mark.parametrize(
        "sources, name, importer, path",
        [
            (PLAIN, "shop.tasks", "manage.py", "shop/tasks.py"),
            (PLAIN, "shop", "shop/tasks.py", "shop/__init__.py"),
            (PLAIN, "tasks", "shop/admin/orders.py", None),
            (PLAIN, "shop.missing", "manage.py", None),
            (PLAIN, "django.db", "manage.py", None),
            (SRC, "shop.tasks", "tests/test_shop.py", "src/shop/tasks.py"),
            (SRC, "src.shop.tasks", "tests/test_shop.py", "src/shop/tasks.py"),
            (INSIDE, "orders.tasks", "site/orders/tasks.py", "site/orders/tasks.py"),
            (INSIDE, "site.orders.tasks", "site/orders/tasks.py", "site/orders/tasks.py"),
            (NAMESPACE, "apps.orders.tasks", "apps/orders/views.py", "apps/orders/tasks.py"),
            (NAMESPACE, "apps", "apps/orders/views.py", None),
            (TWO, "shop.tasks", "one/shop/__init__.py", "one/shop/tasks.py"),
            (TWO, "shop.tasks", "two/shop/__init__.py", "two/shop/tasks.py"),
            (TWO, "shop.tasks", "two/only/__init__.py", "two/shop/tasks.py"),
            (TWO, "shop.tasks", "scripts/run.py", None),
            (TWO, "one.shop.tasks", "scripts/run.py", "one/shop/tasks.py"),
        ],
    )
    def test_resolve_to_the_nearest(self, sources: Sources, name: str, importer: str, path: str | None) -> None:
        assert path == sources.find_module(name, importer)

    def test_a_package_goes_before_a_module(self) -> None:
        sources = tree("shop.py", "shop/__init__.py", "run.py")
        assert "shop/__init__.py" == sources.find_module("shop", "run.py")

    def test_nested_roots(self) -> None:
        sources = tree("manage.py", "shop/__init__.py", "demo/manage.py", "demo/shop/__init__.py", "demo/run.py")
        assert "demo/shop/__init__.py" == sources.find_module("shop", "demo/run.py")
        assert "shop/__init__.py" == sources.find_module("shop", "manage.py")

    @pytest.mark.parametrize("path", ["config/celery.py", "deploy/docker/celery.py"])
    def test_a_file_is_not_taken_for_celery(self, path: str, tmp_path: Path) -> None:
        files = {
            "manage.py": "",
            "shop/__init__.py": "",
            path: "from celery import Celery\napp = Celery('shop')\nsee(app)\n",
            "shop/tasks.py": "from celery import shared_task\nsee(shared_task)\n",
        }
        project = build(tmp_path, files)
        assert ["<celery.Celery>"] == seen_in(project, path)
        assert ["celery.shared_task"] == seen_in(project, "shop/tasks.py")

    def test_a_loose_file_is_not_taken_for_a_package(self, tmp_path: Path) -> None:
        files = {
            "manage.py": "",
            "scripts/functools.py": "",
            "shop/__init__.py": "",
            "shop/views.py": "from functools import partial\nsee(partial)\n",
        }
        assert ["functools.partial"] == seen_in(build(tmp_path, files), "shop/views.py")

    def test_celery_beside_manage(self, tmp_path: Path) -> None:
        files = {
            "site/__init__.py": "from .celery import app\n",
            "site/manage.py": "",
            "site/celery.py": "from celery import Celery\napp = Celery('site')\n",
            "site/orders/__init__.py": "",
            "site/orders/tasks.py": "from celery import shared_task\nsee(shared_task)\n",
        }
        assert ["celery.shared_task"] == seen_in(build(tmp_path, files), "site/orders/tasks.py")


class TestAddedRoots:
    """Directories that code puts on sys.path, packages that they may be otherwise."""

    FILES = ("manage.py", "settings/common.py", "apps/__init__.py", "apps/orders/__init__.py", "apps/orders/tasks.py")

    @pytest.mark.parametrize(
        "common",
        [
            b'sys.path.append(os.path.join(BASE_DIR, "apps"))',
            b"APPS_DIR = BASE_DIR / 'apps'\nsys.path.insert(0, str(APPS_DIR))",
            b'sys.path.insert(0, "../apps/")',
        ],
    )
    def test_are_looked_in(self, common: bytes) -> None:
        sources = tree(*self.FILES, common=common)
        assert "apps/orders/tasks.py" == sources.find_module("orders.tasks", "settings/common.py")
        assert "apps/orders/__init__.py" == sources.find_module("orders", "apps/orders/tasks.py")

    @pytest.mark.parametrize(
        "common",
        [
            b'INSTALLED_APPS = ["apps"]',
            b'INSTALLED_APPS = ["apps"]\nsys.path.append(BASE_DIR)',
            b'sys.path.append("/srv/apps")',
            b'sys.path.append("orders")',
        ],
    )
    def test_others_are_not(self, common: bytes) -> None:
        assert None is tree(*self.FILES, common=common).find_module("orders.tasks", "settings/common.py")

    def test_change_no_name(self) -> None:
        sources = tree(*self.FILES, manage=b'sys.path.append(str(HERE / "apps"))')
        assert ("apps.orders.tasks",) == sources.module_names("apps/orders/tasks.py")
        assert "apps.orders.tasks" == sources.module_name("apps/orders/tasks.py")

    def test_come_last(self) -> None:
        common = b'sys.path.append(os.path.join(BASE_DIR, "apps"))'
        sources = tree(*self.FILES, "orders/tasks.py", common=common)
        assert "orders/tasks.py" == sources.find_module("orders.tasks", "settings/common.py")

    def test_a_module_there_may_be_an_installed_one(self) -> None:
        sources = tree(*self.FILES, "apps/redis.py", common=b'sys.path.append(os.path.join(BASE_DIR, "apps"))')
        assert None is sources.find_module("redis", "apps/orders/tasks.py")


class TestRelativeImports:
    DEEP = tree(
        "__init__.py", "a.py", "a/__init__.py", "a/b/__init__.py", "a/b/c.py", "a/b/d.py", "a/e.py", "loose/f.py"
    )

    @pytest.mark.parametrize(
        "importer, level, module, path",
        [
            ("a/b/c.py", 1, "", "a/b/__init__.py"),
            ("a/b/c.py", 1, "d", "a/b/d.py"),
            ("a/b/c.py", 2, "", "a/__init__.py"),
            ("a/b/c.py", 2, "e", "a/e.py"),
            ("a/b/c.py", 2, "b.d", "a/b/d.py"),
            ("a/b/c.py", 3, "", "__init__.py"),
            ("a/b/c.py", 3, "a", "a/__init__.py"),
            ("a/b/c.py", 4, "a", None),
            ("a/b/__init__.py", 1, "c", "a/b/c.py"),
            ("a/b/__init__.py", 2, "e", "a/e.py"),
            ("a/b/c.py", 1, "missing", None),
            ("loose/f.py", 1, "missing", None),
        ],
    )
    def test_every_level(self, importer: str, level: int, module: str, path: str | None) -> None:
        assert path == self.DEEP.relative_module(importer, level, module)

    def test_a_sibling_in_a_namespace_directory(self, tmp_path: Path) -> None:
        files = {"orders/views.py": "from . import tasks\nsee(tasks)\n", "orders/tasks.py": ""}
        assert ["module orders/tasks.py"] == seen_in(build(tmp_path, files), "orders/views.py")

    def test_a_module_is_not_the_package_beside_it(self) -> None:
        sources = tree("orders.py", "orders/views.py", "orders/tasks.py")
        assert None is sources.relative_module("orders/views.py", 1, "")


class TestWords:
    FILES = ("shop/tasks.py", "shop/views.py", "shop/tests/test_tasks.py", "shop/migrations/first.py", "conftest.py")

    def sources(self) -> Sources:
        return tree(
            *self.FILES,
            "shop/migrations/second.py",
            tasks=b"def pay(order_id): refund = 'pay_later' # ship",
            views="from shop.tasks import pay as zahlen, größe".encode(),
            test_tasks=b"pay()",
            first=b"pay()",
            second=b"migrations.RunPython(pay)",
            conftest=b"pay()",
        )

    def test_code_leaves_out_tests_and_plain_migrations(self) -> None:
        assert ("shop/tasks.py", "shop/views.py", "shop/migrations/second.py") == self.sources().code

    @pytest.mark.parametrize(
        "word, stems",
        [
            ("pay", "tasks views second"),
            ("zahlen", "views"),
            ("größe", "views"),
            ("pay_later", "tasks"),
            ("later", ""),
            ("order", ""),
            ("ship", "tasks"),
            ("nowhere", ""),
        ],
    )
    def test_code_containing_a_word(self, word: str, stems: str) -> None:
        found = self.sources().code_containing(word)
        assert stems.split() == [path.rpartition("/")[2].removesuffix(".py") for path in found]

    def test_code_with_any_of_the_words(self) -> None:
        assert ["shop/tasks.py", "shop/views.py"] == list(self.sources().code_with_any(["refund", "zahlen", "no"]))

    def test_elsewhere_means_tests_and_migrations(self) -> None:
        found = ["shop/tests/test_tasks.py", "shop/migrations/first.py", "conftest.py"]
        assert found == list(self.sources().elsewhere_containing([b"pay("]))
        assert found == list(self.sources().elsewhere_containing([b"nothing", b"ay"]))
        assert [] == list(self.sources().elsewhere_containing([b"zahlen"]))

    def test_words_of_class_heads(self) -> None:
        sources = tree(
            "models.py",
            models=b"""
from .base import Base as Root, Other as \\
    Second
class Order(
    Root, mixins.Timed,
    metaclass=Meta
):
    field = Unrelated()
class Line: pass
class Late(Base[int]): inner = Inner()
""",
        )
        named = ("Root", "mixins", "Timed", "Meta", "Base", "int", "Other")
        assert all(sources.has_base("models.py", name) for name in named)
        assert not any(sources.has_base("models.py", name) for name in ("Unrelated", "Inner", "Line", "field"))

    def test_each_file_is_read_once(self, tmp_path: Path) -> None:
        (tmp_path / "shop.py").write_bytes(b"before")
        sources = Sources(str(tmp_path), ["shop.py"], {})
        assert b"before" == sources.read("shop.py")
        (tmp_path / "shop.py").write_bytes(b"after")
        assert b"before" == sources.read("shop.py")
