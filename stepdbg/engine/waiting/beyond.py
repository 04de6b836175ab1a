"""What is at the other end of the socket or pipe of a wait: tasks of this run, or a child.

Owns: `OtherEnds`, which finds in the variables of tasks which one has the other end.
Does not own: matching ends and reading the state of children (plumbing), or the words (render).

This does not say who could end a wait, because other processes may have the descriptor as well.
"""

from __future__ import annotations

from functools import cached_property
from types import FrameType
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import FdStream, Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.plumbing import children, ends
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.model.records import replace
from stepdbg.model.task import WaitKind
from stepdbg.model.values import ChildProcess, Pipe

from .object_names import name_of, walk

if TYPE_CHECKING:
    from .graph import BlockedGraph
    from .objects import Found
    from .views import BlockedRun

_FILES = (WaitKind.READABLE, WaitKind.WRITABLE)


class OtherEnds:
    """Finds what is at the other ends of the waits of one run.

    It searches the variables of all tasks once, for however many waits.

    Args:
        run: the run, which must not go on meanwhile.
        graph: which task waits for what in it.
    """

    def __init__(self, run: BlockedRun, graph: BlockedGraph) -> None:
        self._run, self._graph = run, graph

    def peers(self, task: Task) -> tuple[Task, ...]:
        """The tasks that have the other end of the socket or pipe at which a task waits."""
        found = self._graph.found(task)
        if found is None or found.kind not in _FILES or not found.aliases:
            return ()
        both = ends.ends_of(found.aliases[0])
        if both is None:
            return ()
        have, have_both = self._by_end.get(both.other, {}), self._by_end.get(both.own, {})
        # A task with both ends usually has only made them, and does nothing with them.
        return tuple(each for each in have if each not in have_both) or tuple(have)

    @cached_property
    def _by_end(self) -> dict[tuple[object, object], dict[Task, None]]:
        """The tasks by the ends that they have."""
        known: dict[tuple[object, object], dict[Task, None]] = {}
        for task, obj in self._graph.holdings():
            both = ends.ends_of(ends.file_of(obj))
            if both is not None:
                known.setdefault(both.own, {})[task] = None
        return known

    def child(self, found: Found, stack: list[FrameType]) -> ChildProcess | None:
        """The process for whose end a task waits, or at one of whose pipes; None without one."""
        process = found.obj
        if is_a(process, FdStream):
            process = _process_with(process, stack)
        if not is_a(process, trio.Process):
            return None
        state, streams = children.state_of(process), dict(children.pipe_ends(process))
        pipes = tuple(self._pipe(pipe, streams[pipe.name], stack) for pipe in state.pipes)
        return replace(state, pipes=pipes)

    def _pipe(self, pipe: Pipe, ours: FdStream, stack: list[FrameType]) -> Pipe:
        return replace(pipe, ours=name_of(ours, stack), watched=ours.fileno() in self._watched)

    @cached_property
    def _watched(self) -> frozenset[int | None]:
        """The descriptors at which tasks wait."""
        living = map(self._graph.found, runs.living_tasks(self._run.runner))
        files = (each for each in living if each is not None and each.kind in _FILES)
        return frozenset(dict(each.numbers).get("fd") for each in files)


def _process_with(stream: FdStream, stack: list[FrameType]) -> trio.Process | None:
    """The process in a task's variables to which a stream belongs as a pipe."""
    for frame in stack:
        for _, value in walk(frame_locals(frame)):
            if is_a(value, trio.Process) and any(
                each is stream for _, each in children.pipe_ends(value)
            ):
                return value
    return None
