"""Which tasks could cancel others.

Owns: `Stoppers`.  Does not own: whether the others are stuck (stuck).

The scopes around a task can cancel it, up to the first shield.  The shielded scope counts as well,
because a task that has it may remove its shield.  A task that has a scope or its nursery can cancel
it.  By failing, so can every task in the nursery, and the task that has it open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from types import FrameType

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks, waits
from stepdbg.engine.lines import flow
from stepdbg.engine.stacks.frames import is_own, place_of_code
from stepdbg.model.records import dataclass
from stepdbg.model.task import Place

from . import reach

_LOOKED_AT = 300
"""How many tasks are examined in the search for one whose code names `cancel`."""


@dataclass(frozen=True, slots=True)
class Stopper:
    """A task that could cancel others.

    place: the line of its code that names `cancel`; None if it could cancel only by failing.
    """

    task: Task
    place: Place | None


class Stoppers:
    """Finds the tasks that could cancel others.

    Args:
        runner: the runner of their run.
        live_frames: returns the frames of a task.
        stuck: tasks that cannot go on by themselves, and so cannot cancel others.
    """

    def __init__(
        self,
        runner: runs.Runner,
        live_frames: Callable[[Task], list[FrameType]],
        stuck: Collection[Task],
    ) -> None:
        self._runner, self._live_frames, self._stuck = runner, live_frames, stuck
        self._known: dict[tuple[Task, ...], tuple[Stopper, ...]] = {}

    def exist(self) -> bool:
        """Whether anything at all could cancel one of the stuck tasks."""
        if any(True for _ in self._around(self._stuck)):
            return True
        keys = {id(scope) for task in self._stuck for scope in self._scopes_that_reach(task)}
        around = reach.Reach(self._stuck)
        return any(map(around.is_held, keys))

    def of(self, some: Iterable[Task]) -> Sequence[Stopper]:
        """Tasks that could cancel one of some: those whose code names `cancel`, or else all."""
        tops = tuple(self._tops(some))
        if tops not in self._known:  # tasks in the same nurseries have the same stoppers
            inside = {task for top in tops for task in self._inside(top)}
            around = sorted(inside, key=tasks.number)
            places = ((task, self._names_cancel(task)) for task in around[:_LOOKED_AT])
            naming = [Stopper(task, place) for task, place in places if place is not None]
            self._known[tops] = tuple(naming or [Stopper(task, None) for task in around])
        return self._known[tops]

    def _around(self, some: Iterable[Task]) -> Iterator[Task]:
        """The tasks inside a nursery around one of some tasks, except stuck ones."""
        return (task for top in self._tops(some) for task in self._inside(top))

    def _tops(self, some: Iterable[Task]) -> Iterator[Task]:
        """The tasks that have a nursery around one of some tasks open, each once."""
        seen: set[Task] = set()
        for task in some:
            reaching = set(map(id, scopes.reaching(task)))
            for nursery in scopes.nurseries_above(task):
                top = nursery.parent_task
                if id(nursery.cancel_scope) in reaching and top not in seen:
                    seen.add(top)
                    yield top

    def _inside(self, top: Task) -> Iterator[Task]:
        """A task and the tasks of the program below it."""
        todo = [top]
        while todo:
            task = todo.pop()
            todo += [t for nursery in tasks.nurseries_of(task) for t in tasks.children_of(nursery)]
            trios = task is self._runner.init_task or waits.is_entry_task(task)
            if task not in self._stuck and not trios:
                yield task

    def _scopes_that_reach(self, task: Task) -> Iterator[runs.CancelScope]:
        """The program's scopes that can cancel a task, or could without the first shield."""
        init = self._runner.init_task
        trios = set() if init is None else set(map(id, scopes.scopes_around(init)))
        return (each for each in scopes.reaching(task) if id(each) not in trios)

    def _names_cancel(self, task: Task) -> Place | None:
        """The first line that names `cancel` in own code that a task may still reach."""
        for frame in self._live_frames(task):
            code = frame.f_code
            if is_own(code.co_filename) and "cancel" in code.co_names:
                known = flow.flow_of(code)
                if isinstance(known, flow.Unknown):
                    return place_of_code(code, frame.f_lineno)
                left = [known.instructions[index] for index in known.reachable(frame.f_lasti)]
                named = [each.positions for each in left if each.argval == "cancel"]
                lines = [each.lineno for each in named if each is not None and each.lineno]
                if lines:
                    return place_of_code(code, min(lines))
        return None
