"""The ways in which the debugging of a process ends: quit, detach, restart, fork.

Owns: `WaysOut`, which carries them out for all runs, in the same way at stops of runs and outside
of runs.
Does not own: how a quit reaches tasks (quitting), the other answers at a stop
(stopping.resuming).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import trio

from stepdbg._trio_internals import postponing, runs
from stepdbg.engine.process.clock import given_back
from stepdbg.engine.process.guard import report_bug
from stepdbg.model import interrupts
from stepdbg.model.program_streams import close_lifted
from stepdbg.model.standard import os, weakref
from stepdbg.model.stops import Detach, Event, Note, Quit, Restart, Resume
from stepdbg.sealed import undisturbed

from . import quitting, restarting

if TYPE_CHECKING:
    from stepdbg.model.options import Started
    from stepdbg.model.protocols import FrontEnd

    from .leaving import ForkedSession, RunsToEnd
    from .quit_progress import QuitProgress


def _nothing() -> None:
    """There is no finder to take away."""


class WaysOut:
    """How the debugging of a process ends.

    Args:
        runs: the runs of the process.
        front_end: gives the front end.
        tell: passes an event to the front end.
        uninstall: leaves the program alone from now on.
        started: how the process was started.
        progress: makes the `QuitProgress`; called with whether a Ctrl-C ends the program then.

    Attributes:
        quitting: the user has quit; nothing stops any more.
        detached: the user has sent the debugger away.
        when_detached: called when the user does that.
        take_finder_away: takes the finder that waits for `multiprocessing` off `sys.meta_path`;
            called when a run begins, when the user detaches, and in a forked child.
    """

    def __init__(
        self,
        runs: RunsToEnd,
        front_end: Callable[[], FrontEnd],
        tell: Callable[[Event], None],
        uninstall: Callable[[], None],
        started: Started,
        progress: Callable[[bool], QuitProgress],
    ) -> None:
        self.quitting = False
        self.detached = False
        self.when_detached: Callable[[], None] | None = None
        self.take_finder_away: Callable[[], None] = _nothing
        self._runs = runs
        self._front_end = front_end
        self._tell = tell
        self._uninstall = uninstall
        self._started = started
        self._new_progress = progress
        self._progress: QuitProgress | None = None

    def take(self, resume: Resume) -> bool:
        """Carry out an answer that ends the debugging; returns whether it was one.

        A restart does not return: another process takes the place of this one.  If that is not
        possible, stepdbg says so and the program goes on.
        """
        if isinstance(resume, Quit | Detach):
            with undisturbed():  # calls functions of Trio, which must not fail half-way
                if isinstance(resume, Quit):
                    self.quit(hard=resume.hard)
                else:
                    self.detach()
        elif isinstance(resume, Restart):
            return self._start_again(resume)
        else:
            return False
        return True

    def _start_again(self, resume: Restart) -> bool:
        try:
            restarting.start_again(resume, self._front_end().close, self._started)
        except OSError as error:
            reason = error.strerror or error
            self._tell(
                Note(f"the program cannot be started again: {reason}; it goes on", "warning")
            )
            return False

    @property
    def ends_program(self) -> bool:
        """Whether a quit ends the program; if stepdbg did not start that, it ends a run."""
        return self._started.is_ours

    def quit(self, *, hard: bool = False) -> None:
        """End the program, with its cleanup unless `hard`; from any thread.

        In a process that stepdbg did not start, it only ends the run of this thread, as Ctrl-C
        would.
        """
        if hard:
            quitting.quit_now(self._front_end().close)
        if not self.ends_program:
            run = self._runs.of_thread()
            if run is not None:
                run.quit(KeyboardInterrupt())
            return
        if not self.quitting:
            self._progress = self._new_progress(self._front_end().takes_ctrl_c)
            self._progress.begin()
        self.quitting = True
        for run in self._runs.active():
            run.call_here(run.quit)

    @property
    def has_reported_quit(self) -> bool:
        """Whether stepdbg has said that the program does not end, and what Ctrl-C would do."""
        return self._progress is not None and self._progress.reported

    def deliver_interrupt(self) -> None:
        """Hand the program a Ctrl-C that a stop has kept back, unless the user has quit.

        Raises what the program's handler raises.
        """
        if (interrupts.at_stop.noted or interrupts.at_stop.sent) and not self.quitting:
            interrupts.deliver()

    def program_ended(self) -> None:
        """Note that the program is over."""
        if self._progress is not None:
            self._progress.end()

    def detach(self) -> None:
        """Leave all runs of the process, and those that begin from now on."""
        self.detached = True
        self.take_finder_away()
        for run in self._runs.active():
            run.call_here(run.leave)
        self._uninstall()
        if self.when_detached is not None:
            self.when_detached()
        self._tell(Note("detached: the program runs on by itself"))

    def forked(self) -> None:
        """In a child of a fork: stop debugging it."""
        self.detached = True
        self.take_finder_away()


def give_back(runner: runs.Runner, hooks: Iterable[trio.abc.Instrument]) -> None:
    """Let a run go on without stepdbg: without these hooks, and with Trio's own clock."""
    for hook in hooks:
        if runs.carries(runner, hook):
            runs.take_off(runner, hook)
    before, runner.clock = runner.clock, given_back(runner.clock)
    if isinstance(before, runs.MockClock) and runner.clock is not before:
        postponing.let_idle(runner)  # our clock did the jumping: Trio does it now


def leave_forked_children(session: ForkedSession, *, tells: bool = False) -> None:
    """Let a session leave every child that the process forks from now on.

    A child has its parent's standard input, terminal and breakpoints.  Two processes that read
    commands from one place would each get half of them, so only the parent is debugged;
    ``breakpoint()`` does nothing in the child.  Children that run a program of their own begin
    without a debugger anyway.

    tells: whether such a child says that it is not debugged, when it runs Trio.
    """
    known = weakref.ref(session)  # weak: what is registered stays registered

    def in_child() -> None:
        found = known()
        if found is None or found.out.detached:
            return
        try:
            _leave_child(found)
            if tells:
                from .children import tell_of_first_run  # few programs fork

                tell_of_first_run()
        except BaseException as error:  # nothing may be raised into the program
            report_bug(error, "leaving a forked child")

    os.register_at_fork(after_in_child=in_child)


def _leave_child(session: ForkedSession) -> None:
    session.out.forked()
    from stepdbg.model.silent_front_end import SilentFrontEnd  # few programs fork

    session.desk.forked(SilentFrontEnd())
    for run in session.runs.forked():
        run.leave()
    session.uninstall()
    close_lifted()
