from celery import Celery

app = Celery("laboratory")
app.config_from_object("django.conf:settings", namespace="CELERY")
