"""Settings: what the user can change about the debugger.

Owns: `Setting`.  Does not own: what a setting does (engine.process.settings).
"""

from __future__ import annotations

from .records import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name, its value as a user would type it, and what it is about.

    typed: the texts to type after ``set NAME``, one after the other, to get this value; empty if
        the user has not changed it.
    """

    name: str
    value: str
    summary: str
    typed: tuple[str, ...] = ()
