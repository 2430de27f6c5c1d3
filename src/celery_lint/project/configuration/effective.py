"""What Celery sees of one setting in one environment."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from celery_lint.project.configuration.data import Datum, State

__all__ = ["Effective"]


class Effective(Struct, frozen=True):
    """A setting by its name since Celery 4, whatever it is called where it is set.

    `options` are the values it may have, each with its place; there are several where branches or releases of
    Celery differ. `is_set` is None where it is not known whether anything sets it. `default` is what Celery takes
    when nothing does: seconds for a timedelta.
    """

    name: str
    options: tuple[Datum, ...]
    is_set: bool | None
    default: Any = None

    @property
    def datum(self) -> Datum | None:
        """The value that is set, where there is one and it certainly holds."""
        return self.options[0] if len(self.options) == 1 and self.is_set else None

    @property
    def state(self) -> State:
        """A setting that certainly nothing sets is known: it has Celery's default."""
        if self.is_set is False:
            return State.KNOWN
        return self.datum.state if self.datum is not None else State.UNKNOWN

    @property
    def truth(self) -> bool | None:
        if self.is_set is False:
            return bool(self.default)
        truths = {option.truth for option in self.options}
        return truths.pop() if self.is_set and len(truths) == 1 else None

    @property
    def number(self) -> float | None:
        """The number, or a timedelta's seconds."""
        if self.is_set is False:
            return self.default if isinstance(self.default, int | float) else None
        numbers = {option.number for option in self.options}
        return numbers.pop() if self.is_set and len(numbers) == 1 else None

    @property
    def text(self) -> str | None:
        if self.is_set is False:
            return self.default if isinstance(self.default, str) else None
        texts = {option.text for option in self.options}
        return texts.pop() if self.is_set and len(texts) == 1 else None
