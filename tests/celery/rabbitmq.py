"""A RabbitMQ server of one's own, out of Debian's packages, which are unpacked and not installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from environments import UnavailableError, free_port, locked, run, wait_for

ERLANG = (
    "asn1 base crypto eldap ftp inets mnesia os-mon parsetools public-key runtime-tools snmp ssl syntax-tools tftp "
    "tools xmerl"
)
PACKAGES = ("rabbitmq-server", *(f"erlang-{name}" for name in ERLANG.split()))
CONSUMER_TIMEOUT = 5_000
"""Milliseconds; RabbitMQ's default is half an hour, and it looks every minute."""


def rabbitmq_home(cache: Path) -> Path:
    """Where RabbitMQ and its Erlang lie as below `/`."""
    home = cache / "rabbitmq"
    with locked(cache / ".rabbitmq"):
        if (home / "made").exists():
            return home
        if shutil.which("apt-get") is None:
            raise UnavailableError("there is no apt-get")
        shutil.rmtree(home, ignore_errors=True)
        downloads = home / "packages"
        for directory in (downloads, home / "lists" / "partial"):
            directory.mkdir(parents=True)
        own = ("-qq", "-o", f"Dir::State::Lists={home / 'lists'}", "-o", "APT::Sandbox::User=root")
        run("apt-get", "update", *own)
        run("apt-get", "download", *own, *PACKAGES, within=downloads)
        for package in downloads.glob("*.deb"):
            run("dpkg-deb", "-x", package, home)
        erl = home / "usr/lib/erlang/bin/erl"
        erl.write_text(erl.read_text().replace("ROOTDIR=/usr/lib/erlang", f"ROOTDIR={home}/usr/lib/erlang"))
        (home / "made").touch()
    return home


@contextmanager
def rabbitmq_server(home: Path, directory: Path) -> Iterator[str]:
    """The URL of a server that ends with the block."""
    (script,) = home.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")
    port, names, peers = free_port(), free_port(), free_port()
    binaries = home / "usr/lib/erlang/bin"
    environment = {
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "HOME": str(directory),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_CONFIG_FILE": str(directory / "none"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(directory / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "none"),
        "RABBITMQ_MNESIA_BASE": str(directory),
        "RABBITMQ_LOG_BASE": str(directory),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_NODENAME": f"laboratory-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(peers),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            f"-rabbit consumer_timeout {CONSUMER_TIMEOUT} -rabbit channel_tick_interval 1000"
        ),
    }
    commands = {names: (binaries / "epmd",), port: (script,)}
    running: list[subprocess.Popen[bytes]] = []
    with (directory / "rabbitmq.log").open("w") as log:
        try:
            for listening, command in commands.items():
                running.append(
                    subprocess.Popen(
                        command,
                        cwd=directory,
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                )
                wait_for(listening, running[-1], 60)
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
        finally:
            for process in running:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
