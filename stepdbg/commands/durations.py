"""Times as typed: ``+5s``, ``-200ms``, ``1.5``.

Owns: reading them.  Does not own: what commands do with them.
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import re

_UNITS = {"us": 0.000001, "ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(us|ms|s|m|h|)")


_NO_TIME = "is not a time; say +5s, 200ms or 1.5"


def seconds(text: str, problem: str = _NO_TIME) -> float:
    """A time with its sign, in seconds.

    problem: what to say of a text that is not a time; a command that takes other forms names them.

    Raises:
        BadUsage: it is not a time.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or len(text) > 30:
        raise BadUsage(f"`{text[:30]}` {problem}")
    value = float(match[2]) * _UNITS[match[3]]
    return -value if match[1] == "-" else value


def number(text: str) -> float:
    """A plain number.  Raises `BadUsage`."""
    try:
        return float(text)
    except ValueError:
        raise BadUsage(f"`{text[:30]}` is not a number") from None
