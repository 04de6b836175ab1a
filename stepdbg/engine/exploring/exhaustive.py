"""Every order there is, one after the other, and an estimate of how many there are.

Owns: `Exhaustive`, `Estimating`.
Does not own: which tasks can step and which steps are silent (explored, silence), what a run
touches that is not controlled (outside), whether a search has tried all orders
(launcher.exploring).

Source of the estimate: "Estimating the Efficiency of Backtrack Programs" (Knuth, 1975): one over
the chance of a random way down a tree is, on average, the number of ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepdbg.model.facts import LogicalId

from .choosers import Chooser, Memory, UniformWalk


class Exhaustive(Chooser):
    """Every schedule; the last choice is changed first.

    Silent steps are taken at once, see `silence`.

    Args:
        seed: not used.
    """

    reduces = True
    searches_all = True
    decides_deadlines = True

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        # At each choice: the one taken, of how many, and a hash of the steps and choices before it
        # and of the tasks that could step.
        self._path: list[tuple[int, int, int]] = []
        self._depth = self._so_far = 0

    def begin(self, number: int) -> None:  # noqa: ARG002 - each one follows from the one before
        self._depth = self._so_far = 0

    def choose(self, ready: Sequence[LogicalId]) -> int:
        """Repeat the choices of the path; at a new one, take the first task."""
        count, mark = len(ready), hash((self._so_far, *ready))
        if self._depth == len(self._path):
            self._path.append((0, count, mark))
        taken, of, before = self._path[self._depth]
        if (of, before) != (count, mark):
            self._seen("after the same steps, the tasks that could step were not the same")
            taken = min(taken, count - 1)
            self._path[self._depth] = taken, count, mark
        self._depth += 1
        self._so_far = hash((mark, taken))
        return taken

    def stepped(self, who: LogicalId) -> None:
        self._so_far = hash((self._so_far, who))

    def end(self, steps: Mapping[LogicalId, int], choices: int) -> None:  # noqa: ARG002
        """Change the last choice that has an alternative; without one, the search is over."""
        path = self._path
        self.tried += 1
        if not steps:
            self._seen("a schedule was cut")
        elif self._depth < len(path):
            self._seen("after the same steps, there was no choice where there was one before")
        del path[self._depth :]
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if path:
            taken, of, mark = path[-1]
            path[-1] = taken + 1, of, mark
        else:
            self.exhausted = True

    def doubts(self, why: str) -> None:
        """Note a cause that is known; it replaces a mere sign."""
        self.doubt = why

    def _seen(self, sign: str) -> None:
        """Note that schedules differ; a cause that is known says more, so it stays."""
        self.doubt = self.doubt or sign

    def memory(self) -> Memory:
        so_far = {"path": self._path, "tried": self.tried}
        return {**so_far, "doubt": self.doubt, "exhausted": self.exhausted}

    def remember(self, memory: Memory) -> None:
        self._path = [(taken, of, mark) for taken, of, mark in memory["path"]]
        self.tried = memory["tried"]
        self.doubt, self.exhausted = memory["doubt"], memory["exhausted"]


class Estimating(Chooser):
    """A uniform walk that also estimates how many orders there are; it takes silent steps at once.

    Args:
        walk: chooses.

    Attributes:
        total: the sum of the estimates of all schedules so far.
        count: how many schedules those are.
    """

    reduces = True

    def __init__(self, walk: UniformWalk) -> None:
        super().__init__()
        self.total, self.count = 0.0, 0
        self._walk = walk
        self._ways = 1.0
        self.stepped = walk.stepped  # type: ignore[method-assign]

    def begin(self, number: int) -> None:
        self._ways = 1.0
        self._walk.begin(number)

    def choose(self, ready: Sequence[LogicalId]) -> int:
        """Choose as the walk does, and note how likely that choice was."""
        place = self._walk.choose(ready)
        self._ways /= self._walk.chance(ready, place)
        return place

    def end(self, steps: Mapping[LogicalId, int], choices: int) -> None:  # noqa: ARG002
        """Add the estimate of this schedule; if it was cut, there may be any number of orders."""
        self.total += self._ways if steps else float("inf")
        self.count += 1

    @property
    def orders(self) -> float:
        """About how many orders there are; 0 before the first schedule has ended."""
        return self.total / self.count if self.count else 0.0
