"""Workers below shells, as root and at debug level, and what a Flower tells strangers."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from laboratory import experiment, redis_app, wait_until

lab = redis_app(9)
trusting = redis_app(9, accept_content=["json", "pickle"])

CELERY = f"{sys.executable} -m celery -A experiments.deployment"
SECRET = "4111-1111"
LEVELS = {"INFO": "sh", "DEBUG": "sh with exec"}
"""Which of the workers logs at which level."""


@lab.task
def charge(card: str) -> str:
    return f"charged {len(card)}"


@contextmanager
def process(name: str, *command: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], Callable[[], str]]]:
    """A process with those that it starts, which all go in the end; and what reads its log."""
    log = os.path.join(os.environ["LABORATORY_DIRECTORY"], f"{name}.log")
    with open(log, "w", encoding="utf-8") as stream:
        started = subprocess.Popen(
            command,
            stdout=stream,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env={**os.environ, **variables},
        )

    def said() -> str:
        with open(log, encoding="utf-8", errors="replace") as stream:
            return stream.read()

    try:
        yield started, said
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def worker(app: str, queue: str, *options: str) -> str:
    return " ".join((CELERY + f":{app}", "worker -P solo -n", queue, "-Q", queue, *options))


@contextmanager
def flower(*options: str) -> Iterator[str]:
    """Its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (*CELERY.split()[:-1], "experiments.deployment:lab", "flower", "--address=127.0.0.1", f"--port={port}")
    with process(f"flower-{port}", *command, *options):
        yield f"http://127.0.0.1:{port}"


def page(address: str) -> str:
    """What a stranger gets: the page, or the number of an error."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError:
        return ""


@experiment
def all_at_once() -> dict[str, Any]:
    """What is seen of three workers, each below a shell, of a worker that trusts, and of two Flowers."""
    dash, is_root = shutil.which("dash"), os.getuid() == 0
    seen: dict[str, Any] = {}
    with ExitStack() as stack:

        def start(name: str, *command: str, **variables: str) -> tuple[subprocess.Popen[str], Callable[[], str]]:
            return stack.enter_context(process(name, *command, **variables))

        shells = {
            "sh": start("sh", dash or "sh", "-c", worker("lab", "sh", "-l INFO")),
            "sh with exec": start("exec", dash or "sh", "-c", "exec " + worker("lab", "exec", "-l DEBUG -E")),
            "bash": start("bash", "bash", "-c", worker("trusting", "bash", "-l INFO"), C_FORCE_ROOT="1"),
        }
        refused, refusal = start("refused", *worker("trusting", "refused").split())
        opened, closed = stack.enter_context(flower()), stack.enter_context(flower("--basic_auth=shop:secret"))
        wait_until(lambda: all(" ready." in said() for _, said in shells.values()), 60)
        wait_until(lambda: page(f"{opened}/workers") and page(f"{closed}/workers"), 30)
        sent = {queue: charge.apply_async((SECRET,), queue=queue) for queue in ("sh", "exec")}
        for each in sent.values():
            each.get(timeout=60)
        shown = wait_until(lambda: SECRET in page(f"{opened}/task/{sent['exec'].id}"), 60)
        seen["flower"] = {"open": shown, "closed": page(f"{closed}/task/{sent['exec'].id}")}
        seen["logged"] = {level: SECRET in shells[name][1]() for level, name in LEVELS.items()}
        if is_root:
            wait_until(lambda: refused.poll() is not None, 60)
            seen["root"] = {"refused": refused.poll(), "forced": " ready." in shells["bash"][1]()}
            seen["refusal"] = "superuser privileges" in refusal()
        for shell, _ in shells.values():
            shell.terminate()
        wait_until(lambda: all("Warm shutdown" in shells[name][1]() for name in ("sh with exec", "bash")), 30)
        time.sleep(2)
        seen["warm"] = {name: "Warm shutdown" in said() for name, (_, said) in shells.items()} if dash else None
    return seen
