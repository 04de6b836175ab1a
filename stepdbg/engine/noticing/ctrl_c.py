"""Ctrl-C while a program runs at a terminal, and a halt that a client asks for.

Owns: the SIGINT handler of a run that is not held: the first Ctrl-C halts at the next step, a
second one stops inside the step that does not end.  `Halt`: the same first answer for a client.
Does not own: Ctrl-C at a stop (model.interrupts), or handing it to the program (the command
`interrupt`).

If the run is on the main thread, we replace Trio's handler after Trio has installed it, and put it
back before Trio looks for it at the end: Trio removes its handler only if it is still in place
(``KIManager.close``).  If the run is on another thread, Python still calls signal handlers on the
main thread, which has nothing to do with the run.  So we replace Python's own handler there while
the run lasts, and pass on to the main thread only what the run does not take.  If the program has a
handler of its own, that one stays.
"""

from __future__ import annotations

from _signal import default_int_handler  # type: ignore[import-not-found]  # has no stub
from types import FrameType
from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs, signals
from stepdbg.engine.process import python_threads, sigint
from stepdbg.engine.process.guard import Guarded, is_programs, report_bug
from stepdbg.engine.process.python_threads import FrameLine, current_frames
from stepdbg.engine.seeing import under_way
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.engine.stacks.frames import walk_out
from stepdbg.model import interrupts
from stepdbg.model.standard import contextlib, time
from stepdbg.model.stops import HaltDelayed, StepUnderWay, StopKind
from stepdbg.model.task import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from .noticed import InterruptedRun


_SOON: Final = 0.05
"""Seconds.  A younger step may end before the user misses an answer."""

_PATIENCE: Final = 0.05
"""Seconds.  By then the main thread has answered, unless it is in a call into C."""


class CtrlC:
    """The handler of one run, at a terminal only."""

    def __init__(self, run: InterruptedRun) -> None:
        self._run = run
        self._before: signals.Handler | None = None
        self._elsewhere = self._over = False
        self._asked_at: float | None = None
        self._children: list[int] = []

    def begin(self) -> None:
        """Replace Trio's handler, or Python's if the run is not on the main thread."""
        if not self._run.session.desk.front_end.takes_ctrl_c or self._before is not None:
            return
        # Imported now, because a signal may interrupt any later import.
        from stepdbg.model import quiet_threads  # noqa: F401

        under_way.lasted  # noqa: B018
        sigint.is_programs_own  # noqa: B018
        self._elsewhere, self._over = not python_threads.is_main_here(), False
        python_threads.ask(self.take_place, patience=_PATIENCE)

    def end(self) -> None:
        """Put the handler before back, unless the program has set its own."""
        self._over = True  # until the main thread has done that, Ctrl-C is not for us
        python_threads.ask(self._give_place_back, patience=_PATIENCE)

    def take_place(self) -> None:
        """Install our handler now, if the program has not set one.  Called on the main thread."""
        before = interrupts.sigint_handler()
        if self._before is not None:
            return
        if self._elsewhere:
            takes = before == default_int_handler and self._run.state is not RunState.ENDED
        else:
            takes = signals.is_trios(before) or _is_of_another_run(before)
        if takes and callable(before):
            self._before = before
            interrupts.replace_handler(before, self._handle)

    def _give_place_back(self) -> None:
        """Called on the main thread.

        Until the handler before is back, Ctrl-C can interrupt this, and `_pass_on` needs that
        handler.
        """
        before = self._before
        if before is None:
            return
        interrupts.replace_handler(self._handle, before)
        self._before = None
        if self._elsewhere:  # the next thread's run may take its place
            for other in self._run.session.runs.active():
                if other.ctrl_c is not self:
                    other.ctrl_c.take_place()

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        """The handler: the program is the caller, at any of its lines."""
        try:
            thrown = self._answer(signum, frame)
        except BaseException as error:
            thrown = error if is_programs(error) else None
            if thrown is None:
                report_bug(error, "answering Ctrl-C", "your program goes on")
        if thrown is not None:
            if frame is not None:
                self._run.session.lines.guard.see_off(thrown, frame)
            raise thrown

    def _answer(self, signum: int, frame: FrameType | None) -> BaseException | None:
        """Do what Ctrl-C means; returns the exception to raise into the program."""
        run = self._run
        if run.session.out.has_reported_quit:  # and that sentence named Ctrl-C
            run.session.out.quit(hard=True)
        if run.session.settings.ctrl_c.value == "program" or run.quitting or self._over:
            return self._pass_on(signum, frame)
        if interrupts.at_stop.delivers_own or sigint.is_programs_own(frame):
            return self._pass_on(signum, frame)
        if self._asked_at is None:
            self._asked_at = time.perf_counter()
            self._children = sigint.children_in_group()  # before Ctrl-C ends some of them
            run.life.call_soon(Guarded(run, self._halt))
            self._answer_for(frame)
        elif self._elsewhere:
            return self._pass_on(signum, frame)
        elif frame is not None and not signals.is_protected(frame):
            return self._stop_inside(frame)
        return None

    def _answer_for(self, frame: FrameType | None) -> None:
        """Say at once which step has to end first, unless it has only just begun.

        Args:
            frame: the frame that Ctrl-C has interrupted.
        """
        run = self._run
        top = current_frames().get(run.life.ident) if self._elsewhere else frame
        seconds = under_way.lasted(run, top)
        if seconds is None or seconds >= _SOON:
            stack = [FrameLine(each.f_code, each.f_lineno) for each in walk_out(top)]
            _tell_of_step(run, under_way.step_under_way(run, stack, seconds), self._way_out())
            return
        asked_at = self._asked_at
        _answer_soon(run, lambda: self._asked_at == asked_at, self._way_out(), "answering Ctrl-C")

    def _way_out(self) -> str:
        """What the next Ctrl-C does."""
        return "interrupts the main thread" if self._elsewhere else "stops inside it"

    def _pass_on(self, signum: int, frame: FrameType | None) -> BaseException | None:
        """Pass the signal to the handler before this one; returns what it raises.

        That handler may be back already: the main thread puts it back, perhaps between Ctrl-C and
        this call.
        """
        before = self._before or interrupts.sigint_handler()
        if before == self._handle or not callable(before):
            return None
        try:
            before(signum, frame)
        except KeyboardInterrupt as interrupt:
            return interrupt
        return None

    def _halt(self) -> None:
        run = self._run
        if self._asked_at is None:  # the second Ctrl-C has stopped already
            return
        if not run.plan.is_start:
            self._asked_at = None
            run.events.on_halt(self._what_came())
        elif self._elsewhere:  # stops of the main thread do not concern it
            run.life.call_soon(Guarded(run, self._halt))
        else:
            # Commands that the user gave for the start, such as `continue`, must not answer a halt.
            self._asked_at = None
            interrupts.leave_to_next_stop()

    def _what_came(self) -> str:
        """What else the signal means besides a wish to halt, in words for the stop."""
        if self._elsewhere:
            sentence = "SIGINT, which is the main thread's: `continue` drops it"
        else:
            sentence = "SIGINT: `interrupt` delivers it, `continue` drops it"
        if not self._children:
            return sentence
        children = self._children
        who = "child process" if len(children) == 1 else "child processes"
        return f"{sentence}; {who} {', '.join(map(str, children))} got it as well"

    def _stop_inside(self, frame: FrameType) -> BaseException | None:
        """Stop the step under way at its current line.

        Returns: as `RunEvents.hold_in_step`, for the program to unwind from here.
        """
        run, asked_at = self._run, self._asked_at
        task = runs.current_task()
        if task is None or run.state is not RunState.RUNNING or asked_at is None:
            return None
        self._asked_at = None
        lasts = f"this step has not yielded for {_for_how_long(run, frame, asked_at)}"
        note = f"{lasts}; {self._what_came()}"
        return run.events.hold_in_step(StopReason(StopKind.HALT, task, frame, note=note))


