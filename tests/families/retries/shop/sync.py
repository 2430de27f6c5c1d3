"""Loops that tasks run."""

import logging

from shop.errors import Anything, TooLate

logger = logging.getLogger(__name__)


def push_all(order_pks):
    """By a task with a soft limit."""
    failed = 0
    for order_pk in order_pks:
        try:
            push(order_pk)
        except Anything:  # CLT407
            failed += 1
    return failed


def push_some(order_pks):
    """By the same task, and the limit passes."""
    for order_pk in order_pks:
        try:
            push(order_pk)
        except TooLate:
            raise
        except Anything:
            logger.exception("order %s", order_pk)


def push_few(order_pks):
    """By a task without one."""
    for order_pk in order_pks:
        try:
            push(order_pk)
        except Anything:
            logger.exception("order %s", order_pk)


def push_nightly(order_pks):
    """By a command."""
    for order_pk in order_pks:
        try:
            push(order_pk)
        except Anything:
            logger.exception("order %s", order_pk)


def push_slowly(order_pks):
    """By a task whose base class has the limit."""
    while order_pks:
        try:
            push(order_pks.pop())
        except Anything:  # CLT407
            continue


def push(order_pk):
    print(order_pk)
