"""Puts a front end and a session together, once they are needed.

Owns: when each is made, and the end of the program.  If either fails, the program runs on without
the debugger, and stepdbg says so.
Does not own: which front end (the caller gives a factory), or any debugging.
"""

from __future__ import annotations

import atexit
from functools import partial

from stepdbg.model import program_streams
from stepdbg.model.errors import StepdbgError
from stepdbg.model.standard import os, sys

from . import dumping
from .failing import OnFailure, ask_meanwhile
from .import_hook import PACKAGE, call_after_import
from .like_python.uncaught import die_of_interrupt
from .unattended import Unattended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType
    from typing import Protocol, TypeVar

    from stepdbg.engine.running.session import Session
    from stepdbg.model.options import SessionOptions
    from stepdbg.model.protocols import FrontEnd
    from stepdbg.model.stops import Asked, Resume

    T = TypeVar("T")

    class Prepares(Protocol):
        """Needs something from a session."""

        def prepare(self, session: Session) -> None:
            """Arrange for it, before the first run."""


SIGINT_EXIT = 128 + 2
"""The status that a shell reports for a process that SIGINT has ended."""


class Wiring:
    """One program under the debugger, from its first line to its end.

    make_front_end: called at most once, when the first run is near (or `open_front_end`).
    options: gives how the session behaves; called with `make_front_end`.
    on_failure: what to do when something fails; nothing by default.
    unattended: what to do about a crash or a hang; nothing by default.
    prepared: what to prepare together with the session.
    session: once Trio has been imported.
    """

    def __init__(
        self,
        make_front_end: Callable[[], FrontEnd],
        options: Callable[[], SessionOptions] | None = None,
        *,
        on_failure: OnFailure | None = None,
        unattended: Unattended | None = None,
        prepared: Sequence[Prepares] = (),
    ) -> None:
        self._make_front_end = make_front_end
        self._options = options
        self._on_failure = on_failure or OnFailure()
        self._unattended = unattended or Unattended()
        self._prepared = prepared
        self._front_end: FrontEnd | None = None
        self.session: Session | None = None
        self._exit_code: int | None = 0
        self._interrupted = False
        self._detail = ""
        self._process = 0
        self._started = 0, ""
        self._whole = True
        self._give_back_hook: Callable[[], None] | None = None
        self._front_end_first = False
        self._gave_up = False

    def open_front_end(self) -> FrontEnd:
        """Make the front end now, if it has not been made yet.

        Needed for a front end that must be there from the start, such as one that captures the
        program's output.  Raises `StepdbgError` if it cannot be made.
        """
        if self._front_end is None:
            self._front_end = self._make_front_end()
        return self._front_end

    def begin(self, argument_count: int = 0, *, whole: bool = True) -> None:
        """Wait for Trio, for stops that the program asks for, and for the program's end.

        Args:
            argument_count: how many words of the command line are the program's own.
            whole: whether the program runs under stepdbg from its first line.  Otherwise it has
                just called stepdbg, which will not learn its exit code.
        """
        self._process = os.getpid()
        self._started = argument_count, _current_folder()
        self._whole = whole
        if not whole:
            self._exit_code = None
        self._front_end_first = self._front_end is not None
        # It is registered before the program runs.  So it is called after all exit functions of
        # the program, when threads have been joined and the traceback has been shown.
        atexit.register(self.end)
        call_after_import(self._attach)

    def serve_breakpoints(self, give_back: Callable[[], None]) -> None:
        """`breakpoint()` stops from now on; its hook is given back at the end, or by `detach`."""
        self._give_back_hook = give_back

    def pause(self, frame: FrameType, asked: Asked) -> None:
        """Stop at a frame of the program, inside a run or outside of any."""
        session = self.session_now()
        if session is not None:
            session.pause(frame, asked)

    def session_now(self) -> Session | None:
        """The session, made now if there is none; None where nothing can be debugged."""
        if self._process != os.getpid():
            return None  # a forked child: the prompt belongs to the parent
        if self.session is None and not self._gave_up:
            self._gave_up = not _trio_is_there() or self._gave_up  # by `_attach`
        return self.session

    def ended_by(self, error: BaseException) -> None:
        """Note the exception that leaves the program, for `end`."""
        self._exit_code = _exit_code(error)
        self._interrupted = isinstance(error, KeyboardInterrupt)
        # `str(error)` may run the program's code: do so only if a front end will show the text.
        with_detail = self._front_end is not None and not isinstance(error, SystemExit)
        self._detail = _in_one_line(error) if with_detail else ""

    def post_mortem(
        self, error: BaseException | None, *, asked: float | None = None
    ) -> Resume | None:
        """Prompt on an exception that has left the program and has been shown.

        error: the exception; None if the program has returned.
        asked: the moment of `perf_counter` at which the program asked for the prompt; None if it
            did not.

        Returns:
            What the user said; None if nobody was asked.
        """
        if self._process != os.getpid():
            return None
        try:
            wants = asked is not None or self.asks_about(error)
            dumps = asked is None and error is not None and self._unattended.wants(error)
            if (wants or dumps) and self.session is None and not self._gave_up:
                self._gave_up = not _trio_is_there() or self._gave_up  # by `_attach`
            if dumps and error is not None:
                crashed = partial(self._unattended.crashed, error, self.session)
                _undisturbed(partial(crashed, program_streams.tell))
            if wants and self.session is not None:
                if asked is not None and error is not None:
                    return ask_meanwhile(self.session, error, asked)
                ask = partial(self._on_failure.ask, self.session, error, self._exit_code)
                return _undisturbed(ask)
        except Exception as bug:
            own_fault(bug, "looking at what left the program")
        return None

    def asks_about(self, error: BaseException | None) -> bool:
        """Whether there is a prompt on an exception of the program, or None: it has returned."""
        if self._process != os.getpid():
            return False
        return self._on_failure.wants(error, self.session, self._exit_code)

    def abandon(self, exit_code: int, detail: str) -> None:
        """There was nothing to run: report that to the front end, if there is one, and close it."""
        self._exit_code, self._detail = exit_code, detail
        self._process = 0
        if self._front_end is not None:
            _tell_end(self._front_end, self._exit_code, self._detail)

    def end(self) -> None:
        """The process ends: tell the session, close the front end.  Safe to call twice."""
        # A forked child inherits the exit function, and must not do the parent's work.
        if self._process != os.getpid():
            return
        self._process = 0
        if self._give_back_hook is not None:
            self._give_back_hook()
        try:
            program_streams.flush()  # the program's output comes before stepdbg's
        finally:
            try:
                self._finish()
            except Exception as error:
                own_fault(error, "ending the program")
        if self._interrupted or (self.session is not None and _was_interrupted()):
            die_of_interrupt()

    def _finish(self) -> None:
        if self._whole and not self._gave_up and not _has_done_anything(self.session):
            _say_no_run(self._front_end if self._front_end_first else None)
        if self.session is not None:
            about = self._on_failure, self._exit_code, self._detail
            _undisturbed(partial(_end_session, self.session, *about))
        elif self._front_end is not None and self._front_end_first:
            _tell_end(self._front_end, self._exit_code, self._detail)
        elif self._front_end is not None:
            self._front_end.close()  # nothing was ever shown

    def _attach(self) -> None:
        if "trio._core._run" not in sys.modules:
            return  # the program has a module of its own that is called trio
        try:
            if self._process in (0, os.getpid()):
                self._start_session()
            elif self._whole:
                _say_not_debugged()
        except StepdbgError as error:
            self._gave_up = True
            program_streams.tell(f"{error}; the program runs without the debugger")
        except Exception as error:
            self._gave_up = True
            own_fault(error, "getting ready for Trio")

    def _start_session(self) -> None:
        _import_engine()
        from stepdbg.engine.ending import ways_out
        from stepdbg.engine.running.session import Session
        from stepdbg.model.options import SessionOptions, Started
        from stepdbg.model.records import replace

        front_end = self._unattended.limited(self.open_front_end(), program_streams.tell)
        options = SessionOptions() if self._options is None else self._options()
        started = Started(*self._started, self._whole or _in_tests())
        session = Session(front_end, replace(options, started=started), dumping.write)
        session.out.when_detached = self._give_back_hook
        self._on_failure.prepare(session)
        self._unattended.prepare(session)
        for each in self._prepared:
            each.prepare(session)
        _install(session)
        self.session = session
        ways_out.leave_forked_children(session, tells=self._whole)
        _tell_of_started(session, tells=self._whole)


