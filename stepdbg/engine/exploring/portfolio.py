"""The strategies by their names, and the one that takes turns with several.

Owns: `Portfolio`; `chooser_named`, `STRATEGIES`.
Does not own: the single strategies (choosers, exhaustive).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stepdbg.model.facts import LogicalId

from .choosers import (
    ChangePoints,
    Chooser,
    Delays,
    Memory,
    Priorities,
    RandomWalk,
    UniformWalk,
)
from .exhaustive import Estimating, Exhaustive

_ESTIMATED: Final = 20
"""How many schedules it takes to estimate the number of all orders."""

_STAY: Final = 3
"""The number of the schedule without a delay; two random walks come before it."""


class Portfolio(Chooser):
    """The default order once; then URW, URW, POS by turns.

    The fourth schedule has no delay: each task goes on for as long as it can.  That is the opposite
    of the default order, and fails at once if other tasks must step before a task ends.  After it,
    every tenth schedule (its number ends in 9) has at most two delays, until all of those have been
    tried.  If the budget has room for twice the estimated number of orders, every other schedule is
    one of a search of all orders.

    Args:
        seed: the seed of all random numbers.
        first: whether this process tries the schedules with delays, and searches all orders; only
            one of several processes does.
    """

    def __init__(self, seed: int = 0, *, first: bool = True) -> None:
        super().__init__(seed)
        self._walk, self._priorities = UniformWalk(seed), Priorities(seed + 1)
        self._delays = Delays(seed, most=2)
        self._delays.exhausted = not first
        self._estimating: Estimating | None = Estimating(self._walk) if first else None
        self._all: Exhaustive | None = None
        self._turns = (self._walk, self._walk, self._priorities)
        self._now: Chooser = Chooser()
        self._number = 0

    @property
    def stays(self) -> bool:  # type: ignore[override]  # it changes
        """Whether the chooser of this schedule stays with a task."""
        return self._now.stays

    @property
    def reduces(self) -> bool:  # type: ignore[override]  # it changes
        """Whether the chooser of this schedule takes silent steps at once."""
        return self._now.reduces

    @property
    def decides_deadlines(self) -> bool:  # type: ignore[override]  # it changes
        """Whether the chooser of this schedule decides about deadlines."""
        return self._now.decides_deadlines

    @property
    def searches_all(self) -> bool:  # type: ignore[override]  # it changes
        """Whether a search of all orders goes on among the other schedules."""
        return self._all is not None

    @property
    def tried(self) -> int:  # type: ignore[override]  # it changes
        """How many schedules of that search have ended."""
        return 0 if self._all is None else self._all.tried

    def begin(self, number: int) -> None:
        """Let the chooser whose turn it is choose in this schedule."""
        self._number = number
        self._now = self._of(number)
        self._now.begin(number)
        self.choose, self.stepped = self._now.choose, self._now.stepped  # type: ignore[method-assign]

    def _of(self, number: int) -> Chooser:
        """The chooser whose turn a schedule is."""
        if number == 0:
            return Chooser()
        if self._all is not None and number % 2 == 0:
            return self._all
        if (number == _STAY or number % 10 == 9) and not self._delays.exhausted:
            return self._delays
        turn = self._turns[(number - 1) % 3]
        return self._estimating if turn is self._walk and self._estimating else turn

    def end(self, steps: Mapping[LogicalId, int], choices: int) -> None:
        """Pass the result on, and decide once whether there is room to search all orders."""
        self._walk.end(steps, choices)  # every run improves its estimates
        if self._now is not self._walk:
            self._now.end(steps, choices)
        self._look_at_all()
        if self._number == _ESTIMATED - 1 and self._estimating is not None:
            if 0 < 2 * self._estimating.orders <= self.room(_ESTIMATED):
                self._all = Exhaustive()
            self._estimating = None

    def _look_at_all(self) -> None:
        """Give the search of all orders up if it cannot try all of them."""
        if self._all is not None:
            self.exhausted = self._all.exhausted and not self._all.doubt
            if self._all.doubt:
                self._all = None

    def doubts(self, why: str) -> None:
        """Pass the doubt on to the search of all orders, and give that search up."""
        if self._all is not None:
            self._all.doubts(why)
            self._look_at_all()

    def memory(self) -> Memory:
        kept: Memory = {"walk": self._walk.memory(), "delays": self._delays.memory()}
        kept["all"] = None if self._all is None else self._all.memory()
        kept["estimate"] = None
        if self._estimating is not None:
            kept["estimate"] = self._estimating.total, self._estimating.count
        return kept

    def remember(self, memory: Memory) -> None:
        self._walk.remember(memory["walk"])
        self._delays.remember(memory["delays"])
        self._all = None
        if memory["all"] is not None:
            self._all = Exhaustive()
            self._all.remember(memory["all"])
        self._look_at_all()
        if memory["estimate"] is None:
            self._estimating = None
        elif self._estimating is not None:
            self._estimating.total, self._estimating.count = memory["estimate"]


STRATEGIES: dict[str, type[Chooser]] = {
    "portfolio": Portfolio,
    "urw": UniformWalk,
    "rw": RandomWalk,
    "pos": Priorities,
    "pct": ChangePoints,
    "bounded": Delays,
    "exhaustive": Exhaustive,
}
"""What ``--strategy`` may say."""


def chooser_named(name: str, seed: int, worker: int) -> Chooser:
    """A chooser for one of several processes.  name: one of `STRATEGIES`."""
    own = seed * 1_009 + worker
    if name == "portfolio":
        return Portfolio(own, first=worker == 0)
    return STRATEGIES[name](own)
