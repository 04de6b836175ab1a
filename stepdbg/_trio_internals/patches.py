"""Methods of Trio that are wrapped while something needs to know of their calls.

Owns: the `watch_…` functions; each returns the function that undoes it.
Does not own: deciding what an exit or a cancellation means.

Trio has no hook for these events.  Its hook `task_exited` comes too late: by then the parent's
nursery has learned of the end and aborted the siblings' waits.  It also lacks the outcome.  And no
hook reports that a scope is cancelled.

If a watcher raises, the exception belongs to the program and goes on.  The only exception is a
RecursionError: the watcher had too few frames, so the event is counted as missed.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Generic, TypeVar

from outcome import Error, Outcome
from trio import _sync
from trio._channel import MemoryChannelState, MemorySendChannel
from trio._core import _run
from trio._core._ki import enable_ki_protection
from trio._core._parking_lot import ParkingLot
from trio._core._run import CancelScope, Nursery, Runner, Task

from stepdbg.model.depth import missed
from stepdbg.model.standard import functools, sys

from .runs import code_of

ExitWatcher = Callable[[Task, Outcome[object]], None]
LookCount = Callable[[FrameType], object]
LookAnswer = Callable[[float, FrameType], float]
CancelWatcher = Callable[[CancelScope], None]
NurseryWatcher = Callable[[Nursery, BaseException], None]

Undo = Callable[[], None]
"""A function that puts back what was replaced, or ends what was begun."""

Hear = TypeVar("Hear")
Answer = TypeVar("Answer")


def replace_method(owner: type, name: str, wrapped: Callable[..., object]) -> Callable[[], None]:
    """Replace a method by a function; returns a function that undoes that."""
    original = getattr(owner, name)
    functools.update_wrapper(wrapped, original)
    setattr(owner, name, wrapped)

    def restore() -> None:
        setattr(owner, name, original)

    return restore


def watch_exits(watcher: ExitWatcher, *, failed_only: bool = False) -> Callable[[], None]:
    """Call `watcher` when a task has run its last step, before Trio tells any other task.

    failed_only: only if the task has raised.

    Returns:
        A function that undoes the patch.
    """
    original: Callable[..., None] | None = getattr(Runner, "task_exited", None)
    if original is None:
        return lambda: None  # `names.check` has warned already

    def task_exited(self: Runner, task: Task, outcome: Outcome[object]) -> None:
        if not failed_only or type(outcome) is Error:
            try:
                watcher(task, outcome)
            except RecursionError:
                missed.append("watching a task exit")
        original(self, task, outcome)

    return replace_method(Runner, "task_exited", task_exited)


def watch_failing_nurseries(watcher: NurseryWatcher) -> Callable[[], None]:
    """Call `watcher` when a nursery gets an exception, before it cancels anything because of it.

    The exception comes from a child, or from the nursery's own block.  No call-back runs before
    `watcher`.

    Returns:
        A function that undoes the patch.
    """
    original: Callable[..., None] | None = getattr(Nursery, "_add_exc", None)
    if original is None:
        return lambda: None  # `names.check` has warned already

    # Since Trio 0.31 there is one more argument: the reason for the cancelled tasks.
    def add_exc(self: Nursery, exc: BaseException, *args: object, **named: object) -> None:
        try:
            watcher(self, exc)
        except RecursionError:
            missed.append("watching a nursery fail")
        original(self, exc, *args, **named)

    return replace_method(Nursery, "_add_exc", enable_ki_protection(add_exc))


class _CancelWatchers:
    """The watchers of cancellations in the whole process, which share one wrapped method.

    restore: undoes the wrapping; None while nothing is wrapped.
    """

    def __init__(self) -> None:
        self.all: list[CancelWatcher] = []
        self.restore: Callable[[], None] | None = None

    def add(self, watcher: CancelWatcher) -> None:
        """Add a watcher; for the first one, wrap the method."""
        self.all.append(watcher)
        self.restore = self.restore or _wrap_cancel(self)

    def remove(self, watcher: CancelWatcher) -> None:
        """Remove a watcher; after the last one, the method is Trio's own again."""
        self.all.remove(watcher)
        if not self.all and self.restore is not None:
            self.restore()
            self.restore = None


_cancel_watchers = _CancelWatchers()


def watch_cancels(watcher: CancelWatcher) -> Callable[[], None]:
    """Call `watcher` before a scope is cancelled for the first time, for any reason.

    There may be several watchers; the method is wrapped while there is at least one.

    Returns:
        A function that ends it.
    """
    _cancel_watchers.add(watcher)
    return functools.partial(_cancel_watchers.remove, watcher)


def _wrap_cancel(watchers: _CancelWatchers) -> Callable[[], None]:
    # Everything goes through `_cancel` since Trio 0.31, and through `cancel` before.
    name = "_cancel" if hasattr(CancelScope, "_cancel") else "cancel"
    original: Callable[..., None] = getattr(CancelScope, name)

    def cancel(self: CancelScope, *args: object) -> None:
        if not getattr(self, "_cancel_called", False):
            for watcher in tuple(watchers.all):
                try:
                    watcher(self)
                except RecursionError:
                    missed.append("watching a scope being cancelled")
        return original(self, *args)

    return replace_method(CancelScope, name, enable_ki_protection(cancel))


