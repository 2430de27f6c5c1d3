from celery import Task


class Logged(Task):
    def on_failure(self, exc, task_id, args, kwargs, einfo):
        print(exc)


class Stubborn(Logged):
    autoretry_for = (ConnectionError,)
    retry_backoff = True


class Counted(Task):
    def retry(self, *args, **kwargs):
        kwargs.setdefault("max_retries", 20)
        return super().retry(*args, **kwargs)


class Limited(Task):
    soft_time_limit = 300
