"""``--explore``: a script whose run is tried in many orders.

Owns: `ExploringWiring`, which waits for that run.
Does not own: exploring (search), the report (render.exploring).

The program never returns from the call of ``trio.run`` that is explored: when the verdict is there,
that call raises SystemExit, and the program can still clean up.  Whatever else it does then, the
process ends with the status of the verdict.
"""

from __future__ import annotations

import atexit
import shutil
from typing import TYPE_CHECKING

from stepdbg.launcher.import_hook import call_after_import
from stepdbg.launcher.wiring import Wiring
from stepdbg.model.errors import StepdbgError
from stepdbg.model.exploring import Verdict, VerdictKind
from stepdbg.model.program_streams import flush, tell, write_lines
from stepdbg.model.silent_front_end import SilentFrontEnd
from stepdbg.model.standard import json, os, sys, time

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import TextIO

    from stepdbg.engine.exploring.calls import RunCall
    from stepdbg.engine.running.session import Session
    from stepdbg.model.stops import Asked, Resume

    from .wish import ExploreWish

_BETWEEN_PROGRESS = 0.5
"""Seconds."""


class ExploringWiring(Wiring):
    """A wiring that explores the program, and does not debug it.

    Args:
        wish: what to explore, and for how long.
        out: where the report goes.
        command: the words of the command line after the options.
        as_json: whether the report is a line of JSON.
    """

    def __init__(
        self, wish: ExploreWish, out: TextIO | None, command: tuple[str, ...], *, as_json: bool
    ) -> None:
        super().__init__(SilentFrontEnd)
        self._wish, self._out, self._command, self._as_json = wish, out, command, as_json
        self._of = 0
        self._verdict: Verdict | None = None
        self._stop_waiting: Callable[[], None] | None = None
        self._handed_over = False

    def begin(self, argument_count: int = 0, *, whole: bool = True) -> None:  # noqa: ARG002
        """Wait for Trio, and for the end of the process."""
        self._of = os.getpid()
        atexit.register(self.end)
        call_after_import(self._wait_for_run)

    def session_now(self) -> Session | None:
        """None: nothing is debugged."""
        return None

    def pause(self, frame: FrameType, asked: Asked) -> None:
        """Do nothing at a `breakpoint()`: there would be a stop in every schedule."""

    def post_mortem(
        self,
        error: BaseException | None,  # noqa: ARG002
        *,
        asked: float | None = None,  # noqa: ARG002
    ) -> Resume | None:
        """Return None: exploring has no prompt."""
        return None

    def asks_about(self, error: BaseException | None) -> bool:  # noqa: ARG002
        """False: the report shows a failure, and there is no prompt."""
        return False

    def abandon(self, exit_code: int, detail: str) -> None:  # noqa: ARG002
        """There was nothing to run: report nothing."""
        self._of = 0

    def hand_over(self) -> tuple[ExploreWish, Callable[[Verdict, str], None] | None]:
        """Leave exploring to the pytest plugin: the program is a test run.

        Returns:
            How to explore each test, and a function that takes each verdict with the id of its
            test; None if verdicts are not reported one by one.
        """
        self._of, self._handed_over = 0, True
        if self._stop_waiting is not None:
            self._stop_waiting()
        return self._wish, self._tell_of_test if self._as_json else None

    def end(self) -> None:
        """End the process with the status of the verdict."""
        if self._of != os.getpid():
            return
        flush()
        if self._verdict is None:
            number = self._wish.run
            which = "" if number == 1 else f" {number} times"
            why = f"the program ended without having run Trio{which}"
            self._tell(Verdict(VerdictKind.NOT_EXPLORED, notes=(why,)))
        assert self._verdict is not None
        os._exit(self._verdict.status)  # noqa: SLF001 - documented

    def _wait_for_run(self) -> None:
        from stepdbg.engine.exploring.calls import at_run

        if "trio._core._run" not in sys.modules or self._handed_over:
            return  # the program has a module of its own that is called trio
        try:
            self._stop_waiting = at_run(self._wish.run, self._explore)
        except StepdbgError as error:
            self._tell(Verdict(VerdictKind.NOT_EXPLORED, notes=(str(error),)))
            raise SystemExit(2) from None

    def _explore(self, call: RunCall | None) -> None:
        """The run is about to begin."""
        if self._of != os.getpid():
            return
        from .obstacles import why_not_explorable
        from .search import Search

        flush()
        why = why_not_explorable(call)
        if why or call is None:
            self._tell(Verdict(VerdictKind.NOT_EXPLORED, notes=(why,)))
        else:
            self._tell(Search(call, self._wish, self._progress()).verdict())
        assert self._verdict is not None
        raise SystemExit(self._verdict.status)

    def _progress(self) -> Callable[[int, int, float], None] | None:
        """A function that shows the progress; None if no user watches a terminal."""
        out = self._out
        if self._as_json or out is None or not out.isatty():
            return None
        shown = 0.0

        def show(schedules: int, distinct: int, seconds: float) -> None:
            nonlocal shown
            now = time.monotonic()
            if now < shown + _BETWEEN_PROGRESS:
                return
            shown = now
            rate = schedules / seconds if seconds else 0.0
            left = self._wish.seconds
            rest = "" if left is None else f", {max(0.0, left - seconds):.0f} s left"
            line = f"{schedules:,} schedules ({distinct:,} distinct), {rate:.0f} a second{rest}"
            out.write(f"\r{line:<70}")
            out.flush()

        return show

    def _tell_of_test(self, verdict: Verdict, test: str) -> None:
        from stepdbg.render.exploring import as_values

        write_lines(self._out, json.dumps({**as_values(verdict), "test": test}) + "\n")

    def _tell(self, verdict: Verdict) -> None:
        from stepdbg.render.exploring import as_values, report
        from stepdbg.render.spans import plain

        self._verdict = verdict
        if self._wish.report:
            self._write_page(verdict)
        if self._as_json:
            write_lines(self._out, json.dumps(as_values(verdict)) + "\n")
            return
        width = shutil.get_terminal_size().columns
        write_lines(self._out, plain(report(verdict, width, self._command)) + "\n")

    def _write_page(self, verdict: Verdict) -> None:
        from stepdbg.drawing.explored_page import FIRST_LINE, explored_page
        from stepdbg.model.whole_files import replace_own
        from stepdbg.render.exploring import in_mode, replay_command

        notes = [
            (
                "" if each.explained is None else in_mode(each.explained),
                replay_command(each, self._command),
            )
            for each in verdict.faults
        ]
        try:
            content = explored_page(verdict, notes).encode()
            replace_own(self._wish.report, content, ours=(FIRST_LINE,))
        except StepdbgError as error:
            tell(str(error))
