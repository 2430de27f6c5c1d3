"""What tasks of several modules are given."""

PER_MINUTE = "10/min"
PER_HOUR = "600/h"
PAUSE = 20
PATIENT = {"retry_backoff": 5, "max_retries": 8}
