from celery import Task


class ByKey(Task):
    """Sends keys for rows."""

    def apply_async(self, args=None, kwargs=None, **options):
        args = [getattr(arg, "pk", arg) for arg in args or ()]
        return super().apply_async(args, kwargs, **options)


class Unchecked(Task):
    typing = False
