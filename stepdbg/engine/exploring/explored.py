"""One run whose steps a chooser chooses.

Owns: `ExploredRun`, its run queue, its log; `VirtualTime`, which stands still while anything is
runnable, and then jumps.
Does not own: choosing (choosers), what is reported of a failure (trying).

Trio iterates over the run queue once for each pass (see scheduling.run_queue), and gets one task.
Trio's own tasks step in the same pass, as they do in a replay, so a replay can follow the log.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterator
from sys import _getframe
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import (
    expiring,
    finding,
    idling,
    postponing,
    repeating,
    runs,
    scopes,
)
from stepdbg._trio_internals.await_chain import waits_for_outside
from stepdbg.engine.recording.spawn_paths import SpawnPaths
from stepdbg.engine.recurring.livelocks import Livelocks
from stepdbg.engine.scheduling.in_turn import in_turn
from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import Logged, TurnWriter
from stepdbg.model.standard import math, time

from .choosers import Chooser
from .lateness import passes_early
from .silence import SilentSteps

if TYPE_CHECKING:
    from .lateness import Lateness
    from .step_notes import StepNotes

    class Watch(Protocol):
        """Looks for lints."""

        def begin(self) -> None: ...
        def look(self) -> object: ...
        def so_far(self) -> object: ...


MOST_STEPS = 20_000
"""After so many steps a run takes the default order.  It is cut soon if that is not a livelock."""

_STAYS = 200
"""After so many steps in a row, a task does not stay: it may poll for what another task does."""

_BEGINNING = 1_000.0
"""In seconds.  Not 0, which some programs take for "no time"."""


class VirtualTime(trio.abc.Clock):
    """A clock whose time does not pass by itself.

    While the run waits for something from outside, the clock runs in real time.

    Args:
        on_idle: called when nothing is runnable, with the next deadline (infinite: there is none);
            returns whether to wait in real time until something happens.

    Attributes:
        now: the present time, in seconds.
        stands: whether the clock stands still during the next wait in real time.
    """

    def __init__(self, on_idle: Callable[[float], bool]) -> None:
        self.now = _BEGINNING
        self.stands = False
        self._on_idle = on_idle
        self._since: float | None = None

    @property
    def age(self) -> float:
        """The seconds since the run began."""
        return self.now - _BEGINNING

    def start_clock(self) -> None:
        """Nothing to start."""

    def current_time(self) -> float:
        if self._since is not None:
            self.now += time.perf_counter() - self._since
            self._since = None
        return self.now

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """Called by Trio only when nothing is runnable."""
        if self._on_idle(deadline):
            if not self.stands:
                self._since = time.perf_counter()
            self.stands = False
            return deadline - self.now
        if deadline < math.inf:
            self.now = max(self.now, deadline)
            return 0.0
        return math.inf


class Abandoned(BaseException):
    """A run cannot go on, or must not; Trio turns this into a TrioInternalError."""


class ChosenQueue(deque[Task]):
    """A run queue that hands out one task a pass, and Trio's own tasks with it.

    Args:
        runner: the runner whose queue it replaces.
        next_of: chooses the task that steps; gets the tasks that have become runnable since its
            last call.
        known: the program's own tasks that `next_of` has got so far.

    Attributes:
        system_steps: how many steps Trio's own tasks have taken.
    """

    def __init__(
        self,
        runner: runs.Runner,
        next_of: Callable[[list[Task]], Task | None],
        known: Container[Task],
    ) -> None:
        super().__init__(runs.queued(runner))
        self._runner, self._next_of, self._known = runner, next_of, known
        self._left_over = self.system_steps = 0
        self._coin = postponing.Undrawn()

    def __iter__(self) -> Iterator[Task]:
        """The tasks of the pass that begins; Trio is the caller."""
        # At most steps one task has become runnable, and the others would be copied each time.
        came = len(self) - self._left_over
        new = [self[-1]] if came == 1 else list(deque.__iter__(self))[-came:] if came else []
        runner, known = self._runner, self._known
        system = [task for task in new if task not in known and runs.is_system(runner, task)]
        if system:
            self.system_steps += len(system)
            new = [task for task in new if task not in system]
        chosen = self._next_of(new)
        batch = system if chosen is None else [chosen, *system]
        for task in batch:
            self.remove(task)
        self._left_over = len(self)
        if len(batch) > 1:
            batch.reverse()  # Trio takes them from the end
            self._coin.for_batch(batch)
        return iter(batch)

    def clear(self) -> None:
        """Keep the tasks that are left: Trio clears the queue once it has taken the pass."""


class ExploredRun(trio.abc.Instrument):
    """The instrument of one run that is explored.

    Args:
        chooser: chooses the tasks that step.
        most_steps: after so many steps the run takes the default order, and is cut soon.
        stuck: see below.
        step_notes: notes more of each step; None if that is not needed.
        invariant: says after each step whether the run may go on.
        late: lets deadlines pass although tasks can step; None if none may.

    Attributes:
        log: the task of each step so far.
        others: the other runs that the same code has begun, which take the default order.
        own_clock: whether the run has a clock of the program's own.
        choices: how often more than one task could step.
        passed: for each deadline that has passed: how many steps were taken before it, how old the
            run was in seconds, and which task's deadline it was.
        stuck: called when no task can go on and none waits for anything from outside; says whether
            that is a deadlock.
        runs_for_real: whether it has waited in real time, for something from outside.
        watch: looks for lints, up to the first one; None if lints are not looked for.
        livelocks: looks for a livelock, once the run has taken that many steps.
        ended: why the run was abandoned: ``cut``, ``deadlock``, ``idle``, ``invariant``, ``lint``,
            ``livelock``; empty if it was not.
    """

    def __init__(
        self,
        chooser: Chooser,
        most_steps: int,
        stuck: Callable[[], bool],
        step_notes: StepNotes | None = None,
        invariant: Callable[[], bool] | None = None,
        late: Lateness | None = None,
    ) -> None:
        self.log: list[LogicalId] = []
        self.runs_for_real = self.own_clock = False
        self.others: list[ExploredRun] = []
        self.choices = 0
        self.watch: Watch | None = None
        self.livelocks: Livelocks | None = None
        self._step_notes = step_notes
        self._invariant = invariant
        self.stuck, self._late = stuck, late
        self.ended = ""
        self._chooser, self._most = chooser, most_steps
        self._sorts, self._stays = not chooser.keeps_arrivals, chooser.stays
        self._paths = SpawnPaths()
        self._ids: dict[Task, LogicalId] = {}
        self._ready: list[Task] = []
        self._waiting: list[LogicalId] = []  # the ids of these, place by place
        self._last: Task | None = None
        self._stayed = 0
        takes_silent = chooser.reduces and late is None  # a silent step can be late as well
        self._silent = SilentSteps() if takes_silent else None
        self.passed: list[tuple[int, float, LogicalId]] = []
        self._clock: VirtualTime | None = None
        self._runner: runs.Runner

    def __dir__(self) -> list[str]:
        """What Trio looks through for hooks at the beginning of each run."""
        return ["before_run", "task_spawned"]

    def before_run(self) -> None:
        """Take over the queue of the run, and its clock if that is Trio's own."""
        runner = runs.current_runner()
        assert runner is not None
        self._runner = runner
        if self._step_notes is not None:
            self._step_notes.begin(self.log, self.passed)
        self._queue = ChosenQueue(runner, self._next_of, self._ids)
        runs.replace_queue(runner, self._queue)
        if type(runner.clock).__name__ == "SystemClock":
            runner.clock = self._clock = VirtualTime(self._on_idle)
            on_time = self._late is None
            expiring.choose_deadlines(runner, self._note_deadlines, only_due=on_time)
        else:  # the program's clock lets deadlines pass; it does not call `_on_idle`
            self.own_clock = True
            idling.LastDeadline(runner, lambda: self._on_idle(math.inf))
        if self.watch is not None:
            self.watch.begin()

    def task_spawned(self, task: Task) -> None:
        self._paths.note(task)

    def logged(self) -> Logged:
        """The log in the form that a schedule has."""
        return _as_logged(self.log, self.passed)

    def look_for_lints(self, watch: Watch) -> None:
        """Let `watch` look for lints in the run, up to the first one."""
        self.watch = watch

    # -- which task steps -------------------------------------------------------------

    def _next_of(self, new: list[Task]) -> Task | None:
        """Choose the task that steps; see `ChosenQueue`."""
        if self._invariant is not None and self.log and not self._invariant():
            self._abandon("invariant")
        if self.watch is not None and self.watch.so_far() is not None:
            self._abandon("lint")
        ready, waiting, ids = self._ready, self._waiting, self._ids
        if len(new) > 1 and self._sorts:
            in_turn(new, self._last, self._id_of)
        for task in new:
            ready.append(task)
            waiting.append(ids[task] if task in ids else self._id_of(task))
        if not ready:
            return None
        if len(self.log) >= self._most:
            self._look_for_livelock(ready, waiting)
        place, usual = 0, waiting[0]
        if self._stays:
            self._stayed += 1
            if self._stayed < _STAYS:
                _put_first(self._last, ready, waiting)
        silent = None if self._silent is None else self._silent.next_of(new)
        if silent is not None:
            place = ready.index(silent)
        elif len(ready) > 1:
            self.choices += 1
            place = self._chooser.choose(waiting)
        who, chosen = waiting.pop(place), ready.pop(place)
        if self._step_notes is not None:
            self._step_notes.step(chosen, who, usual)
        self.log.append(who)
        self._chooser.stepped(who)
        if self._late is not None:
            self._late.stepped(chosen)
        if chosen is not self._last:
            self._last, self._stayed = chosen, 0
        return chosen

    def _look_for_livelock(self, ready: list[Task], waiting: list[LogicalId]) -> None:
        """Take the default order from now on, and see whether the run gets anywhere."""
        if self.livelocks is None:
            self._chooser, self._silent, self._late = Chooser(), None, None
            self._sorts, self._stays = True, False
            self.livelocks = Livelocks(self._runner, own_clock=self.own_clock)
        end = self.livelocks.before_step(ready, waiting, self._queue.system_steps)
        if end:
            self._abandon(end)

    def _id_of(self, task: Task) -> LogicalId:
        found = self._ids.get(task)
        if found is None:
            path = self._paths.of(task)
            own = path if isinstance(path, LogicalId) else LogicalId("loop")
            found = self._ids[task] = self._chooser.known.setdefault(own, own)
        return found

    def _abandon(self, why: str) -> NoReturn:
        self.ended = why
        repeating.let_host_fail(_getframe())
        raise Abandoned

    # -- time -------------------------------------------------------------------------

    def _note_deadlines(self, let_pass: Callable[[Any], None]) -> bool:
        """Let the deadlines pass that are due, and note them; see `expiring.ChosenDeadlines`."""
        runner, clock = self._runner, self._clock
        assert clock is not None
        soonest = runner.deadlines.next_deadline()
        early = soonest > clock.now
        if early:
            if not passes_early(self._late, runner, soonest, clock.now, self.log):
                return False
            clock.now = soonest
        for deadline, scope in expiring.by_deadline(runner):
            if deadline > clock.now:
                break
            task = scopes.oldest_under(scope)
            if task is not None:
                self.passed.append((len(self.log), clock.age, self._id_of(task)))
            if early:  # Trio has read the clock already, and does not see that it is due
                let_pass(scope)
        return early

    def _on_idle(self, deadline: float) -> bool:
        """Decide whether to wait in real time, now that nothing is runnable."""
        runner = self._runner
        if runner.main_task is None or runs.is_over(runner):
            return True
        lint = None if self.watch is None else self.watch.look()
        if runner.waiting_for_idle:
            blocked_for = idling.shortest_cushion(runner)
            self.runs_for_real |= blocked_for > 0
            if self._clock is not None:
                self._clock.stands = not blocked_for
            return True
        if waits_for_outside(runner) or not finding.host_waits(runner):
            self.runs_for_real = True
            if lint is not None:
                self._abandon("lint")
            return True
        if deadline == math.inf:
            self._abandon("deadlock" if self.stuck() else "idle" if lint is None else "lint")
        return False


