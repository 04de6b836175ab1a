"""The pytest plugin: ``pytest --stepdbg`` and what goes with it.

Owns: its options, the session during a test run, prompting on failing tests the way pytest's
own ``--pdb`` does it, and a dump for each of them.
Does not own: the prompt (frontends), what is shown of a failure (engine).

pytest loads this module in every test run of whoever has stepdbg installed: nothing is
imported and nothing is patched before one of the options is given.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stepdbg.archive.shapes import Picture
    from stepdbg.engine.session import Session
    from stepdbg.model.protocols import Controller, FrontEnd, Inspector
    from stepdbg.model.stops import Event, Resume, Stop

PLUGIN = "stepdbg-session"
_WIDTH = 80


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
        help="write a dump for each test in which a Trio task fails, for `stepdbg --open`",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start a session if any of the options was given."""
    asks, breaks = config.getoption("--stepdbg"), config.getoption("--stepdbg-break")
    folder = config.getoption("--stepdbg-dump")
    if not (asks or breaks or folder):
        return
    if (asks or breaks) and config.getoption("numprocesses", None):
        raise pytest.UsageError("--stepdbg needs tests in this process: leave out -n")
    plugin = TestSession(config, asks=asks, folder=folder)
    plugin.set_breakpoints(breaks)
    config.pluginmanager.register(plugin, PLUGIN)


class TestSession:
    """A debugging session during a test run.

    asks: prompt on failing tests.  folder: where dumps go, None for none.
    """

    __test__ = False

    def __init__(self, config: pytest.Config, *, asks: bool, folder: str | None) -> None:
        from stepdbg.engine.session import Session
        from stepdbg.model.stops import Continue

        self._config = config
        self._asks = asks
        self._folder = folder
        self._picture: Picture | None = None
        self.front_end = PausingFrontEnd(config)
        self.session: Session = Session(self.front_end, record=True)
        self.session.failures.camera = self._take
        self.session.last_resume = Continue()  # nobody wants to stop before every test
        self.session.install()

    def _take(self, inspector: Inspector, stop: Stop | None) -> Inspector:
        from stepdbg.archive.picture import PictureInspector, take_picture

        self._picture = take_picture(inspector, stop=stop)
        return PictureInspector(self._picture)

    def set_breakpoints(self, patterns: list[str]) -> None:
        """Set breakpoints as `break` does.  Raises `pytest.UsageError`."""
        from stepdbg.commands.interpreter import Interpreter
        from stepdbg.engine.inspector import LiveInspector
        from stepdbg.model.replies import Failure

        interpreter = Interpreter(self.session.controller)
        inspector = LiveInspector(self.session, None)
        for pattern in patterns:
            answer = interpreter.feed_running(f"break {pattern}", inspector)
            for reply in answer.replies:
                if isinstance(reply, Failure):
                    raise pytest.UsageError(f"--stepdbg-break {pattern}: {reply.text}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """A test begins: what failed before has nothing to do with it."""
        failures = self.session.failures
        failures.picture, failures.notes, self._picture = None, [], None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        """Tell the tasks of a test that has failed, and write its dump."""
        report = yield
        if isinstance(report, pytest.TestReport) and report.failed and self._picture is not None:
            report.sections.append(("Trio tasks at the first failure", self._told(item, call)))
        return report

    def _told(self, item: pytest.Item, call: pytest.CallInfo[None]) -> str:
        inspector = self.session.failures.picture
        text = "" if inspector is None else tree_of(inspector)
        if self._folder is None or self._picture is None:
            return text
        return f"{text}\n{self._dump(self._picture, item, call)}"

    def _dump(self, picture: Picture, item: pytest.Item, call: pytest.CallInfo[None]) -> str:
        from stepdbg.archive.writing import save_picture
        from stepdbg.model.errors import StepdbgError

        name = re.sub(r"[^\w.\[\]-]+", "-", item.nodeid)[-150:]
        path = Path(self._folder or "") / f"{name}-{call.when}.stepdbg"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_picture(picture, path)
        except (OSError, StepdbgError) as error:
            return f"no dump was written: {error}"
        return f"dump: {path} (python -m stepdbg --open)"

    def pytest_exception_interact(
        self, call: pytest.CallInfo[object], report: pytest.CollectReport | pytest.TestReport
    ) -> None:
        """Prompt on a test that has failed."""
        if self.session.quitting:
            pytest.exit("stepdbg was quit")
        if not self._asks or call.excinfo is None:
            return
        from stepdbg.engine.postmortem import hold_post_mortem

        self.front_end.before_post_mortem(report)
        hold_post_mortem(self.session, call.excinfo.value)
        if self.front_end.has_quit:
            pytest.exit("stepdbg was quit")

    def pytest_unconfigure(self) -> None:
        """The test run is over."""
        self.session.uninstall()
        self.front_end.close()


def tree_of(inspector: Inspector) -> str:
    """The tree of the tasks in a picture, as text."""
    from stepdbg.model.errors import StepdbgError
    from stepdbg.model.replies import Tree
    from stepdbg.render.spans import plain
    from stepdbg.render.text import render_reply

    try:
        tree = Tree(inspector.run(), inspector.tree(), None)
    except StepdbgError as error:
        return str(error)
    return plain(render_reply(tree, _WIDTH))


class PausingFrontEnd:
    """A `FrontEnd` that suspends pytest's capturing while it talks.

    The one behind it is made at the first stop, when the real streams are back.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._inner: FrontEnd | None = None
        self.has_quit = False

    @property
    def wants_recorder(self) -> bool:
        """What woke tasks is asked at a stop."""
        return True

    @property
    def takes_ctrl_c(self) -> bool:
        """No: pytest ends the test run on it."""
        return False

    def would_answer(self) -> bool:
        """Nobody waits at a terminal for tests that hang."""
        return False

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Nothing is said before the first stop."""

    def on_event(self, event: Event) -> None:
        """Tests are pytest's to report."""

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Show a stop and take commands."""
        from stepdbg.model.stops import Quit

        with self._talking():
            if self._inner is None:
                from stepdbg.launcher.default_front_end import default_front_end

                self._inner = default_front_end()
                self._inner.on_session(inspector, controller)
            resume = self._inner.on_stop(stop, inspector, controller)
        self.has_quit = isinstance(resume, Quit)
        return resume

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Let the real streams through; tell plugins, so that their timeouts stand down."""
        import pdb

        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            capture.suspend(in_=True)
        debugger = pdb.Pdb()
        self._config.hook.pytest_enter_pdb(config=self._config, pdb=debugger)
        try:
            yield
        finally:
            with suppress(Exception):
                sys.stdout.flush()
            self._config.hook.pytest_leave_pdb(config=self._config, pdb=debugger)
            if capture is not None:
                capture.resume()

    def before_post_mortem(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        """Show what pytest would show at the end: what was captured, and the traceback."""
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is None:
            return
        with self._suspended():
            writer = reporter._tw  # noqa: SLF001 - as pytest's own --pdb; there is no other way
            writer.line()
            for title, content in report.sections:
                writer.sep(">", title)
                writer.line(content.removesuffix("\n"))
            writer.sep(">", "traceback")
            report.toterminal(writer)
            writer.sep(">", "stepdbg")

    @contextmanager
    def _suspended(self) -> Iterator[None]:
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is None:
            yield
            return
        with capture.global_and_fixture_disabled():
            yield

    def close(self) -> None:
        """Give back what is held."""
        if self._inner is not None:
            self._inner.close()
