"""The hash by which GitHub code scanning knows a line again: `primaryLocationLineHash`.

It is the one that the upload action computes for results that bring none, and it warns of one that differs. A
line's hash is a polynomial over the hundred UTF-16 units from the start of the line on, without blanks and with
LF for every end of line. After the end of the file comes a mark, then zeros. Lines with one hash are numbered.
"""

from __future__ import annotations

from array import array
from collections import Counter

__all__ = ["line_hashes"]

_WINDOW = 100
_FACTOR = 37
_MODULUS = 1 << 64
_END_OF_FILE = 0xFFFF
_LF = ord("\n")


def line_hashes(source: bytes) -> list[str]:
    """`hash:occurrence` for each line; one that follows the last end of line counts as a line too."""
    units = _units(source)
    leaving = pow(_FACTOR, _WINDOW, _MODULUS)
    value = 0
    for unit in units[:_WINDOW]:
        value = (value * _FACTOR + unit) % _MODULUS
    seen: Counter[int] = Counter()
    hashes = []
    starts_line = True
    for index in range(len(units) - _WINDOW):
        unit = units[index]
        if starts_line:
            seen[value] += 1
            hashes.append(f"{value:x}:{seen[value]}")
        starts_line = unit == _LF
        value = (value * _FACTOR + units[index + _WINDOW] - unit * leaving) % _MODULUS
    return hashes


def _units(source: bytes) -> array[int]:
    """What is hashed, with a whole window behind the mark of the end."""
    text = source.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace(" ", "").replace("\t", "")
    units = array("H", text.encode("utf-16-le"))
    units.append(_END_OF_FILE)
    units.extend([0] * _WINDOW)
    return units
