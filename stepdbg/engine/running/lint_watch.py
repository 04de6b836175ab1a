"""Looking for lints in a run that nobody debugs.

Owns: `LintWatch`: which lints that can be, and the session that exists for it.
Does not own: finding them (linting), what becomes of one (launcher.exploring).
"""

from __future__ import annotations

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.engine.linting.steps import StepLints, StepTimer
from stepdbg.model.lints import LINTS, Lint, LintName
from stepdbg.model.nobody import Nobody
from stepdbg.model.options import SessionOptions

from .run import DebuggedRun
from .session import Session

_BY_TIME = (LintName.SLOW_STEP, LintName.BUSY_LOOP)
"""What real time decides: how long a step takes, how often a task polls until something is done."""


class LintWatch(trio.abc.Instrument):
    """Looks for lints in one run, up to the first one.

    Attributes:
        found: that lint, None so far.
    """

    def __init__(self) -> None:
        self.found: Lint | None = None
        self._session = Session(Nobody(), SessionOptions(record=False))
        self._lints = self._session.lints
        self._run: DebuggedRun | None = None

    def begin(self) -> None:
        """The run of this thread begins, and has its clock."""
        runner = runs.current_runner()
        assert runner is not None, "an instrument's hook is called in its run"
        session, lints = self._session, self._lints
        lints.on = frozenset(kind.name for kind in LINTS if kind.name not in _BY_TIME)
        lints.arrange()  # before the session has a run, which would get its hooks
        run = self._run = DebuggedRun(session, session.runs.new_number(), runner)
        run.life.begin(runner)
        session.runs.begun(run)
        lints.follow(run, attached=True)
        steps = StepLints(run, StepTimer(), lints)
        steps.prepare(steps)
        trio.lowlevel.add_instrument(steps)
        trio.lowlevel.add_instrument(self)

    def task_spawned(self, task: Task) -> None:
        """See `trio.abc.Instrument`; a lint may have to name the task later."""
        if self._run is not None:
            self._run.registry.adopt((task,))

    def look(self) -> Lint | None:
        """What was found, after a look at the tasks; nothing moves in the run."""
        if self._run is not None:
            self._lints.look(self._run, whole=True)
        return self.so_far()

    def so_far(self) -> Lint | None:
        """What was found, without a look."""
        if self.found is None and self._lints.seen:
            self.found = self._lints.seen[0]
        return self.found

    def end(self) -> Lint | None:
        """The run is over, if it has begun; returns what was found."""
        run = self._run
        if run is not None:
            self._lints.run_ended(run)
            self._lints.follow(run, attached=False)
            self._session.runs.ended(run)
        self._lints.close()
        return self.so_far()
