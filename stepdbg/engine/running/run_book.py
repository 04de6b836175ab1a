"""The runs of the process.

Owns: which runs there are and were, and finding one.
Does not own: one run's state (run), or what else runs share (session).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import RunId
from stepdbg.model.standard import itertools, threading
from stepdbg.model.task import RunState

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from stepdbg.engine.recording.registry import Registry
    from stepdbg.engine.rewinding.following import Rewind
    from stepdbg.engine.rewinding.journey import RewoundRun
    from stepdbg.engine.rewinding.past import Past
    from stepdbg.engine.rewinding.travels import Travels
    from stepdbg.engine.stopping.held import Held

    from .run import DebuggedRun

_ENDED_KEPT = 50
"""How many ended runs can still be listed."""


class WayBack:
    """What shows earlier moments of a run.

    Attributes:
        by: does it, in the live process or in a copy that shows a moment; None if no way is kept.
    """

    def __init__(self) -> None:
        self.by: Travels | Past | None = None

    def follow(self, run: RewoundRun) -> Rewind | None:
        """What makes a new run repeat its past; None if it goes its own way."""
        return None if self.by is None else self.by.follow(run)

    def run_ended(self, run: DebuggedRun, *, failed: bool) -> None:
        """Keep the way back to a run that has ended, but only if it has failed."""
        if self.by is not None:
            self.by.run_ended(run, failed=failed)


class RunBook:
    """All runs by number; those that ended long ago are forgotten.

    Attributes:
        way_back: to earlier moments of the run that began last.
    """

    def __init__(self) -> None:
        self.way_back = WayBack()
        self._numbers = itertools.count(1)
        self._all: dict[RunId, DebuggedRun] = {}
        self._current: dict[int, DebuggedRun] = {}
        self._recorded: DebuggedRun | None = None

    def __len__(self) -> int:
        """How many runs are remembered."""
        return len(self._all)

    def new_number(self) -> RunId:
        """The number for the next run."""
        return RunId(next(self._numbers))

    def begun(self, run: DebuggedRun) -> None:
        """Take in a run that has begun."""
        self._all[run.id] = run
        self._current[id(run.runner)] = run

    def ended(self, run: DebuggedRun, *, failed: bool = False) -> None:
        """Note that a run has ended; its runner still exists.

        failed: whether the user may be asked about its failure.
        """
        self.way_back.run_ended(run, failed=failed)
        self._current.pop(id(run.runner), None)
        over = [number for number, each in self._all.items() if each.state is RunState.ENDED]
        for number in over[:-_ENDED_KEPT]:
            del self._all[number]

    def remember(self, run: DebuggedRun) -> None:
        """Keep the recording of this run, which has ended; drop the recordings of earlier ones."""
        if self._recorded is not None:
            self._recorded.forget()
        self._recorded = run

    def forked(self) -> list[DebuggedRun]:
        """In a child of a fork: forget the runs whose threads are not here.

        Returns:
            The run of this thread, if there is one.
        """
        for run in self.active():
            if run.life.ident != threading.get_ident():
                self.ended(run)
        return self.active()

    def all(self) -> list[DebuggedRun]:
        """The remembered runs, in the order in which they began."""
        return list(self._all.values())

    def get(self, number: RunId) -> DebuggedRun:
        """A run by its number.  Raises `StepdbgError`."""
        found = self._all.get(number)
        if found is None:
            raise StepdbgError(f"there is no run {number}; `runs` lists the runs")
        return found

    def active(self) -> list[DebuggedRun]:
        """The runs that have begun and have not ended."""
        return list(self._current.values())

    def registry_of(self, task: Task) -> Registry | None:
        """The registry that knows the name of a task; None if its run is not debugged."""
        run = self.of_runner(tasks.runner_of(task))
        return None if run is None else run.registry

    def of_runner(self, runner: runs.Runner) -> DebuggedRun | None:
        """The run that a runner of Trio's belongs to, None if it is not debugged."""
        return self._current.get(id(runner))

    def of_thread(self) -> DebuggedRun | None:
        """The debugged run of this thread, None outside of any."""
        runner = runs.current_runner()
        return None if runner is None else self._current.get(id(runner))

    def asked(self, held: Held | None) -> DebuggedRun | None:
        """The run that is held at a stop; None for a stop outside of any run."""
        return None if held is None or held.run is None else self._all.get(held.run)

    def newest(self) -> DebuggedRun:
        """The active run that began last, else the last one.  Raises `StepdbgError`."""
        alive = self.active()
        if alive:
            return alive[-1]
        if self._all:
            return self._all[max(self._all)]
        raise StepdbgError("no Trio run has begun yet; run the program first")
