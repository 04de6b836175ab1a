"""`detach`: the debugger leaves, and the program runs on untouched.

Owns: giving back what a session has put into Trio and the process.
Does not own: signals and the clock's hold, which the end of the stop gives back.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stepdbg._trio_internals import postponing, runs
from stepdbg.engine.clock import given_back
from stepdbg.model.stops import Note

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun
    from stepdbg.engine.session import Session


def detach(session: Session) -> None:
    """Leave all runs of the process, and those that begin from now on."""
    session.detached = True
    for run in session.runs.active():
        run.call_here(partial(leave, run))
    session.uninstall()
    if session.when_detached is not None:
        session.when_detached()
    session.tell(Note("detached: the program runs on by itself"))


def leave(run: DebuggedRun) -> None:
    """Leave one run, on its own thread: it goes on as Trio's alone."""
    run.detach()
    if not hasattr(run, "runner"):
        return
    for hook in (run.begin_hook, run.end_hook):
        if runs.carries(run.runner, hook):
            run.runner.instruments.remove_instrument(hook)
    before, run.runner.clock = run.runner.clock, given_back(run.runner.clock)
    if isinstance(before, runs.MockClock) and run.runner.clock is not before:
        postponing.let_idle(run.runner)  # with the clock goes the jumping
    run.session.runs.ended(run)
