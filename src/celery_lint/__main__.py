"""`python -m celery_lint` is `celery-lint`."""

import sys

if __name__ == "__main__":
    # Python has put the working directory first on its path, and with it a project whose modules would be imported.
    if not sys.flags.safe_path:
        del sys.path[0]
    from celery_lint.cli import run

    run()
