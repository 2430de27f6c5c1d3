"""Other hosts, and time."""

import time

import requests

TIMEOUT = 10


def fetch(order_pk):
    return requests.get(f"https://example.com/{order_pk}")  # CLT308


def fetch_in_time(order_pk):
    return requests.get(f"https://example.com/{order_pk}", timeout=TIMEOUT)


def fetch_by_hand(order_pk):
    """Only a view comes here."""
    return requests.get(f"https://example.com/{order_pk}")


def cool_down():
    time.sleep(30)  # CLT309


def cool_down_by_hand():
    """Only a view comes here."""
    time.sleep(30)


def poll(order_pk):
    """A client that tries again."""
    for _ in range(3):
        if fetch_in_time(order_pk):
            return
        time.sleep(5)
