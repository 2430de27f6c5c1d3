"""Exceptions, and names for those of others."""

import requests
from celery.exceptions import Retry, SoftTimeLimitExceeded

__all__ = ["Anything", "Declined", "Down", "Retry", "TooLate"]

Anything = Exception
Down = requests.RequestException
TooLate = SoftTimeLimitExceeded


class Declined(Exception): ...
