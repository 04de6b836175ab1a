"""What a run is given from outside, as a replay and a schedule that is written down see it.

Owns: the protocol `Given`.  Does not own: the tape behind it (taping).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from stepdbg.model.tape import Contents
    from stepdbg.model.uncontrolled import Touch, Uncontrolled


class Given(Protocol):
    """What a run is given from outside, recorded or given again."""

    def come(self, steps: int) -> bool:
        """Let come what had come after so many steps; whether some of it is on its way."""

    def wake(self, number: int | None) -> bool:
        """It is the turn of a task; whether that has ended its wait for something outside."""

    def leave(self) -> None:
        """The run has left the schedule."""

    def end(self) -> None:
        """The run is over, or the program goes on without stepdbg."""

    def holds(self, kind: Uncontrolled) -> bool:
        """Whether what no schedule controls is on the tape."""

    def missed(self) -> tuple[Touch, ...]:
        """What is not on the tape, the first of each kind."""

    def contents(self) -> Contents | None:
        """What was recorded so far, None where it is given again."""

    def write(self, seed: int | None) -> None:
        """Write it to its file, if it has one, with the schedule.  seed: of ``--seed``."""
