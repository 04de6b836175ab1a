"""Cancel scopes and nurseries as Trio keeps them.

Owns: access to `CancelScope`, `CancelStatus`, `Nursery`; who finds that a deadline has passed.
Does not own: any decision.

The public properties `CancelScope.cancel_called` and `CancelScope.deadline` are not used.  Reading
the first one cancels the scope if its deadline has passed.  Reading the second one raises if a
relative scope has not been entered.

If this Trio lacks a name, the function gives the least informative answer (no deadline, no
shield).  The check at the start has already warned.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FrameType
from typing import Any, TypeAlias

from trio import Cancelled
from trio._core._run import (
    GLOBAL_RUN_CONTEXT,
    CancelScope,
    CancelStatus,
    Nursery,
    Runner,
    Task,
)

from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import math
from stepdbg.model.task import plain_name

from .frame_values import is_a, peek_at
from .runs import ENTER_CODE, EXPIRE_CODE, LOOP_CODE, code_of, current_task
from .tasks import number, nurseries_of

_CALLED_CODE: CodeType = code_of(CancelScope.cancel_called, "fget")
_CANCEL_CODE: CodeType = code_of(CancelScope, "cancel")
_RECALCULATE_CODE: CodeType = code_of(CancelStatus, "recalculate")

_members = BaseExceptionGroup.__dict__["exceptions"]


def cancel(scope: CancelScope) -> None:
    """Cancel a scope.  Trio calls the `repr` of the current task's name then, which may raise."""
    task = current_task()
    name = None if task is None else task.name
    if task is None or type(name) is str:
        scope.cancel()
        return
    task.name = plain_name(name)
    try:
        scope.cancel()
    finally:
        task.name = name  # type: ignore[assignment]  # it was there


def deadline(scope: CancelScope) -> float:
    """Its absolute deadline in the clock's seconds; inf if there is none."""
    return float(getattr(scope, "_deadline", math.inf))


def first_deadline(task: Task) -> tuple[CancelScope, float] | None:
    """The scope around a task whose deadline comes first, and that deadline; None without one."""
    found, first = None, math.inf
    status: CancelStatus | None = task._cancel_status
    while status is not None:
        scope = status._scope
        if scope._deadline < first:
            found, first = scope, scope._deadline
        status = None if scope._shield else status._parent
    return None if found is None else (found, first)


def is_innermost(scope: CancelScope, task: Task) -> bool:
    """Whether no other scope is between this one and the code of a task."""
    return task._cancel_status._scope is scope


Status: TypeAlias = CancelStatus


class Around(NamedTuple):
    """What is around a task.

    first: its `first_deadline`.
    moved: whether it has entered or left a scope since its last wait.
    """

    task: Task
    first: tuple[CancelScope, float] | None
    moved: bool


def looker(runner: Runner, known: Mapping[int, CancelStatus]) -> Callable[[], Around | None]:
    """A function that says what is around a run's current task; None if there is no news.

    known: the last `status` of each task, by its number; of others that of their nursery counts.
    It is called for each wait, and fast if the run has no deadlines and the task no scopes.
    """
    context = GLOBAL_RUN_CONTEXT

    def look() -> Around | None:
        task: Task | None = getattr(context, "task", None)
        if task is None or task.parent_nursery is None:
            return None
        status = known.get(task._counter) or task.parent_nursery._cancel_status
        moved = task._cancel_status is not status
        first = first_deadline(task) if runner.deadlines._heap else None
        return Around(task, first, moved) if moved or first is not None else None

    return look


def status(task: Task) -> CancelStatus | None:
    """What Trio knows of the innermost scope around a task; None if it has no scope of its own."""
    nursery = task.parent_nursery
    found = task._cancel_status
    return None if nursery is None or found is nursery._cancel_status else found


def without_deadline(task: Task) -> tuple[tuple[CancelScope, int], ...]:
    """The scopes without a deadline that a task has entered itself, outermost first.

    Those of its nurseries do not count.  With each is how many of its nurseries are around it.
    """
    own = {id(nursery.cancel_scope) for nursery in nurseries_of(task)}
    found, outside = [], 0
    for scope in scopes_around(task):
        if id(scope) in own:
            outside += 1
        elif scope._deadline == math.inf:
            found.append((scope, outside))
    return tuple(found)


