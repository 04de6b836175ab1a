"""The session during a test run.

Owns: `TestSession`: prompting on failing tests the way pytest's own ``--pdb`` does it, a dump for
each of them, tests that hang, running one test in the order of a schedule.
Does not own: the options (stepdbg.pytest_plugin), the prompt (frontends), what is shown of a
failure (engine).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from stepdbg.archive.exceptions import with_exceptions
from stepdbg.archive.picture import PictureInspector, take_picture
from stepdbg.archive.secrets import without_values
from stepdbg.archive.writing import save_picture
from stepdbg.engine.running.session import Session
from stepdbg.engine.seeing.inspector import LiveInspector
from stepdbg.engine.stopping.postmortem import hold_post_mortem, is_asked_about
from stepdbg.model.errors import StepdbgError
from stepdbg.model.options import SessionOptions
from stepdbg.model.records import replace
from stepdbg.model.standard import os
from stepdbg.model.stops import StopKind

from .hanging import HangWatch, before_termination
from .pytest_pauses import Pauses
from .pytest_prompt import PausingFrontEnd
from .pytest_rewritten import RewrittenCode
from .pytest_told import file_name, page_of, tree_of

if TYPE_CHECKING:
    from stepdbg.archive.shapes import Picture
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.schedules import Schedule
    from stepdbg.model.stops import Stop

_HEAD_START = 2.0
"""So many seconds before pytest-timeout would end a test, stepdbg looks at it; a quarter of the
test's time if that is less."""

_AFTERWARDS = "`continue` goes on with the tests, `quit` ends them"

_DEADLOCK = "a deadlock: no task of the run can go on"

_AT_DEADLOCK, _AT_LIMIT = "in the deadlock", "when the time was up"
"""When stepdbg examined the tasks of a test that hangs."""


