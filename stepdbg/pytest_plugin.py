"""The pytest plugin: ``pytest --stepdbg`` and what goes with it.

Owns: its options, the session during a test run, prompting on failing tests the way pytest's
own ``--pdb`` does it, and a dump for each of them.
Does not own: the prompt (frontends), what is shown of a failure (engine).

If stepdbg is installed, pytest loads this module in every test run.  Nothing is imported and
nothing is patched before one of the options is given.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import pytest

from stepdbg.model.standard import os, re, sys, zlib

if TYPE_CHECKING:
    from stepdbg.archive.shapes import Picture
    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Stop
    from stepdbg.render.spans import Line

PLUGIN = "stepdbg-session"
_WIDTH = 80
_HEAD_START = 1.0
"""Seconds before pytest-timeout ends a test; a quarter of its time when that is less."""

_OUR_PDB = ("stepdbg", "Pdb")  # as pytest has parsed it

_LONGEST_NAME = 150
"""Characters of a test's name in that of its dump; file systems allow 255."""

_QUIT = 125  # as of any program that was quit under stepdbg


_AFTERWARDS = "`continue` goes on with the tests, `quit` ends them"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("stepdbg", "debugging Trio programs")
    group.addoption(
        "--stepdbg",
        action="store_true",
        help="prompt on failing tests, with all Trio tasks as they were at the first failure",
    )
    group.addoption(
        "--stepdbg-break",
        action="append",
        default=[],
        metavar="PATTERN",
        help="stop there, as the command `break PATTERN` does (repeatable)",
    )
    group.addoption(
        "--stepdbg-dump",
        metavar="DIR",
        help="write a dump for each test in which a Trio task fails or that hangs, for"
        " `stepdbg --open`",
    )
    group.addoption(
        "--stepdbg-no-values",
        action="store_true",
        help="leave all values out of the dumps",
    )
    group.addoption(
        "--stepdbg-timeout",
        metavar="SECONDS",
        type=_seconds,
        help="a test that takes longer hangs: show the tasks of its Trio run, and fail it",
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise ValueError(text)
    return seconds


def pytest_configure(config: pytest.Config) -> None:
    """Start a session if any of the options was given."""
    from stepdbg.launcher.pytest_runs import running

    running.append(config)
    config.add_cleanup(lambda: running.remove(config))
    asks, breaks = config.getoption("--stepdbg"), config.getoption("--stepdbg-break")
    folder, limit = config.getoption("--stepdbg-dump"), config.getoption("--stepdbg-timeout")
    if not (asks or breaks or folder or limit):
        _watch_for_quit(config)
        _watch_for_failures(config)
        return
    if (asks or breaks) and config.getoption("numprocesses", None):
        raise pytest.UsageError("--stepdbg needs tests in this process: leave out -n")
    plugin = TestSession(config, asks=asks, folder=folder, limit=limit)
    set_breakpoints(plugin.session, breaks)
    config.pluginmanager.register(plugin, PLUGIN)
    # At a stop, or at the prompt on a failed test.
    front_end, session = plugin.front_end, plugin.session
    config.pluginmanager.register(QuitWatch(lambda: front_end.has_quit or session.quitting))


def _watch_for_quit(config: pytest.Config) -> None:
    """Let the user who quits at a prompt that a test has asked for end the whole test run.

    So does one who quits under ``python -m stepdbg -m pytest``, where the process is ours.
    """
    code = _QUIT if _current_session() is not None else None
    config.pluginmanager.register(QuitWatch(_has_quit, code), PLUGIN)


def _has_quit() -> bool:
    session = _current_session()
    return session is not None and session.quitting


def _current_session() -> Session | None:
    """The session that debugs this process, if there is one; imports nothing to find out."""
    pausing = sys.modules.get("stepdbg.launcher.pausing")
    session: Session | None = None if pausing is None else pausing.current_session()
    return session


def _watch_for_failures(config: pytest.Config) -> None:
    """With ``--pdb --pdbcls=stepdbg:Pdb``: pytest imports that when it is too late to look."""
    if config.getoption("usepdb", None) and config.getoption("usepdb_cls", None) == _OUR_PDB:
        from stepdbg.launcher.pausing import look_at_failures

        look_at_failures()


class QuitWatch:
    """Ends a test run whose user has quit.

    has_quit: whether that is so.  code: the exit code of the test run then; None for pytest's.
    """

    def __init__(self, has_quit: Callable[[], bool], code: int | None = None) -> None:
        self._has_quit = has_quit
        self._code = code

    def pytest_collectreport(self) -> None:
        """A module has been imported, perhaps only so far."""
        self._exit_after_quit()

    def pytest_runtest_logfinish(self) -> None:
        """A test is over, and its fixtures have been taken down."""
        self._exit_after_quit()

    def _exit_after_quit(self) -> None:
        if self._has_quit():
            pytest.exit("stepdbg was quit", returncode=self._code)


class TestSession:
    """A debugging session during a test run.

    asks: prompt on failing tests.  folder: where dumps go, None for none.
    limit: seconds after which a test hangs, None to leave that to others.
    """

    __test__ = False

    def __init__(
        self, config: pytest.Config, *, asks: bool, folder: str | None, limit: float | None
    ) -> None:
        from stepdbg.engine.running.session import Session
        from stepdbg.launcher.hanging import HangWatch, before_termination
        from stepdbg.launcher.pytest_pauses import Pauses
        from stepdbg.launcher.pytest_prompt import PausingFrontEnd
        from stepdbg.model.options import SessionOptions

        self._asks = asks
        self._folder = folder
        self._limit = limit
        self._values = not config.getoption("--stepdbg-no-values")
        self._picture: Picture | None = None
        self._hangs = False
        self._written = ""
        self._test = ""
        self.front_end = PausingFrontEnd(config, asks, self._wants_to_ask, self._before_resume)
        self.session: Session = Session(
            self.front_end, SessionOptions(record=True, stops_at_start=False)
        )
        self.session.failures.camera = self._take
        self.session.install()
        self._pauses = Pauses(self.session)
        self._pauses.begin()
        self._hang_watch = HangWatch(self.session, self._note_hang)
        self._give_back = before_termination(self._on_termination) if folder else None

    def _take(self, inspector: Inspector, stop: Stop | None) -> Inspector:
        from stepdbg.archive.picture import PictureInspector, take_picture

        # What fails because a test is ended that hangs tells nothing of why it hung.
        if self._picture is None or not self._hangs:
            self._picture = take_picture(inspector, stop=stop)
        return PictureInspector(self._picture)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test begins: what failed before has nothing to do with it."""
        failures = self.session.failures
        failures.picture, failures.notes, self._picture = None, [], None
        self._hangs, self._written = False, ""
        self._test = file_name(item.nodeid)
        limit = self._limit or _limit_of_faulthandler(item.config)
        if limit > 0:
            self._hang_watch.begin(limit)
        try:
            return (yield)
        finally:
            self._hang_watch.end()

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_timeout_set_timer(self, settings: object) -> None:
        """pytest-timeout is going to end the test: look at it just before."""
        seconds = getattr(settings, "timeout", None)
        if self._limit is None and isinstance(seconds, int | float) and seconds > 0:
            self._hang_watch.begin(seconds - min(seconds / 4, _HEAD_START))

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_timeout_cancel_timer(self) -> None:
        """It has come to its end in time."""
        if self._limit is None:
            self._hang_watch.end()

    def _wants_to_ask(self, stop: Stop, inspector: Inspector) -> bool:
        """Whether somebody is to be asked at a stop; at one because of a time limit, as told."""
        from stepdbg.model.stops import StopKind

        if stop.kind is not StopKind.HALT:
            return True
        if not self._hang_watch.is_up():
            # It was Ctrl-C, or the test has gone on meanwhile.
            return self.front_end.takes_ctrl_c
        if not self._hangs:  # else it has been looked at as it ran, which tells more
            self._note_hang(inspector, stop)
        return self._asks and stop.task_count > 0

    def _before_resume(self) -> None:
        """The run is about to go on: one that hangs is ended instead."""
        run = self.session.runs.asked(self.session.desk.asked)
        if self._hangs and self._limit is not None and run is not None:
            run.quit(pytest.fail.Exception(_late(self._limit), pytrace=False))

    def _note_hang(self, inspector: Inspector, stop: Stop | None = None) -> None:
        """Take the picture of a test that hangs, and write it at once: it may be killed next."""
        self.session.failures.picture = self._take(inspector, stop)
        self._hangs = True
        self._written = self._dumped(f"{self._test}-hangs")

    def _on_termination(self) -> None:
        from stepdbg.engine.seeing.inspector import LiveInspector

        if self.session.runs.active():
            self._note_hang(LiveInspector(self.session, None))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell the tasks of a test that has failed, and write its dump."""
        report = yield
        if self._hangs and self._limit is not None and call.when == "call":
            # However it took the cancellation that has ended it.
            report.outcome, report.longrepr = "failed", _late(self._limit)
        if report.failed and self._picture is not None:
            when = "when the time was up" if self._hangs else "at the first failure"
            report.sections.append((f"Trio tasks {when}", self._told(call)))
        return report

    def _told(self, call: pytest.CallInfo[None]) -> str:
        """The tree of the tasks, and where the dump is."""
        inspector = self.session.failures.picture
        text = "" if inspector is None else (page_of if self._hangs else tree_of)(inspector)
        if not self._hangs and self._folder is not None:
            self._add_exceptions(call)
            self._written = self._dumped(f"{self._test}-{call.when}")
        return f"{text}\n{self._written}".rstrip()

    def _add_exceptions(self, call: pytest.CallInfo[None]) -> None:
        """Let the picture of the first failure show what has come of it."""
        if call.excinfo is not None and self._picture is not None:
            from stepdbg.archive.exceptions import with_exceptions
            from stepdbg.engine.stopping.postmortem import look_back

            inspector, _ = look_back(self.session, call.excinfo.value)
            self._picture = with_exceptions(self._picture, inspector)

    def _dumped(self, name: str) -> str:
        """Write the picture, if that is wanted; what to say of it."""
        from stepdbg.archive.secrets import without_values
        from stepdbg.archive.writing import save_picture
        from stepdbg.model.errors import StepdbgError

        if self._folder is None or self._picture is None:
            return ""
        path = os.path.join(self._folder, f"{name}.stepdbg")
        try:
            os.makedirs(self._folder, exist_ok=True)
            save_picture(self._picture if self._values else without_values(self._picture), path)
        except (OSError, StepdbgError) as error:
            return f"no dump was written: {error}"
        return f"dump: {path} (python -m stepdbg --open)"

    def pytest_exception_interact(
        self, call: pytest.CallInfo[object], report: pytest.CollectReport | pytest.TestReport
    ) -> None:
        """Prompt on a test that has failed."""
        if self.session.quitting or not self._asks or call.excinfo is None:
            return
        if self._hangs and self._limit is not None:
            return  # the user was asked about the hanging test, and has seen it
        from stepdbg.engine.stopping.postmortem import hold_post_mortem

        self.front_end.before_post_mortem(report)
        hold_post_mortem(self.session, call.excinfo.value, afterwards=_AFTERWARDS)

    def pytest_unconfigure(self) -> None:
        """The test run is over."""
        self._hang_watch.end()
        if self._give_back is not None:
            self._give_back()
        self._pauses.end()
        self.session.uninstall()
        self.front_end.close()


def file_name(test: str) -> str:
    """A file name for a test: short, of ASCII, and not that of another test.

    test: its id, such as ``tests/test_files.py::test_open[a/b]``.
    """
    function, *parameters = test.partition("[")
    plain = "".join([re.sub("/|::", "-", function), *parameters])
    name = re.sub(r"[^\w.\[\]-]+", "-", plain, flags=re.ASCII)[-_LONGEST_NAME:]
    # What has lost something could be the name of several.
    return name if name == plain else f"{name}-{zlib.crc32(test.encode()):08x}"


def _limit_of_faulthandler(config: pytest.Config) -> float:
    """Seconds after which pytest's own plugin prints the stacks; 0 for never."""
    try:
        return float(config.getini("faulthandler_timeout") or 0)
    except (KeyError, ValueError):  # that plugin is off
        return 0.0


def _late(limit: float) -> str:
    return f"the test has not ended after {limit:g} s (--stepdbg-timeout)"


def set_breakpoints(session: Session, patterns: list[str]) -> None:
    """Set breakpoints as `break` does.  Raises `pytest.UsageError`."""
    from stepdbg.commands.interpreter import Interpreter
    from stepdbg.engine.seeing.inspector import LiveInspector
    from stepdbg.model.replies import Failure

    interpreter = Interpreter(session.controller)
    inspector = LiveInspector(session, None)
    for pattern in patterns:
        answer = interpreter.feed_running(f"break {pattern}", inspector)
        for reply in answer.replies:
            if isinstance(reply, Failure):
                raise pytest.UsageError(f"--stepdbg-break {pattern}: {reply.text}")


def tree_of(inspector: Inspector) -> str:
    """The tree of the tasks in a picture, as text."""
    from stepdbg.model.replies import Tree
    from stepdbg.render.text import render_reply

    return _plain(lambda: render_reply(Tree(inspector.run(), inspector.tree(), None), _WIDTH))


def page_of(inspector: Inspector) -> str:
    """The same, with what each task waits for, and the deadlocks."""
    from stepdbg.launcher.overview import overview
    from stepdbg.render.text import render_overview

    return _plain(lambda: render_overview(overview(inspector), _WIDTH))


def _plain(shown: Callable[[], list[Line]]) -> str:
    from stepdbg.model.errors import StepdbgError
    from stepdbg.render.spans import plain

    try:
        return plain(shown())
    except StepdbgError as error:
        return str(error)
