"""What changed since a revision, on real repositories of git."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from celery_lint.cli import main
from celery_lint.history import Revision

TASKS = (
    "from celery import shared_task\n\n\n"
    "@shared_task\ndef send_receipt(pk): ...\n\n\n"
    "@shared_task\ndef send_refusal(pk): ...\n"
)
HEAD = "from django.db import transaction\n\nfrom shop.tasks import send_receipt, send_refusal\n\n\n"


def sends(name: str, task: str = "send_receipt") -> str:
    """A function of five lines that sends a task in a transaction, on its third."""
    return f"def {name}(order):\n    with transaction.atomic():\n        {task}.delay(order.pk)\n\n\n"


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, encoding="utf-8").stdout


def commit(message: str) -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", message)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, `first`, in which `shop/orders.py` has a finding on line 8."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A Person")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "person@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "checkout"
    root.mkdir()
    monkeypatch.chdir(root)
    git("init", "--quiet", "--initial-branch", "main")
    write("shop/tasks.py", TASKS)
    write("shop/orders.py", HEAD + sends("place"))
    commit("first")
    git("tag", "first")
    return root


def lint(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    return int(str(ended.value.code or 0)), out, err


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Each finding as `path:line`."""
    code, out, err = lint(capsys, "check", "--format=json", *arguments)
    places = [f"{each['path']}:{each['line']}" for each in json.loads(out)]
    assert int(bool(places)) == code, err
    return places


