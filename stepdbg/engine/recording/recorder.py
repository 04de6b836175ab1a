"""The flight recorder: notes of what the tasks of a run have done lately.

Owns: the notes of one run, and the last facts about every living task.
Does not own: the hooks (_trio_internals.recording), reading the notes as a log (history),
where tasks were spawned (registry), or when to record (noticing.carrying).

A note holds numbers, code objects and short texts; names, lines and times are worked out only when
they are needed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter
from types import CodeType, FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import recording, runs, scopes, tasks
from stepdbg._trio_internals.recording import Note
from stepdbg.engine.process.clock import HeldClock
from stepdbg.model.facts import NOT_RECORDED, NotRecorded
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import sys
from stepdbg.model.task import Wake, WakeKind, plain_name

from . import counting, waking
from .step_ends import Ending, ending_of

if TYPE_CHECKING:
    from stepdbg.engine.process.ticking import Ticker

    from .lasting import Glimpse, LastingStep
    from .origins import Noted
    from .recorded import Hears, MayStand, Recordable
    from .registry import Registry
    from .waking import Delivered, Woken

ENDED_KEPT = 1_000
"""How many ended tasks can still be listed."""

LOOKS_KEPT = 100
"""How many samples to keep: one each 50 ms, for the five seconds of `lately`."""


BY_DEADLINE = "its deadline"
"""The words for a scope that its own deadline cancels."""


class Exit(NamedTuple):
    """How a task has ended."""

    name: str
    parent: int | None
    ending: Ending
    system: bool


class Cancel(NamedTuple):
    """The cancellation of a scope: the line that did it, and the reason in words."""

    code: CodeType | None
    instruction: int
    how: str


class Mark(NamedTuple):
    """From `real` (`perf_counter`) on, program time is `time` and goes on at this speed."""

    real: float
    time: float
    speed: float


class LastFacts:
    """The last facts about living tasks, which do not depend on the size of the log.

    Attributes:
        woken: by task number, for which step and by what it was woken last.
        blocked: by task number, the note about where it blocked last.
        delivered: by task number, the cancellation that reached it last.
    """

    def __init__(self) -> None:
        self.woken: dict[int, tuple[int, Woken]] = {}
        self.blocked: dict[int, Note] = {}
        self.delivered: dict[int, Delivered] = {}
        self._before: dict[int, int] | None = None
        self._last_gone: tuple[int, tuple[int, Woken] | None] = -1, None

    def begin(self, living: Iterable[Task]) -> None:
        """Begin; it is not known what woke these tasks for their next step."""
        self._before = {tasks.number(task): tasks.steps_taken(task) for task in living}
        for kept in (self.woken, self.blocked, self.delivered):
            for number in kept.keys() - self._before.keys():
                del kept[number]

    def end(self) -> None:
        """Take no more notes; the existing ones stay."""
        self._before = None

    def forget(self, number: int) -> None:
        """Drop the facts about a task that has ended."""
        # For a stop after its last step.
        self._last_gone = number, self.woken.pop(number, None)
        self.blocked.pop(number, None)
        self.delivered.pop(number, None)
        if self._before is not None:
            self._before.pop(number, None)

    def deliver(self, number: int, asked: Noted | None) -> None:
        """Note that a cancellation reaches a task.

        asked: as in `Woken`: None if the task was blocked, which happens once.
        """
        self.delivered[number] = waking.delivered(
            self.delivered.get(number), asked, self.blocked.get(number)
        )

    def delivered_to(self, task: Task, asked: Noted) -> Delivered | None:
        """How a cancellation has reached a task; None if it has not."""
        found = self.delivered.get(tasks.number(task))
        return None if found is None or found.last < asked.real else found

    def wake_of(self, task: Task, registry: Registry) -> Wake | NotRecorded:
        """What made a runnable task runnable."""
        number, steps = tasks.number(task), tasks.steps_taken(task)
        found = self.woken.get(number)
        if found is not None and found[0] == steps + 1:
            return waking.picture_of(found[1], registry)
        # Its last step was noted, and nothing else has woken it, so it passed a checkpoint.
        if self._before is not None and self._before.get(number, -1) < steps:
            return Wake(WakeKind.ITSELF)
        return NOT_RECORDED

    def wake_of_last(self, task: Task, registry: Registry) -> Wake | NotRecorded:
        """What made a task runnable for the step that has just ended."""
        number, steps = tasks.number(task), tasks.steps_done(task)
        found = self.woken.get(number)
        if number == self._last_gone[0]:
            found = self._last_gone[1]
        if found is not None and found[0] == steps:
            return waking.picture_of(found[1], registry)
        known = found is not None and found[0] < steps and self._before is not None
        return Wake(WakeKind.ITSELF) if known else NOT_RECORDED

    def wait_of(self, task: Task) -> Note | None:
        """The note about where a blocked task has blocked; None if there is none."""
        note = self.blocked.get(tasks.number(task))
        return note if note is not None and note[3] == tasks.steps_taken(task) else None


class Recorder:
    """The notes of one run.  Before `begin` it notes nothing and costs nothing.

    Args:
        run: the run whose tasks it records.
        size: how many notes to keep.

    Attributes:
        on: whether it makes notes now.
        notes: the last ones, oldest first.
        ended: the notes about the tasks that ended last.
        hook: records ordinary steps without calling back.
        reads_clock: whether notes have the time of the run's clock, and not of `perf_counter`.
        replays: whether it records a replay, in which sleeps take no time.
        marks: how program time went, for `history`.
        counting: the sums of what tasks have done.
        listeners: the listeners that get each note; None if there was never one.
        last_at_stop: the last note at the end of the last stop.
        lately: the last wake and wait of each living task.
        ticker: takes samples of steps while they last, if anything needs them; a step that
            follows idleness wakes it.  lasted, glimpses: its samples of steps and of the run.
    """

    def __init__(self, run: Recordable, size: int) -> None:
        self.on = False
        self.reads_clock = self.replays = False
        self.notes: deque[Note] = deque(maxlen=size)
        self.ended: deque[Note] = deque(maxlen=ENDED_KEPT)
        self.marks: deque[Mark] = deque(maxlen=size)
        self._runner, self._origins = run.runner, run.origins
        self._hold, self._fail, self._run = run.hold, run.fail, run
        self.lately = LastFacts()
        self.last_at_stop: Note | None = None
        self.ticker: Ticker | None = None
        self.lasted: deque[LastingStep] = deque(maxlen=LOOKS_KEPT)
        self.glimpses: deque[Glimpse] = deque(maxlen=LOOKS_KEPT)
        self.counting = counting.Counting()
        self.listeners: Hears | None = None
        self._add: Callable[[Note], None] = self.notes.append
        self.hook = recording.RecordingHook(self._add, run.fail)

    # -- when -------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin to make notes."""
        self.lately.begin(runs.living_tasks(self._runner))
        self.on = True
        self.mark()
        self._run.steps().begin(self._runner, self._hold)
        self.carry_hook()
        self.counting.begin(self.hook, runs.living_tasks(self._runner))
        self._origins.on_cancel[id(self._runner)] = self._on_cancel
        self._note(recording.BEGUN, 0, 0)

    def end(self) -> None:
        """Stop making notes; the existing ones stay."""
        self.mark()
        self._note(recording.CEASED, 0, 0)
        self.counting.end(self.hook, self._hold.since if self._hold.stands else perf_counter())
        self.on = False
        self._run.steps().end("the log of steps ended when `record` was switched off")
        self.lately.end()
        self._origins.on_cancel.pop(id(self._runner), None)
        self.hook.end(self._runner)

    def let_go(self) -> None:
        """Keep the notes after the run's end, without keeping objects of Trio alive."""
        self.hook = recording.RecordingHook(self.notes.append, self._fail)
        self._run.steps().let_go()
        del self._runner

    def resize(self, size: int) -> None:
        """Set how many notes to keep."""
        self.notes = deque(self.notes, maxlen=size)
        self.marks = deque(self.marks, maxlen=size)
        if self.on:
            self.carry_hook()

    def carry_hook(self) -> None:
        """Carry a new hook for the present listeners, instead of the earlier one."""
        runner = self._runner
        self.hook.end(runner)
        keep = self.notes.append
        self._add = keep if self.listeners is None else self.listeners.besides(keep)
        Wake(WakeKind.ITSELF)  # made now, because the first instance of a class takes longer
        before, hook = self.hook, recording.RecordingHook(self._add, self._fail)
        self.hook = hook
        hook.resumed = self.leave_out
        clock = runner.clock
        if not isinstance(clock, HeldClock):
            self.reads_clock = True
            hook.read = clock.current_time
        elif self.reads_clock or clock.when_standing is not None:  # a replay: sleeps take no time
            self.reads_clock = self.replays = True
            hook.read = partial(_time_on, clock)
        hook.counts, hook.left_out, hook.longer = before.counts, before.left_out, counting.longer
        hook.woken = waking.taker_of_wakes(
            self, hook, self._run, self._moment, self._forget_deadline
        )
        hook.blocked = counting.taker_of_waits(self, hook, self._run, self._moment)
        hook.exited = self._on_exited
        if self.listeners is not None:
            self.listeners.hear_starts(hook)
        self._run.steps().listen(hook)
        hook.begin(runner)

    def mark(self) -> None:
        """Note that program time was held or changed, and how it goes on."""
        clock = self._runner.clock
        if self.listeners is not None:
            self.listeners.take_all()
        if self.on and isinstance(clock, HeldClock):
            now = perf_counter()
            self.marks.append(Mark(now, clock.at(now), clock.speed))
            if self.listeners is not None:
                self.listeners.marked(self.marks[-1])

    def leave_out(self, seconds: float) -> None:
        """Leave out the seconds that were spent at a stop."""
        self.mark()
        # The stop began before this recorder, whose time may have been noted since.
        now = perf_counter()
        self.hook.last = min(self.hook.last + seconds, now)
        # Counting may have begun at this stop.
        self.hook.left_out += min(seconds, now - self.hook.left_out - self.counting.begun)

    # -- notes ------------------------------------------------------------------------

    def _note(
        self, kind: int, number: int, step: int, seconds: float = 0.0, more: object = None
    ) -> Note:
        note = (kind, moment(self, self._hold), number, step, seconds, more)
        self._add(note)
        return note

    def _moment(self) -> float:
        return moment(self, self._hold)

    def _forget_deadline(self) -> None:
        """Drop the note that a deadline cancelled a scope, so that it is not shown twice."""
        more = self.notes[-1][5] if self.notes else None
        if isinstance(more, Cancel) and more.how == BY_DEADLINE:
            self.notes.pop()

    def note_steered(self, task: Task, what: str) -> None:
        """Note that the user has done something to a task.

        what: the command: ``hold``, ``throw``, …; the log shows it, and marks the task's next
            step with it.
        """
        if self.on:
            self._note(recording.STEERED, tasks.number(task), 0, more=what)

    def note_debugger(self, task: Task) -> None:
        """Note that the user has woken a task, or changed what Trio will send it."""
        if self.on:
            self.lately.woken[tasks.number(task)] = tasks.steps_taken(task) + 1, waking.BY_DEBUGGER

    def _on_exited(self, task: Task, took: float, error: BaseException | None) -> None:
        number, nursery = tasks.number(task), task.parent_nursery
        self.lately.forget(number)
        system, steps = runs.is_system(self._runner, task), tasks.steps_taken(task) + 1
        parent = None if nursery is None else tasks.number(nursery.parent_task)
        # A `NamedTuple`'s own `__new__` is a function in Python, which is slower.
        more = tuple.__new__(Exit, (plain_name(task.name), parent, ending_of(error), system))
        self.counting.exited(self.hook, task, took, steps, system=system)
        self.ended.append(self._note(recording.EXITED, number, steps, took, more))

    def _on_cancel(
        self, scope: runs.CancelScope, frame: FrameType | None, found: scopes.FoundBy | None
    ) -> None:
        here = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
        self._run.steps().note_cancel(scope, found)
        if scopes.is_effectively_cancelled(scope):
            return  # the scope was already cancelled
        by = runs.current_task()
        how = "" if found is None else BY_DEADLINE
        if found is None and runs.is_called_by(here, runs.EXITED_CODE):
            how = "a task that failed"
        code = None if frame is None else frame.f_code
        more = Cancel(code, 0 if frame is None else frame.f_lasti, how)
        step = 0 if by is None else tasks.steps_taken(by) + 1
        self._note(recording.CANCELLED, -1 if by is None else tasks.number(by), step, more=more)


def _time_on(clock: HeldClock) -> float:
    """The time on a clock, whose class changes when it is held."""
    return clock.current_time()


def moment(recorder: Recorder, hold: MayStand) -> float:
    """The time for a note that is made now.  hold: the hold of the run."""
    if recorder.hook.read is not None or not hold.stands:
        return (recorder.hook.read or perf_counter)()
    recorder.mark()  # time stands still: everything at a stop happens at one moment
    return recorder.marks[-1].real
