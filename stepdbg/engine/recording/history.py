"""Read what a run has recorded.

Owns: making `Log`, `EndedTask`, `Meanwhile` and `Moment` from notes.
Does not own: making the notes (recorder).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from types import CodeType
from typing import TYPE_CHECKING, TypeVar

from trio.lowlevel import Task

from stepdbg._trio_internals import recording as r
from stepdbg._trio_internals import runs
from stepdbg.engine.stacks.frames import line_of, place_of_code
from stepdbg.model.errors import NotNow
from stepdbg.model.facts import NOT_RECORDED, NotRecorded, TaskNumber
from stepdbg.model.history import EndedTask, Log, LogEntry, LogKind, LookBack, Meanwhile
from stepdbg.model.records import replace
from stepdbg.model.task import Place, Spawn, TaskLabel
from stepdbg.model.waits import Moment

from . import lately, meanwhile, waking
from .recorder import Cancel, Exit, Mark, Recorder
from .step_ends import Stuck

if TYPE_CHECKING:
    from .lately import StandsAt
    from .recorded import Recorded

NOTHING_RECORDED = (
    "nothing has been recorded in this run; `set record on` begins now, "
    "and `--record` on the command line from the start"
)

_SHORTEST = 0.2
"""The shortest time, in program seconds, from which a rate can be worked out."""

_KINDS = {
    r.STEPPED: LogKind.STEPPED,
    r.BLOCKED: LogKind.BLOCKED,
    r.WOKEN: LogKind.WOKEN,
    r.SPAWNED: LogKind.SPAWNED,
    r.EXITED: LogKind.EXITED,
    r.CANCELLED: LogKind.CANCELLED,
    r.STEERED: LogKind.STEERED,
    r.BEGUN: LogKind.RECORDING,
    r.CEASED: LogKind.RECORDING,
}

T = TypeVar("T")


def log_of(
    run: Recorded,
    chosen: Collection[TaskNumber] | None,
    most: int | None,
    *,
    system: bool = False,
) -> Log:
    """The last things that a run's tasks have done.

    Args:
        chosen: only what these tasks did; None: all.
        most: how many entries at most; None: all that are kept.
        system: whether Trio's own tasks count.

    Raises:
        NotNow: nothing was ever recorded.
    """
    recorder = recorder_of(run)
    notes, over = copied(recorder.notes), run.life.is_over
    if over and notes and notes[-1][0] == r.CEASED:  # recording ended with the run
        notes.pop()
    hidden = set() if system or chosen is not None else _system_numbers(run, notes)
    idle = {} if chosen is not None else {each.over: each for each in meanwhile.idle_times(notes)}
    picture = Pictures(run, recorder)
    found: list[int | LogEntry] = []
    for index, (kind, _, number, _, _, _) in enumerate(notes):
        if index in idle and (pause := meanwhile.entry_of(idle[index], notes, picture)) is not None:
            found.append(pause)
        if kind >= r.BEGUN:  # in the log of some tasks, a gap counts only after the first entry
            wanted = chosen is None or bool(found)
        else:
            wanted = number not in hidden if chosen is None else number in chosen
        if wanted:
            found.append(index)
    shown = found if most is None else found[len(found) - min(most, len(found)) :]
    steered = _steered(notes)
    entries = (
        each if isinstance(each, LogEntry) else picture.entry(notes[each], steered.get(each, ""))
        for each in shown
    )
    return Log(
        tuple(entry for entry in entries if entry is not None),
        recorder.on or over,
        recorder.notes.maxlen or 0,
        len(found) - len(shown),
    )


def since_stop(run: Recorded) -> Meanwhile | None:
    """What a run has done since its last stop; None if that is not kept.  Raises `NotNow`."""
    recorder = recorder_of(run)
    notes = _since_told(recorder)
    if notes is None:
        return None
    hidden = runs.system_numbers(run.runner)
    complete = len(notes) < (recorder.notes.maxlen or 0)
    return meanwhile.since(notes, Pictures(run, recorder), hidden, complete=complete)


def look_back(run: Recorded, held: StandsAt | None) -> LookBack | None:
    """What has kept a run busy since its last stop.

    Args:
        held: the stop at which it is held now, if it is held.

    Returns:
        None if nothing was recorded, or too little to say anything.
    """
    recorder = run.recorder
    if recorder is None or recorder.reads_clock or not recorder.notes:
        return None  # the program's own clock may go at any speed, so durations mean nothing
    picture = Pictures(run, recorder)
    begun = picture.time_of((recorder.last_at_stop or recorder.notes[0])[1])
    if begun is not None and run.life.now() - begun < _SHORTEST:
        return None
    notes = _since_told(recorder)
    return lately.look_back(run, recorder, held, notes, picture) if notes else None


def _since_told(recorder: Recorder) -> list[r.Note] | None:
    """The notes made since the last stop; None if it is not known which these are."""
    notes: list[r.Note] = []
    last = recorder.last_at_stop
    for note in reversed(copied(recorder.notes)):
        if note is last:
            break
        notes.append(note)
    else:
        if last is not None and len(notes) < (recorder.notes.maxlen or 0):
            return None
    notes.reverse()
    return notes


def ended_tasks(run: Recorded, *, system: bool = False) -> tuple[EndedTask, ...]:
    """The tasks that ended last, in the order of their ends.  Raises `NotNow`."""
    recorder = recorder_of(run)
    picture = Pictures(run, recorder)
    found = map(picture.ended, copied(recorder.ended))
    return tuple(each for each in found if each is not None and (system or not each.system))


def blocked_since(run: Recorded, task: Task) -> Moment | NotRecorded:
    """When the wait of a blocked task began."""
    recorder = run.recorder
    note = None if recorder is None else recorder.lately.wait_of(task)
    if recorder is None or note is None:
        return NOT_RECORDED
    _, when, _, step, _, more = note
    time = Pictures(run, recorder).time_of(when)
    return NOT_RECORDED if time is None else Moment(step, time, _place(more))


def recorder_of(run: Recorded) -> Recorder:
    """The recorder of a run.  Raises `NotNow` if it never recorded."""
    if run.recorder is None:
        raise NotNow(NOTHING_RECORDED)
    return run.recorder


def copied(notes: Iterable[T]) -> list[T]:
    """Copy notes to which the run, in its own thread, may append meanwhile."""
    while True:
        try:
            return list(notes)
        except RuntimeError:
            continue


def _system_numbers(run: Recorded, notes: Iterable[r.Note]) -> set[int]:
    """The numbers of Trio's own tasks."""
    living = set() if run.life.is_over else runs.system_numbers(run.runner)
    ended = {note[2] for note in notes if isinstance(note[5], Exit) and note[5].system}
    return living | ended


