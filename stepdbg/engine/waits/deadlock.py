"""Whether anything at all could let a run go on.

Owns: finding deadlocks, of a whole run or of a few of its tasks.
Does not own: when to look and what to do about one (engine.deadlocks).

"Deadlock" is a strong word: it is one only when each wait is one that a task of this run
must end.  Whatever may come from outside (I/O, a thread, a signal, a `TrioToken`, a guest's
host, a cancellation of ``sleep_forever`` by somebody) makes it idleness.
"""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Iterable, Iterator
from types import FunctionType, MethodType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, signals, waits
from stepdbg.engine.interrupts import sigint_handler
from stepdbg.engine.lints import stuck as _stuck
from stepdbg.model.waits import Deadlock, Ending, WaitKind

from . import chain

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun

    from .chain import Waits

_LINKS = 12
"""How many stuck tasks a deadlock of a whole run speaks of."""

_BY_TASKS = (WaitKind.NURSERY, WaitKind.START, WaitKind.LOCK)
"""Waits for other tasks: what those wait for is what counts."""

_CYCLE_SEARCH = 500
"""Tasks from which the search for a cycle sets out."""


def _own_tasks(run: DebuggedRun) -> Iterator[Task]:
    """The tasks that count: all but Trio's root task and its entry queue."""
    for task in runs.living_tasks(run.runner):
        if task is not run.runner.init_task and not waits.is_entry_task(task):
            yield task


def outside_hope(run: DebuggedRun, waits_: Waits) -> str:
    """What might still let a run go on, in words; empty when nothing could."""
    if run.runner.is_guest:
        return hope_at_a_glance(run)
    if not math.isinf(runs.next_deadline(run.runner)):
        return "a deadline is pending"
    for task in _own_tasks(run):
        found = waits_.found(task)
        if found is None:
            return f"{run.registry.label_of(task)} can go on"
        if found.ending is not Ending.TASKS:
            return f"{run.registry.label_of(task)} waits for something outside of the run"
    return hope_at_a_glance(run)


def hope_at_a_glance(run: DebuggedRun) -> str:
    """The part of `outside_hope` that costs the same however many tasks there are."""
    if run.runner.is_guest:
        return "the run is a guest, and its host goes on"
    if waits.waits_for_idle(run.runner):
        return "wait_all_tasks_blocked is about to return"
    if waits.is_token_handed_out(run.runner):
        return "somebody has the run's TrioToken and could call in"
    for thread in threading.enumerate():
        if thread.ident != run.ident and not thread.daemon:
            return f"thread {thread.name} could do something"
    for number in signal.valid_signals():
        handler = sigint_handler() if number == signal.SIGINT else signal.getsignal(number)
        if callable(handler) and not _is_nobodys(handler):
            return f"the program handles {signal.Signals(number).name}"
    return ""


def _is_nobodys(handler: object) -> bool:
    """Whether a signal handler is none of the program's: Python's, Trio's or ours."""
    if handler is signal.default_int_handler or signals.is_trios(handler):
        return True
    if not isinstance(handler, FunctionType | MethodType):
        return False
    return (handler.__module__ or "").partition(".")[0] == "stepdbg"  # those only look


def whole_run(run: DebuggedRun) -> Deadlock | None:
    """The deadlock of a run in which nothing can go on; None when something could."""
    waits_ = chain.Waits(run)
    if outside_hope(run, waits_):
        return None
    stuck = list(_own_tasks(run))
    return _picture(run, waits_, stuck, whole=True) if stuck else None


def _picture(run: DebuggedRun, waits_: Waits, stuck: list[Task], *, whole: bool) -> Deadlock:
    cycle = _shortest_cycle(waits_, stuck)
    alone = [] if cycle else [task for task in stuck if not waits_.enders(task)]
    first = [*cycle, *alone]
    rest = [task for task in stuck if task not in first]
    shown = [*first, *rest][:_LINKS]
    label = run.registry.label_of
    return Deadlock(
        whole=whole,
        links=tuple(waits_.link(task) for task in shown),
        cycle=tuple(map(label, cycle)),
        missing=tuple(map(label, alone)),
    )


