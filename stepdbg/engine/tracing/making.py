"""Make the lines of a trace from notes.

Owns: `Lines`.
Does not own: making the notes (recording), or when to process them (trace).

A checkpoint gives two lines, where its step begins and where it ends, and a flood of checkpoints is
the worst case.  So what notes have in common is worked out once, and found again by their content.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import recording, runs, tasks
from stepdbg._trio_internals.recording import Note
from stepdbg.engine.recording import history
from stepdbg.engine.recording.recorder import Exit
from stepdbg.model.history import LogEntry, LogKind

from . import scope_news
from .scope_news import ScopeNote

if TYPE_CHECKING:
    from stepdbg.engine.recording.recorder import Recorder
    from stepdbg.model.patterns import TaskPattern
    from stepdbg.model.task import TaskLabel
    from stepdbg.model.trace import TraceEntry

    from .traceable import TraceableRun

IO_BEGAN, IO_ENDED, RUN = range(101, 104)
"""Notes that only a trace makes, besides those of `_trio_internals.recording` and `scope_news`."""

_KINDS: Final = {
    recording.STARTED: LogKind.BEGAN,
    IO_BEGAN: LogKind.IO_BEGAN,
    IO_ENDED: LogKind.IO_ENDED,
    RUN: LogKind.RUN,
}
_TAKE_TIME: Final = frozenset(
    (recording.STEPPED, recording.BLOCKED, recording.EXITED, IO_BEGAN, IO_ENDED)
)

_KEPT: Final = 10_000
"""How many different lines to remember."""


_Kept = tuple[LogEntry, "TaskLabel | None", int | None, bool, object]
"""What notes have in common: the entry, the label of its task then, the depth of that task (None:
the trace leaves it out), whether it takes time, and the objects of their key, which stay alive."""


class Lines:
    """Makes the lines of one run's trace.

    Args:
        run: which run.
        recorder: makes its notes.
    """

    def __init__(self, run: TraceableRun, recorder: Recorder) -> None:
        self._run, self._recorder = run, recorder
        self._chosen: tuple[TaskPattern, ...] = ()
        self._depths: dict[int, int | None] = {}
        self._last: defaultdict[int, dict[int, _Kept]] = defaultdict(dict)
        self._likes: dict[tuple[object, ...], _Kept] = {}

    def choose(self, tasks: tuple[TaskPattern, ...]) -> None:
        """Trace only these tasks; if empty, all except Trio's own."""
        if tasks != self._chosen:
            self._chosen = tasks
            self._forget()

    def spawned(self, task: Task) -> None:
        """Note the depth of a new task; None for one of Trio's own."""
        runner, nursery = self._run.runner, task.parent_nursery
        depth: int | None = None
        if nursery is not None:
            parent = nursery.parent_task
            # Trio takes note of the main task after its spawn, the first below the root task.
            is_main = parent is runner.init_task and runner.main_task in (None, task)
            if is_main or not runs.is_system(runner, task):
                above = self._depths.get(tasks.number(parent))
                depth = 0 if above is None else above + 1
        self._depths[tasks.number(task)] = depth

    def of(self, notes: list[Note]) -> list[TraceEntry]:
        """Make the lines of some notes; the recorder made no mark between these notes."""
        last = self._last
        labels = self._run.registry.names.labels
        base, real, speed = self._time_since(notes[0][1])
        found: list[TraceEntry] = []
        for kind, when, number, step, seconds, more in notes:
            # Most notes equal the last one of their kind and task. Comparing is faster than
            # hashing, because both hold the same object.
            known = last[kind].get(number)
            if known is None or known[4] != more or known[1] is not labels.get(number):
                known = self._known(kind, number, more)
            like, _, depth, takes_time, _ = known
            if depth is not None:
                took = seconds if takes_time else None
                found.append((like, base + (when - real) * speed, step, took, depth))
        return found

    def _time_since(self, when: float) -> tuple[float, float, float]:
        """How to work out the time of notes; the first of them was made at `when`.

        Returns:
            The program time of a moment, that moment, and program seconds a second from there on.
        """
        recorder, begun = self._recorder, self._run.life.begun_at
        if recorder.reads_clock:
            return -begun, 0.0, 1.0
        # All notes are handed over before the next mark, so one mark holds for all of them.
        found = next((mark for mark in reversed(recorder.marks) if mark.real <= when), None)
        if found is None:
            return 0.0, when, 1.0
        return found.time - begun, found.real, found.speed

    def _known(self, kind: int, number: int, more: object) -> _Kept:
        """What such notes have in common, worked out now if that is not known yet."""
        key = _key(kind, number, more)
        known = self._likes.get(key)
        if known is None or known[1] is not self._run.registry.names.labels.get(number):
            if len(self._likes) >= _KEPT:
                self._forget()
            known = self._likes[key] = self._work_out(kind, number, more)
        self._last[kind][number] = known
        return known

    def _work_out(self, kind: int, number: int, more: object) -> _Kept:
        label = None
        if number >= 0:
            label = self._run.registry.label(number, more.name if isinstance(more, Exit) else "")
        takes_time = kind in _TAKE_TIME
        if isinstance(more, ScopeNote):
            like, takes_time = scope_news.entry_of(kind, more, label), more.timed
        elif kind in _KINDS:
            like = LogEntry(0.0, _KINDS[kind], label, detail=str(more or ""))
        else:
            like = history.like(self._run, (kind, 0.0, number, 0, 0.0, more), label)
        return like, label, self._depth(kind, number, label), takes_time, more

    def _depth(self, kind: int, number: int, label: TaskLabel | None) -> int | None:
        """The depth of a note's task, 0 for no task; None if the trace leaves the note out."""
        if self._chosen and not (label and any(each.matches(label) for each in self._chosen)):
            return None
        # A trace has a note of its own for a cancellation, with the scope.
        if kind in (recording.BEGUN, recording.CEASED, recording.CANCELLED):
            return None
        if number < 0:
            return 0
        return (
            self._depths.pop(number, None) if kind == recording.EXITED else self._depths.get(number)
        )

    def _forget(self) -> None:
        self._likes.clear()
        self._last.clear()


def _key(kind: int, number: int, more: object) -> tuple[object, ...]:
    """A key for the content of a note that is fast to make and compare.

    Python compares code objects by their content, and hashes enumerations by slow code.  So the key
    has identities; the table keeps these objects alive, so that no other object has the same one.
    """
    if isinstance(more, tuple):
        parts = [part if type(part) in (int, str) else id(part) for part in more]
        return (kind, number, *parts)
    return kind, number, more
