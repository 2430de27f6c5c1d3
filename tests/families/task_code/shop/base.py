from celery import Task


class Traced(Task):
    trace_id = None
