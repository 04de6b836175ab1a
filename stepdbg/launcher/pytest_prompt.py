"""Prompting in the middle of a pytest run.

Owns: `PausingFrontEnd`, which suspends pytest's capturing and tells its plugins.
Does not own: the prompt (frontends), when there is one (pytest_plugin, pausing, engine).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from stepdbg.model.standard import sys

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import pytest

    from stepdbg.model.protocols import Controller, FrontEnd, Inspector
    from stepdbg.model.stops import Event, Resume, Stop


class PausingFrontEnd:
    """A `FrontEnd` that suspends pytest's capturing while it talks.

    The front end that it wraps is made at the first stop, when the real streams are back.

    asks: whether the user wants to be asked at all, and at a terminal also after Ctrl-C.
    wants_to_ask: tells whether a stop is for the user.
    before_resume: called before a run goes on.

    Attributes:
        warnings: the session's warnings so far.
    """

    def __init__(
        self,
        config: pytest.Config,
        asks: bool,
        wants_to_ask: Callable[[Stop, Inspector], bool],
        before_resume: Callable[[], None],
    ) -> None:
        self._config = config
        self._before_resume = before_resume
        self._wants_to_ask = wants_to_ask
        self._inner: FrontEnd | None = None
        self._begun: tuple[Inspector, Controller] | None = None
        self._asks = asks
        self._at_terminal = asks and self._is_at_terminal()
        self.has_quit = False
        self.warnings: list[str] = []

    @property
    def wants_recorder(self) -> bool:
        """True where the user may be asked: at a stop they may ask what woke a task."""
        return True

    @property
    def takes_ctrl_c(self) -> bool:
        """True at a terminal; elsewhere Ctrl-C lets pytest end the test run."""
        return self._at_terminal

    def would_answer(self) -> bool:
        """Whether a test stops at a deadlock; if nobody can be asked there, it is ended."""
        return self._asks

    def is_anybody_there(self) -> bool:
        """Whether somebody sits at a terminal, or there are more commands to read."""
        if self._at_terminal or not self._asks:
            return self._at_terminal
        with self._real_streams():
            return self._talker().would_answer()

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Keep the session for the first stop; nothing is said before that."""
        self._begun = inspector, controller

    def on_event(self, event: Event) -> None:
        """Answer Ctrl-C and keep warnings; all other events are left to pytest's report."""
        from stepdbg.model.stops import HaltDelayed, Note

        if isinstance(event, Note) and event.level == "warning":
            self.warnings.append(event.text)
        if isinstance(event, HaltDelayed):
            with self._real_streams():
                self._talker().on_event(event)

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Show a stop and take commands."""
        from stepdbg.model.stops import Continue, Quit

        if not self._wants_to_ask(stop, inspector):
            self._before_resume()
            return Continue()
        with self._talking():
            resume = self._talker().on_stop(stop, inspector, controller)
        if isinstance(resume, Quit) and self._has_ended():
            resume = Continue()  # nobody has quit
            self._wants_to_ask(stop, inspector)  # the user has gone: this may end the test
        self.has_quit = isinstance(resume, Quit)
        if not self.has_quit:
            self._before_resume()
        return resume

    def _has_ended(self) -> bool:
        """Whether the commands of a pipe or a file have come to their end."""
        from stepdbg.frontends.script import ScriptFrontEnd

        return isinstance(self._inner, ScriptFrontEnd) and self._inner.has_ended

    def _talker(self) -> FrontEnd:
        """The front end that it wraps; made while the real streams are there."""
        if self._inner is None:
            from stepdbg.launcher.default_front_end import front_end_of_tests

            self._inner = front_end_of_tests()
            if self._begun is not None:
                self._inner.on_session(*self._begun)
        return self._inner

    def _is_at_terminal(self) -> bool:
        """Whether the real streams, which pytest captures, are at a terminal."""
        from stepdbg.launcher.places import is_at_terminal

        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            capture.suspend(in_=True)  # pytest, which has not begun, resumes the capture itself
        return is_at_terminal()

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Let the real streams through; tell plugins, so that they suspend their timeouts."""
        import pdb

        debugger = pdb.Pdb()
        with self._real_streams():
            self._config.hook.pytest_enter_pdb(config=self._config, pdb=debugger)
            try:
                yield
            finally:
                with suppress(Exception):
                    sys.stdout.flush()
                self._config.hook.pytest_leave_pdb(config=self._config, pdb=debugger)

    @contextmanager
    def _real_streams(self) -> Iterator[None]:
        """Capture neither output nor input."""
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is None:
            yield
            return
        capture.suspend(in_=True)
        try:
            yield
        finally:
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

    def _suspended(self) -> AbstractContextManager[None]:
        """A block in which no output is captured; does nothing if pytest captures none."""
        capture = self._config.pluginmanager.getplugin("capturemanager")
        return nullcontext() if capture is None else capture.global_and_fixture_disabled()

    def close(self) -> None:
        """Give back what is held, and the streams: a restart begins with them."""
        if self._inner is not None:
            self._inner.close()
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            capture.suspend(in_=True)
