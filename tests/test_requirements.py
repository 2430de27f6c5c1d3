"""Which Celery a project asks for."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from building import write

from celery_lint.project import Project
from celery_lint.project.requirements import is_pinned, parse_version, required_version
from celery_lint.project.surroundings import Surroundings


def version(root: Path, name: str, text: str) -> tuple[int, ...] | None:
    write(root, {name: text})
    return required_version(Surroundings(str(root)), "celery")


class TestVersions:
    @pytest.mark.parametrize(
        "text, expected",
        [("5.4.0", (5, 4, 0)), ("5", (5,)), (" 5.4 ", (5, 4)), ("5.5.0rc1", (5, 5, 0)), ("5.3.*", (5, 3)), ("", ())],
    )
    def test_are_numbers(self, text: str, expected: tuple[int, ...]) -> None:
        assert expected == parse_version(text)


class TestLockFiles:
    @pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "pdm.lock"])
    def test_toml(self, name: str, tmp_path: Path) -> None:
        text = """
            [[package]]
            name = "celery-types"
            version = "0.22.0"

            [[package]]
            name = "celery"
            version = "5.4.0"
            dependencies = ["billiard"]

            [[package]]
            name = "django-celery-beat"
            version = "2.6.0"
        """
        assert (5, 4, 0) == version(tmp_path, name, text)

    def test_pdm_with_extras(self, tmp_path: Path) -> None:
        text = """
            [[package]]
            name = "celery"
            version = "5.3.6"
            extras = ["redis"]
        """
        assert (5, 3, 6) == version(tmp_path, "pdm.lock", text)

    def test_pipfile(self, tmp_path: Path) -> None:
        text = """
            {"default": {
                "celery-types": {"version": "==0.22.0"},
                "celery": {
                    "extras": ["redis"],
                    "hashes": ["sha256:00", "sha256:11"],
                    "markers": "python_version >= '3.8'",
                    "version": "==5.3.6"
                },
                "django-celery-beat": {"version": "==2.6.0"}
            }}
        """
        assert (5, 3, 6) == version(tmp_path, "Pipfile.lock", text)

    def test_go_before_requirements(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "celery>=5.5", "uv.lock": 'name = "celery"\nversion = "5.4.0"\n'})
        assert (5, 4, 0) == required_version(Surroundings(str(tmp_path)), "celery")

    def test_without_celery_say_nothing(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "celery>=5.5", "uv.lock": 'name = "celery-types"\nversion = "0.22"\n'})
        assert (5, 5) == required_version(Surroundings(str(tmp_path)), "celery")


LINES = [
    ("celery==5.4.0", (5, 4, 0)),
    ("celery===5.4.0", (5, 4, 0)),
    ("Celery==5.4.0", (5, 4, 0)),
    ("  celery == 5.4.0  # pinned to 5.3", (5, 4, 0)),
    ("celery[redis]==5.4.0", (5, 4, 0)),
    ("celery[redis,sqs] >= 5.2", (5, 2)),
    ("celery [redis]>=5.2", (5, 2)),
    ("celery~=5.3", (5, 3)),
    ("celery>=5.2,<6", (5, 2)),
    ("celery<6,>=5.2", (5, 2)),
    ("celery<6.0,>=5.2.1,!=5.3.0", (5, 2, 1)),
    ("celery!=5.3.0,>=5.2", (5, 2)),
    ("celery>5.2", (5, 2)),
    ("celery==5.3.*", (5, 3)),
    ("celery>=5.2; python_version >= '3.8'", (5, 2)),
    ("celery==5.5.0rc1", (5, 5, 0)),
    ("celery==5.4.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11", (5, 4, 0)),
    ("django==5.2\ncelery==5.4.0\nredis==5.0", (5, 4, 0)),
    ("celery<6", None),
    ("celery<=5.4", None),
    ("celery", None),
    ("celery; python_version >= '3.8'", None),
    ("celery @ git+https://example.org/celery@v5.4", None),
    ("# celery==5.4.0", None),
    ("celery-types==0.22.0", None),
    ("django-celery-beat==2.6.0", None),
    ("celery_progress==0.3", None),
    ("celery.contrib==1.0", None),
    ("flower==2.0 # for celery==5.4", None),
]


class TestRequirementFiles:
    @pytest.mark.parametrize("line, expected", LINES)
    def test_lines(self, line: str, expected: tuple[int, ...] | None, tmp_path: Path) -> None:
        assert expected == version(tmp_path, "requirements.txt", line)

    @pytest.mark.parametrize(
        "name",
        [
            "requirements.txt",
            "requirements.in",
            "requirements-dev.txt",
            "requirements_production.txt",
            "requirements/base.txt",
            "requirements/production.in",
            "requirements.d/base.txt",
            "deps/base.pip",
        ],
    )
    def test_names(self, name: str, tmp_path: Path) -> None:
        assert (5, 4) == version(tmp_path, name, "celery>=5.4")

    @pytest.mark.parametrize("name", ["notes.txt", "docs/requirements.rst", "vendor/celery/setup.py", "README.md"])
    def test_other_files(self, name: str, tmp_path: Path) -> None:
        assert None is version(tmp_path, name, "celery>=5.4")

    def test_the_narrowest_of_several(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements/base.txt": "celery>=4", "requirements/production.txt": "celery==5.4.0"})
        assert (5, 4, 0) == required_version(Surroundings(str(tmp_path)), "celery")

    def test_bytes_that_are_not_text(self, tmp_path: Path) -> None:
        (tmp_path / "requirements.txt").write_bytes(b"\xff\xfe\ncelery==5.4.0\n")
        assert (5, 4, 0) == required_version(Surroundings(str(tmp_path)), "celery")

    @pytest.mark.xfail(strict=True, reason="UTF-16, as PowerShell redirects write it, is not read")
    def test_utf_16(self, tmp_path: Path) -> None:
        (tmp_path / "requirements.txt").write_bytes("celery==5.4.0\n".encode("utf-16"))
        assert (5, 4, 0) == required_version(Surroundings(str(tmp_path)), "celery")


PYPROJECTS = [
    ('[project]\ndependencies = ["django>=5", "celery[redis]>=5.3,<6", "redis"]', (5, 3)),
    ('[project]\ndependencies = [\n    "celery-types>=1",\n    "celery>=5.3",\n]', (5, 3)),
    ("[project]\ndependencies = ['celery>=5.3']", (5, 3)),
    ("[project]\ndependencies = [\"celery>=5.3; python_version > '3.8'\"]", (5, 3)),
    ('[project.optional-dependencies]\nqueue = ["celery ~= 5.3"]', (5, 3)),
    ('[dependency-groups]\ndev = ["pytest", "celery>=5.4"]', (5, 4)),
    ('[tool.poetry.dependencies]\ncelery = "^5.3"', (5, 3)),
    ('[tool.poetry.dependencies]\ncelery = "~5.3.1"', (5, 3, 1)),
    ('[tool.poetry.dependencies]\ncelery = "5.3.1"', (5, 3, 1)),
    ('[tool.poetry.dependencies]\ncelery = "5.3.*"', (5, 3)),
    ('[tool.poetry.dependencies]\ncelery = ">=5.2,<6"', (5, 2)),
    ('[tool.poetry.dependencies]\ncelery = {extras = ["redis"], version = "^5.3"}', (5, 3)),
    ('[tool.poetry.dependencies]\ncelery = {version = "^5.3", extras = ["redis"]}', (5, 3)),
    ('[tool.poetry.dependencies]\ncelery = "*"', None),
    ('[tool.poetry.dependencies]\ncelery-types = "^0.22"\ndjango-celery-beat = "^2.6"', None),
    ('[project]\ndependencies = ["celery-types>=0.22", "django-celery-beat>=2.6"]', None),
    ('[tool.something]\nwords = ["celery"]\nlimit = 5', None),
    ('[project]\ndependencies = ["celery (>=5.3.6,<6.0.0)"]', (5, 3, 6)),
    pytest.param(
        '[tool.poetry.dependencies.celery]\nversion = "^5.3"\nextras = ["redis"]',
        (5, 3),
        marks=pytest.mark.xfail(strict=True, reason="a table of its own is not understood"),
    ),
]


class TestProjectFiles:
    @pytest.mark.parametrize("text, expected", PYPROJECTS)
    def test_pyproject(self, text: str, expected: tuple[int, ...] | None, tmp_path: Path) -> None:
        assert expected == version(tmp_path, "pyproject.toml", text)

    def test_setup_cfg(self, tmp_path: Path) -> None:
        text = """
            [options]
            install_requires =
                celery-types>=0.22
                celery[redis]>=5.2,<6
        """
        assert (5, 2) == version(tmp_path, "setup.cfg", text)

    @pytest.mark.parametrize(
        "text",
        [
            'setup(install_requires=["django", "celery>=5.2,<6"])',
            "setup(install_requires=['celery>=5.2'])",
            'setup(\n    install_requires=[\n        "celery-types>=1",\n        "celery>=5.2",\n    ],\n)',
            'REQUIRES = """\ndjango\ncelery>=5.2\n"""',
        ],
    )
    def test_setup_py(self, text: str, tmp_path: Path) -> None:
        assert (5, 2) == version(tmp_path, "setup.py", text)

    @pytest.mark.parametrize(
        "line, expected",
        [
            ('celery = "~=5.3"', (5, 3)),
            ('celery = "==5.3.6"', (5, 3, 6)),
            ('celery = {extras = ["redis"], version = ">=5.3"}', (5, 3)),
            ('celery = "*"', None),
            ('celery-types = "*"\n"django-celery-beat" = "==2.6"', None),
            ('celery = {git = "https://example.org/celery", ref = "5.3"}', None),
        ],
    )
    def test_pipfile(self, line: str, expected: tuple[int, ...] | None, tmp_path: Path) -> None:
        assert expected == version(tmp_path, "Pipfile", f"[packages]\n{line}\n")


class TestTheProject:
    def test_nothing_known(self, tmp_path: Path) -> None:
        assert None is required_version(Surroundings(str(tmp_path)), "celery")
        assert None is required_version(Surroundings(str(tmp_path / "missing")), "celery")

    def test_asks_its_files(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "celery==5.4.0"})
        assert (5, 4, 0) == Project(str(tmp_path), []).celery_version

    def test_is_overruled(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "celery==5.4.0"})
        assert (5, 2) == Project(str(tmp_path), [], target_celery="5.2").celery_version

    def test_a_directory_of_the_name_of_a_file(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt/celery.txt": dedent("celery==5.4.0")})
        assert None is required_version(Surroundings(str(tmp_path)), "celery")


class TestPlaces:
    @pytest.mark.parametrize("place", ["", "requirements/", "dependencies/", "dependencies/pip/", "requirements/prod/"])
    def test_where_requirements_stand(self, place: str, tmp_path: Path) -> None:
        assert (5, 6, 3) == version(tmp_path, f"{place}requirements.txt", "celery[redis]==5.6.3\n")


class TestPins:
    @pytest.mark.parametrize(
        "name, text, expected",
        [
            ("requirements.txt", "celery[redis]==5.6.3\n", True),
            ("requirements.txt", "celery>=5.3,<6\n", False),
            ("requirements.txt", "celery-types==5.3\n", False),
            ("pyproject.toml", 'dependencies = [\n    "celery==5.4.0",\n]\n', True),
            ("uv.lock", '[[package]]\nname = "celery"\nversion = "5.4.0"\n', True),
        ],
    )
    def test_say_what_runs(self, name: str, text: str, expected: bool, tmp_path: Path) -> None:
        write(tmp_path, {name: text})
        assert expected is is_pinned(Surroundings(str(tmp_path)), "celery")


class TestOtherPackages:
    FILES = {
        "kombu": "kombu==5.4.2\n",
        "django-celery-beat": "django_celery_beat==2.5.4\n",
        "django-celery-results": "django-celery-results==2.6.0\n",
    }

    @pytest.mark.parametrize("package", FILES)
    def test_pinned(self, package: str, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "celery==5.5.0\n" + "".join(self.FILES.values())})
        expected = parse_version(self.FILES[package].partition("==")[2])
        assert expected == required_version(Surroundings(str(tmp_path)), package)
        assert is_pinned(Surroundings(str(tmp_path)), package)

    def test_locked(self, tmp_path: Path) -> None:
        write(tmp_path, {"uv.lock": 'name = "kombu"\nversion = "5.5.1"\n\nname = "celery"\nversion = "5.4.0"\n'})
        assert (5, 5, 1) == required_version(Surroundings(str(tmp_path)), "kombu")

    def test_not_named(self, tmp_path: Path) -> None:
        write(tmp_path, {"requirements.txt": "celery==5.5.0\nkombu>=5.3\n"})
        assert not is_pinned(Surroundings(str(tmp_path)), "kombu")
        assert required_version(Surroundings(str(tmp_path)), "django-celery-beat") is None
