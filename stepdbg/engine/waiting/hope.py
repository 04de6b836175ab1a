"""What could still let a run go on if none of its own tasks can.

Owns: `outside_hope`.  Does not own: deadlocks (deadlock), which task waits for what (graph).

"Deadlock" is a strong word: a whole run is deadlocked only if each wait is one that a task of this
run must end.  If something may come from outside (I/O, a thread, a signal, a `TrioToken`, a guest's
host, a cancellation of ``sleep_forever``), the run is only idle.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import finding, runs, signals, tasks, waits
from stepdbg._trio_internals.frame_values import is_a
from stepdbg.model.interrupts import sigint_handler
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import math, signal, threading
from stepdbg.model.waits import Ending

if TYPE_CHECKING:
    from .graph import BlockedGraph
    from .views import BlockedRun


def own_tasks(run: BlockedRun) -> Iterator[Task]:
    """The tasks that count: all except Trio's root task and its entry queue."""
    for task in runs.living_tasks(run.runner):
        if task is not run.runner.init_task and not waits.is_entry_task(task):
            yield task


def outside_hope(run: BlockedRun, graph: BlockedGraph) -> str:
    """What might still let a run go on, in words; empty if nothing could."""
    if not finding.host_waits(run.runner):
        return hope_at_a_glance(run)
    if not math.isinf(runs.next_deadline(run.runner)):
        return "a deadline is pending"
    for task in own_tasks(run):
        if tasks.is_runnable(task):  # checked for all tasks first: examining waits is slower
            return f"{run.registry.label_of(task)} can go on"
    for task in own_tasks(run):
        found = graph.found(task)
        if found is None:
            return f"{run.registry.label_of(task)} can go on"
        if found.ending is not Ending.TASKS:
            return f"{run.registry.label_of(task)} waits for something outside of the run"
    return hope_at_a_glance(run)


def hope_at_a_glance(run: BlockedRun) -> str:
    """The part of `outside_hope` that costs the same for any number of tasks."""
    return hope_of(run.runner, run.life.ident)


def hope_of(runner: runs.Runner, ident: int | None) -> str:
    """The same for a run that is not debugged.  ident: that of its thread."""
    if not finding.host_waits(runner):
        return "the run is a guest, and its host goes on"
    if waits.waits_for_idle(runner):
        return "wait_all_tasks_blocked is about to return"
    if waits.is_token_handed_out(runner):
        return "somebody has the run's TrioToken and could call in"
    for thread in threading.enumerate():
        if thread.ident != ident and not thread.daemon:
            return f"thread {thread.name} could do something"
    for number in signal.valid_signals():
        handler = sigint_handler() if number == signal.SIGINT else signal.getsignal(number)
        if callable(handler) and not _is_nobodys(handler):
            return f"the program handles {signal.Signals(number).name}"
    return ""


def _is_nobodys(handler: object) -> bool:
    """Whether a signal handler is Python's, Trio's or stepdbg's, and not the program's."""
    if handler is signal.default_int_handler or signals.is_trios(handler):
        return True
    if not is_a(handler, FunctionType, MethodType):
        return False
    code = getattr(handler, "__code__", None)  # a method has the code of its function
    return isinstance(code, CodeType) and is_ours(code.co_filename)  # stepdbg's only observe
