"""One schedule of a call: run it, and say what is wrong with it.

Owns: `Tried`, `try_once`; whether two failures are the same one; `text_of`, the traceback.
Does not own: the run (explored), choosing (choosers), processes (launcher.exploring).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

import trio

from stepdbg.engine.failing.failures import members
from stepdbg.engine.running.onlooking import run_here
from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.exploring import Fault
from stepdbg.model.records import dataclass, replace
from stepdbg.model.schedules import Logged, Moment
from stepdbg.model.standard import os, traceback
from stepdbg.model.task import WaitKind
from stepdbg.model.waits import Deadlock

from .explored import MOST_STEPS, ExploredRun, end_of

if TYPE_CHECKING:
    from stepdbg.model.facts import LogicalId

    from .calls import Repeatable
    from .choosers import Chooser
    from .lateness import Lateness
    from .step_notes import StepNotes


class FoundWrong(Exception):
    """What is wrong with a run that ended without an exception of its own.

    Args:
        fault: the failure that this is.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.title)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Tried:
    """How one schedule ended.

    log: the task of each step.
    logged: the log in the form that a schedule has, empty if nothing is wrong.
    fault: what is wrong with the run, None if nothing is.
    deadlock: the deadlock, if that is what is wrong.
    error: the exception with which the run ended.
    cut: why the run was cut, empty if it was not.
    spoilt: whether this process must not run another schedule, because this run was left half-way.
    fired, late: see `Lateness.fired` and `Lateness.needed`.
    real, own_clock: see `ExploredRun.runs_for_real` and `ExploredRun.own_clock`.
    has_others: whether the same code has begun other runs.
    """

    log: tuple[LogicalId, ...]
    logged: Logged
    fault: Fault | None = None
    deadlock: Deadlock | None = None
    error: BaseException | None = None
    cut: str = ""
    spoilt: bool = False
    fired: tuple[Moment | None, ...] = ()
    late: float = 0.0
    real: bool = False
    own_clock: bool = False
    has_others: bool = False

    @property
    def order(self) -> int:
        """A number that two schedules share only if they are the same."""
        return hash((self.log, self.fired)) if self.fired else hash(self.log)


def try_once(
    call: Repeatable,
    chooser: Chooser,
    number: int,
    *,
    step_notes: StepNotes | None = None,
    late: Lateness | None = None,
    most: int = MOST_STEPS,
) -> Tried:
    """Run the call with the schedule of this number.

    step_notes: notes more of each step; None if that is not needed.
    late: lets deadlines pass although tasks can step; None if none may.
    most: after so many steps the run takes the default order, and is cut soon.

    Raises:
        BaseException: what went wrong in stepdbg's own part.
    """
    tried = _tried(call, chooser, number, late, step_notes, most)
    if late is None or not late.fired:
        return tried
    return replace(tried, fired=tuple(late.fired), late=late.needed)


def _tried(
    call: Repeatable,
    chooser: Chooser,
    number: int,
    late: Lateness | None,
    step_notes: StepNotes | None,
    most: int,
) -> Tried:
    """Run the call, without noting the deadlines that passed early."""
    chooser.begin(number)
    deadlocks: list[Deadlock] = []

    def is_deadlock() -> bool:
        here = run_here(None)
        found = () if here is None else here.deadlocks()[0]
        # There may be several deadlocks.  In each run the same one must name the failure.
        deadlocks.extend(sorted((each for each in found if each.whole), key=_key_of))
        return bool(deadlocks)

    holds = None if call.invariant is None else Invariant(call.invariant)
    still_holds = None if holds is None else holds.holds
    run = ExploredRun(chooser, most, is_deadlock, step_notes, still_holds, late)
    error: BaseException | None = None
    try:
        call.make(run)
    except BaseException as raised:
        error = raised
    finally:
        if run.livelocks is not None:
            run.livelocks.close()
    ended = end_of(run)
    if isinstance(error, trio.TrioInternalError) and not ended:
        raise error
    log, own = tuple(run.log), run.own_clock
    ends_late = run.livelocks is not None and error is None
    if ends_late or ended in ("cut", "idle"):
        chooser.end({}, 0)
        return Tried(log, Logged(), cut=ended or "cut", spoilt=True, own_clock=own)
    chooser.end(Counter(log), run.choices)
    fault: Fault | None = None
    if deadlocks:
        fault, error = of_deadlock(deadlocks[0]), None
    elif ended == "livelock":
        fault, error = _of_livelock(run), None
    elif holds is not None and not holds.holds():
        fault, error = holds.fault(), None
    elif error is None or _ends_well(error):
        real, others = any(each.runs_for_real for each in (run, *run.others)), bool(run.others)
        return Tried(log, Logged(), real=real, own_clock=own, has_others=others)
    else:
        fault = of_error(error)
    deadlock = deadlocks[0] if deadlocks else None
    return Tried(log, run.logged(), fault, deadlock, error=error, spoilt=True, own_clock=own)


