"""What a run has done between two stops, and when it was idle.

Owns: working out both from the notes.  Does not own: pictures of single notes (history), making the
notes (recorder).

There is no note for a loop that has nothing to do.  But from the end of a step to the moment at
which the loop itself wakes a task, no task has run: if one could have run, the next note would be
about its step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from stepdbg._trio_internals import recording as r
from stepdbg.model.history import LogEntry, LogKind, Meanwhile
from stepdbg.model.records import NamedTuple
from stepdbg.model.task import Wake, WakeKind

from .waking import BY_TIME, Woken

if TYPE_CHECKING:
    from .history import Pictures

_SHORTEST = 0.001
"""How many seconds an idle time takes at least; the loop's work between two steps takes less."""

_FROM_OUTSIDE = frozenset((*BY_TIME, WakeKind.IO, WakeKind.THREAD, WakeKind.DEBUGGER))
_DONE_BY_STEPS = (r.SPAWNED, r.CANCELLED)
_DONE_KEPT = 8


class Idle(NamedTuple):
    """An idle time: its begin and end as in the notes, and the index of the note that ended it."""

    begun: float
    ended: float
    over: int


def idle_times(notes: Sequence[r.Note]) -> Iterator[Idle]:
    """The idle times, each between two of these notes."""
    last: float | None = None
    for index, (kind, when, number, _, _, more) in enumerate(notes):
        if kind in r.STEP_ENDS:
            last = when
            continue
        if last is not None and when - last >= _SHORTEST:
            by_loop = kind == r.CANCELLED and number < 0
            if by_loop or (isinstance(more, Woken) and more.kind in _FROM_OUTSIDE):
                yield Idle(last, when, index)
        last = None


def entry_of(idle: Idle, notes: Sequence[r.Note], picture: Pictures) -> LogEntry | None:
    """Make an entry of the log from an idle time, with the tasks that woke at its end."""
    begun, ended = picture.time_of(idle.begun), picture.time_of(idle.ended)
    if begun is None or ended is None or ended - begun < _SHORTEST:
        return None  # it was a stop, in which program time stood still
    wake: Wake | None = None
    woken = []
    for _, _, number, _, _, more in notes[idle.over :]:
        if isinstance(more, Woken) and more.kind is WakeKind.DEBUGGER:
            continue  # the program did not wait for a halt
        if not isinstance(more, Woken) or (wake is not None and more.kind is not wake.kind):
            break
        wake = Wake(more.kind)
        woken.append(picture.label(number))
    return LogEntry(begun, LogKind.IDLE, None, seconds=ended - begun, wake=wake, woken=tuple(woken))


def since(
    notes: Sequence[r.Note], picture: Pictures, hidden: set[int], *, complete: bool
) -> Meanwhile:
    """Sum up what has happened in these notes.

    Args:
        hidden: the numbers of Trio's own tasks, whose steps do not count.
        complete: whether no notes before them were dropped.
    """
    ends = [note for note in notes if note[0] in r.STEP_ENDS and note[2] not in hidden]
    found = (entry_of(each, notes, picture) for each in idle_times(notes))
    idle = [each for each in found if each is not None]
    step = picture.entry(ends[0], "") if len(ends) == 1 else None
    done: tuple[LogEntry, ...] = ()
    if step is not None and step.task is not None:
        done = tuple(_done_by(step.task.number, notes, picture))
    return Meanwhile(
        steps=len(ends),
        tasks=len({note[2] for note in ends}),
        complete=complete,
        step=step,
        waits=bool(ends) and not any(n[0] == r.WOKEN and n[2] == ends[0][2] for n in notes),
        done=done,
        idle=idle[0] if len(idle) == 1 else None,
        idle_seconds=sum(each.seconds or 0.0 for each in idle),
        quiet_since=picture.time_of(notes[-1][1])
        if notes and notes[-1][0] in r.STEP_ENDS
        else None,
    )


def _done_by(number: int, notes: Sequence[r.Note], picture: Pictures) -> Iterator[LogEntry]:
    """What the only step has done to other tasks, as far as it was noted."""
    wanted = [note for note in notes if note[0] in _DONE_BY_STEPS]
    for note in wanted[:_DONE_KEPT]:
        entry = picture.entry(note, "")
        if entry is None:
            continue
        by = getattr(entry.spawn, "by", None) if note[0] == r.SPAWNED else entry.task
        if by is not None and by.number == number:
            yield entry
