"""Calls that wait: for the network, for time, for another process. Names are dotted import paths."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["PROCESSES", "QUERIES", "REQUESTS", "REQUEST_METHODS", "SESSIONS", "SLEEP", "Request"]


class Request(Struct, frozen=True):
    """A function that waits for another host for ever unless told how long.

    `position` is that of its timeout (-1: keyword only). `uses_socket_default` says that
    `socket.setdefaulttimeout()` bounds it.
    """

    position: int = -1
    uses_socket_default: bool = False


REQUEST_METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "request")

SESSIONS = frozenset(
    {
        "requests.Session",
        "requests.sessions.Session",
        "requests_oauthlib.OAuth1Session",
        "requests_oauthlib.OAuth2Session",
        "requests_oauthlib.oauth1_session.OAuth1Session",
        "requests_oauthlib.oauth2_session.OAuth2Session",
    }
)
"""Objects whose request methods wait like the functions of `requests`."""

REQUESTS = {
    **{f"requests.{name}": Request() for name in REQUEST_METHODS},
    **{f"requests.api.{name}": Request() for name in REQUEST_METHODS},
    "urllib.request.urlopen": Request(2, uses_socket_default=True),
    "ftplib.FTP": Request(4, uses_socket_default=True),
    "imaplib.IMAP4": Request(2, uses_socket_default=True),
    "poplib.POP3": Request(2, uses_socket_default=True),
    "smtplib.SMTP": Request(3, uses_socket_default=True),
    "socket.create_connection": Request(1, uses_socket_default=True),
}
"""`httpx` and `boto3` have timeouts of their own, and are not here."""

SLEEP = frozenset({"time.sleep"})

PROCESSES = frozenset({"subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.run"})

QUERIES = frozenset(
    {
        "aggregate",
        "bulk_create",
        "bulk_update",
        "count",
        "create",
        "delete",
        "earliest",
        "exists",
        "first",
        "get",
        "get_or_create",
        "in_bulk",
        "last",
        "latest",
        "update",
        "update_or_create",
    }
)
"""Methods of managers and querysets that ask the database at once."""
