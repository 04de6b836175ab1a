"""The run queue that watches and chooses: the only place that decides the order of steps.

Owns: `RunQueue`, which replaces Trio's run queue while something needs it; `QueueKeeper`, which
puts it there; what it asks (`Strategy`).
Does not own: which tasks are held or come first (state), what happens at a step (noticing).

Trio uses its run queue only through ``append``, truth, ``list(runq)`` and ``clear``, and calls
``list(runq)`` once for each pass.  So each pass asks a strategy for its tasks.  To watch a task
here costs one set look-up in each pass; a step hook would cost a sixth of every step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import postponing, runs
from stepdbg.engine.process.guard import report_bug

if TYPE_CHECKING:
    from .steerable import HoldingRun

_PASSES_ARMED = 20
"""For how many passes without a watched task the hook stays: installing it takes some 15 us."""


class Strategy(Protocol):
    """Says which tasks step next.  A new way to choose is a class with this one method."""

    def next_pass(self, queued: Sequence[Task]) -> Sequence[Task] | None:
        """The tasks of the pass that begins.

        Trio's own tasks step in every pass, because results of threads arrive through one of them.

        Args:
            queued: all tasks that may run, in the order in which they became runnable.

        Returns:
            The tasks that step in this pass, in order; the others stay queued.  None: this strategy
            leaves the choice to the next one.
        """


class Alone:
    """`step -o`, `next -o`: one task has the run to itself whenever it is runnable."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def next_pass(self, queued: Sequence[Task]) -> Sequence[Task] | None:
        """The task, if it is queued; mostly it has just stepped, and is the last in the queue."""
        task = self.task
        return [task] if (queued and queued[-1] is task) or task in queued else None


class Ordered:
    """`pick`, `order`: these tasks step next, one a pass, before all others.

    Attributes:
        plan: the tasks that still have to step.
    """

    def __init__(self, plan: Iterable[Task]) -> None:
        self.plan = deque(plan)

    def next_pass(self, queued: Sequence[Task]) -> Sequence[Task] | None:
        """The next of these tasks that is still runnable."""
        while self.plan:
            task = self.plan.popleft()
            if task in queued:
                return [task]
        return None


class RunQueue(deque[Task]):
    """A run queue that reports passes with a watched task, and asks strategies.

    Args:
        run: the run whose queue it replaces.
        watched: the live set of watched tasks.
        on_pass: called with whether the pass holds one of them, when that changes.
    """

    def __init__(
        self, run: HoldingRun, watched: set[Task], on_pass: Callable[[bool], None]
    ) -> None:
        super().__init__(runs.queued(run.runner))
        self._run = run
        self._strategies: tuple[Strategy, ...] = ()
        self._watched = watched
        self._on_pass = on_pass
        self._armed = False
        self._passes_without = 0
        self._left_over = 0  # how many tasks at the beginning stayed when the last pass was taken
        self._is_taken = False
        self._coin = postponing.Undrawn()

    def ask(self, *strategies: Strategy) -> None:
        """Ask these strategies from now on, in order, until one chooses.

        The hook for steps may be off by now, so the next pass with a watched task is reported.
        """
        self._strategies = strategies
        self._left_over = 0
        self._armed = False

    def __iter__(self) -> Iterator[Task]:
        """The tasks of the pass that begins; Trio is the caller."""
        # `set.isdisjoint` runs in C over the plain iterator: 8 % of a pass with one task.
        if self._watched and not self._watched.isdisjoint(deque.__iter__(self)):
            self._passes_without = 0
            if not self._armed:
                self._armed = True
                self._on_pass(True)
        elif self._armed:
            self._passes_without += 1
            if self._passes_without > _PASSES_ARMED:
                self._armed = False
                self._on_pass(False)
        return self._choose() if self._strategies else deque.__iter__(self)

    def _choose(self) -> Iterator[Task]:
        queued = list(deque.__iter__(self))
        try:
            for strategy in self._strategies:
                chosen = strategy.next_pass(queued)
                if chosen is not None:
                    return self._hand_out(chosen, queued[self._left_over :])
        except BaseException as error:  # Trio's loop is the caller
            self._strategies, self._is_taken = (), False
            report_bug(error, "choosing which task steps", "your program goes on as under Trio")
        self._left_over = 0
        return iter(queued)

    def _hand_out(self, chosen: Sequence[Task], new: list[Task]) -> Iterator[Task]:
        """Take a part of the queue: the chosen tasks, and those of Trio's own that are new."""
        system = [t for t in new if t not in chosen and runs.is_system(self._run.runner, t)]
        now = [*chosen, *system]
        for task in now:
            if self[-1] is task:  # a task that has just become runnable is at the end
                self.pop()
            else:
                self.remove(task)
        self._left_over, self._is_taken = len(self), True
        # A pass with only a part of the tasks flips no coin, so later coins fall as they would have
        # fallen.  Trio takes the tasks from the end.
        now.reverse()
        self._coin.for_batch(now)
        return iter(now)

    def clear(self) -> None:
        """Called when the pass has been taken; if that was a part, it is no longer in here."""
        if self._is_taken:
            self._is_taken = False
        else:
            deque.clear(self)