def _shortest_cycle(waits_: Waits, stuck: list[Task]) -> tuple[Task, ...]:
    """The shortest closed cycle, one without nurseries before one with."""
    found = [_cycle_from(waits_, task) for task in stuck[:_CYCLE_SEARCH]]
    closed = [cycle for cycle in found if cycle and _is_closed(waits_, cycle)]

    def rank(cycle: tuple[Task, ...]) -> tuple[int, int]:
        nurseries = sum(_kind(waits_, task) is WaitKind.NURSERY for task in cycle)
        return nurseries, len(cycle)

    return min(closed, key=rank, default=())


def _kind(waits_: Waits, task: Task) -> WaitKind | None:
    found = waits_.found(task)
    return None if found is None else found.kind


def _cycle_from(waits_: Waits, start: Task) -> tuple[Task, ...]:
    """The shortest way from a task back to itself."""
    came_from: dict[Task, Task] = {}
    todo = [start]
    for task in todo:
        for other in waits_.enders(task):
            if other is start:
                path = [task]
                while path[-1] is not start:
                    path.append(came_from[path[-1]])
                return tuple(reversed(path))
            if other not in came_from:
                came_from[other] = task
                todo.append(other)
    return ()


def _is_closed(waits_: Waits, cycle: tuple[Task, ...]) -> bool:
    """Whether nobody outside of a cycle can open it."""
    return waits_.references.complete and all(
        not waits_.any_one_helps(task) or set(waits_.enders(task)) <= set(cycle) for task in cycle
    )


def lock_cycles() -> Iterable[tuple[Task, ...]]:
    """Tasks of which each holds the lock that the next one waits for.

    Read off Trio's own list of who holds which lock, so that it costs next to nothing at a
    stop, however many tasks there are: only those that hold a lock are looked at.
    """
    waits_for = dict(waits.owners_that_wait())
    done: set[Task] = set()
    for start in waits_for:
        path: list[Task] = []
        task: Task | None = start
        while task is not None and task not in done:
            done.add(task)
            path.append(task)
            task = waits_for.get(task)
        if task in path:
            yield tuple(path[path.index(task) :])


def _partial(run: DebuggedRun, stuck: list[Task]) -> tuple[Deadlock, ...]:
    """Cycles of lock owners, and other tasks that are stuck, while the rest may go on."""
    waits_ = chain.Waits(run)
    cycles = list(cycles_of(run))
    found = [_of_cycle(run, waits_, cycle) for cycle in cycles]
    rest = [task for task in stuck if not any(task in cycle for cycle in cycles)]
    if any(_kind(waits_, task) not in _BY_TASKS for task in rest):
        found.append(_picture(run, waits_, rest, whole=False))
    return tuple(found)


def cycles_of(run: DebuggedRun) -> Iterator[tuple[Task, ...]]:
    """The cycles of lock owners in one run."""
    for cycle in lock_cycles():
        if run.runner.tasks.issuperset(cycle):
            yield cycle


def _of_cycle(run: DebuggedRun, waits_: Waits, cycle: tuple[Task, ...]) -> Deadlock:
    return Deadlock(
        whole=False,
        links=tuple(waits_.link(task) for task in cycle),
        cycle=tuple(map(run.registry.label_of, cycle)),
    )


def look(run: DebuggedRun) -> tuple[tuple[Deadlock, ...], str]:
    """The deadlocks of a run at a stop, and what could still let it go on."""
    stuck = _stuck.stuck_tasks(run)  # first of all: who knows what tasks wait for would count, too
    waits_ = chain.Waits(run)
    hope = outside_hope(run, waits_)
    if hope:
        return _partial(run, stuck), hope
    stuck = list(_own_tasks(run))
    return (_picture(run, waits_, stuck, whole=True),) if stuck else (), ""
