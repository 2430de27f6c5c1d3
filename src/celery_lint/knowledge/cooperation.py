"""Calls that do not give way to other green threads, by dotted import path."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["STALLING", "Stalling", "stalling"]

COMPUTES = "computes"
WAITS = "waits in C"


class Stalling(Struct, frozen=True):
    """What a call does meanwhile, and words of code that make its library cooperate."""

    how: str
    unless: tuple[str, ...] = ()


STALLING = {
    "MySQLdb.connect": Stalling(WAITS),
    "bcrypt.hashpw": Stalling(COMPUTES),
    "confluent_kafka.Consumer": Stalling(WAITS),
    "cv2": Stalling(COMPUTES),
    "django.contrib.auth.hashers.make_password": Stalling(COMPUTES),
    "face_recognition": Stalling(COMPUTES),
    "grpc.insecure_channel": Stalling(WAITS, ("init_gevent", "init_eventlet")),
    "grpc.secure_channel": Stalling(WAITS, ("init_gevent", "init_eventlet")),
    "hashlib.pbkdf2_hmac": Stalling(COMPUTES),
    "hashlib.scrypt": Stalling(COMPUTES),
    "ldap.initialize": Stalling(WAITS),
    "openpyxl.load_workbook": Stalling(COMPUTES),
    "pandas.read_csv": Stalling(COMPUTES),
    "pandas.read_excel": Stalling(COMPUTES),
    "pandas.read_json": Stalling(COMPUTES),
    "pandas.read_parquet": Stalling(COMPUTES),
    "PIL.ImageFilter": Stalling(COMPUTES),
    "PIL.ImageOps": Stalling(COMPUTES),
    "psycopg2.connect": Stalling(WAITS, ("psycogreen", "set_wait_callback")),
    "pycurl.Curl": Stalling(WAITS),
    "pylibmc.Client": Stalling(WAITS),
    "pymssql.connect": Stalling(WAITS),
    "pyodbc.connect": Stalling(WAITS),
    "pytesseract": Stalling(COMPUTES),
    "sklearn": Stalling(COMPUTES),
    "torch": Stalling(COMPUTES),
    "weasyprint.HTML": Stalling(COMPUTES),
}
"""Functions, and modules of which every function counts. What gevent and eventlet patch is not here: sockets, files,
`time.sleep`, locks and `subprocess`. Database drivers below the ORM are not here either: nearly every task would be."""


def stalling(name: str) -> Stalling | None:
    """What is known of a function, or of a package it is in."""
    while name and name not in STALLING:
        name = name.rpartition(".")[0]
    return STALLING.get(name)
