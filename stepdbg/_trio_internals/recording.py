"""Hearing of every step, wake and exit of a run, in as little time as can be.

Owns: `RecordingHook`, which notes them for a run that carries it.
Does not own: what a note is read as (engine.recording.recorder, engine.recording.history).

Trio calls this several times for each step.  So it reads private names directly, makes one
tuple of plain things (no task or exception is kept alive), and leaves all else to be worked
out when somebody asks.  And it is called directly: Trio's way to an instrument's hook takes
longer than all that is done there.
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
"""What it is, when (see `RecordingHook.read`), task, its step, how long that took, what else."""

STEPPED, BLOCKED, WOKEN, SPAWNED, EXITED, CANCELLED, STEERED, BEGUN, CEASED = range(9)
STARTED = 100
"""A step begins; noted only for a trace."""

STEP_ENDS = frozenset((STEPPED, BLOCKED, EXITED))
"""What is noted at the end of a step."""

_STEPPED_HOOK, _WOKEN_HOOK, _EXITED_HOOK = "after_task_step", "task_scheduled", "task_exited"
_HOOKS = (_STEPPED_HOOK, _WOKEN_HOOK, _EXITED_HOOK)
_NEXT_HOOK = "before_task_step"

_SPAWN_CODE = getattr(getattr(Runner, "spawn_impl", None), "__code__", None)
_RESCHEDULE_CODE = getattr(getattr(Runner, "reschedule", None), "__code__", None)
_EXITED_CODE = getattr(getattr(Runner, "task_exited", None), "__code__", None)

_NOTING = "recording what a task does"

_Call = Callable[..., None]


def ignore(*_: object) -> None:
    """Stands for a function while nobody wants to be called."""


class Count:
    """What one task has taken so far, in seconds of `perf_counter` without stops.

    Args:
        born: when counting it began.

    Attributes:
        ran: in all of its steps.  blocked: in waits that are over.
        since: when it blocked; 0.0 while it is not blocked.
        longest: the longest of its steps; step, began: its number, and when it began, stops in it.
        where: what was noted of where that step ended.
        before: the steps that it had taken before it was counted.
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
        last: the `perf_counter` at which the step under way has begun: at the end of the
            one before, or when the loop woke somebody.  There is no hook for it: it would
            cost as much as the other three, and the loop does next to nothing in between.
        read: gives the time of a note; None: that is `perf_counter`.
        overlooked: a task whose next step is none.
        passes_by: where an instrument waits for the beginnings of some steps (`StepFilter`):
            whether it need not be told of this one.
        started: takes a note of each step that begins, while an instrument that wants just that is
            the only one with the hook ``before_task_step``; None: nobody wants it.
        late: called where a step begins at `due` or later; gives the next moment for it.
        due: a moment of `perf_counter`.
        counts: what each living task has taken, by its number.  left_out: the seconds of all stops.
        resumed: called with the seconds of a stop that has ended, whichever session it was of.
        longer: called with a task, its count and the length of a step that was its longest so far.
        woken: called with a task that was put on the run queue by anything but its own
            checkpoint, its number, that of the step, the task that did it, and the frame.
        blocked: called with a task whose step has ended in a wait, its number, that of the step,
            and how long that took.
        exited: called with a task that has ended, how long its last step took, and its exception.
        log: takes the number of each task that has stepped; unlog: takes the last one back.
        log_time: called where a step ends at `log_due` or later; gives the next moment for it.
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
        """See `trio.abc.Instrument`."""
        if self._call is not None:
            self._call(_STEPPED_HOOK, task, True)

    def task_scheduled(self, task: Task) -> None:
        """See `trio.abc.Instrument`."""
        if self._call is not None:
            self._call(_WOKEN_HOOK, task, True)

    def task_exited(self, task: Task) -> None:
        """See `trio.abc.Instrument`."""
        if self._call is not None:
            self._call(_EXITED_HOOK, task, True)

    def begin(self, runner: Runner) -> None:
        """Be carried by a run from now on."""
        instruments = runner.instruments
        runs.carry(runner, self)
        self.last = perf_counter()
        self._call = _shortcut(self, instruments)
        ours = {
            "__slots__": (),
            "recording": self,
            "call": staticmethod(self._call),
            # What it does in `UserDict`, without a function of Python in between.
            "__contains__": instruments.data.__contains__,
        }
        set_class(instruments, type("Instruments", (Recorded,), ours))

    def end(self, runner: Runner) -> None:
        """Be carried no longer, if it is."""
        if self._call is None:
            return
        self._call = None
        if type(runner.instruments) is not Instruments:
            set_class(runner.instruments, Instruments)
        if self in runner.instruments.data["_all"]:
            runs.take_off(runner, self)