class GatedQueue(RunQueue):
    """A run queue that leaves held tasks out, even if something wakes them."""

    def append(self, task: Task) -> None:
        """Add a task that has become runnable; Trio or the program is the caller."""
        try:
            if self._run.steered.withholds(task):
                return
        except BaseException as error:
            self._run.fail(error)
            self._run.runner.runq.append(task)
            return
        deque.append(self, task)


def runnable_tasks(
    runner: runs.Runner, loop_frame: FrameType | None, ordered: Ordered
) -> tuple[list[Task], list[Task]]:
    """This pass in order, and the next pass; the current task is in neither.

    Args:
        ordered: the tasks that come before the next pass.
    """
    queued = runs.queued(runner)
    this_pass = runs.batch(loop_frame)[::-1] + [task for task in ordered.plan if task in queued]
    return this_pass, [task for task in queued if task not in this_pass]


def put_back(runner: runs.Runner, rest: list[Task], *kept: Task) -> list[Task]:
    """Put the rest of a pass back into the queue, so that a strategy decides about it.

    Args:
        runner: Trio's; its own tasks step in this pass all the same.
        rest: the live batch.
        kept: other tasks that do as well.

    Returns:
        The tasks that were put back, in the order in which they would have stepped.
    """
    waiting = [task for task in rest if task not in kept and not runs.is_system(runner, task)]
    # The batch runs from its end; the queue from its beginning.
    deque.extendleft(runner.runq, waiting)
    rest[:] = [task for task in rest if task not in waiting]
    return waiting[::-1]


class QueueKeeper:
    """Replaces Trio's run queue by the one that is needed, and puts Trio's back.

    Args:
        run: the run whose queue it replaces.
        watched, on_pass: see `RunQueue`.
    """

    def __init__(
        self, run: HoldingRun, watched: set[Task], on_pass: Callable[[bool], None]
    ) -> None:
        self._run = run
        self._watched = watched
        self._on_pass = on_pass

    @property
    def is_ours(self) -> bool:
        """Whether one of stepdbg's queues is in place."""
        return isinstance(self._run.runner.runq, RunQueue)

    def arrange(self, alone: Task | None) -> bool:
        """Put the right queue in place.

        Args:
            alone: the task that has the run to itself.

        Returns:
            Whether a watched task is in this pass.
        """
        run, runner, steered = self._run, self._run.runner, self._run.steered
        replay = steered.replay
        kind = GatedQueue if steered.in_force else RunQueue
        rest = runs.batch(run.loop_frame())
        if steered.in_force or self._watched or alone is not None or replay is not None:
            if type(runner.runq) is not kind:
                runs.replace_queue(runner, kind(run, self._watched, self._on_pass))
            strategies: list[Strategy] = [steered.ordered] if steered.ordered.plan else []
            if alone is not None:
                strategies.append(Alone(alone))
                if replay is not None:
                    replay.overruled("-o")
                put_back(runner, rest, alone)
            if replay is not None:
                strategies.append(replay)
            assert isinstance(runner.runq, RunQueue)
            runner.runq.ask(*strategies)
        elif self.is_ours:
            runs.replace_queue(runner, runs.plain_queue(runner))
        # Tasks of this pass have left the queue already: watch the rest of the pass.
        return not self._watched.isdisjoint(rest)
