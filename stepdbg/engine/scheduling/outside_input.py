"""What a run gets from outside, as a replay and the writing of a schedule see it.

Owns: the protocol `OutsideInput`.  Does not own: the tape that implements it (taping).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from stepdbg.model.tape import Contents
    from stepdbg.model.uncontrolled import Touch, Uncontrolled


class OutsideInput(Protocol):
    """What a run gets from outside: recorded, or replayed."""

    def deliver_until(self, steps: int) -> bool:
        """Deliver what had arrived after this many steps; returns whether more is on its way."""

    def wake(self, number: int | None) -> bool:
        """It is a task's turn; returns whether this has ended its wait for something outside."""

    def leave(self) -> None:
        """The run has left the schedule."""

    def end(self) -> None:
        """The run is over, or the program goes on without stepdbg."""

    def holds(self, kind: Uncontrolled) -> bool:
        """Whether the tape has this kind of thing, which no schedule controls."""

    def missed(self) -> tuple[Touch, ...]:
        """What is missing on the tape: the first touch of each kind."""

    def contents(self) -> Contents | None:
        """What was recorded so far; None during a replay."""

    def write(self, seed: int | None) -> None:
        """Write the tape to its file, if it has one, with the schedule.  seed: of ``--seed``."""
