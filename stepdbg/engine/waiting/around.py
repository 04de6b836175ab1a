"""The code around a wait: the block that it is in, and how often the task came by.

Owns: `Around`, which makes `Surroundings`.
Does not own: reading the source (stacks.statements), or the words (render).
"""

from __future__ import annotations

from functools import cached_property
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import tasks, waits
from stepdbg.engine.recording.history import copied
from stepdbg.engine.recording.step_ends import InARow, blocked_in_a_row
from stepdbg.engine.stacks import frames, statements
from stepdbg.model.facts import NOT_RECORDED, NotRecorded
from stepdbg.model.waits import Surroundings

if TYPE_CHECKING:
    from .views import BlockedRun


class Around:
    """Tells of the code around the waits of one run.

    The notes of the recorder are gone through once, however many tasks are asked about.

    Args:
        run: it must not go on meanwhile.
    """

    def __init__(self, run: BlockedRun) -> None:
        self._run = run

    @cached_property
    def _rows(self) -> dict[int, InARow]:
        recorder = self._run.recorder
        return {} if recorder is None else blocked_in_a_row(reversed(copied(recorder.notes)))

    def of(self, task: Task, stack: list[FrameType]) -> Surroundings | None:
        """What a blocked task's line stands in; None without a source, or outside of any block.

        Where the function that waits has no block around its line, those that called it are
        asked, up to the first function of the task.
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
        """How often it has blocked there, and whether it may have been more often."""
        recorder, row = self._run.recorder, self._rows.get(tasks.number(task))
        if recorder is None or row is None or recorder.lately.wait_of(task) is None:
            return NOT_RECORDED, False
        return row.times, not row.ended
