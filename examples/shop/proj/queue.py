"""How the shop sends its background jobs."""

PRIORITIES = {"low": 9, "normal": 5, "high": 1}


def enqueue(task, *args, priority="normal", **kwargs):
    """Send a task with one of the shop's priorities."""
    return task.apply_async(args=args, kwargs=kwargs, priority=PRIORITIES[priority])
