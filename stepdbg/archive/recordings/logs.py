"""The events of a recording as the entries of a log.

Owns: which events a log shows; making entries, wakes and ended tasks of them; `events_of`, for
callers that need only the events of a file.
Does not own: the words (render).
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator

from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.history import EndedTask, LogEntry, LogKind
from stepdbg.model.recording import ShapeKind
from stepdbg.model.task import Wake, WakeKind

from .reading import STEP_ENDS, Recording, read

_TOLD = {
    ShapeKind.RUN: LogKind.RUN,
    ShapeKind.SPAWNED: LogKind.SPAWNED,
    ShapeKind.STEPPED: LogKind.STEPPED,
    ShapeKind.BLOCKED: LogKind.BLOCKED,
    ShapeKind.EXITED: LogKind.EXITED,
    ShapeKind.WOKEN: LogKind.WOKEN,
    ShapeKind.CANCELLED: LogKind.CANCELLED,
    ShapeKind.STEERED: LogKind.STEERED,
    ShapeKind.RECORDING: LogKind.RECORDING,
}
"""The events that a log shows.  The others are recorded so that a moment can be shown."""


def entry(recording: Recording, index: int) -> LogEntry | None:
    """An event as an entry of a log; None for one that a log does not show."""
    events = recording.events
    shape = events.known[events.shapes[index]]
    kind = _TOLD.get(shape.kind)
    if kind is None:
        return None
    label, number = recording.tasks.label(events.tasks[index]), events.numbers[index]
    time = recording.times[index]
    if kind is LogKind.SPAWNED:
        return LogEntry(time, kind, label, spawn=recording.tasks.spawn_of(events.tasks[index]))
    if kind is LogKind.WOKEN:
        wake = wake_in(recording, index)
        return LogEntry(time, kind, label, recording.steps[index], wake=wake)
    if shape.kind in STEP_ENDS:
        seconds: float | None = events.seconds[index]
        return LogEntry(time, kind, label, number, seconds, shape.place, detail=shape.detail)
    return LogEntry(time, kind, label, place=shape.place, detail=shape.detail)


def wake_in(recording: Recording, index: int) -> Wake:
    """What woke a task, from the event of its wake."""
    events = recording.events
    shape = events.known[events.shapes[index]]
    kind = shape.wake or WakeKind.TASK
    return Wake(kind, recording.tasks.label(events.numbers[index]), shape.place, shape.detail)


def entries(recording: Recording, run: RunId | None = None) -> Iterator[LogEntry]:
    """The log entries of a run, in order; None: of all runs."""
    for index, shape in enumerate(recording.events.shapes):
        if run is None or recording.runs[shape] == run:
            made = entry(recording, index)
            if made is not None:
                yield made


def shown_before(
    recording: Recording,
    place: int,
    run: RunId,
    tasks: Collection[TaskNumber] | None,
    hidden: Container[int],
) -> list[int]:
    """The places of the events before a place that a log shows.

    Args:
        recording: the file.
        place: the place before which to look.
        run: only events of this run.
        tasks: only events of these tasks; None: of all but the hidden ones.
        hidden: tasks to leave out if `tasks` is None.
    """
    wanted = {
        shape
        for shape, kind in enumerate(recording.kinds)
        if kind in _TOLD and recording.runs[shape] == run
    }
    found = [i for i, each in enumerate(recording.events.shapes[:place]) if each in wanted]
    about = recording.events.tasks
    if tasks is not None:
        return [i for i in found if about[i] in tasks]
    return [i for i in found if about[i] not in hidden]


def ended_task(recording: Recording, index: int) -> EndedTask:
    """The task whose end an event records."""
    events = recording.events
    task, shape = events.tasks[index], events.known[events.shapes[index]]
    outcome, _, detail = shape.detail.partition(" ")
    label = recording.tasks.label(task)
    assert label is not None
    return EndedTask(
        label,
        recording.tasks.parent_of(task),
        recording.tasks.spawn_of(task),
        recording.events.numbers[index],
        recording.times[index],
        outcome,
        detail,
        task in recording.tasks.system,
    )


def events_of(path: str) -> Iterator[LogEntry]:
    """The log entries of all runs in a recording file.  Raises `StepdbgError`."""
    return entries(read(path))
