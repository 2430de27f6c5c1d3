"""`python -m celery_lint` is `celery-lint`."""

from celery_lint.cli import run

if __name__ == "__main__":
    run()
