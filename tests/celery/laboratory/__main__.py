"""`python -m laboratory experiments.NAME`: run the experiments of a module and write down what they saw."""

from __future__ import annotations

import importlib
import json
import os
import sys

import django
from django.core.management import call_command
from redis import Redis

from laboratory import celery  # noqa: F401 - the app must be there before any task
from laboratory.experiment import observe


def main(module: str) -> None:
    django.setup()
    for alias in ("default", "other"):
        call_command("migrate", database=alias, run_syncdb=True, verbosity=0)
    # The releases share a server, one after the other.
    Redis.from_url(os.environ["LABORATORY_REDIS"]).flushall()
    importlib.import_module(module)
    path = os.path.join(os.environ["LABORATORY_DIRECTORY"], "observed.json")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(observe(), stream)


if __name__ == "__main__":
    main(sys.argv[1])
    # Threads of a worker that an experiment has left behind must not hold the process.
    os._exit(0)
