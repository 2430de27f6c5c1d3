"""Which files a project has, and which of them were named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from celery_lint.config.options import EXCLUDED
from celery_lint.discover import Discovery, Globs, discover, project_root

if TYPE_CHECKING:
    from pathlib import Path


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("", encoding="utf-8")


def found(root: Path, *paths: str, **options: object) -> Discovery:
    return discover(paths or (str(root),), root=str(root), **{"exclude": EXCLUDED, **options})  # type: ignore[arg-type]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestGlobs:
    @pytest.mark.parametrize(
        ("pattern", "path", "expected"),
        [
            ("venv", "venv/lib/a.py", True),
            ("venv", "shop/venv/a.py", True),
            ("venv", "shop/venv.py", False),
            ("*_pb2.py", "shop/proto/order_pb2.py", True),
            ("shop/legacy", "shop/legacy/a.py", True),
            ("shop/legacy", "other/shop/legacy/a.py", False),
            ("shop/legacy/", "shop/legacy/a/b.py", True),
            ("./shop/legacy", "shop/legacy/a.py", True),
            ("*/migrations/*", "shop/migrations/0001.py", True),
            ("*/migrations/*", "src/shop/migrations/0001.py", True),
            ("**/migrations/*", "migrations/0001.py", True),
            ("tests/*.py", "tests/test_a.py", True),
            ("test_?.py", "test_a.py", True),
            ("test_?.py", "test_ab.py", False),
            ("a[0-9].py", "a1.py", True),
            ("a[!0-9].py", "a1.py", False),
            ("/top.py", "top.py", True),
            ("/top.py", "shop/top.py", False),
            ("a.b", "axb", False),
            ("*.min.py", "a.min.pyc", False),
        ],
    )
    def test_match(self, pattern: str, path: str, expected: bool) -> None:
        assert expected is Globs([pattern, "*.unrelated"]).match(path)

    def test_no_pattern_matches_nothing(self) -> None:
        assert Globs([]).match("a.py") is False


class TestRoot:
    def test_a_directory_is_its_own_root(self, tmp_path: Path) -> None:
        make(tmp_path, "manage.py", "shop/tasks.py")
        assert str(tmp_path / "shop") == project_root([str(tmp_path / "shop")])

    def test_configuration_comes_first(self, tmp_path: Path) -> None:
        make(tmp_path, "shop/tasks.py")
        assert str(tmp_path) == project_root([str(tmp_path / "shop")], str(tmp_path))

    @pytest.mark.parametrize("mark", ["manage.py", "pyproject.toml", "setup.cfg", "setup.py", ".git/"])
    def test_a_file_belongs_to_the_marked_directory_around_it(self, tmp_path: Path, mark: str) -> None:
        make(tmp_path, mark, "shop/orders/tasks.py")
        assert str(tmp_path) == project_root([str(tmp_path / "shop/orders/tasks.py")])

    def test_several_files_of_one_project(self, tmp_path: Path) -> None:
        make(tmp_path, "manage.py", "a/x.py", "b/y.py")
        assert str(tmp_path) == project_root([str(tmp_path / "a/x.py"), str(tmp_path / "b/y.py")])

    def test_several_directories_share_the_one_around_them(self, tmp_path: Path) -> None:
        make(tmp_path, "a/x.py", "b/y.py")
        assert str(tmp_path) == project_root([str(tmp_path / "a"), str(tmp_path / "b")])


class TestFiles:
    def test_python_files_sorted_without_the_excluded(self, tmp_path: Path) -> None:
        make(
            tmp_path,
            "manage.py",
            "shop/tasks.py",
            "shop/readme.md",
            "shop/order_pb2.py",
            ".venv/lib/site.py",
            "node_modules/x/gyp.py",
            "env/pyvenv.cfg",
            "env/lib/python3/os.py",
        )
        assert found(tmp_path).files == ("manage.py", "shop/tasks.py")
        assert found(tmp_path).named is None

    def test_exclude_and_what_is_named_anyway(self, here: Path) -> None:
        make(here, "pyproject.toml", "shop/a.py", "legacy/b.py", "legacy/c.py")
        options = {"exclude": ("legacy",), "configured": True}
        assert found(here, **options).files == ("shop/a.py",)
        one = found(here, "legacy/b.py", **options)
        assert one.files == ("legacy/b.py", "shop/a.py")
        assert one.named == frozenset({"legacy/b.py"})
        assert found(here, "legacy", **options).named == frozenset({"legacy/b.py", "legacy/c.py"})
        forced = found(here, "legacy/b.py", "shop/a.py", **options, force_exclude=True)
        assert forced.files == ("shop/a.py",)
        assert forced.named == frozenset({"shop/a.py"})

    def test_the_rest_of_the_project_is_indexed(self, here: Path) -> None:
        make(here, "manage.py", "shop/a.py", "billing/b.py")
        result = found(here, "shop/a.py")
        assert result.files == ("billing/b.py", "manage.py", "shop/a.py")
        assert result.named == frozenset({"shop/a.py"})

    def test_several_directories_are_walked_and_nothing_beside_them(self, here: Path) -> None:
        make(here, "a/x.py", "b/y.py", "c/z.py")
        result = found(here, "a", "b")
        assert result.files == ("a/x.py", "b/y.py")
        assert result.named == frozenset({"a/x.py", "b/y.py"})

    def test_a_named_file_that_is_not_python_is_named_only(self, here: Path) -> None:
        make(here, "manage.py", "Procfile")
        result = found(here, "Procfile")
        assert result.files == ("manage.py",)
        assert result.named == frozenset({"Procfile"})

    def test_a_named_script_that_says_python(self, here: Path) -> None:
        make(here, "manage.py")
        (here / "bin").mkdir()
        (here / "bin/requeue").write_text("#!/usr/bin/env python3\n", encoding="utf-8")
        assert found(here, "bin/requeue").files == ("bin/requeue", "manage.py")

    def test_a_buffer_need_not_exist(self, here: Path) -> None:
        make(here, "manage.py")
        result = found(here, "shop/new.py", buffer="shop/new.py")
        assert result.files == ("manage.py", "shop/new.py")
        assert result.named == frozenset({"shop/new.py"})
        excluded = found(here, "venv/new.py", buffer="venv/new.py", force_exclude=True)
        assert excluded.files == ("manage.py",)
        assert excluded.named == frozenset()

    def test_no_python(self, tmp_path: Path) -> None:
        make(tmp_path, "readme.md")
        assert found(tmp_path) == Discovery(str(tmp_path), (), None)


class TestGitIgnore:
    def test_nested_files_and_negation(self, tmp_path: Path) -> None:
        make(
            tmp_path,
            "a.py",
            "local_settings.py",
            "build/b.py",
            "shop/build/c.py",
            "shop/kept.py",
            "shop/gen_one.py",
            "shop/gen_two.py",
            "shop/deep/gen_one.py",
        )
        (tmp_path / ".gitignore").write_text("# made\n\n/build/\nlocal_settings.py\n*.pyc\n", encoding="utf-8")
        (tmp_path / "shop/.gitignore").write_text("gen_*\n!gen_two.py\n", encoding="utf-8")
        expected = ("a.py", "shop/build/c.py", "shop/gen_two.py", "shop/kept.py")
        assert expected == found(tmp_path).files
        assert "build/b.py" in found(tmp_path, respect_gitignore=False).files

    def test_what_the_checkout_around_ignores(self, tmp_path: Path) -> None:
        make(tmp_path, ".git/info/", "backend/a.py", "backend/secret.py", "backend/dump/b.py")
        (tmp_path / ".gitignore").write_text("backend/secret.py\n", encoding="utf-8")
        (tmp_path / ".git/info/exclude").write_text("dump\n", encoding="utf-8")
        assert found(tmp_path / "backend").files == ("a.py",)

    def test_named_files_are_read_though_ignored(self, here: Path) -> None:
        make(here, "manage.py", "scratch.py")
        (here / ".gitignore").write_text("scratch.py\n", encoding="utf-8")
        assert found(here, "scratch.py").files == ("manage.py", "scratch.py")

    def test_reasons(self, tmp_path: Path) -> None:
        make(tmp_path, "venv/", "x/pyvenv.cfg", "scratch.py")
        (tmp_path / ".gitignore").write_text("scratch.py\n", encoding="utf-8")
        expected = {("venv", "excluded"), ("x", "virtual environment"), ("scratch.py", "ignored by git")}
        assert expected == set(found(tmp_path).skipped)


class TestOddFiles:
    def test_links(self, tmp_path: Path) -> None:
        make(tmp_path, "outside/settings.py", "project/a.py")
        root = tmp_path / "project"
        (root / "loop").symlink_to(root)
        (root / "linked").symlink_to(tmp_path / "outside")
        (root / "again.py").symlink_to("a.py")
        (root / "settings.py").symlink_to(tmp_path / "outside/settings.py")
        (root / "broken.py").symlink_to("nowhere.py")
        (root / "self.py").symlink_to("self.py")
        assert found(root).files == ("a.py", "settings.py")

    def test_a_named_link_to_a_directory_is_followed(self, here: Path) -> None:
        make(here, "real/a.py")
        (here / "link").symlink_to("real")
        result = discover(["link"], root=project_root(["link"]))
        assert result.files == ("a.py",)

    def test_a_pipe_is_skipped_and_named_is_an_error(self, here: Path) -> None:
        make(here, "a.py")
        os.mkfifo(here / "pipe.py")
        assert found(here).files == ("a.py",)
        assert found(here, "pipe.py").errors == ("pipe.py: neither a file nor a directory",)

    def test_missing_paths_do_not_stop_the_others(self, here: Path) -> None:
        make(here, "a/x.py", "b.py")
        result = found(here, "none", "b.py/c", "a")
        assert result.errors == ("none: no such file or directory", "b.py/c: no such file or directory")
        assert result.files == ("a/x.py",)
        assert result.named == frozenset({"a/x.py"})

    def test_directory_without_read_permission(self, here: Path) -> None:
        make(here, "a.py", "shut/b.py")
        (here / "shut").chmod(0)
        if os.access("shut", os.R_OK):
            pytest.skip("this user may read everything")
        try:
            assert found(here).warnings == ("shut: cannot be read: Permission denied",)
            assert found(here, "shut").errors == ("shut: cannot be read: permission denied",)
        finally:
            (here / "shut").chmod(0o755)
