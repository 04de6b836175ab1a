"""Puts a front end and a session together, once they are needed.

Owns: when each is made, the end of the program, and what happens when either fails: the
program runs on without the debugger, and its user is told.
Does not own: which front end (its caller gives a factory), or any debugging.
"""

from __future__ import annotations

import atexit
import os
import sys

from stepdbg.model.errors import StepdbgError

from .failing import OnFailure, ask_about
from .import_hook import PACKAGE, call_after_import
from .unattended import Unattended
from .uncaught import die_of_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from stepdbg.engine.session import Session
    from stepdbg.model.protocols import FrontEnd
    from stepdbg.model.stops import Resume

    from .lint_report import LintReport

SIGINT_EXIT = 128 + 2
"""What a shell reports for a process that SIGINT has ended."""


class Wiring:
    """One program under the debugger, from its first line to its end.

    make_front_end: called at most once, when the first run is near (or `open_front_end`).
    record: whether to record wake-ups; None leaves it to the front end.
    on_failure: what to do when something fails; nothing by default.
    on_deadlock: what to do about a deadlock, see `Session.on_deadlock`.
    virtual_time, seed: see `Session`.  lint_report: where lints go, None for nowhere.
    unattended: what to do about a crash or a hang; nothing by default.
    session: once Trio has been imported.
    """

    def __init__(
        self,
        make_front_end: Callable[[], FrontEnd],
        record: bool | None = None,
        on_failure: OnFailure | None = None,
    ) -> None:
        self._make_front_end = make_front_end
        self.unattended = Unattended()
        self._record = record
        self._on_failure = on_failure or OnFailure()
        self.on_deadlock: str | None = None
        self.virtual_time = False
        self.lint_report: LintReport | None = None
        self.seed: int | None = None
        self._front_end: FrontEnd | None = None
        self.session: Session | None = None
        self._exit_code: int | None = 0
        self._interrupted = False
        self._detail = ""
        self._process = 0
        self._folder = ""
        self._argument_count = 0
        self._whole = True
        self._give_back_hook: Callable[[], None] | None = None
        self._front_end_first = False
        self._gave_up = False

    def open_front_end(self) -> FrontEnd:
        """Make the front end now, if it has not been made yet.

        For one that must be there from the start, such as one that captures the output.
        Raises `StepdbgError` when it cannot be made.
        """
        if self._front_end is None:
            self._front_end = self._make_front_end()
        return self._front_end

    def begin(self, argument_count: int = 0, *, whole: bool = True) -> None:
        """Wait for Trio, for the program's own wish to stop, and for its end.

        Args:
            argument_count: how many words of the command line are the program's own.
            whole: the program runs under stepdbg from its first line; else it has just asked
                for it, and nobody will learn its exit code.
        """
        self._process = os.getpid()
        self._folder = _current_folder()
        self._argument_count, self._whole = argument_count, whole
        if not whole:
            self._exit_code = None
        self._front_end_first = self._front_end is not None
        # Registered before the program runs, so it is called after all of the program's own
        # functions, when its threads have been joined and its traceback has been shown.
        atexit.register(self.end)
        call_after_import(self._attach)

    def serve_breakpoints(self) -> None:
        """Let `breakpoint()` stop the program."""
        from .pausing import be_current

        self._give_back_hook = be_current(self)

    def pause(self, frame: FrameType) -> None:
        """Stop at a frame of the program, inside a run or outside of any."""
        if self._process != os.getpid():
            return  # a forked child: the prompt belongs to its parent
        if self.session is None and not self._gave_up:
            self._import_trio()
        if self.session is not None:
            self.session.pause(frame)

    def _import_trio(self) -> None:
        """Import what every stop needs; `_attach` follows."""
        try:
            import trio  # noqa: F401 - for its side effect
        except ImportError as error:
            self._gave_up = True
            tell(f"a stop needs Trio, and that cannot be imported: {error}")

    def ended_by(self, error: BaseException) -> None:
        """Note the exception that leaves the program, for `end`."""
        self._exit_code = _exit_code(error)
        self._interrupted = isinstance(error, KeyboardInterrupt)
        # Its __str__ is the program's code: not to be called if nobody is going to be told.
        told = self._front_end is not None and not isinstance(error, SystemExit)
        self._detail = _in_one_line(error) if told else ""

    def post_mortem(self, error: BaseException, *, asked: bool = False) -> Resume | None:
        """Prompt on an exception that has left the program and has been shown.

        asked: the program itself asks for it.

        Returns:
            What the user said; None when nobody was asked.
        """
        if self._process != os.getpid():
            return None
        try:
            wants = asked or self._on_failure.wants(error)
            dumps = not asked and self.unattended.wants(error)
            if (wants or dumps) and self.session is None and not self._gave_up:
                self._import_trio()
            if dumps:
                self.unattended.crashed(error, self.session, tell)
            if wants and self.session is not None:
                return ask_about(self.session, error, asked=asked)
        except Exception as bug:
            _report_bug(bug, "looking at what left the program")
        return None

    def abandon(self, exit_code: int, detail: str) -> None:
        """There was nothing to run: close the front end, if there is one, and say no more."""
        self._exit_code, self._detail = exit_code, detail
        self._process = 0
        if self._front_end is not None:
            _tell_end(self._front_end, self._exit_code, self._detail)

    def end(self) -> None:
        """The process ends: tell the session, close the front end.  Safe to call twice."""
        # A forked child inherits the registration, but not the job.
        if self._process != os.getpid():
            return
        self._process = 0
        if self._give_back_hook is not None:
            self._give_back_hook()
        _flush_output()
        try:
            self._finish()
        except Exception as error:
            _report_bug(error, "ending the program")
        if self._interrupted:
            die_of_interrupt()

    def _finish(self) -> None:
        session = self.session
        if (
            self._whole
            and not self._gave_up
            and (session is None or not (session.runs or session.paused))
        ):
            _say_no_run(self._front_end if self._front_end_first else None)
        if self.session is not None:
            self.session.program_ended(self._exit_code, self._detail)
            self.session.front_end.close()
        elif self._front_end is not None and self._front_end_first:
            _tell_end(self._front_end, self._exit_code, self._detail)
        elif self._front_end is not None:
            self._front_end.close()  # it has never had anything to say

    def _attach(self) -> None:
        if "trio._core._run" not in sys.modules:
            return  # a module of the program's own that is called trio
        try:
            self._start_session()
        except StepdbgError as error:
            self._gave_up = True
            tell(f"{error}; the program runs without the debugger")
        except Exception as error:
            self._gave_up = True
            _report_bug(error, "getting ready for Trio")

    def _start_session(self) -> None:
        _import_engine()
        from stepdbg.engine import forking, restarting
        from stepdbg.engine.session import Session

        restarting.note_start(self._argument_count, self._folder)
        front_end = self.unattended.limited(self.open_front_end(), tell)
        session = Session(front_end, record=self._record)
        session.on_deadlock = self.on_deadlock
        session.when_detached = self._give_back_hook
        session.virtual_time, session.seed = self.virtual_time, self.seed
        self._on_failure.prepare(session)
        self.unattended.prepare(session)
        if self.lint_report is not None:
            self.lint_report.prepare(session)
        try:
            session.install()
        except BaseException:
            session.uninstall()  # whatever had been done already
            raise
        self.session = session
        forking.leave_forked_children(session)


