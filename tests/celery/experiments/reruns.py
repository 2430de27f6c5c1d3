"""What a task that runs again does a second time, and what happens in between."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core import mail
from laboratory import app, experiment, wait_until, worker
from laboratory.shop.models import Order

POST = mail.get_connection("django.core.mail.backends.locmem.EmailBackend")
RUNS: Counter[int] = Counter()
WRITTEN: list[str] = []


@app.task(bind=True, max_retries=1)
def writes(self: Any, pk: int, note: str) -> None:
    """The older of two notes finds the network down."""
    if note == "older" and not self.request.retries:
        raise self.retry(countdown=0.5)
    Order.objects.filter(pk=pk).update(note=note)
    WRITTEN.append(note)


@app.task(autoretry_for=(OSError,), max_retries=1, default_retry_delay=0)
def mails(pk: int, *, at_the_end: bool) -> None:
    def send() -> None:
        mail.send_mail("Shipped", "It is on its way.", None, [f"{pk}@shop.example"], connection=POST)

    if not at_the_end:
        send()
    RUNS[pk] += 1
    if RUNS[pk] == 1:
        raise OSError("the printer is out of paper")
    if at_the_end:
        send()


@experiment
def messages_that_change_places() -> list[str]:
    """The notes that are written into a row, in order, and the one it ends up with. The older was sent first."""
    order = Order.objects.create()
    with worker():
        for note in ("older", "newer"):
            writes.delay(order.pk, note)
        wait_until(lambda: len(WRITTEN) == 2)
    return [*WRITTEN, Order.objects.get(pk=order.pk).note]


@experiment
def mails_of_two_runs() -> dict[str, int]:
    """How many mails a task sends whose first run fails: before what fails, and after it."""
    sent = {}
    mail.outbox = []
    with worker():
        for at_the_end in (False, True):
            before = len(mail.outbox)
            mails.delay(Order.objects.create().pk, at_the_end=at_the_end).get(timeout=30)
            sent["after" if at_the_end else "before"] = len(mail.outbox) - before
    return sent