class Halt:
    """A halt that was asked for.

    Args:
        run: the run to stop.
    """

    def __init__(self, run: InterruptedRun) -> None:
        self._run = run
        self._waits = True

    def ask(self, *, tells: bool) -> None:
        """Stop the run at its next chance; tell of a step that lasts until then."""
        # Not `call_here`: if a run hogs this very thread, its state must not be touched.
        self._run.life.call_soon(Guarded(self._run, self._stop))
        if tells:
            _answer_soon(self._run, lambda: self._waits, "", "halting")

    def _stop(self) -> None:
        self._waits = False
        self._run.events.on_halt()


def _answer_soon(run: InterruptedRun, waits: Callable[[], bool], way_out: str, doing: str) -> None:
    """Tell of the step that a halt waits for, unless that has only just begun.

    It is told in a thread of stepdbg, as the run's may be busy for ever.

    Args:
        waits: whether the halt still waits.
        way_out: as in `HaltDelayed`.
        doing: what stepdbg does, as a participle.
    """
    from stepdbg.model.quiet_threads import start_quietly  # there since `begin`

    def answer() -> None:
        try:
            time.sleep(_SOON)
            if waits():
                _tell_of_step(run, under_way.step_elsewhere(run), way_out, waits)
        except BaseException as error:
            report_bug(error, doing, "your program goes on")

    with contextlib.suppress(RuntimeError):  # no thread can be started
        start_quietly(answer)


def _tell_of_step(
    run: InterruptedRun,
    step: StepUnderWay,
    way_out: str,
    waits: Callable[[], bool] = lambda: True,
) -> None:
    """Tell of the step under way, if the halt still waits for it.

    Args:
        step: the step.
        way_out: as in `HaltDelayed`.
        waits: whether the halt still waits.
    """
    if step.task is not None and step.stack and waits():
        run.session.tell(HaltDelayed(step, way_out))


def _is_of_another_run(handler: object) -> bool:
    """Whether a handler belongs to a run on another thread, which installed it first."""
    return getattr(handler, "__func__", None) is CtrlC._handle  # noqa: SLF001 - of this module


def _for_how_long(run: InterruptedRun, frame: FrameType, asked_at: float) -> str:
    """For how long the step under way has lasted, as far as that is known.

    Args:
        asked_at: when the first Ctrl-C came, by `perf_counter`.
    """
    seconds = under_way.lasted(run, frame)
    if run.recorder is not None and run.recorder.on:
        return f"{seconds:.1f} s"
    at_least = f"at least {time.perf_counter() - asked_at:.1f} s, since the first Ctrl-C"
    return at_least if seconds is None else f"{at_least}, and at most {seconds:.1f} s"