def _import_engine() -> None:
    from stepdbg.model.resting import CollectorRests  # needs threading, as Trio does

    try:
        with CollectorRests():
            import stepdbg.engine.session  # noqa: F401 - for its side effect
    except ImportError as error:
        if not (error.name or "").startswith(PACKAGE):
            raise
        raise StepdbgError(f"this version of Trio cannot be debugged: {error}") from None


def _say_no_run(front_end: FrontEnd | None) -> None:
    """Tell the user; by the front end, if it has taken over the standard streams."""
    sentence = "the program ended without running Trio"
    if front_end is None:
        tell(sentence)
        return
    from stepdbg.model.stops import Note

    front_end.on_event(Note(sentence))


def _tell_end(front_end: FrontEnd, exit_code: int | None, detail: str) -> None:
    from stepdbg.model.stops import ProgramEnded

    front_end.on_event(ProgramEnded(exit_code, detail))
    front_end.close()


def tell(sentence: str) -> None:
    """Write one line of ours on the standard error stream, if there still is one."""
    _write(f"stepdbg: {sentence}\n")


def _report_bug(error: Exception, doing: str) -> None:
    from stepdbg.engine.guard import report_bug

    report_bug(error, doing)


def _write(text: str) -> None:
    # The program may have replaced sys.stderr by something that is no longer usable.
    stream = sys.__stderr__
    try:
        if stream is not None:
            stream.write(text)
            stream.flush()
    except (OSError, ValueError):
        pass  # nobody listens


def _current_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return ""


def _flush_output() -> None:
    """Let what the program wrote come before what we write."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            continue  # the interpreter tries again, and complains if it must


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