def _steered(notes: Iterable[r.Note]) -> dict[int, str]:
    """By index, the ends of the steps that the user steered, with what the user did."""
    found: dict[int, str] = {}
    pending: dict[int, list[str]] = {}
    for index, (kind, _, number, _, _, more) in enumerate(notes):
        if kind == r.STEERED:
            pending.setdefault(number, []).append(str(more))
        elif kind in r.STEP_ENDS and number in pending:
            found[index] = ", ".join(dict.fromkeys(pending.pop(number)))
    return found


def _place(more: object) -> Place | None:
    if isinstance(more, Stuck | Cancel) and more.code is not None:
        return _place_of(more.code, more.instruction)
    return None


def _place_of(code: CodeType, instruction: int) -> Place:
    return place_of_code(code, line_of(code, instruction))


class Pictures:
    """Makes pictures from the notes of one run."""

    def __init__(self, run: Recorded, recorder: Recorder) -> None:
        self._run = run
        self._marks: list[Mark] = copied(recorder.marks)
        self._starts = [mark.real for mark in self._marks]
        self._read_clock = recorder.reads_clock
        self._names: dict[int, str] = {
            note[2]: note[5].name for note in copied(recorder.ended) if isinstance(note[5], Exit)
        }

    def time_of(self, when: float) -> float | None:
        """The time of a note in program seconds since the start of the run.

        None if it is so old that the length of the stops since then is not known.
        """
        if self._read_clock:
            return when - self._run.life.begun_at
        index = bisect_right(self._starts, when) - 1
        if index < 0:
            return None
        real, time, speed = self._marks[index]
        found = time + (when - real) * speed
        if index + 1 < len(self._marks):  # program time stood still before the next mark
            found = min(found, self._marks[index + 1].time)
        return found - self._run.life.begun_at

    def entry(self, note: r.Note, steered: str) -> LogEntry | None:
        """Make an entry of the log from a note."""
        kind, when, number, step, seconds, _ = note
        time = self.time_of(when)
        if time is None:
            return None
        label = None if number < 0 or kind >= r.BEGUN else self.label(number)
        took = seconds if kind in r.STEP_ENDS else None
        made = like(self._run, note, label)
        return replace(made, time=time, step=step, seconds=took, steered=steered)

    def ended(self, note: r.Note) -> EndedTask | None:
        """Make an ended task from a note about an exit."""
        _, when, number, step, _, more = note
        time = self.time_of(when)
        if time is None or not isinstance(more, Exit):
            return None
        spawn = self._run.registry.spawn_of_number(number)
        parent = None if more.parent is None else self.label(more.parent)
        outcome, detail = more.ending
        return EndedTask(
            self.label(number), parent, spawn, step, time, outcome, detail, more.system
        )

    def label(self, number: int) -> TaskLabel:
        """The label of a living or ended task."""
        return self._run.registry.label(number, self._names.get(number, ""))


