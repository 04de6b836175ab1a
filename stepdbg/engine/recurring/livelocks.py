"""The proof of a livelock: a run that comes back to the same state, first in, first out.

Owns: `Livelocks`, `Livelock`, `State`.
Does not own: the order of steps, and what else happens in the run (exploring.explored).

A run whose next step follows from its state repeats itself for ever once a state comes again.  So
this looks for two equal states.  Then it hears which code runs, adds the global variables that this
code reads to the state, and looks for two equal states once more.  No function may be called
meanwhile whose answer may come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.await_chain import waits_for_outside
from stepdbg.engine.stacks.frames import innermost_own, place_of, task_frames
from stepdbg.engine.waiting.hope import hope_of
from stepdbg.model.records import dataclass
from stepdbg.model.standard import math, os, threading

from .executed import Executed
from .pictures import Pictures, Unseen

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from stepdbg.model.facts import LogicalId

_STRETCH: Final = 2_000
"""So many steps are looked at."""

_ANCHORS: Final = (1, 30, 500)
"""The steps whose state is compared with later ones: the first states may not come again."""

_COMPARED: Final = 80
"""Comparisons for each of these states."""


@dataclass(frozen=True, slots=True)
class Livelock:
    """Tasks that go on for ever.

    tasks: the tasks that step, each with the own line at which it stands before a step; sorted.
    steps: after so many steps the run is in the same state again.
    """

    tasks: tuple[str, ...]
    steps: int


@dataclass(frozen=True, slots=True)
class State:
    """What a run is about to do.

    ready: the tasks that can step; the first one does.
    who: their logical ids.
    now: the present time.
    system_steps: how many steps Trio's own tasks have taken.
    """

    ready: Sequence[Task]
    who: Sequence[LogicalId]
    now: float
    system_steps: int


class Livelocks:
    """Looks at a run that takes the default order, before each step.

    Args:
        runner: the runner of the run.
        own_clock: whether it has a clock of the program's, which may go on by itself.

    Attributes:
        found: the livelock, once it is proven.
    """

    def __init__(self, runner: runs.Runner, *, own_clock: bool) -> None:
        self.found: Livelock | None = None
        self._runner = runner
        self._pictures = Pictures(runner)
        self._steps = self._kept_at = self._left = self._listen_until = 0
        self._who: tuple[LogicalId, ...] = ()
        self._kept: list[object] = []
        self._executed: Executed | None = None
        self._known = -1
        self._places: set[str] = set()
        self._is_over = own_clock or self._may_change()

    def before_step(
        self, ready: Sequence[Task], who: Sequence[LogicalId], system_steps: int
    ) -> str:
        """Look at the state before a step.

        Args:
            ready, who, system_steps: see `State`.

        Returns:
            Why the run must end: ``livelock``, or ``cut`` if looking longer is of no use; empty if
            it must not.
        """
        if self._is_over:
            return "cut"
        state = State(ready, who, self._runner.clock.current_time(), system_steps)
        self._steps += 1
        executed = self._executed
        if executed is not None:
            executed.pause()
        try:
            if executed is None:
                self._search(state)
            else:
                self._follow(executed, state)
        except Unseen:
            self._is_over = True
        self._is_over |= self._steps > (_STRETCH if self._left else _ANCHORS[-1])
        if self.found is not None or self._is_over:
            return "livelock" if self.found is not None else "cut"
        if self._executed is not None:
            self._executed.listen()
        return ""

    def close(self) -> None:
        """Stop looking."""
        if self._executed is not None:
            self._executed.pause()

    def _search(self, state: State) -> None:
        """Look whether the state is that of an earlier step."""
        if self._steps in _ANCHORS:
            self._keep(state)
        elif self._comes_again(state):
            self._listen_until = 2 * self._steps - self._kept_at
            self._executed = Executed()

    def _follow(self, executed: Executed, state: State) -> None:
        """Look whether the state comes again with the global variables that the code reads."""
        if executed.asks:
            self._is_over = True
        elif self._steps < self._listen_until:
            return
        elif len(executed) != self._known:
            self._known = len(executed)
            self._keep(state)
        elif self._comes_again(state):
            self._is_over = True
            if not self._may_change():
                steps = self._steps - self._kept_at
                self.found = Livelock(tuple(sorted(self._places)), steps)
        self._places.add(_place(state.ready[0]))

    def _keep(self, state: State) -> None:
        """Compare this state with the later ones."""
        self._who, self._left, self._kept_at = tuple(state.who), _COMPARED, self._steps
        self._kept = list(self._pictures.of(self._roots(state)))
        self._places.clear()

    def _comes_again(self, state: State) -> bool:
        """Whether the state is the kept one; at the first difference it looks no further."""
        if tuple(state.who) != self._who or not self._left:
            return False
        self._left -= 1
        kept, nothing = iter(self._kept), object()
        if any(each != next(kept, nothing) for each in self._pictures.of(self._roots(state))):
            return False
        return next(kept, nothing) is nothing

    def _roots(self, state: State) -> list[object]:
        """The objects whose values make up the state of the run."""
        ready = state.ready
        others = [each for each in runs.living_tasks(self._runner) if each not in ready]
        known = () if self._executed is None else self._executed.globals_read()
        return [state.now, state.system_steps, len(ready), *ready, *others, *known]

    def _may_change(self) -> bool:
        """Whether something besides the steps of this run's tasks may change its state."""
        runner = self._runner
        if hope_of(runner, threading.get_ident()) or waits_for_outside(runner):
            return True
        return runs.next_deadline(runner) < math.inf


def _place(task: Task) -> str:
    """A task, with the own line at which it stands."""
    name = task.name.rpartition(".")[2]
    frame = innermost_own(task_frames(task))
    if frame is None:
        return name
    place = place_of(frame)
    return f"{name} at {os.path.basename(place.filename)}:{place.line}"
