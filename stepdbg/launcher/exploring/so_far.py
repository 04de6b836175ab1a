"""What is known of an exploration so far, and the verdict that follows.

Owns: `SoFar`.  Does not own: the search (search), the words of a verdict (model.exploring).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.exploring import Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stepdbg.model.exploring import FoundFault


class SoFar:
    """What is known of one exploration.

    Attributes:
        orders: a number for each order that was tried.
        schedules, cut: how many schedules were tried, and how many of them were cut.
        finished: see `Verdict.bounded`; None until a worker has ended.
        every: see `Verdict.every`.
        notes: see `Verdict.notes`.
        own_clock: whether the run has a clock of the program's own.
    """

    def __init__(self) -> None:
        self.orders: set[int] = set()
        self.schedules = self.cut = self.every = 0
        self.finished: tuple[int, int] | None = None
        self.notes: list[str] = []
        self.own_clock = False

    def come_to_all(self, tried: int, doubt: str) -> None:
        """A search of all orders has ended.

        Args:
            tried: the number of schedules.
            doubt: why there may be more orders, a clause; empty for no doubt.
        """
        if self.own_clock:
            doubt = "the run has a clock of the program's own"
        if self.cut:
            doubt = "a schedule was cut"
        if doubt:
            self.notes.append(f"the search of all orders ended, but there may be more: {doubt}")
        elif not self.notes:
            self.every = tried

    def verdict(self, found: Mapping[str, FoundFault], broken: str, seconds: float) -> Verdict:
        """The verdict.

        Args:
            found: the failures.
            broken: why the call cannot be explored; empty if it can.
            seconds: how long the search took.
        """
        kind, notes = VerdictKind.BUDGET, tuple(self.notes)
        if found:
            kind = VerdictKind.FAILED
        elif broken:
            kind, notes = VerdictKind.NOT_EXPLORED, (broken, *notes)
        elif self.every:
            kind = VerdictKind.EXHAUSTED
        elif self.finished is not None and not self.cut and not notes:
            kind = VerdictKind.BOUNDED
        return Verdict(
            kind,
            self.schedules,
            len(self.orders),
            self.cut,
            self.finished or (0, 0),
            seconds,
            tuple(found.values()),
            notes,
            self.every,
        )
