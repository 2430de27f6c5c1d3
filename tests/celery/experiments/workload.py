"""What the messages of an application do to its workers."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from typing import Any

from laboratory import attempt, experiment, redis_app, wait_until, worker, worker_process

lab = redis_app(3)
alone = redis_app(6)
unlimited, one, three = (redis_app(3, worker_prefetch_multiplier=multiplier) for multiplier in (0, 1, 3))
HOLDERS = {
    "unlimited": ("unlimited",),
    "one": ("one",),
    "three": ("three",),
    "unlimited, told one": ("unlimited", "--prefetch-multiplier", "1"),
    "three, told zero": ("three", "--prefetch-multiplier", "0"),
}
"""By queue, the app of a worker and its options."""
MESSAGES = 12
SEEN: list[str] = []
VISITS: list[int] = []


@alone.task
def pause() -> None:
    time.sleep(0.5)
    SEEN.append("pause")


@alone.task
def later() -> None:
    SEEN.append("later")


@alone.task
def wake() -> None:
    SEEN.append("wake")


@lab.task(acks_late=True)
def hold() -> None:
    time.sleep(30)


@lab.task
def visit() -> tuple[int, int]:
    """The process, and how many visits it knows of."""
    VISITS.append(1)
    time.sleep(0.2)
    return os.getpid(), len(VISITS)


def queue_name(holder: str) -> str:
    return holder.replace(", ", "-").replace(" ", "-")


@experiment
def processes() -> dict[str, Any]:
    """By queue, how many messages a worker of two threads leaves on it for other workers; and whether two
    processes of a worker ran the visits, and one of them knows of all."""
    with ExitStack() as stack, lab.connection_for_read() as link:
        redis = link.default_channel.client
        visits = [visit.apply_async(queue="visits") for _ in range(6)]
        visited = ("experiments.workload:lab", "-P", "prefork", "-c", "2", "-Q", "visits")
        running = [stack.enter_context(worker_process(*visited))[0]]
        for queue, (app, *options) in HOLDERS.items():
            for _ in range(MESSAGES):
                hold.apply_async(queue=queue_name(queue))
            held = (f"experiments.workload:{app}", "-P", "threads", "-c", "2", "-Q", queue_name(queue))
            running.append(stack.enter_context(worker_process(*held, *options))[0])

        def left() -> dict[str, int]:
            return {queue: redis.llen(queue_name(queue)) for queue in HOLDERS}

        seen = [result.get(timeout=30) for result in visits]
        wait_until(lambda: max(left().values()) < MESSAGES, 30)
        time.sleep(1)
        prefetched = left()
        running.pop(0).terminate()
        for process in running:
            process.kill()
    two = len({process for process, _ in seen}) == 2
    return {"left": prefetched, "two": two, "all": max(known for _, known in seen) == len(seen)}


@experiment
def sleeping() -> dict[str, list[str]]:
    """What a worker that does one thing at a time has done, in order."""

    def order(send: Any) -> list[str]:
        SEEN.clear()
        send()
        wake.delay()
        wait_until(lambda: len(SEEN) == 2, 10)
        return list(SEEN)

    with worker(alone):
        return {
            "sleep": order(pause.delay),
            "countdown": order(lambda: later.apply_async(countdown=0.5)),
        }


@experiment
def a_message_a_row() -> dict[str, Any]:
    """Messages of ten rows: of a loop, of one that fails at the sixth row and is run again, and of chunks."""
    of = redis_app(5)

    @of.task
    def remind(pk: int) -> None: ...

    def loop(fails_at: int | None = None) -> None:
        for pk in range(10):
            if pk == fails_at:
                raise OSError
            remind.delay(pk)

    with of.connection_for_read() as link:
        redis = link.default_channel.client

        def count(send: Any) -> int:
            redis.delete("celery")
            send()
            return int(redis.llen("celery"))

        return {
            "loop": count(loop),
            "twice": count(lambda: (attempt(loop, 5), loop())),
            "chunks": count(lambda: remind.chunks([(pk,) for pk in range(10)], 5).apply_async()),
        }


@experiment
def held_too_long() -> bool:
    """Whether Redis gives a message back to the queue that somebody took and did not acknowledge in time."""
    of = redis_app(8, broker_transport_options={"visibility_timeout": 1})
    of.send_task("remind")
    with of.connection_for_read() as link:
        channel = link.default_channel
        channel.basic_get("celery")
        taken = channel.client.llen("celery") == 0
        time.sleep(1.1)
        channel.qos.restore_visible()
        return taken and channel.client.llen("celery") == 1
