"""Halting a run that a front end asks to halt while it runs, from any thread.

Owns: the halt at the run's next chance, and telling which step has to end before it.
Does not own: the halt itself (events), Ctrl-C (ctrl_c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs
from stepdbg.engine.process.guard import Guarded, report_bug
from stepdbg.engine.process.python_threads import current_frames
from stepdbg.engine.seeing import under_way
from stepdbg.model.quiet_threads import start_quietly
from stepdbg.model.standard import contextlib, time
from stepdbg.model.stops import HaltDelayed

if TYPE_CHECKING:
    from .noticed import InterruptedRun

_SOON: Final = 0.1
"""Seconds.  By then a run whose steps are short has stopped."""


class Halt:
    """A halt that was asked for.  Args: run: the run that is to stop."""

    def __init__(self, run: InterruptedRun) -> None:
        self._run = run
        self._waits = True

    def ask(self, *, tells: bool) -> None:
        """Stop the run at its next chance; tell of a step that lasts until then."""
        # Not `call_here`: if a run hogs this very thread, its state must not be touched.
        runs.call_soon(self._run.runner, Guarded(self._run, self._stop))
        if tells:
            with contextlib.suppress(RuntimeError):  # no thread can be started
                start_quietly(self._answer)

    def _stop(self) -> None:
        self._waits = False
        self._run.events.on_halt()

    def _answer(self) -> None:
        """In a thread of stepdbg, as the run's may be busy for ever."""
        try:
            time.sleep(_SOON)
            if not self._waits:
                return
            run = self._run
            step = under_way.step_under_way(run, current_frames().get(run.life.ident))
            if self._waits and step.task is not None and step.stack:
                run.session.tell(HaltDelayed(step, ""))
        except BaseException as error:
            report_bug(error, "halting", "your program goes on")
