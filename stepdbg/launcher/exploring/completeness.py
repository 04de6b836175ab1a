"""Whether a search of all orders may claim that it has tried all of them.

Owns: `CompletenessCheck`, `last_message`.
Does not own: the search (engine.exploring.exhaustive), noticing what a run touches outside of it
(engine.exploring.outside), the verdict (search).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepdbg.engine.exploring.choosers import Chooser
    from stepdbg.engine.exploring.outside import Outside
    from stepdbg.engine.exploring.trying import Tried

_REAL = "a run waits for something from outside in real time"

_OTHERS = "only one of several runs is explored"


class CompletenessCheck:
    """Looks for reasons why a run may have more orders than the search can reach.

    Args:
        chooser: gets each such reason, if it searches all orders.
    """

    def __init__(self, chooser: Chooser) -> None:
        self._chooser = chooser
        self._outside: Outside | None = None
        self._told = False

    def before(self) -> None:
        """A schedule is about to begin."""
        if not self._chooser.searches_all or self._told:
            return
        if self._outside is None:
            from stepdbg.engine.exploring.outside import Outside

            self._outside = Outside()
        self._outside.begin()

    def after(self, tried: Tried) -> None:
        """A schedule has ended."""
        if self._outside is None or self._told or not self._chooser.searches_all:
            return
        why = _REAL if tried.real else _OTHERS if tried.has_others else self._outside.touched()
        if why:
            self._chooser.doubts(why)
            self._told = True
            self._outside.close()


def last_message(chooser: Chooser) -> tuple[Any, ...]:
    """The last message of a worker, which `Search` reads."""
    every = None
    if chooser.searches_all and chooser.exhausted:
        every = chooser.tried, chooser.doubt
    return "done", getattr(chooser, "finished", None), every
