"""Send one run's events to a recording while they are noted.

Owns: `KeptTrace`, which makes the numbers of an event from a note.
Does not own: making the notes (recording), what they have in common (shapes), or keeping the events
(the sink, see `model.recording`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import recording, runs, tasks
from stepdbg._trio_internals.recording import Note
from stepdbg._trio_internals.spawns import NOTE_SIZE
from stepdbg.engine.recording import step_ends
from stepdbg.engine.recording.recorder import BY_DEADLINE, Cancel, Exit, moment
from stepdbg.model.facts import NotRecorded
from stepdbg.model.recording import NOBODY, RecordingSink, ShapeKind
from stepdbg.model.standard import math, os, time

from . import around, nurseries, shapes
from .listeners import listeners_of
from .shapes import BITS

if TYPE_CHECKING:
    from stepdbg.engine.recording.recorder import Mark, Recorder
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Stop

    from .traceable import TraceableRun

_NEVER: Final = math.inf


class KeptTrace:
    """A `Listener` that keeps what one run does from now on.

    Args:
        run: which run; its recorder is on.
        recorder: that one.
        sink: keeps the events.
    """

    take_start = None

    def __init__(self, run: TraceableRun, recorder: Recorder, sink: RecordingSink) -> None:
        self._run, self._recorder = run, recorder
        self._process = os.getpid()
        self._shapes = shapes.Shapes(run, sink)
        self._around = around.ToldAround(run, self._shapes, sink)
        self._sink, self._event = sink, sink.event
        self._plain = {kind: self._shapes.of(kind) for kind in ShapeKind if kind in _PLAIN}
        self._nurseries = nurseries.NurserySender(run, self._shapes, sink)
        self._rare: dict[int, Callable[[Note], None]] = {
            recording.SPAWNED: self._spawned,
            recording.EXITED: self._exited,
            recording.CANCELLED: self._cancelled,
            recording.STEERED: self._said,
            recording.BEGUN: self._said,
            recording.CEASED: self._said,
        }

    def take_all(self) -> float:
        """Do nothing, because no notes wait; see `recording.recorded.Listener`."""
        return _NEVER

    # -- beginning and end ------------------------------------------------------------

    def begin(self) -> None:
        """Begin to send events."""
        run, now = self._run, time.perf_counter()
        self._tell_run("began", run.life.begun_at, run.id)
        if self._recorder.reads_clock:  # the notes have program time already
            now = run.runner.clock.current_time()
            self._mark(now, now, 1.0)
        elif self._recorder.marks:
            self.marked(self._recorder.marks[-1])
        listeners_of(self._recorder).add(self)
        living = sorted(runs.living_tasks(run.runner), key=tasks.number)
        for task in living:
            self._lives(task, now)

    def end(self) -> None:
        """Stop sending events."""
        if self._process == os.getpid() and self._run.life.end_time:
            when = time.perf_counter()
            if self._recorder.reads_clock:
                when = self._run.life.begun_at + self._run.life.end_time
            self._tell_run("ended", when, self._run.id)
        listeners_of(self._recorder).remove(self)

    def marked(self, mark: Mark) -> None:
        """Program time has gone on from here; see `recording.recorded.Listener`."""
        if self._process == os.getpid():
            self._mark(mark.real, mark.time, mark.speed)

    def _mark(self, real: float, time_then: float, speed: float) -> None:
        self._event(real, speed, 0, NOBODY, self._plain[ShapeKind.MARK])
        self._event(time_then, 0.0, 0, NOBODY, self._plain[ShapeKind.MARK_TIME])

    def _tell_run(self, detail: str, when: float, run: int) -> None:
        name = self._run.life.thread
        self._event(
            when, 0.0, run, NOBODY, self._shapes.of(ShapeKind.RUN, name=name, detail=detail)
        )

    def _lives(self, task: Task, now: float) -> None:
        """Send the event for a task that was spawned before the recording began."""
        number, steps = tasks.number(task), tasks.steps_taken(task)
        spawn = self._run.registry.spawn_of(task)
        by = None if isinstance(spawn, NotRecorded) else spawn.by
        who = NOBODY if by is None else by.number
        self._event(now, 0.0, who, number, self._shapes.lives(task, spawn))
        nursery = task.parent_nursery
        if nursery is not None:
            self._nurseries.tell((tasks.number(nursery.parent_task), id(nursery)), now, number)
        if not (tasks.is_runnable(task) or task.coro.cr_running):
            stuck = step_ends.where_blocked(task.coro)
            self._event(now, 0.0, steps, number, self._shapes.blocked(stuck))
            self._around.tell_of(now, task, stuck)
        elif steps:
            self._event(now, 0.0, steps, number, self._plain[ShapeKind.STEPPED])

    def stopped(self, stop: Stop, inspector: Inspector) -> None:
        """Keep a stop, with the stacks and values then.  inspector: reads the run."""
        when = moment(self._recorder, self._run.hold)
        shape = self._shapes.of(ShapeKind.STOPPED, place=stop.place, detail=str(stop.kind))
        task = NOBODY if stop.task is None else stop.task.number
        self._sink.stop(self._sink.pack(when, 0.0, stop.step, task, shape), inspector, stop)

    # -- notes ------------------------------------------------------------------------

    def after(self, keep: Callable[[Note], None]) -> Callable[[Note], None]:
        """Make a function that keeps a note and sends it on; see `recording.recorded.Listener`.

        Most notes come through here, so it is a closure, which looks up no attributes.
        """
        sink, pack, shapes, rare = self._sink, self._sink.pack, self._shapes, self._rare
        known, stepped = shapes.known_by_identity, self._plain[ShapeKind.STEPPED]
        stepped_kind, blocked_kind, woken_kind = _STEPPED, _BLOCKED, _WOKEN
        look, tell_around = self._around.look, self._around.tell

        def add(note: Note) -> None:
            keep(note)
            kind, when, number, step, seconds, more = note
            found: Any = None
            if kind == stepped_kind:
                shape = stepped
            elif kind == blocked_kind:
                found = look()
                shape = known.get(id(more), 0)
                if not shape:
                    self._blocked(note)
                    if found is not None:
                        tell_around(when, found, more)
                    return
            elif kind == woken_kind:
                shape = known.get(id(more)) or shapes.woken(more)  # type: ignore[arg-type]  # as its kind says
                by = more[1]  # type: ignore[index]
                step = NOBODY if by is None else by
            else:
                rare[kind](note)
                return
            data = pack(when, seconds, step, number, shape)
            try:
                sink.put(data)
            except ValueError:  # the block is full
                sink.write(data)
            if found is not None:
                tell_around(when, found, more)

        return add

    def _blocked(self, note: Note) -> None:
        """Send the end of a step in a wait at a place that is new, or not a line of the program."""
        _, when, number, step, seconds, stuck = note
        assert isinstance(stuck, step_ends.Stuck)
        if shapes.key_of(stuck) in self._shapes.known:
            self._event(when, seconds, step, number, self._shapes.blocked(stuck))
            return
        with self._run.still():  # when it ends, a mark follows, and this event came before that
            self._event(when, seconds, step, number, self._shapes.blocked(stuck))

    def _spawned(self, note: Note) -> None:
        _, when, number, _, _, more = note
        items = self._run.registry.spawns.items
        if len(items) >= NOTE_SIZE and items[-NOTE_SIZE] == number:
            _, name, by, code, instruction = items[-NOTE_SIZE:]
            shape = self._shapes.spawned(more, name, code, instruction)
        else:  # `SpawnLog` has just been emptied
            shape, by = self._shapes.read_spawn(more, number)
        who: Any = NOBODY if by is None else by
        self._event(when, 0.0, who, number, shape)
        if more is not None:
            self._nurseries.tell(more, when, number)  # type: ignore[arg-type]  # as its kind says

    def _exited(self, note: Note) -> None:
        _, when, number, step, seconds, more = note
        assert isinstance(more, Exit)
        self._event(when, seconds, step, number, self._shapes.exited(more))
        self._around.forget(number)

    def _cancelled(self, note: Note) -> None:
        _, when, number, step, _, more = note
        assert isinstance(more, Cancel)
        if number < 0 and more.how == BY_DEADLINE:
            return  # the note about the task that it wakes says so
        self._event(when, 0.0, step, number & BITS, self._shapes.cancelled(more))

    def _said(self, note: Note) -> None:
        """Send what the user has done, or that the recorder was switched on or off."""
        kind, when, number, _, _, more = note
        if kind == recording.STEERED:
            shape = self._shapes.of(ShapeKind.STEERED, detail=str(more))
        else:
            detail = "began" if kind == recording.BEGUN else "ceased"
            shape, number = self._shapes.of(ShapeKind.RECORDING, detail=detail), NOBODY
        self._event(when, 0.0, 0, number, shape)


_STEPPED, _BLOCKED, _WOKEN = recording.STEPPED, recording.BLOCKED, recording.WOKEN

_PLAIN: Final = (
    ShapeKind.MARK,
    ShapeKind.MARK_TIME,
    ShapeKind.STEPPED,
)
"""Of these there is one shape in a run."""
