"""Hearing of every step, wake and exit of a run, in as little time as possible.

Owns: `RecordingHook`, which notes them for a run that carries it.
Does not own: how a note is read (engine.recording.recorder, engine.recording.history).

Trio calls this several times for each step.  So it reads private names directly, and makes one
tuple of plain values, which keeps no task or exception alive.  Everything else is worked out only
when it is needed.  Trio also calls it directly, because Trio's usual way to an instrument's hook
takes longer than everything done here.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from math import inf
from time import perf_counter
from types import CodeType, FrameType
from typing import Any, ClassVar

import trio
from outcome import Error
from trio._core import _run
from trio._core._instrumentation import Instruments
from trio._core._run import Runner, Task

from stepdbg.model.depth import missed
from stepdbg.model.standard import sys

from . import runs
from .frame_values import peek_at

Note = tuple[int, float, int, int, float, object]
"""Kind, time (see `RecordingHook.read`), task, its step, how long that took, further details."""

STEPPED, BLOCKED, WOKEN, SPAWNED, EXITED, CANCELLED, STEERED, BEGUN, CEASED = range(9)
STARTED = 100
"""The kind of note for a step that begins; made only for a trace."""

STEP_ENDS = frozenset((STEPPED, BLOCKED, EXITED))
"""The kinds of notes for the end of a step."""

_STEPPED_HOOK, _WOKEN_HOOK, _EXITED_HOOK = "after_task_step", "task_scheduled", "task_exited"
_HOOKS = (_STEPPED_HOOK, _WOKEN_HOOK, _EXITED_HOOK)
_NEXT_HOOK = "before_task_step"

_SPAWN_CODE = getattr(getattr(Runner, "spawn_impl", None), "__code__", None)
_RESCHEDULE_CODE = getattr(getattr(Runner, "reschedule", None), "__code__", None)
_EXITED_CODE = getattr(getattr(Runner, "task_exited", None), "__code__", None)

_NOTING = "recording what a task does"

_Call = Callable[..., None]


def ignore(*_: object) -> None:
    """Does nothing; takes the place of a call-back that is not set."""


class Count:
    """How much time one task has taken so far, in seconds of `perf_counter` without stops.

    Args:
        born: when counting began.

    Attributes:
        ran: the seconds in all its steps.
        blocked: the seconds in waits that have ended.
        since: when it blocked; 0.0 while it is not blocked.
        longest: the seconds of its longest step.
        step: the number of that step.
        began: when that step began, by `perf_counter`, which stops do not hold.
        where: the note about the place at which that step ended.
        before: the number of steps it had taken before counting began.
    """

    __slots__ = (
        "before",
        "began",
        "blocked",
        "born",
        "longest",
        "ran",
        "since",
        "step",
        "where",
    )

    def __init__(self, born: float) -> None:
        self.ran = self.blocked = self.since = self.longest = self.began = 0.0
        self.born = born
        self.step = self.before = 0
        self.where: object = None


class RecordingHook(trio.abc.Instrument):
    """Notes what the tasks of one run do; an instrument with three hooks.

    Args:
        add: takes a note.
        failed: called with an exception that must not escape from a hook.

    Attributes:
        last: the `perf_counter` at which the step under way has begun: at the end of the step
            before, or when the loop woke a task.  A hook for that would cost as much as the other
            three, and the loop does next to nothing in between.
        read: gives the time of a note; None: `perf_counter` does.
        overlooked: a task whose next step is stepdbg's empty step, and must not be noted.
        passes_by: if an instrument waits only for the beginnings of some steps (`StepFilter`):
            whether this step is not one of them.
        started: takes a note of each step that begins, while the only instrument with the hook
            ``before_task_step`` is the one that wants these notes; None: not wanted.
        late: called if a step begins at `due` or later; returns the next `due`.
        due: a moment of `perf_counter`.
        counts: the `Count` of each living task, by its number.
        left_out: the seconds of all stops.
        resumed: called with the seconds of a stop that has ended, of any session.
        longer: called with a task, its count and the length of its step, if that was its longest.
        woken: called when anything except its own checkpoint has put a task on the run queue: with
            the task, its number, the number of its step, the task that did it, and the frame.
        blocked: called when a step has ended in a wait: with the task, its number, the number of
            the step, and how long the step took.
        exited: called when a task has ended: with the task, how long its last step took, and its
            exception.
        log: takes the number of each task that has stepped.
        unlog: removes the last of these numbers.
        log_time: called if a step ends at `log_due` or later; returns the next `log_due`.
    """

    def __init__(
        self, add: Callable[[Note], None], failed: Callable[[BaseException], None]
    ) -> None:
        self.last = perf_counter()
        self.read: Callable[[], float] | None = None
        self.overlooked: Task | None = None
        self.passes_by: Callable[[Task], bool] | None = None
        self.started: Callable[[Note], None] | None = None
        self.late: Callable[[], float]
        self.due = 0.0
        self.log: Callable[[int], object] = ignore
        self.unlog: Callable[[], object] = ignore
        self.log_time: Callable[[float], float]
        self.log_due = inf
        self.counts: dict[int, Count] = {}
        self.left_out = 0.0
        self.resumed: Callable[[float], None] = ignore
        self.longer: Callable[[Task, Count, float], None] = ignore
        self.woken: Callable[[Task, int, int, Task | None, FrameType], None]
        self.blocked: Callable[[Task, int, int, float], None]
        self.exited: Callable[[Task, float, BaseException | None], None]
        self.add = add
        self.failed = failed
        self._call: _Call | None = None

    # Trio calls these while other instruments have the same hook.

    def after_task_step(self, task: Task) -> None:
        """Note that a step has ended, as `call` does where no other instrument has this hook."""
        if self._call is not None:
            self._call(_STEPPED_HOOK, task, True)

    def task_scheduled(self, task: Task) -> None:
        """Note that a task was woken."""
        if self._call is not None:
            self._call(_WOKEN_HOOK, task, True)

    def task_exited(self, task: Task) -> None:
        """Note that a task has exited."""
        if self._call is not None:
            self._call(_EXITED_HOOK, task, True)

    def begin(self, runner: Runner) -> None:
        """Begin: put the hook on a run."""
        instruments = runner.instruments
        runs.carry(runner, self)
        self.last = perf_counter()
        self._call = _shortcut(self, instruments)
        ours = {
            "__slots__": (),
            "recording": self,
            "call": staticmethod(self._call),
            # As in `UserDict`, but without a call of a Python function.
            "__contains__": instruments.data.__contains__,
        }
        set_class(instruments, type("Instruments", (Recorded,), ours))

    def end(self, runner: Runner) -> None:
        """End: take the hook off a run, if it is on."""
        if self._call is None:
            return
        self._call = None
        if type(runner.instruments) is not Instruments:
            set_class(runner.instruments, Instruments)
        if self in runner.instruments.data["_all"]:
            runs.take_off(runner, self)


def hooks_of(runner: Runner) -> list[RecordingHook]:
    """The recording hooks that a run carries: one for each session that records it."""
    hooks: list[RecordingHook] = []
    for each in list(runner.instruments.data["_all"]):
        if type(each) is RecordingHook:  # `isinstance` is slow for an ABC
            hooks.append(each)  # noqa: PERF401 - on 3.11 a comprehension is a call, at each stop
    return hooks


def set_class(instruments: Instruments, cls: type[Instruments]) -> None:
    """Change the class of a run's instruments, or change it back to Trio's own.

    From then on CPython keeps the attributes in a dictionary that shares its keys with others, and
    it never specialises a look into such a dictionary (specialize.c,
    SPEC_FAIL_ATTR_NON_STRING_OR_SPLIT).  Trio looks into its instruments five times a pass, and
    each look was 0.03 µs slower for the rest of the run.  So the object gets a dictionary that
    shares nothing.
    """
    instruments.__class__ = cls
    instruments.__dict__ = dict(vars(instruments))


class Recorded(Instruments):
    """Instruments with the shortcut.

    Attributes:
        recording: the hook that the shortcut belongs to.
    """

    __slots__ = ()
    recording: ClassVar[RecordingHook]


# One function for all hooks: each saved call is a twentieth of a step.  Each hook has one argument
# or none, and `*args` would cost more than the look-ups.  A wake by a checkpoint is seen at the end
# of the step.


def _shortcut(hook: RecordingHook, instruments: Instruments) -> _Call:
    """A replacement for `Instruments.call` that does the work of our hook in place."""
    # The class's function, even if another shortcut is there already: that one gives way.
    carried, original = instruments.data, Instruments.call.__get__(instruments)
    at_step, at_wake, at_exit = (carried[name] for name in _HOOKS)
    add, failed, context, counts = hook.add, hook.failed, _run.GLOBAL_RUN_CONTEXT, hook.counts

    def call(hookname: str, task: Any = None, ours: bool = False) -> None:
        if hookname == _STEPPED_HOOK and (ours or len(at_step) == 1):
            try:
                now = perf_counter()
                # The time of the next step counts from here, without the time that listeners take.
                took, hook.last = now - hook.last, now
                hook.log(task._counter)
                if task._next_send_fn is None:  # cleared by the loop, filled by `reschedule`
                    if task.coro.cr_frame is not None:
                        hook.blocked(task, task._counter, task._schedule_points, took)
                elif task is not hook.overlooked:
                    when = now if hook.read is None else hook.read()
                    add((STEPPED, when, task._counter, task._schedule_points, took, None))
                    count = counts.get(task._counter)
                    if count is not None:
                        count.ran += took
                        if took > count.longest:
                            hook.longer(task, count, took)
                else:
                    hook.overlooked = None
                    hook.unlog()
                if now >= hook.log_due:
                    hook.log_due = hook.log_time(now)
            except BaseException as error:
                failed(error)
        elif hookname == _WOKEN_HOOK and (ours or len(at_wake) == 1):
            waker = getattr(context, "task", None)
            # At a checkpoint a task wakes itself, and the end of its step is note enough; with an
            # Error it was cancelled as it began to wait.
            if waker is not task or type(task._next_send) is Error:  # type: ignore[union-attr]  # it is the current one
                try:
                    _note_wake(hook, task, waker, None if ours else sys._getframe(2))
                except RecursionError:  # the program wakes or spawns with too few frames left
                    missed.append(_NOTING)
                except BaseException as error:
                    failed(error)
        elif hookname == _EXITED_HOOK and (ours or len(at_exit) == 1):
            _note_exit(hook, task)
        elif hookname == _NEXT_HOOK and hook.started is not None and len(carried[_NEXT_HOOK]) == 1:
            _note_start(hook, hook.started, task)
        elif task is None:
            original(hookname)
        elif hookname != _NEXT_HOOK or not _passes_by(hook, carried[_NEXT_HOOK], task):
            original(hookname, task)

    return call


def _note_start(hook: RecordingHook, started: Callable[[Note], None], task: Task) -> None:
    """Note that a step begins, for a trace."""
    try:
        now = perf_counter()
        when = now if hook.read is None else hook.read()
        started((STARTED, when, task._counter, task._schedule_points + 1, 0.0, None))
        if now >= hook.due:
            hook.due = hook.late()
    except BaseException as error:
        hook.failed(error)


def _passes_by(hook: RecordingHook, hearers: Sized, task: Task) -> bool:
    """Whether the only instrument that waits for beginnings of steps does not want this one."""
    return hook.passes_by is not None and len(hearers) == 1 and hook.passes_by(task)


def _note_wake(
    hook: RecordingHook, task: Task, waker: Task | None, caller: FrameType | None
) -> None:
    """Note that a task is put on the run queue.

    waker: the task whose step is under way; None: the loop does it.
    caller: of `Runner.reschedule`; None: it is among ours.
    """
    if waker is None:
        hook.last = perf_counter()
    if caller is None:
        caller = _caller_of(_RESCHEDULE_CODE)
    if caller.f_code is _SPAWN_CODE:
        now = perf_counter()
        when = now if hook.read is None else hook.read()
        nursery = task.parent_nursery
        home = None if nursery is None else (nursery.parent_task._counter, id(nursery))
        hook.add((SPAWNED, when, task._counter, 0, 0.0, home))
        hook.counts[task._counter] = Count(now - hook.left_out)
    elif task is not hook.overlooked:
        hook.woken(task, task._counter, task._schedule_points + 1, waker, caller)


def _note_exit(hook: RecordingHook, task: Task) -> None:
    """Note that a task has ended; called inside `Runner.task_exited`."""
    try:
        now = perf_counter()
        took, hook.last = now - hook.last, now
        hook.exited(task, took, _error_of(task, _frame_of(_EXITED_CODE)))
    except BaseException as error:
        hook.failed(error)


def _frame_of(code: CodeType | None) -> FrameType:
    """The frame of a function among the callers."""
    frame = sys._getframe(2)
    while frame.f_code is not code and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _caller_of(code: CodeType | None) -> FrameType:
    frame = _frame_of(code)
    return frame.f_back or frame


def _error_of(task: Task, frame: FrameType) -> BaseException | None:
    """The exception that a task has ended with; None if there is none."""
    if task is task._runner.main_task:
        outcome: object = getattr(task._runner, "main_task_outcome", None)
    else:
        outcome = peek_at(frame, "outcome")
    # Not by `isinstance`: `Error` is an abstract base class, which would be asked at length.
    return outcome.error if type(outcome) is Error else None
