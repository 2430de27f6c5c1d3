"""The colours of the output. Everything that colours text goes through here."""

from __future__ import annotations

from msgspec import Struct

from celery_lint.finding import Severity

__all__ = ["Palette"]

_SEVERITY = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFORMATION: "1;36"}


class Palette(Struct, frozen=True):
    """Colours text, or leaves it as it is."""

    color: bool

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and text else text

    def of_severity(self, severity: Severity, text: str) -> str:
        return self._paint(_SEVERITY[severity], text)

    def strong(self, text: str) -> str:
        return self._paint("1", text)

    def margin(self, text: str) -> str:
        return self._paint("1;34", text)

    def primary(self, text: str) -> str:
        return self._paint("1;31", text)

    def secondary(self, text: str) -> str:
        return self._paint("34", text)

    def help(self, text: str) -> str:
        return self._paint("1;36", text)

    def removed(self, text: str) -> str:
        return self._paint("31", text)

    def added(self, text: str) -> str:
        return self._paint("32", text)