class Invariant:
    """What must hold after each step.  given: the user's function."""

    def __init__(self, given: Callable[[], object]) -> None:
        self._given = given
        self._fault: Fault | None = None

    def holds(self) -> bool:
        """Whether it holds now, and has held so far."""
        if self._fault is not None:
            return False
        name = getattr(self._given, "__qualname__", type(self._given).__name__)
        name = name.rpartition(".")[2]
        try:
            if self._given() is False:
                title = f"invariant {name} does not hold"
                self._fault = Fault(title, title)
        except Exception as error:
            raised = of_error(error)
            title = f"invariant {name} raised {raised.title}"
            self._fault = Fault(title, title, text_of(error))
        return self._fault is None

    def fault(self) -> Fault:
        """What is wrong; only if it has not held."""
        assert self._fault is not None
        return self._fault


def _ends_well(error: BaseException) -> bool:
    """Whether a program that ends with an exception has not failed, as with ``sys.exit()``."""
    return all(isinstance(each, SystemExit) and not each.code for each in members(error))


def of_error(error: BaseException) -> Fault:
    """The failure for an exception: the types and innermost own frames of all exceptions in it."""
    if isinstance(error, FoundWrong):
        return error.fault
    found = sorted({_place_of(leaf) for leaf in members(error)})
    key = "; ".join(found)
    return Fault(key, key)


def text_of(error: BaseException) -> str:
    """The traceback of an exception, from the first line of the program's own.

    It may take more time than the schedule itself: ask for it only to show it.
    """
    shown = error.__traceback__
    while shown is not None and not is_own(shown.tb_frame.f_code.co_filename):
        shown = shown.tb_next  # stepdbg's frames, and `trio.run`
    return "".join(traceback.format_exception(type(error), error, shown or error.__traceback__))


def _place_of(error: BaseException) -> str:
    """The type of an exception and the innermost line of the program's own that raised it."""
    name = type(error).__qualname__
    own: TracebackType | None = None
    each = error.__traceback__
    while each is not None:
        if is_own(each.tb_frame.f_code.co_filename):
            own = each
        each = each.tb_next
    if own is None:
        return name
    code = own.tb_frame.f_code
    return f"{name} at {os.path.basename(code.co_filename)}:{own.tb_lineno} in {code.co_qualname}"


def _key_of(deadlock: Deadlock) -> str:
    return of_deadlock(deadlock).key


def of_deadlock(deadlock: Deadlock) -> Fault:
    """The failure for a deadlock: the tasks of its cycle, and where they wait."""
    knot = deadlock.knot
    members = knot.cycle or knot.missing
    waits = []
    for link in deadlock.links:
        place = None if link.wait is None else link.wait.place
        if link.task in members and place is not None:
            name = link.task.name.rpartition(".")[2]
            waits.append(f"{name} at {os.path.basename(place.filename)}:{place.line}")
    what = "tasks wait for one another" if knot.cycle else "nobody can wake"
    title = f"deadlock: {what}: {', '.join(sorted(waits))}"
    return Fault("deadlock " + "; ".join(sorted(waits)), title)


def _of_livelock(run: ExploredRun) -> Fault:
    """The failure for a livelock: the tasks that step, and where they stand before their steps."""
    found = None if run.livelocks is None else run.livelocks.found
    assert found is not None
    steps = "1 step" if found.steps == 1 else f"{found.steps:,} steps"
    text = (
        f"First in, first out, the run is in the same state again after {steps}: all tasks are at\n"
        "the same lines, and all variables that their code reads have the same values.  No time\n"
        "has passed, and no task waits for anything from outside."
    )
    where = ", ".join(found.tasks)
    return Fault(f"livelock {where}", f"livelock: tasks go on for ever: {where}", text)


def is_lock_cycle(deadlock: Deadlock) -> bool:
    """Whether a deadlock is a cycle of two or more tasks that wait for each other's locks."""
    cycle = deadlock.knot.cycle
    waits = [link.wait for link in deadlock.links if link.task in cycle]
    return len(cycle) > 1 and all(each and each.kind is WaitKind.LOCK for each in waits)