def is_shielded(scope: CancelScope) -> bool:
    """Whether it keeps off cancellations from outside."""
    return bool(getattr(scope, "_shield", False))


def is_cancel_called(scope: CancelScope) -> bool:
    """Whether it has been cancelled (an overdue deadline does not count yet)."""
    return bool(getattr(scope, "_cancel_called", False))


def is_effectively_cancelled(scope: CancelScope) -> bool:
    """Whether code inside it is being cancelled, by it or by a scope around it."""
    return bool(getattr(scope._cancel_status, "effectively_cancelled", False))


def catches(scope: CancelScope, error: BaseException) -> bool:
    """Whether a scope that is left with an exception ends all of it (`CancelScope._close`)."""
    status = scope._cancel_status
    if status is None or not status.effectively_cancelled:
        return False
    outer = status._parent
    if outer is not None and outer.effectively_cancelled and not scope._shield:
        return False
    todo = [error]
    while todo:
        each = todo.pop()
        if is_a(each, BaseExceptionGroup):
            todo += _members.__get__(each)
        elif not is_a(each, Cancelled):
            return False
    return True


def cancel_reason(scope: CancelScope) -> str:
    """Why it was cancelled, in Trio's words; empty when unknown (or before Trio 0.31)."""
    reason = getattr(scope, "_cancel_reason", None)
    if reason is None:
        return ""
    parts = [reason.source, reason.reason]
    return ": ".join(str(part) for part in parts if part)


def task_is_cancelled(task: Task) -> bool:
    """Whether a task's next checkpoint will raise Cancelled."""
    return bool(getattr(task._cancel_status, "effectively_cancelled", False))


def scopes_around(task: Task) -> tuple[CancelScope, ...]:
    """The scopes that a task has entered itself, outermost first.

    A child's chain of statuses continues into its parent's scopes.  This stops at the status that
    the child got from its nursery.
    """
    nursery = task.parent_nursery
    # In nursery.start(), the child lives in a separate nursery until started().
    limit = None if nursery is None else nursery._cancel_status
    found: list[CancelScope] = []
    status: CancelStatus | None = task._cancel_status
    while status is not None and status is not limit and hasattr(status, "_scope"):
        found.append(status._scope)
        status = getattr(status, "_parent", None)
    return tuple(reversed(found))


def nurseries_above(task: Task) -> Iterator[Nursery]:
    """The nurseries that a task is in, innermost first."""
    nursery = task.parent_nursery
    while nursery is not None:
        yield nursery
        nursery = nursery.parent_task.parent_nursery


def entered_by(scope: CancelScope, inside: Task) -> Task | None:
    """The task that entered a scope: one inside of it, or one above that."""
    for task in (inside, *(nursery.parent_task for nursery in nurseries_above(inside))):
        if any(scope is each for each in scopes_around(task)):
            return task
    return None


def is_outside_nurseries(scope: CancelScope, task: Task) -> bool:
    """Whether a task has entered a scope itself, and had no nursery open then."""
    nurseries = nurseries_of(task)
    first = nurseries[0].cancel_scope if nurseries else None
    for each in scopes_around(task):
        if each is scope or each is first:
            return each is scope
    return False


def reaching(task: Task) -> Iterator[CancelScope]:
    """The scopes that can cancel a task, its own and its parents', innermost first.

    The last one is the first scope that is a shield.
    """
    status: CancelStatus | None = task._cancel_status
    while status is not None:
        yield status._scope
        status = None if is_shielded(status._scope) else status._parent


def is_reached(task: Task) -> bool:
    """Whether a cancelled scope reaches a task, even if Trio has not told the task yet."""
    return any(is_cancel_called(scope) for scope in reaching(task))


def has_cancelled(scope: CancelScope) -> str:
    """What cancelled a scope, in Trio's word: ``deadline``, ``explicit``, …; empty if unknown."""
    reason = getattr(scope, "_cancel_reason", None)
    return "" if reason is None else str(reason.source)


def is_ended_by_innermost(task: Task) -> bool:
    """Whether only the innermost scope around a task has been cancelled."""
    status = task._cancel_status
    parent = status._parent
    outer = parent is not None and parent.effectively_cancelled
    return bool(status._scope._cancel_called) and not outer


