"""Hosts that say nothing, and what goes over the wire between an application and its broker."""

from __future__ import annotations

import base64
import ftplib
import imaplib
import os
import poplib
import re
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.request import urlopen

import httpx
import requests
from celery import Celery
from celery.result import AsyncResult
from kombu.transport.redis import Channel as RedisChannel
from kombu.transport.SQS import Channel as SQSChannel
from laboratory import attempt, experiment, redis_app, wait_until, worker_process

lab = redis_app(9)
PASSWORD = "kz81Hq"
ARGUMENT = "4111 1111 1111 1111"
PATIENCE = 8.0
"""Seconds; httpx waits five."""


def ask_by_socket(port: int, **options: float) -> None:
    with socket.create_connection(("127.0.0.1", port), **options) as link:
        link.recv(1)


WAYS: dict[str, Callable[..., Any]] = {
    "requests": lambda port, **options: requests.get(f"http://127.0.0.1:{port}", **options),
    "urlopen": lambda port, **options: urlopen(f"http://127.0.0.1:{port}", **options),
    "smtplib": lambda port, **options: smtplib.SMTP("127.0.0.1", port, **options),
    "ftplib": lambda port, **options: ftplib.FTP().connect("127.0.0.1", port, **options),
    "imaplib": lambda port, **options: imaplib.IMAP4("127.0.0.1", port, **options),
    "poplib": lambda port, **options: poplib.POP3("127.0.0.1", port, **options),
    "socket": ask_by_socket,
    "httpx": lambda port, **options: httpx.get(f"http://127.0.0.1:{port}", **options),
}


@lab.task
def ask(way: str, port: int, **options: float) -> None:
    WAYS[way](port, **options)


@lab.task
def pay(card: str) -> str:
    return f"paid with {card}"


@contextmanager
def silent_host() -> Iterator[int]:
    """The port of a host that takes every connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server.getsockname()[1]


class Relay:
    """Passes bytes on between whoever connects to its port and a server, and keeps what the server is sent."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.sent = b""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self.server.accept()
            server = socket.create_connection(("127.0.0.1", self.to))
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        heard = target.getpeername()[1] == self.to
        while data := source.recv(65536):
            if heard:
                self.sent += data
            target.sendall(data)


def port_of(url: str) -> int:
    return int(re.findall(r":(\d+)", url)[-1])


@experiment
def silent_hosts() -> dict[str, Any]:
    """By way: whether the task still waits after a while, and how it ends with a timeout. And the end of a task with a
    time limit."""
    run = ("experiments.network:lab", "-l", "INFO", "-P")
    with ExitStack() as stack:
        port = stack.enter_context(silent_host())
        stack.enter_context(worker_process(*run, "threads", "-c", str(2 * len(WAYS)), "-Q", "ask"))
        _, said = stack.enter_context(worker_process(*run, "prefork", "-c", "1", "-Q", "limited"))
        wait_until(lambda: " ready." in said(), 30)
        bounded = {way: ask.apply_async((way, port), {"timeout": 1}, queue="ask") for way in WAYS}
        endless = {way: ask.apply_async((way, port), queue="ask") for way in WAYS}
        limited = ask.apply_async(("requests", port), queue="limited", time_limit=1)
        ends = {way: named(result) for way, result in bounded.items()}
        wait_until(lambda: all(result.ready() for result in endless.values()), PATIENCE)
        waits = {way: not result.ready() for way, result in endless.items()}
        return {"waits": waits, "ends": ends, "limited": named(limited)}


def named(result: AsyncResult) -> str:
    """The name of the error that a task ends with."""
    return str(attempt(result.get, timeout=30)).partition(":")[0]


@experiment
def in_the_clear() -> dict[str, list[bool]]:
    """By broker, whether what it is sent shows the password and the argument; Redis gets the latter in base64."""
    redis, rabbitmq = (Relay(port_of(os.environ[f"LABORATORY_{name}"])) for name in ("REDIS", "RABBITMQ"))
    lab.backend.client.execute_command("ACL", "SETUSER", "shop", "on", f">{PASSWORD}", "~*", "&*", "+@all")
    urls = (f"redis://shop:{PASSWORD}@127.0.0.1:{redis.port}/9", f"amqp://guest:guest@127.0.0.1:{rabbitmq.port}//")
    for url in urls:
        Celery("sender", broker=url, set_as_current=False).send_task("pay", [ARGUMENT], queue="nobody")
    # The client of RabbitMQ does not wait for an answer to a message.
    wait_until(lambda: ARGUMENT.encode() in rabbitmq.sent, 10)
    body = re.search(rb'"body": "([^"]+)"', redis.sent)
    return {
        "redis": [PASSWORD.encode() in redis.sent, body is not None and ARGUMENT.encode() in base64.b64decode(body[1])],
        "rabbitmq": [b"\0guest\0guest" in rabbitmq.sent, ARGUMENT.encode() in rabbitmq.sent],
    }


@experiment
def known_by_its_url() -> str:
    """What somebody gets from the workers who has the URL of the broker and nothing else."""
    url = f"{os.environ['LABORATORY_REDIS']}/9"
    with worker_process("experiments.network:lab", "-P", "solo"):
        return str(Celery(broker=url, backend=url, set_as_current=False).send_task(pay.name, ["any"]).get(timeout=30))


@experiment
def visibility_timeouts() -> dict[str, int]:
    """Seconds, unless they are set."""
    return {"redis": RedisChannel.visibility_timeout, "sqs": SQSChannel.default_visibility_timeout}
