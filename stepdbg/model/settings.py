"""What the debugger goes by.

Owns: `Setting`.  Does not own: what a setting does (engine.process.settings).
"""

from __future__ import annotations

from .records import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name, its value as it would be typed, and what it is about.

    typed: what to say after ``set NAME``, one time after the other, to have it like this; nothing
        where nobody has changed it.
    """

    name: str
    value: str
    summary: str
    typed: tuple[str, ...] = ()