def is_status(obj: object) -> bool:
    """Whether an object is Trio's status for the inside of a scope."""
    return type(obj) is CancelStatus


def tasks_under(scope: CancelScope) -> Iterator[Task]:
    """Every task that this scope would cancel if there were no shields."""
    todo = [] if scope._cancel_status is None else [scope._cancel_status]
    while todo:
        status = todo.pop()
        yield from list(getattr(status, "_tasks", ()))
        todo.extend(getattr(status, "_children", ()))


def oldest_under(scope: CancelScope) -> Task | None:
    """The oldest task in a scope, which is the one that has entered it; None if none is left."""
    return min(tasks_under(scope), key=number, default=None)


def timed_around(task: Task) -> list[CancelScope]:
    """The scopes around a task that have a deadline, in the order of `scopes_around`.

    Those that are cancelled already are among them.  So a step of another task that cancels some
    of these scopes one after the other does not change the order.
    """
    return [each for each in scopes_around(task) if deadline(each) < math.inf]


def is_pending(scope: CancelScope) -> bool:
    """Whether Trio's loop still waits for the deadline of a scope."""
    return scope._registered_deadline < math.inf


def is_closed(nursery: Nursery) -> bool:
    """Whether a nursery takes no more tasks."""
    return bool(getattr(nursery, "_closed", False))


def errors_kept(nursery: Nursery) -> tuple[BaseException, ...]:
    """The exceptions of a nursery's tasks and its block, which it raises when all have ended."""
    return tuple(getattr(nursery, "_pending_excs", ()))


class FoundBy(enum.Enum):
    """Who finds that a deadline has passed.

    LOOP: Trio's loop.
    ENTERED: the scope, which is entered.
    SCOPE: the scope, which is asked whether it is cancelled.
    PASSING: the scope, since one around it is cancelled or changes its shield.
    """

    LOOP = enum.auto()
    ENTERED = enum.auto()
    SCOPE = enum.auto()
    PASSING = enum.auto()


OWN_LOOKS = (FoundBy.ENTERED, FoundBy.SCOPE)
"""Found by the scope itself."""


def _asked_by(frame: FrameType) -> FoundBy:
    """Who reads `cancel_called`.  frame: of that property."""
    caller = frame.f_back
    inner = caller is not None and caller.f_code is _RECALCULATE_CODE
    return FoundBy.PASSING if inner else FoundBy.SCOPE


def found_by(frame: FrameType | None) -> FoundBy | None:
    """Who has found that the deadline of a scope has passed; None if it is cancelled otherwise.

    frame: that of the code that is about to cancel the scope, or one above.
    """
    while frame is not None and frame.f_code is not LOOP_CODE:
        code = frame.f_code
        if code is EXPIRE_CODE:
            return FoundBy.LOOP
        if code is ENTER_CODE:
            return FoundBy.ENTERED
        if code is _CALLED_CODE:
            return _asked_by(frame)
        if code is _CANCEL_CODE:
            return None
        frame = frame.f_back
    return None


def is_in_order(frame: FrameType, task: Task) -> bool:
    """Whether a look at the clock, in a step of this task, comes at the same place in each replay.

    If a scope is cancelled, Trio looks at those inside, and it keeps them in sets, whose order
    follows from addresses.  Only the scopes of one task have an order: each is inside another one.

    frame: that of the code that asks for the time.
    """
    if frame.f_code is not _CALLED_CODE or _asked_by(frame) is not FoundBy.PASSING:
        return True
    scope = asking(frame)
    return deadline(scope) < math.inf and oldest_under(scope) is task


def asking(frame: FrameType) -> CancelScope:
    """The scope that asks for the time.  frame: that of `CancelScope.cancel_called`."""
    scope: Any = peek_at(frame, "self")
    assert isinstance(scope, CancelScope)
    return scope


def look_of(frame: FrameType) -> FoundBy | None:
    """Who checks whether a deadline has passed; None if the time is wanted for something else.

    frame: that of the code that asks for the time.
    """
    if frame.f_code is _CALLED_CODE:
        return _asked_by(frame)
    if frame.f_code is ENTER_CODE:
        scope: Any = peek_at(frame, "self")
        # The first look of a relative scope makes its deadline.
        return FoundBy.ENTERED if scope._relative_deadline == math.inf else None
    return None