def like(run: Recorded, note: r.Note, label: TaskLabel | None) -> LogEntry:
    """Make an entry from a note, without its time, step and duration.

    label: that of the note's task.
    """
    kind, more = note[0], note[5]
    entry = LogEntry(0.0, _KINDS[kind], label, place=_place(more))
    return _MORE.get(kind, _nothing_more)(run, entry, more)


def _nothing_more(_run: Recorded, entry: LogEntry, _more: object) -> LogEntry:
    return entry


def _spawned(run: Recorded, entry: LogEntry, _more: object) -> LogEntry:
    assert entry.task is not None
    if run.life.main_label is not None and entry.task.number == run.life.main_label.number:
        return replace(entry, spawn=Spawn(None, None))  # no line of the program started it
    return replace(entry, spawn=run.registry.spawn_of_number(entry.task.number))


def _woken(run: Recorded, entry: LogEntry, more: object) -> LogEntry:
    assert isinstance(more, waking.Woken)
    return replace(entry, wake=waking.picture_of(more, run.registry))


def _blocked(_run: Recorded, entry: LogEntry, more: object) -> LogEntry:
    assert isinstance(more, Stuck)
    return replace(entry, detail=more.awaited)


def _exited(_run: Recorded, entry: LogEntry, more: object) -> LogEntry:
    assert isinstance(more, Exit)
    outcome, detail = more.ending
    return replace(entry, detail=f"{outcome} {detail}".rstrip())


def _cancelled(_run: Recorded, entry: LogEntry, more: object) -> LogEntry:
    assert isinstance(more, Cancel)
    return replace(entry, detail=more.how)


def _says(_run: Recorded, entry: LogEntry, more: object) -> LogEntry:
    return replace(entry, detail=str(more))


_MORE: dict[int, Callable[[Recorded, LogEntry, object], LogEntry]] = {
    r.SPAWNED: _spawned,
    r.WOKEN: _woken,
    r.BLOCKED: _blocked,
    r.EXITED: _exited,
    r.CANCELLED: _cancelled,
    r.STEERED: _says,
    r.BEGUN: lambda _run, entry, _more: replace(entry, detail="began"),
    r.CEASED: lambda _run, entry, _more: replace(entry, detail="ceased"),
}
