"""Values that other modules send."""

from datetime import timedelta

PAUSE = timedelta(minutes=5)
SECONDS = PAUSE.total_seconds()
TEXT_NAMES = {"1": "one", "2": "two"}
