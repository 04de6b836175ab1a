"""The code around a wait: its block, how often the task waited there, what its names mean now.

Owns: `Around`, which makes `Surroundings`, and `replaced`.
Does not own: reading the source (stacks.statements), or the words (render).
"""

from __future__ import annotations

from functools import cached_property
from types import FrameType
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import tasks, waits
from stepdbg._trio_internals.frame_values import is_a, peek_at
from stepdbg.engine.recording.history import copied
from stepdbg.engine.recording.step_ends import InARow, blocked_in_a_row
from stepdbg.engine.stacks import frames, statements
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.engine.typed.plain_path import MISSING, PlainPath
from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import NOT_RECORDED, NotRecorded
from stepdbg.model.waits import Replaced, Surroundings

if TYPE_CHECKING:
    from .objects import Found
    from .views import BlockedRun


def replaced(found: Found, stack: list[FrameType]) -> Replaced | None:
    """What is now in the variable whose method the innermost own line has called.

    It follows only variables, plain attributes and items, so that no code of the program runs.

    Args:
        found: what the task waits for.
        stack: its frames, innermost first.

    Returns:
        None if it is still the object that the task waits for, if it has another type, or if that
        is not known.
    """
    at = next((i for i, f in enumerate(stack) if frames.is_own(f.f_code.co_filename)), 0)
    called = (peek_at(frame, "self") for frame in reversed(stack[:at]))
    waited = next((obj for obj in called if obj is not None), None)
    if waited is None or not any(waited is each for each in (found.obj, *found.aliases)):
        return None
    frame = stack[at]
    expression = statements.awaited_of(frame.f_code, frame.f_lasti)
    now = _leads_to(expression, frame) if expression else MISSING
    if now is waited:
        return None
    if now is None:
        return Replaced(expression)
    if type(now) is not type(waited):
        return None
    is_set = now.is_set() if is_a(now, trio.Event) else None
    what = found.what if waited is found.obj else type(now).__name__
    return Replaced(expression, what, is_set)


def _leads_to(expression: str, frame: FrameType) -> object:
    """The value of an expression in a frame; `MISSING` if only running code could find it."""
    try:
        path = PlainPath(expression, frame.f_code)
    except BadUsage:
        return MISSING
    variables = frame_locals(frame)
    return path.within(variables if path.first in variables else frame.f_globals)


class Around:
    """Finds the code around the waits of one run.

    It reads the recorder's notes once, for however many tasks.

    Args:
        run: the run, which must not go on meanwhile.
    """

    def __init__(self, run: BlockedRun) -> None:
        self._run = run

    @cached_property
    def _rows(self) -> dict[int, InARow]:
        recorder = self._run.recorder
        return {} if recorder is None else blocked_in_a_row(reversed(copied(recorder.notes)))

    def of(self, task: Task, stack: list[FrameType]) -> Surroundings | None:
        """The code around a blocked task's line; None without a source, or outside of any block.

        If the function that waits has no block around its line, it takes the nearest caller that
        has one.
        """
        elsewhere = False
        for frame in stack:
            if not frames.is_own(frame.f_code.co_filename):
                continue
            block = statements.block_around(frame.f_code, frame.f_lineno)
            if block is not None:
                times, more = self._in_a_row(task)
                asked = waits.cancelled_scope(task) is not None
                return Surroundings(block, elsewhere, times, more, asked)
            elsewhere = True
        return None

    def _in_a_row(self, task: Task) -> tuple[int | NotRecorded, bool]:
        """How often a task has blocked at this line, and whether it may have been more often."""
        recorder, row = self._run.recorder, self._rows.get(tasks.number(task))
        if recorder is None or row is None or recorder.lately.wait_of(task) is None:
            return NOT_RECORDED, False
        return row.times, not row.ended
