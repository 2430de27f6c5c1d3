"""The project's own ways to send."""


def send(task, *args):
    task.delay(*args)


def send_later(task, *args, seconds):
    task.apply_async(args, countdown=seconds)