def hooks_of(runner: Runner) -> list[RecordingHook]:
    """Those that a run carries: one of each session that records it."""
    hooks: list[RecordingHook] = []
    for each in list(runner.instruments.data["_all"]):
        if type(each) is RecordingHook:  # an instrument's type is an ABC, which is slow to ask
            hooks.append(each)  # noqa: PERF401 - on 3.11 a comprehension is a call, at each stop
    return hooks


def set_class(instruments: Instruments, cls: type[Instruments]) -> None:
    """Let a run's instruments be of another class, or of Trio's own again.

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
        recording: whose it is.
    """

    __slots__ = ()
    recording: ClassVar[RecordingHook]


# One function for all hooks: each call that is saved is a twentieth of a step.  Each hook has one
# argument or none, and a `*args` would cost more than the look-ups.  Of a wake by a checkpoint the
# end of its step tells.


def _shortcut(hook: RecordingHook, instruments: Instruments) -> _Call:
    """What stands for `Instruments.call`: does what a hook of ours has to, right there."""
    # The plain one, even where somebody else has put a shortcut there: that one steps back.
    carried, original = instruments.data, Instruments.call.__get__(instruments)
    at_step, at_wake, at_exit = (carried[name] for name in _HOOKS)
    add, failed, context, counts = hook.add, hook.failed, _run.GLOBAL_RUN_CONTEXT, hook.counts

    def call(hookname: str, task: Any = None, ours: bool = False) -> None:
        if hookname == _STEPPED_HOOK and (ours or len(at_step) == 1):
            try:
                now = perf_counter()
                # From here the next step counts, and what a listener does with the note does not.
                took, hook.last = now - hook.last, now
                hook.log(task._counter)
                if task._next_send_fn is None:
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
            if waker is not task or type(task._next_send) is Error:  # type: ignore[union-attr]  # it is the current one
                try:
                    _note_wake(hook, task, waker, None if ours else sys._getframe(2))
                except RecursionError:  # the program wakes or spawns with hardly a frame left
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
    """A step begins, while a trace wants to know."""
    try:
        now = perf_counter()
        when = now if hook.read is None else hook.read()
        started((STARTED, when, task._counter, task._schedule_points + 1, 0.0, None))
        if now >= hook.due:
            hook.due = hook.late()
    except BaseException as error:
        hook.failed(error)


def _passes_by(hook: RecordingHook, hearers: Sized, task: Task) -> bool:
    """Whether the only instrument that wants to know of the beginnings of steps passes this by."""
    return hook.passes_by is not None and len(hearers) == 1 and hook.passes_by(task)


def _note_wake(
    hook: RecordingHook, task: Task, waker: Task | None, caller: FrameType | None
) -> None:
    """A task is put on the run queue.

    waker: whose step is under way; None: the loop does it.
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
    """A task has ended: `Runner.task_exited` is running."""
    try:
        now = perf_counter()
        took, hook.last = now - hook.last, now
        hook.exited(task, took, _error_of(task, _frame_of(_EXITED_CODE)))
    except BaseException as error:
        hook.failed(error)


def _frame_of(code: CodeType | None) -> FrameType:
    """The frame of a function that is among the callers."""
    frame = sys._getframe(2)
    while frame.f_code is not code and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _caller_of(code: CodeType | None) -> FrameType:
    frame = _frame_of(code)
    return frame.f_back or frame


def _error_of(task: Task, frame: FrameType) -> BaseException | None:
    """What a task has ended with."""
    if task is task._runner.main_task:
        outcome: object = getattr(task._runner, "main_task_outcome", None)
    else:
        outcome = peek_at(frame, "outcome")
    return outcome.error if isinstance(outcome, Error) else None
