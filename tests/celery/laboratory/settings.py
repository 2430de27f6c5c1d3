import os

SECRET_KEY = "for experiments"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "laboratory.shop",
    "django_celery_results",
    "django_celery_beat",
]
_DATABASE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL", "timeout": 20, "transaction_mode": "IMMEDIATE"},
}
DATABASES = {
    alias: {**_DATABASE, "NAME": os.path.join(os.environ["LABORATORY_DIRECTORY"], f"{alias}.sqlite3")}
    for alias in ("default", "other")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

CELERY_BROKER_URL = "memory://"
CELERY_RESULT_BACKEND = "cache+memory://"
