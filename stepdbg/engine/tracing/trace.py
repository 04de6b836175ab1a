"""One run's trace: its notes are handed over while they are made.

Owns: `Trace`: noting the beginnings of steps and waits for I/O, which the recorder does not note;
when to hand notes over.
Does not own: the notes of the recorder (recording), making lines from notes (making), writing
lines (the sink); noting scopes (scope_news).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import recording, runs, tasks
from stepdbg._trio_internals.recording import Note
from stepdbg.engine.recording import recorder as recorders
from stepdbg.model.standard import time

from . import making, scope_news
from .listeners import listeners_of

if TYPE_CHECKING:
    from stepdbg.engine.recording.recorder import Mark, Recorder
    from stepdbg.model.patterns import TaskPattern
    from stepdbg.model.trace import TraceSink

    from .traceable import TraceableRun

_LATEST: Final = 0.02
"""After how many seconds to hand notes over when a step begins, because the step may hang."""


class Trace:
    """Traces what one run does from now on.

    Args:
        run: which run; its recorder is on.
        recorder: that one.
        sink: takes the lines.

    Attributes:
        take: takes a note.
        take_start: see `recording.recorded.Listener`.
        spawned: takes a new task.
    """

    def __init__(self, run: TraceableRun, recorder: Recorder, sink: TraceSink) -> None:
        self._run, self._recorder, self._sink = run, recorder, sink
        self._lines = making.Lines(run, recorder)
        self._notes: list[Note] = []
        # A function in C if possible, because each note goes through it.
        self.take: Callable[[Note], None] = self._notes.append if sink.can_wait else self._add
        self.take_start = self.take
        self._waits_since: float | None = None
        self._is_over = False
        self._due = 0.0
        self._hook = _Hook(self, run.fail)
        self._scopes = scope_news.ScopeNews(run, self)
        self.spawned: Callable[[Task], None] = self._lines.spawned

    def choose(self, tasks: tuple[TaskPattern, ...]) -> None:
        """Trace only these tasks; if empty, all except Trio's own."""
        self.take_all()
        self._lines.choose(tasks)

    def begin(self) -> None:
        """Begin to trace."""
        living = runs.living_tasks(self._run.runner)
        for task in living:
            self.spawned(task)
        listeners_of(self._recorder).add(self)
        if not living:
            self.note(making.RUN, more="began")
        self._scopes.begin(living)
        runs.carry(self._run.runner, self._hook)

    def end(self) -> None:
        """Stop tracing."""
        if self._run.life.end_time:
            self.run_ended()
        self._scopes.end()
        if runs.carries(self._run.runner, self._hook):
            runs.take_off(self._run.runner, self._hook)
        listeners_of(self._recorder).remove(self)
        self.take_all()

    # -- notes ------------------------------------------------------------------------

    def note(
        self, kind: int, number: int = -1, step: int = 0, seconds: float = 0.0, more: object = None
    ) -> None:
        """Take a note that the recorder does not make."""
        self.take(
            (kind, recorders.moment(self._recorder, self._run.hold), number, step, seconds, more)
        )

    def after(self, keep: Callable[[Note], None]) -> Callable[[Note], None]:
        """Make a function that keeps a note and also traces it; see `Listener`."""
        take = self.take

        def add(note: Note) -> None:
            keep(note)
            take(note)

        return add

    def _add(self, note: Note) -> None:
        self._notes.append(note)
        self.take_all()

    def before_step(self, task: Task) -> None:
        """Note that a step begins; called only while other instruments also have this hook."""
        self.note(recording.STARTED, tasks.number(task), tasks.steps_taken(task) + 1)
        if time.perf_counter() >= self._due:
            self.take_all()

    def before_wait(self, timeout: float) -> None:
        """Note that the loop asks for I/O; if it may wait, hand the notes over first."""
        if timeout > 0:
            self.note(making.IO_BEGAN, seconds=timeout)
            self.take_all()
            self._waits_since = time.perf_counter()

    def after_wait(self, _timeout: float) -> None:
        """Note that the loop has asked for I/O."""
        since, self._waits_since = self._waits_since, None
        if since is not None:
            self.note(making.IO_ENDED, seconds=time.perf_counter() - since)

    def run_ended(self) -> None:
        """Note that the run has ended."""
        if not self._is_over:
            self._is_over = True
            self.note(making.RUN, more="ended")

    def marked(self, mark: Mark) -> None:
        """Nothing to do: `making` finds the mark in the recorder."""

    # -- handing over -----------------------------------------------------------------

    def take_all(self) -> float:
        """Give all notes so far to the sink; see `recording.recorded.Listener`."""
        notes = self._notes[:]
        self._notes.clear()  # in place: the recorder appends to it
        self._due = time.perf_counter() + _LATEST
        if notes:
            with self._run.still():
                entries = self._lines.of(notes)
                if entries:
                    self._sink.write(self._run.id, entries)
        return self._due


class _Hook(trio.abc.Instrument):
    """Notices what the recorder does not note.

    Args:
        trace: gets the notes.
        failed: called with an exception that must not escape.
    """

    def __init__(self, trace: Trace, failed: Callable[[BaseException], None]) -> None:
        self._trace, self._failed = trace, failed

    def task_spawned(self, task: Task) -> None:
        try:
            self._trace.spawned(task)
        except BaseException as error:
            self._failed(error)

    def before_task_step(self, task: Task) -> None:
        try:
            self._trace.before_step(task)
        except BaseException as error:
            self._failed(error)

    def before_io_wait(self, timeout: float) -> None:
        try:
            self._trace.before_wait(timeout)
        except BaseException as error:
            self._failed(error)

    def after_io_wait(self, timeout: float) -> None:
        try:
            self._trace.after_wait(timeout)
        except BaseException as error:
            self._failed(error)

    def after_run(self) -> None:
        try:
            self._trace.run_ended()
        except BaseException as error:
            self._failed(error)
