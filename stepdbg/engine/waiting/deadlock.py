"""Whether anything at all could let a run go on.

Owns: finding deadlocks, of a whole run or of a few of its tasks.
Does not own: when to look and what to do about one (engine.waiting.deadlocks).

"Deadlock" is a strong word: it is one only when each wait is one that a task of this run
must end.  Whatever may come from outside (I/O, a thread, a signal, a `TrioToken`, a guest's
host, a cancellation of ``sleep_forever`` by somebody) makes it idleness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, signals, waits
from stepdbg.model.interrupts import sigint_handler
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import math, signal, threading
from stepdbg.model.waits import Deadlock, Ending

from . import chain
from . import graph as _graph

if TYPE_CHECKING:
    from stepdbg.engine.recording.origins import Origins

    from .chain import Links
    from .graph import BlockedGraph
    from .views import BlockedRun

_LINKS = 12
"""How many stuck tasks a deadlock of a whole run speaks of."""


def _own_tasks(run: BlockedRun) -> Iterator[Task]:
    """The tasks that count: all but Trio's root task and its entry queue."""
    for task in runs.living_tasks(run.runner):
        if task is not run.runner.init_task and not waits.is_entry_task(task):
            yield task


def outside_hope(run: BlockedRun, graph: BlockedGraph) -> str:
    """What might still let a run go on, in words; empty when nothing could."""
    if run.runner.is_guest:
        return hope_at_a_glance(run)
    if not math.isinf(runs.next_deadline(run.runner)):
        return "a deadline is pending"
    for task in _own_tasks(run):
        found = graph.found(task)
        if found is None:
            return f"{run.registry.label_of(task)} can go on"
        if found.ending is not Ending.TASKS:
            return f"{run.registry.label_of(task)} waits for something outside of the run"
    return hope_at_a_glance(run)


def hope_at_a_glance(run: BlockedRun) -> str:
    """The part of `outside_hope` that costs the same however many tasks there are."""
    if run.runner.is_guest:
        return "the run is a guest, and its host goes on"
    if waits.waits_for_idle(run.runner):
        return "wait_all_tasks_blocked is about to return"
    if waits.is_token_handed_out(run.runner):
        return "somebody has the run's TrioToken and could call in"
    for thread in threading.enumerate():
        if thread.ident != run.life.ident and not thread.daemon:
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
    code = getattr(handler, "__code__", None)  # a method gives that of its function
    return isinstance(code, CodeType) and is_ours(code.co_filename)  # those only look


def whole_run(run: BlockedRun, graph: BlockedGraph, origins: Origins) -> Deadlock | None:
    """The deadlock of a run in which nothing can go on; None when something could.

    Args:
        graph: who waits for what in it.
        origins: for what is said of the waits.
    """
    return None if outside_hope(run, graph) else _of_all(run, graph, origins)


def look(run: BlockedRun, origins: Origins) -> tuple[tuple[Deadlock, ...], str]:
    """The deadlocks of a run at a stop, and what could still let it go on."""
    graph = _graph.BlockedGraph(run)
    stuck = graph.stuck()
    hope = outside_hope(run, graph)
    if hope:
        pictures = chain.Links(run, graph, origins)
        return _partial(pictures, graph, stuck, list(cycles_of(run.runner))), hope
    found = _of_all(run, graph, origins)
    return () if found is None else (found,), ""


def _of_all(run: BlockedRun, graph: BlockedGraph, origins: Origins) -> Deadlock | None:
    everybody = list(_own_tasks(run))
    pictures = chain.Links(run, graph, origins)
    return _of_stuck(pictures, graph, everybody, whole=True) if everybody else None


def _of_stuck(pictures: Links, graph: BlockedGraph, stuck: list[Task], *, whole: bool) -> Deadlock:
    cycle = graph.shortest_cycle(stuck)
    alone = [] if cycle else [task for task in stuck if not graph.enders(task)]
    first = (*cycle, *alone)
    shown = (*first, *(task for task in stuck if task not in first))
    return _picture(pictures, shown[:_LINKS], cycle, alone, whole=whole)


def _picture(
    pictures: Links,
    shown: tuple[Task, ...],
    cycle: tuple[Task, ...],
    missing: Iterable[Task] = (),
    *,
    whole: bool = False,
) -> Deadlock:
    links = tuple(map(pictures.link, shown))
    return Deadlock(whole, links, pictures.labels(cycle), pictures.labels(missing))


def _partial(
    pictures: Links, graph: BlockedGraph, stuck: list[Task], cycles: list[tuple[Task, ...]]
) -> tuple[Deadlock, ...]:
    """Cycles of lock owners, and other tasks that are stuck, while the rest may go on."""
    found = [_picture(pictures, cycle, cycle) for cycle in cycles]
    rest = [task for task in stuck if not any(task in cycle for cycle in cycles)]
    if not all(map(graph.waits_for_tasks, rest)):
        found.append(_of_stuck(pictures, graph, rest, whole=False))
    return tuple(found)


def cycles_of(runner: runs.Runner) -> Iterator[tuple[Task, ...]]:
    """Tasks of a run of which each holds the lock that the next one waits for.

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
            cycle = path[path.index(task) :]
            if runner.tasks.issuperset(cycle):
                yield tuple(cycle)
