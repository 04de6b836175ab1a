"""The orders that stock Trio can make, and those of a Trio that shuffles each pass.

Owns: `InPasses`, which keeps to passes, and `MODES`.
Does not own: other choosers (choosers).

Trio takes all that can step as a pass, forwards or backwards as a coin falls, and only then looks
for what has become runnable meanwhile (`trio._core._run.unrolled_run`).
"""

from __future__ import annotations

from collections.abc import Sequence

from stepdbg.model.facts import LogicalId

from .choosers import Chooser

MODES = ("stock", "batch")
"""How passes are taken: see `InPasses`.  Where neither will do it is ``free``: any order."""


class InPasses(Chooser):
    """Each pass as a whole before the next one.

    Args:
        seed: of all random numbers.
        mode: ``stock``: a pass is taken forwards or backwards.  ``batch``: in any order.
    """

    keeps_arrivals = True

    def __init__(self, seed: int, mode: str) -> None:
        super().__init__(seed)
        self._shuffles = mode == "batch"
        self._pass: list[LogicalId] = []

    def begin(self, number: int) -> None:
        """See `Chooser`."""
        super().begin(number)
        self._pass = []

    def choose(self, ready: Sequence[LogicalId]) -> int:
        """See `Chooser`."""
        if not self._pass:
            self._pass = list(ready)
            if self._shuffles:
                self.random.shuffle(self._pass)
            elif self.random.random() < 0.5:
                self._pass.reverse()
        return ready.index(self._pass[0])

    def stepped(self, who: LogicalId) -> None:
        """See `Chooser`."""
        if who in self._pass:
            self._pass.remove(who)