class TestSession:
    """A debugging session during a test run.

    asks: whether to prompt on failing tests.
    folder: where dumps go, None for none.
    limit: seconds after which a test counts as one that hangs; None leaves that to others.
    replayed: the schedule in whose order the test runs, None for none.
    """

    __test__ = False

    def __init__(
        self,
        config: pytest.Config,
        *,
        asks: bool,
        folder: str | None,
        limit: float | None,
        replayed: Schedule | None,
    ) -> None:
        self._asks = asks
        self._folder = folder
        self._limit = limit
        self._hang = ""  # when the test was seen to hang
        self._end = ""  # why it is ended then; empty where it is not
        self._values = not config.getoption("--stepdbg-no-values")
        self._picture: Picture | None = None
        self._written = ""
        self._test = ""
        self.front_end = PausingFrontEnd(config, asks, self._wants_to_ask, self._before_resume)
        options = SessionOptions(record=True, stops_at_start=False)
        if replayed is not None:
            virtual = replayed.header.clock == "virtual"
            options = replace(options, replay=replayed, virtual_time=virtual, on_deadlock="stop")
        self.session: Session = Session(self.front_end, options)
        self.session.failures.camera = self._take
        self.session.install()
        self._pauses = Pauses(self.session)
        self._pauses.begin()
        self._rewritten = RewrittenCode(self.session.lines.look_at_new)
        self._hang_watch = HangWatch(self.session, self._note_hang)
        self._give_back = before_termination(self._on_termination) if folder else None

    def _take(self, inspector: Inspector, stop: Stop | None) -> Inspector:
        # If stepdbg ends a test that hangs, the failures that follow do not show why it hung.
        if self._picture is None or not self._hang:
            self._picture = take_picture(inspector, stop=stop)
        return PictureInspector(self._picture)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test begins: forget what failed before it."""
        failures = self.session.failures
        failures.notes, self._picture = [], None
        failures.keep_picture(None)
        self._hang = self._end = self._written = ""
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
        """pytest-timeout starts its timer: look at the test just before it runs out."""
        seconds = getattr(settings, "timeout", None)
        if self._limit is None and isinstance(seconds, int | float) and seconds > 0:
            self._hang_watch.begin(seconds - min(seconds / 4, _HEAD_START))

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_timeout_cancel_timer(self) -> None:
        """The test has ended in time: stop the watch."""
        if self._limit is None:
            self._hang_watch.end()

    def _wants_to_ask(self, stop: Stop, inspector: Inspector) -> bool:
        """Whether to ask the user at a stop; after a time limit the options decide."""
        if stop.kind is StopKind.DEADLOCK:
            if self._hang != _AT_DEADLOCK:  # else the user was asked, and has gone since
                self._note_hang(inspector, stop, _AT_DEADLOCK)
            # It would never end by itself.
            self._end = "" if self.front_end.is_anybody_there() else _DEADLOCK
            return not self._end
        if stop.kind is not StopKind.HALT:
            return True
        if not self._hang_watch.is_up():
            # Ctrl-C has halted the run, or the test has gone on meanwhile.
            return self.front_end.takes_ctrl_c
        if not self._hang:  # else the picture taken while it ran shows more
            self._note_hang(inspector, stop)
        return self._asks and stop.task_count > 0

    def _before_resume(self) -> None:
        """The run is about to go on: if it hangs, end it instead."""
        run = self.session.runs.asked(self.session.desk.asked)
        if self._end and run is not None:
            run.quit(pytest.fail.Exception(self._end, pytrace=False))
        elif self._hang == _AT_DEADLOCK:  # the user has done something about it
            self._hang = ""

    def _note_hang(
        self, inspector: Inspector, stop: Stop | None = None, when: str = _AT_LIMIT
    ) -> None:
        """Take the picture of a test that hangs, and write it at once: it may be killed next."""
        self.session.failures.keep_picture(self._take(inspector, stop))
        self._hang = when
        self._end = "" if self._limit is None else _late(self._limit)
        self._written = self._dumped(f"{self._test}-hangs")

    def _on_termination(self) -> None:
        if self.session.runs.active():
            self._note_hang(LiveInspector(self.session, None))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the tasks of a test that has failed into its report, and write its dump."""
        report = yield
        if self._end and call.when == "call":
            # Whatever the test did when stepdbg cancelled it.
            report.outcome, report.longrepr = "failed", self._end
        elif self.front_end.has_quit and report.failed and call.when == "call":
            report.longrepr = "stepdbg was quit"  # stepdbg's exception has ended it
        if report.failed and self._picture is not None:
            when = self._hang or "at the first failure"
            report.sections.append((f"Trio tasks {when}", self._told(call)))
        return report

    def _told(self, call: pytest.CallInfo[None]) -> str:
        """The tree of the tasks, and where the dump is."""
        inspector = self.session.failures.picture
        text = "" if inspector is None else (page_of if self._hang else tree_of)(inspector)
        if not self._hang and self._folder is not None:
            self._add_exceptions(call)
            self._written = self._dumped(f"{self._test}-{call.when}")
        return f"{text}\n{self._written}".rstrip()

    def _add_exceptions(self, call: pytest.CallInfo[None]) -> None:
        """Add to the picture of the first failure the exceptions that it has led to."""
        if call.excinfo is not None and self._picture is not None:
            from stepdbg.engine.stopping.postmortem import look_back

            inspector, _ = look_back(self.session, call.excinfo.value)
            self._picture = with_exceptions(self._picture, inspector)

    def _dumped(self, name: str) -> str:
        """Write the picture to a file, if dumps are wanted; a sentence about that file."""
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
        if self._end:
            return  # the user has already looked at it while it hung
        if not (is_asked_about(call.excinfo.value) and self.front_end.is_anybody_there()):
            return
        self.front_end.before_post_mortem(report)
        hold_post_mortem(self.session, call.excinfo.value, afterwards=_AFTERWARDS)

    def pytest_unconfigure(self) -> None:
        """The test run is over."""
        self._hang_watch.end()
        if self._give_back is not None:
            self._give_back()
        self._pauses.end()
        self._rewritten.close()
        self.session.uninstall()
        self.front_end.close()


class OneReplay:
    """The part of a replay that concerns the whole test run: which tests run, and the summary.

    Args:
        warnings: the warnings about the schedule, added while it is followed.
    """

    def __init__(self, warnings: list[str]) -> None:
        self._warnings = warnings

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Raise `pytest.UsageError` unless there is one test: a schedule belongs to one test."""
        count = len(session.items)
        if count != 1 and not session.config.getoption("collectonly"):
            raise pytest.UsageError(
                f"--stepdbg-replay runs one test, and {count} were selected: give the test's id"
            )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Report where the run has departed from the schedule."""
        for each in self._warnings:
            terminalreporter.line(f"stepdbg: {each}", yellow=True)


def _limit_of_faulthandler(config: pytest.Config) -> float:
    """Seconds after which pytest's faulthandler plugin prints the stacks; 0 for never."""
    try:
        return float(config.getini("faulthandler_timeout") or 0)
    except (KeyError, ValueError):  # that plugin is off
        return 0.0


def _late(limit: float) -> str:
    return f"the test has not ended after {limit:g} s (--stepdbg-timeout)"