def _in_tests() -> bool:
    """Whether this is a test run; there `quit` ends the test run."""
    from .pytest_runs import running

    return bool(running)


def _say_not_debugged() -> None:
    """Say at its first run that a forked child is not debugged; it has just imported Trio."""
    from stepdbg.engine.ending.children import tell_of_first_run

    tell_of_first_run()


def _tell_of_started(session: Session, *, tells: bool) -> None:
    """Let stepdbg say when the program starts processes that it does not debug.

    tells: whether stepdbg runs the program.  A program that has only called stepdbg does not expect
        its other processes to be debugged.
    """
    if not tells:
        return
    take_away = call_after_import(lambda: _watch_children(session), "multiprocessing.process")
    if take_away is not None:
        session.out.take_finder_away = take_away


def _watch_children(session: Session) -> None:
    """The program has imported `multiprocessing`, and Trio."""
    try:
        from stepdbg.engine.ending.children import tell_of_started

        tell_of_started(session)
    except Exception as error:
        own_fault(error, "getting ready for child processes")


def _trio_is_there() -> bool:
    """Import Trio; if that fails, tell the user and return False."""
    try:
        import trio  # noqa: F401 - for its side effect
    except (Exception, SystemExit) as error:  # a trio.py of the program may raise anything
        why = _in_one_line(error)
        program_streams.tell(f"stops and dumps need Trio, which cannot be imported: {why}")
        return False
    return True


