"""Deployment files: which commands they start, with which options, and for whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import build

from celery_lint.project.services import Command, Services


def services(root: Path, files: dict[str, str | bytes]) -> Services:
    return build(root, files).services


def said(command: Command) -> str:
    """A command in words: who runs it, and what it is given."""
    given = [f"{each.option.option}={each.value}" for each in command.arguments.given]
    return " ".join((command.service.name, command.name, f"-A {command.app}", *given))


COMPOSE = """
    services:
      worker:
        image: shop
        command: celery -A shop worker -c ${WORKERS:-4} -Q mail,${EXTRA}
        stop_grace_period: 1m30s
        environment:
          CELERY_WORKER_POOL: threads
        deploy:
          replicas: 3
      beat:
        image: shop
        command: ["celery", "-A", "shop", "beat"]
"""


class TestCompose:
    def test_commands_with_their_options(self, tmp_path: Path) -> None:
        found = services(tmp_path, {"docker-compose.yml": COMPOSE})
        assert ["worker worker -A shop concurrency=4 queues=None", "beat beat -A shop"] == [
            said(each) for each in found.all
        ]
        (worker,) = found.workers
        assert (None, "threads", 4, 3, 90.0) == (
            worker.queues,
            worker.pool,
            worker.concurrency,
            worker.service.replicas,
            worker.service.grace,
        )
        assert (4, 14, 4, 62) == (
            worker.location.line,
            worker.location.column,
            worker.location.end_line,
            worker.location.end_column,
        )

    def test_merged_and_extended_services(self, tmp_path: Path) -> None:
        text = """
            x-base: &base
              image: shop
              environment: {C_FORCE_ROOT: 1}
              command: celery -A shop worker
            services:
              one: *base
              two:
                <<: *base
                command: celery -A shop worker -c 2
              three:
                extends: two
        """
        found = services(tmp_path, {"docker-compose.yml": text})
        assert ["one", "three", "two"] == sorted(each.service.name for each in found.workers)
        assert all(each.service.is_on("C_FORCE_ROOT") for each in found.workers)

    @pytest.mark.parametrize(
        "name, extra, environment",
        [
            ("docker-compose.yml", "", "production"),
            ("docker-compose.dev.yml", "", "development"),
            ("docker-compose.override.yml", "", "development"),
            ("compose.test.yaml", "", "tests"),
            ("docker-compose.yml", "volumes: ['.:/app']", "development"),
            ("docker-compose.prod.yml", "", "production"),
        ],
    )
    def test_whom_it_is_for(self, tmp_path: Path, name: str, extra: str, environment: str) -> None:
        text = f"services:\n  w:\n    command: celery -A shop worker\n    {extra}\n"
        (worker,) = services(tmp_path, {name: text}).workers
        assert environment == worker.service.environment

    def test_a_shell_and_a_script(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "docker-compose.yml": """
                services:
                  a:
                    command: sh -c "./bin/worker.sh"
                    environment: [QUEUE=mail]
                  b:
                    command: bash -c "wait-for-it db:5432 -- celery -A shop worker"
            """,
            "bin/worker.sh": """
                #!/bin/bash
                LEVEL=${LEVEL:-INFO}
                exec celery -A shop worker \\
                    -Q "$QUEUE" -l $LEVEL
            """,
        }
        found = services(tmp_path, files)
        assert ["a worker -A shop queues=mail loglevel=INFO", "b worker -A shop"] == [said(e) for e in found.all]
        assert [False, True] == [each.invocation.signals for each in found.all]

    def test_what_a_shell_exports(self, tmp_path: Path) -> None:
        text = """
            #!/bin/sh
            SECRET=1
            CELERY_WORKER_POOL=threads
            export CELERY_WORKER_POOL
            export CELERY_WORKER_CONCURRENCY=${WORKERS:-3} CELERY_WORKER_TIME_LIMIT=$LIMIT
            exec celery -A shop worker
        """
        (worker,) = services(tmp_path, {"start.sh": text}).workers
        assert ("threads", 3, None) == (worker.pool, worker.concurrency, worker.time_limit)
        assert worker.has("time_limit")
        assert "SECRET" not in worker.service.variables


class TestTimeToStop:
    @pytest.mark.parametrize(
        "name, text, seconds",
        [
            ("compose.yml", "services: {w: {command: celery -A shop worker}}", 10),
            ("compose.yml", "services: {w: {command: celery -A shop worker, stop_grace_period: 2m}}", 120),
            ("compose.yml", "services: {w: {command: celery -A shop worker, stop_grace_period: $GRACE}}", None),
            ("compose.yml", "services: {w: {command: celery -A shop worker, extends: {file: a.yml}}}", None),
            ("pod.yaml", "kind: Pod\nspec: {containers: [{name: w, args: [celery, -A, shop, worker]}]}", 30),
            ("pod.yaml", "kind: Pod\nspec: {containers: [{args: [celery, -A, {{ app }}, worker]}]}", None),
            ("w.service", "[Service]\nExecStart=celery -A shop worker", 90),
            ("w.service", "[Service]\nExecStart=celery -A shop worker\nTimeoutStopSec=5min 20s", 320),
            ("w.service", "[Service]\nExecStart=celery -A shop worker\nTimeoutSec=2 hours", 7200),
            ("w.service", "[Service]\nExecStart=celery -A shop worker\nTimeoutStopSec=infinity", None),
            ("w.service", "[Service]\nExecStart=celery -A shop worker\nTimeoutStopSec=0", None),
            ("w.conf", "[program:w]\ncommand=celery -A shop worker", 10),
            ("w.conf", "[program:w]\ncommand=celery -A shop worker\nstopwaitsecs = 600 ; ten minutes", 600),
            ("Procfile", "w: celery -A shop worker", None),
            ("Dockerfile", "FROM python\nCMD celery -A shop worker", None),
        ],
    )
    def test_in_seconds(self, tmp_path: Path, name: str, text: str, seconds: float | None) -> None:
        (worker,) = services(tmp_path, {name: text + "\n"}).workers
        assert seconds == worker.service.grace


class TestOtherFiles:
    def test_procfile(self, tmp_path: Path) -> None:
        found = services(tmp_path, {"Procfile": "web: gunicorn\nworker: uv run celery --app=shop worker -B -lINFO\n"})
        assert ["worker worker -A shop beat=None loglevel=INFO"] == [said(each) for each in found.all]

    def test_systemd(self, tmp_path: Path) -> None:
        text = "[Service]\nUser=shop\nTimeoutStopSec=10min\nExecStart=/opt/bin/celery -A shop worker \\\n  -c 8\n"
        (worker,) = services(tmp_path, {"deploy/worker.service": text}).workers
        assert (8, "shop") == (worker.concurrency, worker.service.user)

    def test_supervisor(self, tmp_path: Path) -> None:
        text = "[program:mail]\ncommand=celery -A shop worker\n  -n mail@%%h\n  -Q mail ; slow\nnumprocs=2\n"
        (worker,) = services(tmp_path, {"supervisord.conf": text}).workers
        assert ("mail@%h", ("mail",), 2) == (worker.value("hostname"), worker.queues, worker.service.replicas)

    def test_dockerfile(self, tmp_path: Path) -> None:
        text = """
            FROM python AS base
            ENV C_FORCE_ROOT=1
            FROM base AS worker
            CMD ["celery", "-A", "shop", \\
                 "worker"]
            FROM base AS beat
            CMD celery -A shop beat
        """
        found = services(tmp_path, {"Dockerfile": text})
        assert [("worker", True), ("beat", False)] == [(e.service.name, e.invocation.signals) for e in found.all]
        assert found.workers[0].service.is_on("C_FORCE_ROOT")

    def test_helm_template(self, tmp_path: Path) -> None:
        text = """
            {{- if .Values.worker.enabled }}
            kind: Deployment
            metadata:
              name: {{ include "shop.name" . }}-worker
            spec:
              replicas: {{ .Values.replicas }}
              template:
                spec:
                  terminationGracePeriodSeconds: 600
                  containers:
                    - name: worker
                      command:
                        [
                          {{- with .Values.prefix }}
                          {{- . | nindent 12 }}
                          {{- end }}
                          "celery", "-A", "shop", "worker",
                          {{ printf "--loglevel=%s" .Values.level | quote }},
                          "-Q", "mail",
                        ]
            {{- end }}
        """
        (worker,) = services(tmp_path, {"chart/templates/worker.yaml": text}).workers
        assert ("shop", ("mail",), None, 600.0) == (
            worker.app,
            worker.queues,
            worker.service.replicas,
            worker.service.grace,
        )

    def test_multi(self, tmp_path: Path) -> None:
        text = "[Service]\nExecStart=/bin/sh -c 'celery multi start w1 w2 -A shop -c 3 -Q:w1 mail'\n"
        (worker,) = services(tmp_path, {"celery.service": text}).workers
        assert ("shop", 3, None) == (worker.app, worker.concurrency, worker.queues)

    @pytest.mark.parametrize("key", ["entrypoint", "command"])
    @pytest.mark.parametrize("runner", ["poetry run", "uv run --no-sync", "pipenv run", "pdm run"])
    def test_runners_before_celery(self, runner: str, key: str, tmp_path: Path) -> None:
        text = f"services:\n  jobs:\n    image: shop\n    {key}: {runner} celery -A shop worker -Q mail\n"
        (worker,) = services(tmp_path, {"docker-compose.yml": text}).workers
        assert ("shop", ("mail",)) == (worker.app, worker.queues)

    @pytest.mark.parametrize(
        "line",
        [
            "docker compose up celery worker",
            "pip install celery worker",
            "echo celery worker",
            "# celery -A shop worker",
            "cat <<EOF\ncelery -A shop worker\nEOF",
            "celery -A shop status",
        ],
    )
    def test_what_is_no_worker(self, tmp_path: Path, line: str) -> None:
        assert () == services(tmp_path, {"start.sh": f"#!/bin/sh\n{line}\n"}).all


class TestBadFiles:
    def test_broken_yaml_is_told_and_the_rest_is_read(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "docker-compose.yml": "services:\n  a: [celery\n",
            "Procfile": "worker: celery -A shop worker\n",
        }
        found = services(tmp_path, files)
        assert ["docker-compose.yml"] == [each.path for each in found.broken]
        assert 1 == len(found.workers)

    def test_bomb_of_aliases(self, tmp_path: Path) -> None:
        lines = ["a0: &a0 [celery, celery]"]
        lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 30)]
        lines += ["kind: Pod", "spec: *a29"]
        assert () == services(tmp_path, {"bomb.yaml": "\n".join(lines) + "\n"}).all

    def test_merging_itself(self, tmp_path: Path) -> None:
        text = "services: &s\n  <<: *s\n  a: &a\n    <<: *a\n    command: celery -A shop worker\n"
        assert 1 == len(services(tmp_path, {"docker-compose.yml": text}).workers)

    def test_deep_nesting(self, tmp_path: Path) -> None:
        found = services(tmp_path, {"deep.yml": "celery: " + "[" * 50_000 + "\n"})
        assert ["deep.yml"] == [each.path for each in found.broken]

    def test_large_file(self, tmp_path: Path) -> None:
        found = services(tmp_path, {"docker-compose.yml": "# celery\n" * 200_000})
        assert ["is larger than 1 MB, so it is not read"] == [each.message for each in found.broken]

    @pytest.mark.parametrize("name", ["Procfile", "Dockerfile", "start.sh", "a.service", "a.conf", "compose.yml"])
    def test_garbage(self, tmp_path: Path, name: str) -> None:
        text = b"celery \xff\x00 ${ $( ` ' \" {{ [program:x]\ncommand=celery '\nFROM\nCMD [\n\\"
        assert () == services(tmp_path, {name: text}).workers

    def test_an_empty_array_leaves_no_command(self, tmp_path: Path) -> None:
        text = 'before=()\n"${before[@]}"\n"${before[@]}" celery -A shop worker\n'
        assert 1 == len(services(tmp_path, {"start.sh": text}).workers)
