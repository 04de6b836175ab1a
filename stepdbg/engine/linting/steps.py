"""The lints that need a hook at every step: how long it takes, how often, how it was cancelled.

Owns: the hook, timing one step at a time without the time at stops, and `slow-step`, `busy-loop`,
`swallowed-cancel` with their sentences.  Does not own: reading statements (statements), counting
slow steps for breakpoints (breaking.hits).

A run has the hook only while one of these lints is on (`model.lints` says which ones cost that).
"""

from __future__ import annotations

from types import CodeType, CoroutineType
from typing import TYPE_CHECKING, Final

import trio
from outcome import Error
from trio.lowlevel import Task

from stepdbg._trio_internals import losses, runs
from stepdbg._trio_internals.tasks import how_to_be_sent, number, steps_done, to_be_sent
from stepdbg.engine.stacks import catching, frames
from stepdbg.engine.stacks.frames import OWN_FILES
from stepdbg.model.lints import LONG_STEP, Lint, LintName
from stepdbg.model.standard import sys, time
from stepdbg.model.task import Origin, Place

from . import statements
from .saying import at

if TYPE_CHECKING:
    from stepdbg.engine.process.ticking import Ticker
    from stepdbg.engine.recording.lasting import LastingStep

    from .views import SteppedRun
    from .watch import Lints

perf_counter = time.perf_counter

BUSY: Final = 1_000
"""After how many checkpoints in a row, without blocking, to examine a loop."""


_OURS: Final = (LintName.SLOW_STEP, LintName.BUSY_LOOP, LintName.SWALLOWED_CANCEL)


class _Delivered:
    """A Cancelled that a step begins with."""

    def __init__(self, run: SteppedRun, task: Task) -> None:
        self._sent = to_be_sent(task)  # keeps the exception alive
        self.status = losses.cancelling_status(task)
        stack = run.live_frames(task)
        self.lines = [(frame.f_code, frame.f_lineno) for frame in stack]

    def is_swallowed(self, task: Task) -> bool:
        """Whether the step has ended inside of the cancelled scope, and the exception is gone.

        An exception that is being handled, or is kept to be raised later, is not gone, because
        something else refers to it.
        """
        return (
            self.status is not None
            and self._is_gone()
            and task.coro.cr_frame is not None
            and self.status.effectively_cancelled
            and losses.is_inside(task, self.status)
        )

    def _is_gone(self) -> bool:
        """Whether only `_sent` still refers to the exception."""
        unrelated, error = object(), getattr(self._sent, "error", None)
        return sys.getrefcount(error) == sys.getrefcount(unrelated) + 1

    def handler(self) -> tuple[Place, Place, str] | None:
        """Where the Cancelled was raised, the clause that has caught it, and that clause's text."""
        own = [(code, line) for code, line in self.lines if frames.is_own(code.co_filename)]
        for code, line in own:
            found = catching.handler_that_takes_all(code, line)
            if found is not None:
                raised = frames.place_of_code(*own[0])
                return raised, frames.place_of_code(code, found[0]), found[1]
        return None


class StepTimer:
    """Times the step that is under way, in seconds of real time.

    Attributes:
        begun: when the step began, by `perf_counter`; None if its beginning was not seen.
        ticker: looks at the step while it lasts, if there is one; a hook that sees the beginning of
            a step wakes it.
        lasting: what was seen of this step while it lasted, or of the last step that lasted long.
    """

    def __init__(self) -> None:
        self.begun: float | None = None
        self.ticker: Ticker | None = None
        self.lasting: LastingStep | None = None

    def begin(self) -> None:
        """Start timing: a step begins."""
        self.begun = perf_counter()
        if self.ticker is not None and self.ticker.parked:
            self.ticker.wake()

    def where(self, task: Task) -> str:
        """The lines where the step that a task has just ended spent most time, if it was seen.

        For example ``app.py:20-22 in count``; empty if it was not seen.
        """
        lasting = self.lasting
        if lasting is None or not lasting.is_step(number(task), steps_done(task)):
            return ""
        return lasting.where()

    def end(self) -> float:
        """The seconds that the step took, which has just ended; 0 if its beginning was not seen."""
        return 0.0 if self.begun is None else perf_counter() - self.begun

    def leave_out(self, seconds: float) -> None:
        """Do not count so many seconds of the step, which were spent at a stop."""
        if self.begun is not None:
            self.begun += seconds

    def forget(self) -> None:
        """Do not time the step that is under way."""
        self.begun = None


