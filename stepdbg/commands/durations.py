"""Times as typed: ``+5s``, ``-200ms``, ``1.5``.

Owns: reading them.  Does not own: what commands do with them.
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import re

_UNITS = {"us": 0.000001, "ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(us|ms|s|m|h|)")


def seconds(text: str) -> float:
    """A time with its sign, in seconds.  Raises `BadUsage`."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or len(text) > 30:
        raise BadUsage(f"`{text[:30]}` is not a time; say +5s, 200ms or 1.5")
    value = float(match[2]) * _UNITS[match[3]]
    return -value if match[1] == "-" else value


def number(text: str) -> float:
    """A plain number.  Raises `BadUsage`."""
    try:
        return float(text)
    except ValueError:
        raise BadUsage(f"`{text[:30]}` is not a number") from None
