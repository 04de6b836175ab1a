"""What has kept a run busy: a look back over its last seconds.

Owns: `look_back`, which works it out from the notes.
Does not own: making the notes (recorder), samples of long steps (lasting), when to show the result
(commands, render).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from stepdbg._trio_internals import recording as r
from stepdbg._trio_internals import runs, tasks
from stepdbg.model.history import LongStep, LookBack
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import itertools

from .lasting import glimpse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from trio.lowlevel import Task

    from .history import Pictures
    from .lasting import Glimpse
    from .recorded import Recorded
    from .recorder import Recorder

_SECONDS: Final = 5.0
"""How far to look back at most, in program seconds."""


class StandsAt(Protocol):
    """The stop at which a run is held."""

    @property
    def task(self) -> Task | None: ...
    @property
    def frame(self) -> FrameType | None: ...


class _Step(NamedTuple):
    """One step of the program: its task, its number, when it began, how long it took.

    lately: how much of that lies in the seconds that are looked back over.
    note: the note at its end; None if it has not ended, or if its note was dropped.
    ended: whether it has ended.
    """

    task: int
    number: int
    began: float
    took: float
    lately: float
    note: r.Note | None = None
    ended: bool = True


def look_back(
    run: Recorded,
    recorder: Recorder,
    held: StandsAt | None,
    notes: Sequence[r.Note],
    picture: Pictures,
) -> LookBack | None:
    """What has kept a run busy; None if no task of the program has run.

    Args:
        recorder: the run's recorder, whose notes have real times.
        held: the stop at which the run is held, if it is held.
        notes: the notes that count, oldest first; there is at least one.
    """
    now, oldest = run.life.now(), picture.time_of(notes[0][1])
    stopped = oldest if recorder.last_at_stop is None else picture.time_of(recorder.last_at_stop[1])
    begun = now - _SECONDS if stopped is None else max(stopped, now - _SECONDS)
    steps = _steps_since(begun, notes, picture)
    lasts = _under_way(recorder, held, begun, now, picture)
    if lasts is not None:
        steps.append(lasts)
    exact = len(notes) != recorder.notes.maxlen or (oldest is not None and oldest <= begun)
    if exact:
        shares, rate = _shares(steps, now - begun), len(steps) / (now - begun)
    else:
        if len(recorder.glimpses) == recorder.glimpses.maxlen:
            begun = max(begun, picture.time_of(recorder.glimpses[0].when) or begun)
        shares, rate = _glimpsed(recorder, begun, now, picture)
        steps += _lasting_since(recorder, begun, picture)
    hidden = set() if run.life.is_over else runs.system_numbers(run.runner)
    steps = [each for each in steps if each.task not in hidden]
    shares = {task: share for task, share in shares.items() if task not in hidden}
    if not steps or not shares:
        return None
    busiest = max(shares, key=shares.__getitem__)
    return LookBack(
        seconds=now - begun,
        rate=rate,
        exact=exact,
        tasks=len({each.task for each in steps} | shares.keys()),
        ran=min(sum(shares.values()), 1.0),
        busiest=picture.label(busiest),
        busiest_ran=min(shares[busiest], 1.0),
        ready=0 if run.life.is_over else _ready(run, busiest),
        longest=_long_step(recorder, max(steps, key=lambda each: each.took), picture),
    )


def _steps_since(begun: float, notes: Sequence[r.Note], picture: Pictures) -> list[_Step]:
    """The steps that ended since a moment of program time."""
    found: list[_Step] = []
    for note in reversed(notes):
        kind, when, number, step, took, _ = note
        if kind not in r.STEP_ENDS:
            continue
        ended = picture.time_of(when)
        if ended is None or ended < begun:
            break
        found.append(_Step(number, step, when - took, took, min(took, ended - begun), note))
    return found


def _under_way(
    recorder: Recorder, held: StandsAt | None, begun: float, now: float, picture: Pictures
) -> _Step | None:
    """The step that was under way when the run stopped."""
    began = recorder.hook.last
    since = picture.time_of(began)
    if held is None or held.frame is None or held.task is None or since is None:
        return None
    number, steps = tasks.number(held.task), tasks.steps_taken(held.task) + 1
    took = now - since
    return _Step(number, steps, began, took, min(took, now - begun), ended=False)


def _lasting_since(recorder: Recorder, begun: float, picture: Pictures) -> list[_Step]:
    """The steps that were sampled while they lasted; their notes may have been dropped."""
    return [
        _Step(each.task, each.step, each.began, each.seconds, each.seconds)
        for each in list(recorder.lasted)
        if (when := picture.time_of(each.began)) is not None and when >= begun
    ]


def _shares(steps: Sequence[_Step], seconds: float) -> dict[int, float]:
    """By task, the share of the time that its steps took."""
    found: dict[int, float] = {}
    for each in steps:
        found[each.task] = found.get(each.task, 0.0) + each.lately / seconds
    return found


def _glimpsed(
    recorder: Recorder, begun: float, now: float, picture: Pictures
) -> tuple[dict[int, float], float]:
    """The same from samples, with the number of steps a second."""
    timed = [(picture.time_of(each.when), each) for each in list(recorder.glimpses)]
    glimpses = [(when, each) for when, each in timed if when is not None and when >= begun]
    # The notes that are kept are the last sample.  On a busy machine there may be few others,
    # because the thread that takes them has to wait for its turn.
    glimpses.append((now, glimpse(recorder.notes, now)))
    ends = [*itertools.starmap(_end, itertools.pairwise(glimpses)), now]
    found: dict[int, float] = {}
    rate, since = 0.0, begun
    for (_, each), until in zip(glimpses, ends, strict=True):
        share = (until - since) / (now - begun)
        since, rate = until, rate + each.rate * share
        for number, ran in each.shares.items():
            found[number] = found.get(number, 0.0) + ran * share
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for _, each in glimpses:
        first = {**each.steps, **first}
        last.update(each.steps)
    # Samples show only tasks that step all the time.
    counted = sum(steps - first[number] for number, steps in last.items())
    return found, max(counted / (now - begun), rate)


def _end(this: tuple[float, Glimpse], following: tuple[float, Glimpse]) -> float:
    """Until when a sample counts: no samples are taken of a run that stays idle."""
    return following[0] if not this[1].shares else (this[0] + following[0]) / 2


def _ready(run: Recorded, busiest: int) -> int:
    """How many tasks of the program, besides one, could run."""
    return sum(
        tasks.is_runnable(task) and tasks.number(task) != busiest
        for task in runs.living_tasks(run.runner)
        if not runs.is_system(run.runner, task)
    )


def _long_step(recorder: Recorder, step: _Step, picture: Pictures) -> LongStep:
    seen = (
        each.where() for each in reversed(recorder.lasted) if each.is_step(step.task, step.number)
    )
    entry = None if step.note is None else picture.entry(step.note, "")
    return LongStep(
        picture.label(step.task),
        step.number,
        step.took,
        next(seen, ""),
        None if entry is None else entry.place,
        under_way=not step.ended,
    )
