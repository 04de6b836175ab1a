"""Looking for the line that a task ran before a moment, while a run is executed once more.

Owns: `spot_of`, where a task is, in a form that a copy can find; `LineSought`, which finds that
place and goes back from there.
Does not own: noting lines (task_lines), executing the run (past).

Lines are not counted in a live run.  So a stop inside a step is found by what can be seen there:
the functions, their lines, and their variables.  If a step came there several times and all of that
was the same, the first time counts, which is in the past in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.describing.values import describe
from stepdbg.engine.stacks.frames import task_frames
from stepdbg.engine.stopping.stepping import is_own_code
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.model.standard import re
from stepdbg.model.stops import StopKind
from stepdbg.model.values import Budget

from .messages import Message
from .task_lines import TaskLines, key_of

if TYPE_CHECKING:
    from stepdbg.model.stops import Stop

_BUDGET = Budget(seconds=0)

_MOST_FRAMES = 30
"""How many frames' variables are compared, because a deep recursion would take long."""

_ADDRESS = re.compile("0x[0-9a-f]+")

_AT_A_LINE = (StopKind.NEXT, StopKind.BREAKPOINT)
"""Stops that can be at the beginning of a line."""


def spot_of(frames: list[FrameType], index: int, kind: StopKind | None) -> Message:
    """Where a task is.

    Args:
        frames: the frames of the task, innermost first.
        index: the place of the one in view.
        kind: the kind of the stop, if a step of the task is under way.
    """
    spot: Message = {"depth": len(frames) - 1 - index, "at": None}
    own = [frame for frame in frames if is_own_code(frame.f_code)]
    if kind is not None and own:
        inner = next((frame for frame in frames[index:] if frame in own), own[-1])
        spot["at"] = _seen(own)
        spot["inside"] = kind not in _AT_A_LINE
        spot["line"] = [*key_of(inner.f_code), inner.f_lineno]
    return spot


def _seen(own: list[FrameType]) -> list[list[object]]:
    """What distinguishes one moment of a step from others, in JSON's types; see `LineSought`."""
    lines = [[*key_of(each.f_code), each.f_lineno] for each in own]
    return [[own[0].f_lasti], *lines, *_variables(own)]


def _variables(own: list[FrameType]) -> list[list[object]]:
    return [
        [name, _ADDRESS.sub("", describe(value, _BUDGET).text)]
        for frame in own[:_MOST_FRAMES]
        for name, value in frame_locals(frame).items()
    ]


class LineSought:
    """Looks for a line that a task ran before a moment.

    Args:
        what: from `spot_of`; and the ``task``, how many lines to go back (``count``), the ``step``
            that is under way or comes next, and the number of the line (``nth``) if that is known.
        lines: notes the lines of the task.
        runner: the run.
        leave: goes on with what was found.
    """

    def __init__(
        self,
        what: Message,
        lines: TaskLines,
        runner: runs.Runner,
        leave: Callable[[Message], NoReturn],
    ) -> None:
        self._what, self._lines, self._runner, self._leave = what, lines, runner, leave
        if what["nth"] or what["at"] is not None:
            lines.at_line = self._look

    def before_step(self, number: int) -> None:
        """Do nothing; see `Seeker`."""

    def at_stop(self, stop: Stop, number: int) -> None:
        """Do nothing; see `Seeker`."""

    def found(self) -> Message:
        """Go back from a task that is suspended, has ended or was not found; see `Seeker`."""
        what, notes = self._what, self._lines.notes
        if what["at"] is not None or what["nth"]:
            file, first, name, line = what["line"]
            last = notes.last_in((file, first, name), line, what["step"])
            return self._back_from(notes.frame_of(last) if last else 0, last)
        task = tasks.with_number(self._runner.tasks, what["task"])
        if task is None:
            return self._back_from(notes.outermost(), len(notes))
        return self._back_from(self._in_view(task_frames(task)), len(notes))

    def _look(self, frame: FrameType) -> None:
        """Go back from here if the line that is about to run is at the moment in question."""
        what, lines = self._what, self._lines
        if what["nth"]:
            if len(lines.notes) == what["nth"]:
                self._go(frame, len(lines.notes) - 1)
            return
        key, line, seen = key_of(frame.f_code), frame.f_lineno, what["at"]
        if lines.notes.steps[-1] != what["step"] or [*key, line] != seen[1]:
            return
        task = lines.subject
        assert task is not None
        own = [each for each in task_frames(task, frame) if is_own_code(each.f_code)]
        now = _seen(own)
        if now[1:] == seen[1:]:
            begins = now[0] == seen[0] and not what["inside"]
            self._go(frame, len(lines.notes) - begins)

    def _go(self, frame: FrameType, limit: int) -> None:
        task = self._lines.subject
        assert task is not None
        self._leave(self._back_from(self._in_view(task_frames(task, frame)), limit))

    def _in_view(self, frames: list[FrameType]) -> int:
        return self._lines.notes.innermost(frames[max(len(frames) - 1 - self._what["depth"], 0) :])

    def _back_from(self, serial: int, limit: int) -> Message:
        lines, number = self._lines, self._what["task"]
        if not lines.first_step:
            return {"nothing": "the task has run no line before that moment"}
        nth = lines.notes.before(serial, limit, self._what["count"])
        go: Message = {"seek": None, "told": ""}
        if nth:
            return {"go": {**go, "step": lines.notes.steps[nth - 1], "line": [number, nth]}}
        sentence = "the task has run no line before"
        return {"go": {**go, "step": lines.first_step, "told": sentence}}
