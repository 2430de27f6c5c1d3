r"""
---
code: SHP101
name: queue-by-hand
category: workers
severity: warning
confidence: high
persona: regular
fix: unsafe
since: 1.0.0
preview: false
scope: code
message: `{task}` is sent to a queue that this call names
why: A queue that a call names stays behind when `task_routes` changes.
help: Leave `queue` out, and put the task into `task_routes`.
---

## What it does

Finds a task that is sent with `queue=`.

## Why is this bad?

Our queues are in `task_routes`, where those who run the workers look for them. When the reports moved to workers of
their own, three calls went on sending them to the old ones.

## Bad

```python title="shop/tasks.py"
from celery import shared_task


@shared_task
def send_receipt(order_pk): ...
```

```python title="shop/services.py"
from shop.tasks import send_receipt


def resend(order_pk):
    send_receipt.apply_async((order_pk,), queue="mail")  # SHP101
```

## Good

### The routes decide

```python title="shop/tasks.py"
from celery import shared_task


@shared_task
def send_receipt(order_pk): ...
```

```python title="shop/services.py"
from shop.tasks import send_receipt


def resend(order_pk):
    send_receipt.apply_async((order_pk,))
```

### A parameter of the task that has the name

```python title="shop/tasks.py"
from celery import shared_task


@shared_task
def move(*, queue): ...
```

```python title="shop/services.py"
from shop.tasks import move


def tidy():
    move.delay(queue="mail")
```

## Known limits

A queue in a dict of options is not seen.

```python title="shop/tasks.py"
from celery import shared_task


@shared_task
def send_receipt(order_pk): ...
```

```python title="shop/services.py"
from shop.tasks import send_receipt


def resend(order_pk, options):
    send_receipt.apply_async((order_pk,), **options)  # SHP101 missed: who knows what is in the options
```

## See also

- Celery, routing tasks: https://docs.celeryq.dev/en/stable/userguide/routing.html
"""

from collections.abc import Iterator

from celery_lint.rule import Applicability, Fix, Nomination, Project, RemoveKeyword, rule


@rule("queue-by-hand")
def queue_by_hand(project: Project) -> Iterator[Nomination]:
    """Flags a call that sends a task and names the queue."""
    for message in project.messages:
        if message.form == "call" and message.given.option("queue") is not None:
            leave_out = Fix("leave it out", Applicability.UNSAFE, (RemoveKeyword(message.location, "queue"),))
            yield message.nominate("queue-by-hand", fix=leave_out)