def _install(session: Session) -> None:
    try:
        session.install()
    except BaseException:
        session.uninstall()  # it may be half installed
        raise


def _undisturbed(work: Callable[[], T]) -> T:
    """Do work that comes after the program's end; SIGINT does not break into it.

    If no prompt answers the signal, the process ends by it, but only when all is done.
    """
    from stepdbg.model.interrupts import undisturbed  # there already if there is a session

    return undisturbed(work)


def _end_session(
    session: Session, on_failure: OnFailure, exit_code: int | None, detail: str
) -> None:
    on_failure.tell_rest(session)
    session.program_ended(exit_code, detail)
    session.desk.front_end.close()


def _was_interrupted() -> bool:
    from stepdbg.model.interrupts import is_left

    return is_left()


def _import_engine() -> None:
    from stepdbg.model.resting import PausedCollector  # needs threading, as Trio does

    try:
        with PausedCollector():
            import stepdbg.engine.running.session  # noqa: F401 - for its side effect
    except ImportError as error:
        if not (error.name or "").startswith(PACKAGE):
            raise
        raise StepdbgError(f"this version of Trio cannot be debugged: {error}") from None


def _has_done_anything(session: Session | None) -> bool:
    """Whether there was a run, or a pause outside of one, or the user has quit before the first."""
    return session is not None and bool(session.runs or session.paused or session.quitting)


def _say_no_run(front_end: FrontEnd | None) -> None:
    """Tell the user; through the front end if there is one, as it may own the standard streams."""
    sentence = "the program ended without running Trio"
    if front_end is None:
        program_streams.tell(sentence)
        return
    from stepdbg.model.stops import Note

    front_end.on_event(Note(sentence))


def _tell_end(front_end: FrontEnd, exit_code: int | None, detail: str) -> None:
    from stepdbg.model.stops import ProgramEnded

    front_end.on_event(ProgramEnded(exit_code, detail))
    front_end.close()


def own_fault(error: Exception, doing: str) -> None:
    """Report an exception from stepdbg's own code, while that exception is being handled.

    Raises:
        Exception: the same one, if a signal handler of the program's had raised it.
    """
    from stepdbg.engine.process.guard import is_programs, report_bug

    if is_programs(error):
        raise error
    report_bug(error, doing)


def _current_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return ""


def _exit_code(error: BaseException) -> int:
    """The exit code that CPython makes of an uncaught exception."""
    if isinstance(error, SystemExit):
        if error.code is None:
            return 0
        return error.code & 0xFF if isinstance(error.code, int) else 1
    return SIGINT_EXIT if isinstance(error, KeyboardInterrupt) else 1


def _in_one_line(error: BaseException) -> str:
    try:
        first = str(error).partition("\n")[0]
    except Exception:
        first = "<exception str() failed>"
    name = type(error).__qualname__
    return f"{name}: {first}" if first else name