class StepLints(trio.abc.Instrument):
    """Watches the steps of one run.

    Args:
        run: the run.
        timer: times its steps; shared with the hook for slow steps.
        lints: knows which lints are on, and gets those that are found.

    Attributes:
        on: the names of the lints that are on.
    """

    def __init__(self, run: SteppedRun, timer: StepTimer, lints: Lints) -> None:
        self.on: frozenset[LintName] = frozenset()
        self._run = run
        self._timer = timer
        self._lints = lints
        self._begun: tuple[CodeType, int] | None = None
        self._saw_begin = False
        self._in_a_row: dict[Task, int] = {}
        self._delivered: _Delivered | None = None

    def prepare(self, other: trio.abc.Instrument) -> None:
        """Adapt to switches that may have changed, and to `other`, a hook that also times steps."""
        self.on = self._lints.on
        runner = self._run.runner
        if not (runs.carries(runner, self) or runs.carries(runner, other)):
            self._timer.forget()  # its time is that of an earlier step

    @property
    def is_needed(self) -> bool:
        """Whether a lint is on that needs this hook."""
        return not self.on.isdisjoint(_OURS)

    def forget(self) -> None:
        """Drop what belongs to the run, which has ended or is no longer debugged."""
        self._in_a_row.clear()
        self._delivered = self._begun = None

    def before_task_step(self, task: Task) -> None:
        """Note how and where a step begins, see `trio.abc.Instrument`."""
        try:
            sent = to_be_sent(task)
            if type(sent) is Error and type(sent.error) is trio.Cancelled:
                self._delivered = _Delivered(self._run, task)
            self._begun = _position(task)
            self._saw_begin = True
            timer = self._timer
            timer.begun = perf_counter()
            if timer.ticker is not None and timer.ticker.parked:
                timer.ticker.wake()
        except BaseException as bug:
            self._run.fail(bug)

    def after_task_step(self, task: Task) -> None:
        """Look for lints in the step that has ended, see `trio.abc.Instrument`."""
        try:
            begun = self._timer.begun if self._saw_begin else None
            seconds = 0.0 if begun is None else perf_counter() - begun
            if seconds > LONG_STEP:
                self._slow(task, seconds)
            self._saw_begin = False  # the hook may be off when the next step begins
            if how_to_be_sent(task) is not None:
                count = self._in_a_row[task] = self._in_a_row.get(task, 0) + 1
                if not count % BUSY:
                    self._busy(task)
            elif task in self._in_a_row:
                del self._in_a_row[task]
            if self._delivered is not None:
                self._cancelled(task, self._delivered)
                self._delivered = None
        except BaseException as bug:
            self._run.fail(bug)

    def _found(
        self, name: LintName, task: Task, text: str, place: Place, seconds: float = 0.0
    ) -> None:
        run = self._run
        if name in self.on and not runs.is_system(run.runner, task) and not run.quitting:
            with run.still():
                label = run.registry.label_of(task)
                self._lints.found(Lint(name, f"{label} {text}", place, label, run.life.id, seconds))

    def _slow(self, task: Task, seconds: float) -> None:
        ended = _own_place(self._run, task)
        begun = (
            None
            if self._begun is None
            else frames.place_of_code(self._begun[0], frames.line_of(*self._begun))
        )
        place = begun or ended
        if place is None or place.origin is not Origin.OWN:
            return
        until = at(ended, "to") if begun is not None else ""
        seen = self._timer.where(task)
        most = f", most of it at {seen}" if seen else ""
        text = (
            f"kept all other tasks waiting for {seconds * 1000:.0f} ms, in the step"
            f"{at(place, 'from')}{until}{most}; hand long work to trio.to_thread.run_sync(), or "
            "put checkpoints into it"
        )
        self._found(LintName.SLOW_STEP, task, text, place, seconds)

    def _busy(self, task: Task) -> None:
        stack = self._run.live_frames(task)
        own = next((each for each in stack if _is_not_trios(each.f_code)), None)
        if own is None or not frames.is_own(own.f_code.co_filename):
            return
        loop = statements.polling_loop(own.f_code, own.f_lineno)
        if loop is None:
            return
        place = frames.place_of_code(own.f_code, loop)
        text = (
            f"spins: the loop{at(place)} does nothing but test and pass checkpoints, {BUSY:,} "
            "times in a row so far; wait for an Event instead, or sleep between the tests"
        )
        self._found(LintName.BUSY_LOOP, task, text, place)

    def _cancelled(self, task: Task, delivered: _Delivered) -> None:
        if not delivered.is_swallowed(task):
            return
        handled = delivered.handler()
        if handled is None:
            return
        raised, handler, words = handled
        text = (
            f"was cancelled{at(raised)}, and the `{words}`{at(handler)} has swallowed it; let "
            "it `raise` the Cancelled again, or catch Exception"
        )
        self._found(LintName.SWALLOWED_CANCEL, task, text, handler)


def _is_not_trios(code: CodeType) -> bool:
    return frames.origin_of(code.co_filename) is not Origin.TRIO


def _position(task: Task) -> tuple[CodeType, int] | None:
    """The own code of a suspended task, and the instruction where it has called a library.

    This is called at every step, so it goes only as far as the first library frame, and reads the
    instruction only of the last own frame.
    """
    found = None
    coro: object = task.coro
    while type(coro) is CoroutineType:
        own = OWN_FILES.get(coro.cr_code.co_filename)
        if own is None:
            own = frames.is_own(coro.cr_code.co_filename)
        if own:
            found = coro
        elif found is not None:
            break
        coro = coro.cr_await
    if found is None or found.cr_frame is None:
        return None
    return found.cr_code, found.cr_frame.f_lasti


def _own_place(run: SteppedRun, task: Task) -> Place | None:
    """The own line at which a task is suspended; None if the task has ended."""
    if task.coro.cr_frame is None:
        return None
    own = frames.innermost_own(run.live_frames(task))
    return None if own is None else frames.place_of(own)
