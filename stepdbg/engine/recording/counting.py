"""Count how many steps tasks take, and how long they run and wait.

Owns: `Counting`, the sums of one run, which do not depend on the log's size; `PassHook`;
`taker_of_waits`, the function that a hook calls, which also notes the wait.
Does not own: counting steps that end at a checkpoint, which the hook does itself
(_trio_internals.recording), noticing wakes and exits (recorder), or pictures of the sums
(histories.sums).

Times are real seconds: a task that sleeps a virtual hour blocks for no time.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg._trio_internals.recording import BLOCKED, Count
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import time

from .step_ends import where_blocked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stepdbg._trio_internals.recording import RecordingHook

    from .recorded import Recordable
    from .recorder import Recorder


_KEPT: Final = 1_000
"""How many ended tasks keep numbers of their own."""

_WORTH_A_PLACE: Final = 1e-4
"""From how many seconds on to note where a step that ends at a checkpoint has ended."""


class Ended(NamedTuple):
    """A task that has ended.

    steps: how many were counted.
    life: how long it lived.
    """

    number: int
    steps: int
    life: float
    system: bool
    sums: Count


class Counting:
    """The sums of one run.

    Attributes:
        passes: counts the passes of the loop; None if nothing counts them.
        ended: the tasks that ended last.
        rest, rest_steps, rest_ran: how many other tasks of the program have ended, and the sums of
            these and of Trio's own.
        begun: when the counting began.
        until: when it ended; 0.0 while it goes on.
        from_start: whether it began with the run.
    """

    def __init__(self) -> None:
        self.passes: PassHook | None = None
        self.ended: deque[Ended] = deque()
        self.rest, self.rest_steps, self.rest_ran = 0, 0, 0.0
        self.begun, self.until = 0.0, 0.0
        self.from_start = False

    def begin(self, hook: RecordingHook, living: Iterable[Task]) -> None:
        """Begin to count."""
        now = now_of(hook)
        self.ended.clear()
        self.rest, self.rest_steps, self.rest_ran = 0, 0, 0.0
        self.begun, self.until = now, 0.0
        hook.counts.clear()
        self.from_start = True
        for task in living:
            self.from_start = False
            count = hook.counts[tasks.number(task)] = Count(now)
            count.before = tasks.steps_taken(task)
            if not (tasks.is_runnable(task) or task.coro.cr_running):
                count.since = now

    def end(self, hook: RecordingHook, when: float) -> None:
        """Stop counting; the sums stay.

        when: the moment, from `perf_counter`; at a stop, the beginning of the stop.
        """
        self.until = when - hook.left_out

    def exited(
        self, hook: RecordingHook, task: Task, took: float, steps: int, *, system: bool
    ) -> None:
        """A task has ended.

        took: how long its last step took.
        steps: how many steps it took in all.
        """
        number = tasks.number(task)
        count = hook.counts.pop(number, None) or Count(hook.last - took - hook.left_out)
        count.ran += took
        if took > count.longest:
            count.longest, count.step, count.began = took, steps, hook.last - took
            count.where = None
        life = hook.last - hook.left_out - count.born
        # A `NamedTuple`'s own `__new__` is a function in Python, which is slower.
        ended = tuple.__new__(Ended, (number, steps - count.before, life, system, count))
        self.ended.append(ended)
        if len(self.ended) > _KEPT:
            oldest = self.ended.popleft()
            self.rest += not oldest.system
            self.rest_steps += oldest.steps
            self.rest_ran += oldest.sums.ran


def now_of(hook: RecordingHook) -> float:
    """The time of `perf_counter` in seconds, without stops."""
    return time.perf_counter() - hook.left_out


def longer(task: Task, count: Count, took: float) -> None:
    """Note that a step that ended at a checkpoint was the longest of its task so far."""
    now = time.perf_counter()
    count.longest, count.step, count.began = took, tasks.steps_taken(task), now - took
    count.where = where_blocked(task.coro) if took >= _WORTH_A_PLACE else None


def count_since(hook: RecordingHook, number: int, took: float) -> Count:
    """Make a count for a task that was not counted before its last step, which took `took`."""
    count = hook.counts[number] = Count(hook.last - took - hook.left_out)
    return count


def taker_of_waits(
    recorder: Recorder,
    hook: RecordingHook,
    run: Recordable,
    standing: Callable[[], float],
) -> Callable[[Task, int, int, float], None]:
    """Make the function that notes that a step has ended in a wait; see `RecordingHook.blocked`.

    Args: as of `waking.taker_of_wakes`.
    """
    runner, blocked_last, hold, counts, add = (
        run.runner,
        recorder.lately.blocked,
        run.hold,
        hook.counts,
        hook.add,
    )
    read = hook.read or time.perf_counter

    def blocked(task: Task, number: int, step: int, took: float) -> None:
        if task not in runner.tasks:
            return  # it has left Trio
        stuck = where_blocked(task.coro)
        when = standing() if hold.stands else read()
        note = (BLOCKED, when, number, step, took, stuck)
        add(note)
        blocked_last[number] = note
        count = counts.get(number)
        if count is None:
            count = count_since(hook, number, took)
        count.ran += took
        count.since = hook.last - hook.left_out
        if took > count.longest:
            count.longest, count.step = took, step
            count.began, count.where = hook.last - took, stuck

    return blocked


class PassHook(trio.abc.Instrument):
    """Counts the passes of a run.

    Args:
        left_out: returns the seconds that were spent at stops.
        failed: called with an exception that must not escape.

    Attributes:
        count: how many passes have begun.
        gap: the longest time between two looks for I/O, in seconds.
    """

    def __init__(
        self, left_out: Callable[[], float], failed: Callable[[BaseException], None]
    ) -> None:
        self.count, self.gap = 0, 0.0
        self._left_out, self._failed = left_out, failed
        self._looked: float | None = None

    def before_io_wait(self, timeout: float) -> None:  # noqa: ARG002 - Trio's name for it
        try:
            if self._looked is not None:
                self.gap = max(self.gap, time.perf_counter() - self._left_out() - self._looked)
        except BaseException as error:
            self._failed(error)

    def after_io_wait(self, timeout: float) -> None:  # noqa: ARG002 - Trio's name for it
        try:
            self.count += 1
            self._looked = time.perf_counter() - self._left_out()
        except BaseException as error:
            self._failed(error)
