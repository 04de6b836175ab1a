"""Ctrl-C while a program runs at a terminal.

Owns: the SIGINT handler of a run that is not held: the first Ctrl-C halts at the next step, a
second one stops inside the step that does not end.
Does not own: Ctrl-C at a stop (interrupts), or handing it to the program (the command
`interrupt`).

Trio's handler is replaced inside the run, after Trio has installed it, and put back before
Trio looks for it at the end; a program with a handler of its own keeps that one.
"""

from __future__ import annotations

import signal
from time import perf_counter
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs, signals
from stepdbg.model.errors import BadUsage
from stepdbg.model.stops import StopKind

from . import quitting, this_thread
from .clock import HeldClock
from .hooks import Guarded
from .stopping import Occasion

if TYPE_CHECKING:
    from .run import DebuggedRun

_MEANINGS = ("stop", "program")
_meaning = "stop"


def meaning() -> str:
    """What Ctrl-C does while a program runs at a terminal: ``stop`` or ``program``."""
    return _meaning


def change_meaning(value: str) -> None:
    """Change it.  Raises `BadUsage`."""
    global _meaning
    if value not in _MEANINGS:
        raise BadUsage(f"ctrl-c is `stop` or `program`, not {value}")
    _meaning = value


class CtrlC:
    """The handler of one run, on the main thread and at a terminal only."""

    def __init__(self, run: DebuggedRun) -> None:
        self._run = run
        self._trios: signals.Handler | None = None
        self._asked_at: float | None = None

    def begin(self) -> None:
        """Take the place of Trio's handler, if it is there."""
        if not this_thread.is_main():
            return
        if not self._run.session.front_end.takes_ctrl_c:
            return
        before = signal.getsignal(signal.SIGINT)
        if signals.is_trios(before):
            self._trios = before
            signal.signal(signal.SIGINT, self._handle)

    def end(self) -> None:
        """Give Trio its place back, unless the program has taken it."""
        trios, self._trios = self._trios, None
        if trios is None or not this_thread.is_main():
            return
        if signal.getsignal(signal.SIGINT) == self._handle:
            signal.signal(signal.SIGINT, trios)

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        run = self._run
        progress = run.session.quit_progress
        if progress is not None and progress.told:  # and who reads that is told of this key
            quitting.quit_program(run.session, hard=True)
        if _meaning == "program" or run.quitting:
            if self._trios is not None:
                self._trios(signum, frame)
            return
        if self._asked_at is None:
            self._asked_at = perf_counter()
            runs.call_soon(run.runner, Guarded(run, self._halt))
        elif frame is not None and not signals.is_protected(frame):
            self._stop_inside(frame)

    def _halt(self) -> None:
        if self._asked_at is not None:  # else the second Ctrl-C has stopped already
            self._asked_at = None
            self._run.events.on_halt()

    def _stop_inside(self, frame: FrameType) -> None:
        """Stop the step that is under way at the line where it is.

        Raises: as `RunEvents.hold_in_step`, for the program to unwind from here.
        """
        run, asked_at = self._run, self._asked_at
        task = runs.current_task()
        if task is None or run.state != "running" or asked_at is None:
            return
        self._asked_at = None
        note = f"this step has not yielded for {_for_how_long(run, frame, asked_at)}"
        try:
            run.events.hold_in_step(Occasion(StopKind.HALT, task, frame, note=note))
        except BaseException as error:
            run.session.lines.see_off(error, frame)
            raise


def _for_how_long(run: DebuggedRun, frame: FrameType, asked_at: float) -> str:
    """For how long the step under way has lasted, as far as anybody knows.

    Args:
        asked_at: when the first Ctrl-C came, by `perf_counter`.
    """
    now = perf_counter()
    if run.recorder is not None and run.recorder.on:
        return f"{now - run.recorder.hook.last:.1f} s"
    told = f"at least {now - asked_at:.1f} s, since the first Ctrl-C"
    began = runs.pass_began(frame)
    if began is None or not isinstance(run.runner.clock, HeldClock) or run.runner.clock.speed != 1:
        return told
    # Trio looks at the clock once a pass, before the first of its steps.
    return f"{told}, and at most {run.runner.clock.current_time() - began:.1f} s"
