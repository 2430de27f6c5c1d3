"""What kombu's JSON refuses, as far as it is known by name, and what reads whole files.

kombu writes what `json` does and datetime, date, time, Decimal, UUID, bytes and Django's lazy strings besides.
"""

from __future__ import annotations

__all__ = ["BUILTINS", "CLASSES", "COLLECTIONS", "DECODERS", "ENCODERS", "JSON_WRITERS", "PLAIN_BASES", "READERS"]

COLLECTIONS = {
    "set": "a set",
    "frozenset": "a frozenset",
    "generator": "a generator",
    "range": "a range",
    "map": "a map object",
    "filter": "a filter object",
    "zip": "a zip object",
    "enumerate": "an enumerate object",
    "iterator": "an iterator",
}
BUILTINS = {"complex": "a complex number", "bytearray": "a bytearray", "memoryview": "a memoryview"}
CLASSES = {
    "builtins.Exception": "an exception",
    "celery.result.AsyncResult": "an AsyncResult",
    "collections.deque": "a deque",
    "django.core.files.base.ContentFile": "a file",
    "django.core.files.base.File": "a file",
    "django.core.files.uploadedfile.InMemoryUploadedFile": "an uploaded file",
    "django.core.files.uploadedfile.SimpleUploadedFile": "an uploaded file",
    "django.core.files.uploadedfile.TemporaryUploadedFile": "an uploaded file",
    "django.core.files.uploadedfile.UploadedFile": "an uploaded file",
    "django.db.models.F": "an F expression",
    "django.db.models.Q": "a Q object",
    "fractions.Fraction": "a Fraction",
    "io.BytesIO": "a buffer",
    "io.StringIO": "a buffer",
    "pathlib.Path": "a Path",
    "pathlib.PosixPath": "a Path",
    "pathlib.PurePath": "a Path",
    "threading.Lock": "a lock",
    "threading.RLock": "a lock",
}
PLAIN_BASES = frozenset(
    {
        "abc.ABC",
        "builtins.BaseException",
        "builtins.Exception",
        "builtins.RuntimeError",
        "builtins.ValueError",
        "builtins.object",
        "typing.Generic",
    }
)
"""Bases that make nothing of an object that JSON could write."""

READERS = frozenset({"read", "read_bytes", "read_text"})
DECODERS = frozenset({"decode", "encode", "getvalue"})
ENCODERS = frozenset({"base64.b64encode", "base64.standard_b64encode", "base64.urlsafe_b64encode", "builtins.str"})

JSON_WRITERS = {
    "django.http.JsonResponse": "data",
    "django.http.response.JsonResponse": "data",
    "json.dump": "obj",
    "json.dumps": "obj",
    "rest_framework.response.Response": "data",
}
"""What writes its first argument as JSON → the name of that argument."""