def end_of(run: ExploredRun) -> str:
    """Why a run was abandoned, or else one of the others that the same code has begun.

    Returns:
        As `ExploredRun.ended`.  A livelock of another run says nothing of the orders: it is a cut.
    """
    others = ("cut" if each.ended == "livelock" else each.ended for each in run.others)
    return run.ended or next(filter(None, others), "")


def _put_first(task: Task | None, ready: list[Task], waiting: list[LogicalId]) -> None:
    """Move a task to the front of those that can step, and its id to the front of theirs."""
    if task in ready:
        place = ready.index(task)
        ready.insert(0, ready.pop(place))
        waiting.insert(0, waiting.pop(place))


def _as_logged(log: list[LogicalId], passed: list[tuple[int, float, LogicalId]]) -> Logged:
    """Steps, and deadlines that have passed, in the form of a schedule's log."""
    places: dict[LogicalId, int] = {}
    turns, deadlines = TurnWriter(), iter([*passed, (-1, 0.0, LogicalId("loop"))])
    at, age, who = next(deadlines)
    for step in range(len(log) + 1):
        while at == step:
            turns.time(int(age * 1000))
            turns.deadline(places.setdefault(who, len(places)))
            at, age, who = next(deadlines)
        if step < len(log):
            turns.step(places.setdefault(log[step], len(places)))
    return Logged(tuple(places), turns.written(), turns.steps)
