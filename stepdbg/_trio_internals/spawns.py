"""Noting where tasks come from, in as little time as can be.

Owns: `SpawnHook`, which notes every spawn of a run that carries it.
Does not own: what is read off the notes (engine.registry), or what a spawn leads to.

Trio calls this for every task that is spawned, so it reads private names directly, makes one
tuple, and leaves all else to be worked out when somebody asks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType

import trio
from trio._core import _run
from trio._core._run import Task

Note = tuple[str, int | None, CodeType | None, int]
"""Name of the task, number of the task that spawned it, code and instruction that did."""

SPAWN_NOTES = 4_000
"""How many notes are kept before the first ones are forgotten; some 200 bytes each."""


class SpawnHook(trio.abc.Instrument):
    """Notes the spawns of one run; an instrument with one hook.

    Args:
        own_files: tells by file name whose code that is; True for the user's own.
        failed: called with an exception that must not escape from the hook.

    Attributes:
        notes: by task number, in the order of the spawns.
        limit: with more notes than this, `full` is called.
        foreign: called with a task and the frame that spawned it, where that is not known to
            be the user's own code; to correct the note by `note_place`.
        interested: called with each task while somebody is; None while nobody is.
        full: called when it is time to forget some notes.
    """

    def __init__(self, own_files: dict[str, bool], failed: Callable[[BaseException], None]) -> None:
        self.notes: dict[int, Note] = {}
        self.limit = SPAWN_NOTES
        self.foreign: Callable[[Task, FrameType], None]
        self.interested: Callable[[Task], None] | None = None
        self.full: Callable[[], None]
        self._own_files = own_files
        self._failed = failed

    def task_spawned(self, task: Task) -> None:
        """See `trio.abc.Instrument`."""
        try:
            # Trio's callers: Instruments.call, Runner.spawn_impl, and Nursery.start_soon or
            # one of its relatives.  For the root task this is below Trio's loop.
            frame = sys._getframe(4)
            code = frame.f_code
            try:
                parent = _run.GLOBAL_RUN_CONTEXT.task._counter
            except AttributeError:  # the root task; or a call-back of a guest run's host
                parent = None
            notes = self.notes
            notes[task._counter] = (task.name, parent, code, frame.f_lasti)
            if not self._own_files.get(code.co_filename):
                self.foreign(task, frame)
            if self.interested is not None:
                self.interested(task)
            if len(notes) > self.limit:
                self.full()
        except BaseException as error:
            self._failed(error)

    def note_place(self, task: Task, frame: FrameType | None) -> None:
        """Correct where a task was spawned; None: nobody's own line did."""
        name, parent, _, _ = self.notes[task._counter]
        if frame is None:
            self.notes[task._counter] = (name, parent, None, 0)
        else:
            self.notes[task._counter] = (name, parent, frame.f_code, frame.f_lasti)
