"""Find which sleep or timeout has ended a wait, and which one will.

Owns: telling the end of a `trio.sleep` from a timeout of the program, by the scopes of a
suspended task.
Does not own: whether time woke the task at all (recording.waking, waiting.standing).
"""

from __future__ import annotations

from types import FrameType

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes
from stepdbg._trio_internals.frame_values import peek_at
from stepdbg.engine.stacks import frames
from stepdbg.engine.stacks.scope_places import scopes_of_trio
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import math
from stepdbg.model.task import Origin, Place, Wake, WakeKind

from .entered import ScopedRun, Scopes, seconds_of

_SLEEPS = ("sleep", "sleep_until", "sleep_forever")
"""The functions of Trio that wait only for time."""


class _InTrio(NamedTuple):
    """The function of Trio in which a task waits, and the own line that called it.

    seconds: the argument of `trio.sleep`.
    """

    function: str
    place: Place | None
    seconds: float | None

    @property
    def sleeps(self) -> bool:
        return self.function in _SLEEPS


def _in_trio(stack: list[FrameType]) -> _InTrio:
    """Find where a suspended task has called Trio.  stack: its frames, innermost first."""
    function, seconds = "", None
    for frame in stack:
        if frames.origin_of(frame.f_code.co_filename) is not Origin.TRIO:
            break
        function = frame.f_code.co_name
        if function == "sleep":
            found = peek_at(frame, "seconds")
            seconds = float(found) if type(found) in (int, float) else None  # type: ignore[arg-type]  # seen
    own = frames.innermost_own(stack)
    place = None if own is None else frames.place_of(own)
    return _InTrio(function, place, seconds)


def what_ended(run: ScopedRun, task: Task) -> Wake:
    """The sleep or timeout that woke a task; a deadline woke it, and it has not gone on since."""
    around = [each for each in scopes.reaching(task) if scopes.is_cancel_called(each)]
    expired = [each for each in around if scopes.has_cancelled(each) in ("deadline", "")]
    if not expired:
        return Wake(WakeKind.DEADLINE)
    scope = expired[-1]  # the outermost cancelled scope counts
    if id(scope) not in scopes_of_trio(task):
        entered = Scopes(run).entered(scope, task)
        if entered is None:
            return Wake(WakeKind.DEADLINE)
        seconds = seconds_of(entered.seconds)
        return Wake(WakeKind.DEADLINE, place=entered.place, seconds=seconds)
    called = _in_trio(run.live_frames(task))
    if called.sleeps:
        return Wake(WakeKind.SLEEP, place=called.place, seconds=called.seconds)
    within = f"one within trio's {called.function}"
    return Wake(WakeKind.DEADLINE, place=called.place, detail=within)


def is_end_of_wait(task: Task) -> bool:
    """Whether only a scope of Trio's own cancels a task, so that just its sleep ends."""
    scope: runs.CancelScope | None = None
    for each in scopes.reaching(task):
        if scopes.is_cancel_called(each):
            scope = each
    return scope is not None and id(scope) in scopes_of_trio(task)


def own_deadline(task: Task) -> float:
    """When Trio itself ends a task's wait, such as a sleep, in the clock's seconds; else inf."""
    own = scopes_of_trio(task)
    ends = (scopes.deadline(each) for each in scopes.reaching(task) if id(each) in own)
    return min(ends, default=math.inf)


def timeout_around(task: Task) -> runs.CancelScope | None:
    """The program's scope whose deadline ends a task's wait first; None without one."""
    own: set[int] | None = None
    soonest: runs.CancelScope | None = None
    for scope in scopes.reaching(task):
        deadline = scopes.deadline(scope)
        if math.isinf(deadline) or scopes.is_cancel_called(scope):
            continue
        own = scopes_of_trio(task) if own is None else own
        if id(scope) not in own and (soonest is None or deadline <= scopes.deadline(soonest)):
            soonest = scope
    return soonest
