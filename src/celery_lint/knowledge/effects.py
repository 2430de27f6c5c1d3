"""What cannot be undone, and what keeps it from being done twice. Names are dotted import paths, but for methods."""

from __future__ import annotations

__all__ = ["GUARDS", "MAILS"]

MAILS = frozenset(
    {
        "django.core.mail.EmailMessage",
        "django.core.mail.EmailMultiAlternatives",
        "django.core.mail.mail_admins",
        "django.core.mail.mail_managers",
        "django.core.mail.send_mail",
        "django.core.mail.send_mass_mail",
    }
)
"""Functions that send mail, and classes whose `send()` does."""

GUARDS = frozenset(
    {
        "acquire",
        "add",
        "exists",
        "get_or_create",
        "lock",
        "select_for_update",
        "set_nx",
        "setnx",
        "update_or_create",
    }
)
"""Methods that a task calls to learn whether the work is done or somebody else's: locks (`cache.add`), rows."""
