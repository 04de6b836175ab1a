"""Strategies that choose, of the tasks that can step, the one that does.

Owns: `Chooser` and its kinds.
Does not own: their names, and taking turns with them (portfolio), every order (exhaustive), which
tasks can step, and carrying a choice out (explored).

A chooser knows only logical ids.  Its random numbers come from the seed and the number of the
schedule.  So a process that takes over from another one needs only that one's `memory`, which is
plain values, and chooses as that one would have.

Sources: URW: "Selectively Uniform Concurrency Testing" (ASPLOS 2025); POS: "Partial Order Aware
Concurrency Sampling" (CAV 2018); PCT: "A Randomized Scheduler with Probabilistic Guarantees of
Finding Bugs" (ASPLOS 2010); delays: "Delay-Bounded Scheduling" (POPL 2011).
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from stepdbg.model.facts import LogicalId
from stepdbg.model.standard import itertools

Memory = dict[str, Any]
"""What a chooser has learnt, in values that `marshal` takes."""


class Chooser:
    """The default order: the first task that can step.

    Args:
        seed: the seed of all its random numbers.

    Attributes:
        stays: whether the task that has just stepped is the first one, if it can step.
        keeps_arrivals: whether tasks that one step makes runnable keep Trio's order; else they are
            sorted by their logical ids.
        exhausted: whether it has chosen every schedule that it can choose.
        reduces: whether silent steps are taken at once, without a choice; see `silence`.
        searches_all: whether it tries all orders, in some of its schedules or in all.
        tried: how many schedules of such a search have ended.
        doubt: why it may miss some orders, a clause; empty if it misses none.
        decides_deadlines: whether it also decides if a deadline passes early, a choice of two.
        room: says, by the number of a schedule, about how many more the budget has room for.
        known: one object for each logical id of all schedules, because that compares faster.
    """

    stays = False
    keeps_arrivals = False
    exhausted = False
    reduces = False
    decides_deadlines = False
    searches_all = False
    tried = 0
    doubt = ""

    def __init__(self, seed: int = 0) -> None:
        self.room: Callable[[int], float] = lambda _: 0.0
        self._seed = seed
        self.random = Random(seed)
        self.known: dict[LogicalId, LogicalId] = {}

    def begin(self, number: int) -> None:
        """Begin the schedule with this number, counted from 0."""
        self.random.seed(self._seed * 1_000_003 + number)

    def choose(self, ready: Sequence[LogicalId]) -> int:  # noqa: ARG002 - the default
        """Choose the task that steps, of two or more in the default order; return its place."""
        return 0

    def stepped(self, who: LogicalId) -> None:
        """Note that a task steps: it was chosen, or no other task could step."""

    def end(self, steps: Mapping[LogicalId, int], choices: int) -> None:
        """End the schedule; how many steps each task took, and how often there was a choice.

        If the schedule was cut, `steps` is empty and `choices` is 0.
        """

    def doubts(self, why: str) -> None:
        """Note that there may be orders that it misses.  why: a clause."""

    def memory(self) -> Memory:
        """What another process needs to go on."""
        return {}

    def remember(self, memory: Memory) -> None:
        """Go on with the memory of another process."""


class RandomWalk(Chooser):
    """RW: each task that can step has the same chance."""

    def choose(self, ready: Sequence[LogicalId]) -> int:
        return int(self.random.random() * len(ready))


class _Weights(dict[LogicalId, int]):
    """How many steps are left in each task: at least 1, and 1 for an unknown task."""

    def __missing__(self, who: LogicalId) -> int:
        self[who] = 1
        return 1


class UniformWalk(Chooser):
    """URW: the more steps a task and its descendants probably have left, the likelier it steps.

    The estimate is the mean of the runs so far.  The maximum would feed on itself if a task polls.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self._sums: dict[LogicalId, tuple[int, int]] = {}  # steps, and in how many runs
        self._whole: dict[LogicalId, int] = {}
        self._left = _Weights()
        self._chosen: LogicalId | None = None
        self._kept, self._weights = list[LogicalId](), list[int]()  # of the others that can step

    def begin(self, number: int) -> None:
        """Expect as many steps of each task as the mean of the runs so far."""
        super().begin(number)
        self._left = _Weights(self._whole)
        del self._kept[:], self._weights[:]

    def choose(self, ready: Sequence[LogicalId]) -> int:
        """Draw a task, with the steps that it and its descendants have left as its weight."""
        # Weights are kept between steps: looking up a hundred anew takes a fifth of the time.
        kept, weights = self._kept, self._weights
        if ready[: len(kept)] != kept:
            del kept[:], weights[:]
        weights += map(self._left.__getitem__, ready[len(kept) :])
        kept += ready[len(kept) :]
        sums = list(itertools.accumulate(weights))
        place = bisect(sums, self.random.random() * sums[-1], 0, len(sums) - 1)
        self._chosen, _ = kept.pop(place), weights.pop(place)
        return place

    def chance(self, ready: Sequence[LogicalId], place: int) -> float:
        """How likely the choice of the task at a place was; to be called before it steps."""
        weights = list(map(self._left.__getitem__, ready))
        return weights[place] / sum(weights)

    def stepped(self, who: LogicalId) -> None:
        """Expect one step less of this task."""
        if who is not self._chosen:  # it may be one of the kept ones
            del self._kept[:], self._weights[:]
        left = self._left[who]
        if left > 1:
            self._left[who] = left - 1

    def end(self, steps: Mapping[LogicalId, int], choices: int) -> None:  # noqa: ARG002
        """Add the steps of this run to the means."""
        for who, taken in steps.items():
            total, of = self._sums.get(who, (0, 0))
            before = -(-total // of) if of else 0
            total, of = total + taken, of + 1
            self._sums[who] = total, of
            self._add(who, -(-total // of) - before)

    def _add(self, who: LogicalId, steps: int) -> None:
        """Expect more steps of a task, and so of its ancestors."""
        whole, path = self._whole, who.path
        for length in range(len(path) + 1) if steps else ():
            above = LogicalId(who.root, path[:length])
            whole[above] = whole.get(above, 0) + steps

    def memory(self) -> Memory:
        return {"sums": [(who.root, who.path, *each) for who, each in self._sums.items()]}

    def remember(self, memory: Memory) -> None:
        self._sums, self._whole = {}, {}
        for root, path, total, of in memory["sums"]:
            who = LogicalId(root, path)
            self._sums[who] = total, of
            self._add(who, -(-total // of))


class _Drawn(dict[LogicalId, float]):
    """Priorities, each drawn when it is first needed.  draw: gives one."""

    def __init__(self, draw: Callable[[], float]) -> None:
        super().__init__()
        self._draw = draw

    def __missing__(self, who: LogicalId) -> float:
        drawn = self[who] = self._draw()
        return drawn


class Priorities(Chooser):
    """POS: the next step of each task has a random priority; the highest one is taken."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self._of = _Drawn(self.random.random)

    def begin(self, number: int) -> None:
        super().begin(number)
        self._of.clear()

    def choose(self, ready: Sequence[LogicalId]) -> int:
        priorities = list(map(self._of.__getitem__, ready))
        return priorities.index(max(priorities))

    def stepped(self, who: LogicalId) -> None:
        """Forget the task's priority: its next step gets another one."""
        self._of.pop(who, None)


class ChangePoints(Chooser):
    """PCT: each task has a random priority; at a few choices the highest becomes the lowest."""

    _DEPTHS = (2, 3, 4, 5)

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self._most = 10
        self._of = _Drawn(self.random.random)
        self._changes: frozenset[int] = frozenset()
        self._choice = 0

    def begin(self, number: int) -> None:
        """Draw the choices at which the highest priority becomes the lowest."""
        super().begin(number)
        depth = min(self._DEPTHS[number % len(self._DEPTHS)], max(2, self._most // 4))
        self._changes = frozenset(self.random.sample(range(self._most), depth - 1))
        self._of.clear()
        self._choice = 0

    def choose(self, ready: Sequence[LogicalId]) -> int:
        choice, known = self._choice, self._of
        self._choice += 1
        if choice > 4 * self._most + 200:  # a task that polls for another one would go on for ever
            return int(self.random.random() * len(ready))
        if choice in self._changes:
            known[max(ready, key=known.__getitem__)] = -1.0 - choice
        return ready.index(max(ready, key=known.__getitem__))

    def end(self, steps: Mapping[LogicalId, int], choices: int) -> None:  # noqa: ARG002
        """Note the largest number of choices that a schedule has had."""
        self._most = max(self._most, choices)

    def memory(self) -> Memory:
        return {"most": self._most}

    def remember(self, memory: Memory) -> None:
        self._most = memory["most"]


class Delays(Chooser):
    """Every schedule with at most so many delays; those with few delays come first.

    Without a delay, a task steps as long as it can; then the task that waits longest is next.  To
    take the second task that can step instead is one delay, to take the third is two.

    Args:
        seed: not used.
        most: how many delays a schedule may have.

    Attributes:
        bound: schedules with at most so many delays are being tried.
        finished: the last bound whose schedules were all tried, and how many those were; else None.
    """

    stays = True
    decides_deadlines = True

    def __init__(self, seed: int = 0, most: int = 1_000_000) -> None:
        super().__init__(seed)
        self._most = most
        self.bound = 0
        self.finished: tuple[int, int] | None = None
        self._tried = 0
        self._path: list[tuple[int, int]] = []  # at each choice: the one taken, of how many
        self._depth = self._used = 0

    def begin(self, number: int) -> None:  # noqa: ARG002 - each one follows from the one before
        self._depth = self._used = 0

    def choose(self, ready: Sequence[LogicalId]) -> int:
        """Repeat the choices of the path; at a new one, take the task that needs no delay."""
        if self._depth == len(self._path):
            self._path.append((0, min(len(ready), self.bound - self._used + 1)))
        taken, of = self._path[self._depth]
        if of > len(ready):  # the program does not do the same as before
            taken, of = min(taken, len(ready) - 1), len(ready)
            self._path[self._depth] = taken, of
        self._depth += 1
        self._used += taken
        return taken

    def end(self, steps: Mapping[LogicalId, int], choices: int) -> None:  # noqa: ARG002
        """Change the last choice that has an alternative; without one, allow one more delay."""
        path = self._path
        self._tried += 1
        del path[self._depth :]
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if path:
            path[-1] = path[-1][0] + 1, path[-1][1]
            return
        self.finished, self._tried = (self.bound, self._tried), 0
        self.bound += 1
        self.exhausted = self.bound > self._most

    def memory(self) -> Memory:
        so_far = {"bound": self.bound, "path": self._path, "exhausted": self.exhausted}
        return {**so_far, "finished": self.finished, "tried": self._tried}

    def remember(self, memory: Memory) -> None:
        self.bound, self.exhausted = memory["bound"], memory["exhausted"]
        self._path = [(taken, of) for taken, of in memory["path"]]
        self.finished, self._tried = memory["finished"], memory["tried"]


class Following(Chooser):
    """The order of an earlier schedule, and after its end the default order.

    Args:
        log: the task of each step of that schedule.

    Attributes:
        left: whether the run could not follow that order.
    """

    def __init__(self, log: Sequence[LogicalId]) -> None:
        super().__init__()
        self._log = log
        self._next = 0
        self.left = False

    def choose(self, ready: Sequence[LogicalId]) -> int:
        """Choose the task of the log, and the default once that task cannot step."""
        if self._next < len(self._log) and not self.left:
            if self._log[self._next] in ready:
                return ready.index(self._log[self._next])
            self.left = True
        return 0

    def stepped(self, who: LogicalId) -> None:
        self.left |= self._next < len(self._log) and self._log[self._next] != who
        self._next += 1


MODES = ("stock", "batch")
"""How passes are taken, see `InPasses`.  An order that is neither of these is called ``free``."""


class InPasses(Chooser):
    """Each pass as a whole before the next one, as in Trio.

    Trio takes all tasks that can step as one pass, forwards or backwards at random.  Only then does
    it look for tasks that have become runnable meanwhile (`trio._core._run.unrolled_run`).

    Args:
        seed: the seed of all random numbers.
        mode: ``stock``: a pass is taken forwards or backwards.  ``batch``: in any order.
    """

    keeps_arrivals = True

    def __init__(self, seed: int, mode: str) -> None:
        super().__init__(seed)
        self._shuffles = mode == "batch"
        self._pass: list[LogicalId] = []

    def begin(self, number: int) -> None:
        super().begin(number)
        self._pass = []

    def choose(self, ready: Sequence[LogicalId]) -> int:
        """Choose the next task of this pass; if it is over, begin one with all that can step."""
        if not self._pass:
            self._pass = list(ready)
            if self._shuffles:
                self.random.shuffle(self._pass)
            elif self.random.random() < 0.5:
                self._pass.reverse()
        return ready.index(self._pass[0])

    def stepped(self, who: LogicalId) -> None:
        if who in self._pass:
            self._pass.remove(who)