def watch_channels(watcher: Callable[[MemoryChannelState[object]], None]) -> Callable[[], None]:
    """Call `watcher` with the state of a memory channel, at its first end and at each clone.

    Returns:
        A function that undoes the patch.
    """
    original: Callable[..., None] = MemorySendChannel.__attrs_post_init__

    def post_init(self: MemorySendChannel[object]) -> None:
        try:
            watcher(self._state)
        except RecursionError:
            missed.append("noting where a channel was opened")
        original(self)

    return replace_method(MemorySendChannel, "__attrs_post_init__", post_init)


def watch_locks(watcher: Callable[[Task, ParkingLot], None]) -> Callable[[], None]:
    """Call `watcher` when a task has got a lock, with the lock's parking lot.

    When a task gets a lock, the lock calls ``add_parking_lot_breaker``, which it looks up as a
    global name of ``trio/_sync.py``.  We replace that name.  If we wrapped ``acquire`` instead, our
    frame would be on the traceback each time a lock refuses a task.

    Returns:
        A function that undoes the patch.
    """
    names = vars(_sync)
    original: Callable[[Task, ParkingLot], None] | None = names.get("add_parking_lot_breaker")
    if original is None:
        return lambda: None  # `names.check` has warned already

    def add_parking_lot_breaker(task: Task, lot: ParkingLot) -> None:
        original(task, lot)
        try:
            watcher(task, lot)
        except RecursionError:
            missed.append("noting who holds a lock")

    names["add_parking_lot_breaker"] = add_parking_lot_breaker

    def restore() -> None:
        names["add_parking_lot_breaker"] = original

    return restore


class Listeners(Generic[Hear, Answer]):
    """The functions to call when something of one run is asked for the time.

    hear: these only hear of it.
    answer: this says what the time is; None: the clock does.
    """

    __slots__ = ("answer", "hear")

    def __init__(self, _: Runner) -> None:
        self.hear: tuple[Hear, ...] = ()
        self.answer: Answer | None = None


L = TypeVar("L", bound=Listeners[Any, Any])


class Listening(Generic[L]):
    """Who listens when the time is asked for, by run.

    Args:
        make: makes the listeners of a run.
        replace: puts functions in the place of Trio's, because somebody listens in some run;
            returns a function that undoes that.

    Attributes:
        of: the listeners, by the identity of the runner; only while there are any.
    """

    def __init__(self, make: Callable[[Runner], L], replace: Callable[[], Undo]) -> None:
        self.of: dict[int, L] = {}
        self._make, self._replace = make, replace
        self._undo: Undo | None = None

    def hear(self, runner: Runner, hear: object) -> Undo:
        """Call `hear` from now on; returns a function that ends it."""
        listeners = self._begin(runner)
        listeners.hear = (*listeners.hear, hear)

        def end() -> None:
            listeners.hear = tuple(each for each in listeners.hear if each is not hear)
            self._end(runner)

        return end

    def answer(self, runner: Runner, answer: object) -> Undo:
        """Let `answer` say what the time is; returns a function that ends it."""
        listeners = self._begin(runner)
        listeners.answer = answer

        def end() -> None:
            listeners.answer = None
            self._end(runner)

        return end

    def _begin(self, runner: Runner) -> L:
        if self._undo is None:
            self._undo = self._replace()
        known = self.of.get(id(runner))
        if known is None:
            known = self.of[id(runner)] = self._make(runner)
        return known

    def _end(self, runner: Runner) -> None:
        listeners = self.of.get(id(runner))
        if listeners is not None and not listeners.hear and listeners.answer is None:
            del self.of[id(runner)]
        if not self.of and self._undo is not None:
            undo, self._undo = self._undo, None
            undo()


_original: Any = vars(_run).get("current_time")
_CALLED_CODE: CodeType = code_of(CancelScope.cancel_called, "fget")


def _current_time() -> float:
    """Replaces `trio.current_time`: counts the look, and gives the answer of a replay."""
    asking = sys._getframe(1)
    runner: Any = getattr(_run.GLOBAL_RUN_CONTEXT, "runner", None)
    # A check of a deadline differs from a read, because nobody gets the time.
    checks = runner is not None and asking.f_code is _CALLED_CODE
    now: float = runner.clock.current_time() if checks else _original()
    looks = _looks.of.get(id(runner))
    if looks is None:
        return now
    for count in looks.hear:
        count(asking)
    return now if looks.answer is None else looks.answer(now, asking)


def _replace_current_time() -> Undo:
    if _original is None:  # `names.check` has warned
        return lambda: None
    vars(_run)["current_time"] = _current_time

    def restore() -> None:
        if vars(_run).get("current_time") is _current_time:
            vars(_run)["current_time"] = _original

    return restore


_looks = Listening[Listeners[LookCount, LookAnswer]](Listeners, _replace_current_time)


def watch_looks(runner: Runner, count: LookCount) -> Undo:
    """Call `count` whenever a scope of a run has looked at the clock, or at the time left to it.

    A scope looks when it is entered, and when somebody reads its `cancel_called`: there the clock
    decides in the middle of a step whether the scope is cancelled.  Both look up `current_time` as
    a global name of ``trio/_core/_run.py``, and nothing else that decides does.  We replace that
    name; in the place of a method, a frame of ours would be in the program's tracebacks.

    count: is given the frame that asks; it must not raise.

    Returns:
        A function that ends it.
    """
    return _looks.hear(runner, count)


def answer_looks(runner: Runner, answer: LookAnswer) -> Undo:
    """Let `answer` say what time it is when a scope of a run looks at the clock.

    answer: is given the time, and the frame that asks; it must not raise.

    Returns:
        A function that ends it.
    """
    return _looks.answer(runner, answer)
