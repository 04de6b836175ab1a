"""Looking for lints in a run that is not being debugged.

Owns: `LintWatch`: which lints are possible there, and the session that exists for it.
Does not own: finding them (linting), what becomes of one (launcher.exploring).
"""

from __future__ import annotations

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.engine.linting.steps import StepLints, StepTimer
from stepdbg.model.lints import BY_TIME, LINTS, Lint
from stepdbg.model.options import SessionOptions
from stepdbg.model.silent_front_end import SilentFrontEnd

from .run import DebuggedRun
from .session import Session


class LintWatch(trio.abc.Instrument):
    """Looks for lints in one run, up to the first one.

    Attributes:
        found: that lint; None as long as there is none.
    """

    def __init__(self) -> None:
        self.found: Lint | None = None
        self._session = Session(SilentFrontEnd(), SessionOptions(record=False))
        self._lints = self._session.lints
        self._run: DebuggedRun | None = None

    def begin(self) -> None:
        """Begin with the run of this thread, which has its clock by now."""
        runner = runs.current_runner()
        assert runner is not None, "an instrument's hook is called in its run"
        session, lints = self._session, self._lints
        lints.on = frozenset(kind.name for kind in LINTS if kind.name not in BY_TIME)
        lints.arrange()  # before the session has a run: its hooks would go on it
        run = self._run = DebuggedRun(session, session.runs.new_number(), runner)
        run.life.begin(runner)
        session.runs.begun(run)
        lints.follow(run, attached=True)
        steps = StepLints(run, StepTimer(), lints)
        steps.prepare(steps)
        trio.lowlevel.add_instrument(steps)
        trio.lowlevel.add_instrument(self)

    def task_spawned(self, task: Task) -> None:
        """Register the task, which a lint may have to name later."""
        if self._run is not None:
            self._run.registry.adopt((task,))

    def look(self) -> Lint | None:
        """Look at the tasks, and return what was found; call it while nothing in the run moves."""
        if self._run is not None:
            self._lints.look(self._run, whole=True)
        return self.so_far()

    def so_far(self) -> Lint | None:
        """What was found so far, without a look at the tasks."""
        if self.found is None and self._lints.seen:
            self.found = self._lints.seen[0]
        return self.found

    def end(self) -> Lint | None:
        """End with the run, if it has begun; returns what was found."""
        run = self._run
        if run is not None:
            self._lints.run_ended(run)
            self._lints.follow(run, attached=False)
            self._session.runs.ended(run)
        self._lints.close()
        return self.so_far()
