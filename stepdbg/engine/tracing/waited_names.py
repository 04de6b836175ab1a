"""Find what the source calls the objects that tasks wait for.

Owns: `WaitedNames`.
Does not own: the shapes of waits (shapes), reading the source (stacks.statements).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepdbg.engine.stacks import statements
from stepdbg.model.standard import time

from .search_time import SearchTime

if TYPE_CHECKING:
    from stepdbg.engine.recording.step_ends import Stuck

_PART: Final = 0.01
"""Which part of the time may go into it: each file is parsed for it once."""


class WaitedNames:
    """The names of objects at the places where tasks wait, in one run."""

    def __init__(self) -> None:
        self._time = SearchTime(_PART)

    def at(self, stuck: Stuck) -> str:
        """The object whose method is awaited at a place, ``done`` in ``await done.wait()``.

        Time should stand still meanwhile.

        Returns:
            Its source; empty if it has none, or if there is no time left to look.
        """
        began = time.perf_counter()
        if stuck.code is None or "." not in stuck.awaited or not self._time.is_left(began):
            return ""
        name = statements.awaited_of(stuck.code, stuck.instruction)
        self._time.took(began)
        return "" if "(" in name else name