class TestDiffOnly:
    def test_nothing_changed(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert ["shop/orders.py:8"] == found(capsys)
        assert [] == found(capsys, "--diff-only", "first")

    def test_added_lines_committed_staged_or_neither(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", HEAD + sends("place") + sends("resend"))
        for step in (lambda: None, lambda: git("add", "."), lambda: commit("second")):
            step()
            assert ["shop/orders.py:13"] == found(capsys, "--diff-only", "first")
        assert [] == found(capsys, "--diff-only", "HEAD")

    def test_moved_by_lines_above(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", "import os\n" + HEAD + sends("place"))
        assert [] == found(capsys, "--diff-only", "first")

    def test_a_changed_line_of_the_call(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = HEAD + sends("place").replace("(order.pk)", "(\n            order.pk,\n        )")
        write("shop/orders.py", text)
        commit("second")
        write("shop/orders.py", text.replace("order.pk,", "order.id,"))
        assert ["shop/orders.py:8"] == found(capsys, "--diff-only", "HEAD")

    def test_a_step_of_the_way(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The sending line is old; that it is now in a transaction is new."""
        send = "def resend(order):\n    send_receipt.delay(order.pk)\n"
        write("shop/orders.py", HEAD + send)
        commit("second")
        write("shop/orders.py", HEAD + "@transaction.atomic\n" + send)
        assert ["shop/orders.py:8"] == found(capsys, "--diff-only", "HEAD")

    def test_an_aside_is_no_step(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/tasks.py", TASKS.replace("send_receipt(pk)", "send_receipt(pk, again=False)"))
        assert [] == found(capsys, "--diff-only", "first")

    def test_new_and_untracked_files(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/late.py", HEAD + sends("late"))
        assert ["shop/late.py:8"] == found(capsys, "--diff-only", "first")
        git("add", ".")
        assert ["shop/late.py:8"] == found(capsys, "--diff-only", "first")

    def test_a_renamed_file_has_only_its_changes(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", HEAD + sends("place") + "".join(f"x{n} = {n}\n" for n in range(20)))
        commit("second")
        git("mv", "shop/orders.py", "shop/sales.py")
        assert [] == found(capsys, "--diff-only", "HEAD")
        with open("shop/sales.py", "a", encoding="utf-8") as stream:
            stream.write("\n\n" + sends("resend"))
        assert ["shop/sales.py:35"] == found(capsys, "--diff-only", "HEAD")

    def test_since_the_branches_parted(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What was mended on main since is nobody's addition here."""
        git("checkout", "--quiet", "-b", "work")
        write("shop/late.py", HEAD + sends("late"))
        commit("work")
        git("checkout", "--quiet", "main")
        write("shop/orders.py", "")
        commit("mended")
        git("checkout", "--quiet", "work")
        assert ["shop/late.py:8"] == found(capsys, "--diff-only", "main")
        assert ["shop/late.py:8"] == found(capsys, "--baseline-commit", "main")

    @pytest.mark.parametrize("name", ["a b.py", "ä.py", 'quo"te.py', "tab\tbed.py"])
    def test_odd_names(self, capsys: pytest.CaptureFixture[str], name: str) -> None:
        write(f"shop/{name}", HEAD)
        commit("second")
        write(f"shop/{name}", HEAD + sends("place"))
        assert [f"shop/{name}:8"] == found(capsys, "--diff-only", "HEAD")

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("diff.noprefix", "true"),
            ("diff.mnemonicPrefix", "true"),
            ("diff.context", "9"),
            ("diff.interHunkContext", "9"),
            ("diff.renames", "false"),
            ("diff.external", "false"),
            ("color.ui", "always"),
            ("core.quotePath", "false"),
            ("core.pager", "false"),
            ("diff.relative", "true"),
        ],
    )
    def test_whatever_the_user_has_configured(self, capsys: pytest.CaptureFixture[str], key: str, value: str) -> None:
        git("config", key, value)
        write("shop/orders.py", "import os\n" + HEAD + sends("place") + "x = 1\n" + sends("resend"))
        assert ["shop/orders.py:15"] == found(capsys, "--diff-only", "first")

    def test_no_newline_at_the_end(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", (HEAD + sends("place")).rstrip())
        commit("second")
        write("shop/orders.py", (HEAD + sends("place")).rstrip() + "  # sent\n\n\n++ = 1".replace("++ = 1", "x = 1"))
        assert ["shop/orders.py:8"] == found(capsys, "--diff-only", "HEAD")

    def test_from_a_directory_below(
        self, capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("shop/orders.py", HEAD + sends("place") + sends("resend"))
        monkeypatch.chdir(here / "shop")
        assert ["shop/orders.py:13"] == found(capsys, "--diff-only", "first", "..")

    def test_what_git_tells_its_hooks(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("shop/orders.py", HEAD + sends("place") + sends("resend"))
        monkeypatch.setenv("GIT_DIR", ".git")
        monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
        monkeypatch.setenv("GIT_PREFIX", "")
        assert ["shop/orders.py:13"] == found(capsys, "--diff-only", "first", "shop")


class TestBaselineCommit:
    def test_what_is_new(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", "import os\n" + HEAD + sends("place") + sends("resend"))
        assert ["shop/orders.py:14"] == found(capsys, "--baseline-commit", "first")

    def test_a_swap(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", HEAD + sends("place", "send_refusal"))
        assert ["shop/orders.py:8"] == found(capsys, "--baseline-commit", "first")

    def test_touched_but_not_new(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", HEAD + sends("place").replace("(order.pk)", "(order.pk)  # sent"))
        assert ["shop/orders.py:8"] == found(capsys, "--diff-only", "first")
        assert [] == found(capsys, "--baseline-commit", "first")

    def test_new_by_what_was_taken_away(self, capsys: pytest.CaptureFixture[str]) -> None:
        """No line was added, and all the same there is something new."""
        write("shop/orders.py", HEAD + sends("place").replace("        send", "        # noqa: CLT101\n        send"))
        commit("second")
        assert [] == found(capsys)
        write("shop/orders.py", HEAD + sends("place"))
        assert [] == found(capsys, "--diff-only", "HEAD")
        assert ["shop/orders.py:8"] == found(capsys, "--baseline-commit", "HEAD")

    def test_new_through_another_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The line with the finding is as it was; the function that it calls sends a task now."""
        write("shop/orders.py", "from shop.mail import tell\n" + HEAD + sends("place", "tell").replace(".delay", ""))
        write("shop/mail.py", "def tell(pk): ...\n")
        commit("second")
        write("shop/mail.py", "from shop.tasks import send_receipt\n\n\ndef tell(pk):\n    send_receipt.delay(pk)\n")
        assert ["shop/orders.py:9"] == found(capsys, "--baseline-commit", "HEAD")
        assert ["shop/orders.py:9"] == found(capsys, "--diff-only", "HEAD")

    def test_a_renamed_file_is_the_same(self, capsys: pytest.CaptureFixture[str]) -> None:
        git("mv", "shop/orders.py", "shop/sales.py")
        assert [] == found(capsys, "--baseline-commit", "HEAD")

    def test_a_project_below_the_top(self, capsys: pytest.CaptureFixture[str]) -> None:
        git("mv", "shop", "site")
        git("mv", "site", "moved")
        Path("backend").mkdir()
        git("mv", "moved", "backend/shop")
        write("backend/manage.py", "")
        commit("second")
        write("backend/shop/late.py", HEAD + sends("late"))
        assert ["backend/shop/late.py:8"] == found(capsys, "--baseline-commit", "HEAD", "backend")
        assert ["backend/shop/late.py:8"] == found(capsys, "--baseline-commit", "first", "backend")[:1]

    def test_nothing_was_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        git("checkout", "--quiet", "--orphan", "fresh")
        assert ["shop/orders.py:8"] == found(capsys, "--baseline-commit", empty())

    def test_checkout_and_repository_are_left_alone(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        write("shop/orders.py", HEAD + sends("place") + sends("resend"))
        write("notes.txt", "mine\n")
        git("status")
        before = state(here)
        found(capsys, "--no-cache", "--baseline-commit", "first")
        found(capsys, "--no-cache", "--diff-only", "first")
        assert before == state(here)

    def test_links_and_submodules_are_passed_over(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        os.symlink("tasks.py", "shop/link.py")
        git("update-index", "--add", "--cacheinfo", f"160000,{git('rev-parse', 'HEAD').strip()},vendored")
        git("add", "shop/link.py")
        git("commit", "--quiet", "--message", "odd")
        write("shop/orders.py", HEAD + sends("place") + sends("resend"))
        assert ["shop/orders.py:13"] == found(capsys, "--baseline-commit", "HEAD")
        assert here.is_dir()

    def test_with_a_baseline_too(self, capsys: pytest.CaptureFixture[str]) -> None:
        write("shop/orders.py", HEAD + sends("place") + sends("resend"))
        lint(capsys, "baseline", "create", "--baseline", "old.json")
        write("shop/orders.py", HEAD + sends("place") + sends("resend") + sends("again"))
        assert ["shop/orders.py:18"] == found(capsys, "--baseline-commit", "first", "--baseline", "old.json")
        assert ["shop/orders.py:18"] == found(capsys, "--diff-only", "first", "--baseline", "old.json")


def empty() -> str:
    """A commit without files."""
    tree = git("hash-object", "-t", "tree", "-w", os.devnull).strip()
    return git("commit-tree", tree, "-m", "nothing").strip()


def state(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of the checkout and the repository: when it was written, and what it holds."""
    return {
        path.relative_to(root).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }


class TestMistakes:
    @pytest.mark.parametrize("option", ["--diff-only", "--baseline-commit"])
    @pytest.mark.parametrize("name", ["nowhere", "--all", "first:shop/tasks.py", ""])
    def test_an_unknown_revision(self, capsys: pytest.CaptureFixture[str], option: str, name: str) -> None:
        expected = (2, "", f"celery-lint: {option}: there is no revision `{name}`\n")
        assert expected == lint(capsys, f"{option}={name}")

    @pytest.mark.parametrize("option", ["--diff-only", "--baseline-commit"])
    def test_no_repository(
        self, capsys: pytest.CaptureFixture[str], option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        monkeypatch.chdir(outside)
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
        expected = (2, "", f"celery-lint: {option}: {outside} is in no git repository\n")
        assert expected == lint(capsys, option, "main")

    @pytest.mark.parametrize("option", ["--diff-only", "--baseline-commit"])
    def test_no_git(
        self, capsys: pytest.CaptureFixture[str], option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        expected = (2, "", f"celery-lint: {option}: git cannot be run: No such file or directory\n")
        assert expected == lint(capsys, option, "first")

    def test_standard_input(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        with open("shop/tasks.py", encoding="utf-8") as stream:
            monkeypatch.setattr("sys.stdin", stream)
            code, out, err = lint(capsys, "--diff-only", "first", "-")
        words = "celery-lint: --diff-only compares files on disk and does not go with standard input\n"
        assert (2, "", words) == (code, out, err)


def test_a_revision_without_common_history_is_taken_as_it_is(here: Path) -> None:
    lonely = empty()
    assert lonely == Revision.find(str(here), lonely, "--diff-only").commit
