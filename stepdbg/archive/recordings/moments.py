"""Which tasks live, wait and can run at any moment of a recording.

Owns: `TaskStates`, the state after some number of events; `Moments`, which finds the moments at
which steps begin, and gives the state at each.
Does not own: pictures of it (showing).

A step begins when everything before it has happened, and nothing that it does.  No event marks that
moment.  It is found from the events around it: an event that a step causes names the step's task,
and an event that Trio's loop causes before the step names no task.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from stepdbg.archive.codec import Damaged
from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import RunId
from stepdbg.model.recording import NOBODY, ShapeKind
from stepdbg.model.standard import array

from .reading import Recording

_BETWEEN = 8_192
"""How many events lie between two kept copies of a state; more if many tasks live."""


class TaskStates:
    """The state after some number of events.  Every value is the place of an event.

    Attributes:
        born: by living task, the event of its birth.
        ended: by task, the end of its last step.
        woken: by task, its last wake.
        ready: by runnable task, what made it runnable.
        inside: by task, the event that tells its nursery.
        deadline: by blocked task, the event that tells the deadline of its wait.
        scopes: by task, the event that tells how many scopes without a deadline it has entered.
        passes: by run, where its present pass began.
        inner: by run, the first thing that the step under way has done; -1: nothing yet.
    """

    __slots__ = (
        "born",
        "deadline",
        "ended",
        "inner",
        "inside",
        "passes",
        "ready",
        "scopes",
        "woken",
    )

    def __init__(self, runs: Iterable[RunId] = ()) -> None:
        self.born: dict[int, int] = {}
        self.ended: dict[int, int] = {}
        self.woken: dict[int, int] = {}
        self.ready: dict[int, int] = {}
        self.inside: dict[int, int] = {}
        self.deadline: dict[int, int] = {}
        self.scopes: dict[int, int] = {}
        self.passes: dict[int, int] = dict.fromkeys(runs, 0)
        self.inner: dict[int, int] = dict.fromkeys(runs, -1)

    def copy(self) -> TaskStates:
        """A copy that can follow later events."""
        other = TaskStates()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name).copy())
        return other


class Moments:
    """The moments of a recording.

    Args:
        recording: the file.

    Attributes:
        begins: by run, where each step of its program's tasks begins.
        ends: by run, where each of these steps ends.

    Raises:
        Damaged: its events contradict each other.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.begins: dict[RunId, array.array[int]] = {}
        self.ends: dict[RunId, array.array[int]] = {}
        for run in recording.run_numbers:
            self.begins[run], self.ends[run] = array.array("Q"), array.array("Q")
        self._codes = [_CODES.get(kind, _OTHER) for kind in recording.kinds]
        self._nursery_members = {
            task: recording.tasks.run_of(task) for task in recording.tasks.births
        }
        states = TaskStates(recording.run_numbers)
        self._kept = [(0, states.copy())]
        end = len(recording.events)
        here = 0
        while here < end:
            there = min(here + max(_BETWEEN, 8 * len(states.born)), end)
            self._follow(states, here, there, notes=True)
            self._kept.append((there, states.copy()))
            here = there

    def at(self, place: int) -> TaskStates:
        """The state when `place` events have happened."""
        index = bisect_right(self._kept, place, key=lambda each: each[0]) - 1
        here, kept = self._kept[index]
        states = kept.copy()
        self._follow(states, here, place, notes=False)
        return states

    def end_of(self, run: RunId, step: int) -> int | None:
        """The event that ends a step; None for the step after the last."""
        ends = self.ends[run]
        return ends[step - 1] if step <= len(ends) else None

    def step_at(self, run: RunId, seconds: float) -> int:
        """The number of the first step of a run that begins at a time or later."""
        times, begins = self._recording.times, self.begins[run]
        # The event of a step has the time of its end, and says how long the step took.
        ends, took = self.ends[run], self._recording.events.seconds
        low, high = 0, len(begins)
        while low < high:
            middle = (low + high) // 2
            if times[ends[middle]] - took[ends[middle]] < seconds:
                low = middle + 1
            else:
                high = middle
        return low + 1

    def place_of(self, run: RunId, step: int) -> int:
        """How many events have happened when a step begins.  The one after the last is the end.

        Raises `BadUsage`.
        """
        begins = self.begins[run]
        if not 1 <= step <= len(begins) + 1:
            steps = f"steps 1 to {len(begins)}" if begins else "no step"
            raise BadUsage(f"the recording has {steps} of this run")
        return begins[step - 1] if step <= len(begins) else len(self._recording.events)

    def _follow(self, states: TaskStates, here: int, there: int, *, notes: bool) -> None:
        """Follow some events.

        notes: whether to note where steps begin and end.  There are millions of steps, so it is
            done here, without a call for each.

        Raises:
            Damaged: a step's task does not live in this run.
        """
        events, codes, runs = self._recording.events, self._codes, self._recording.runs
        born, homes, system = states.born, self._nursery_members.get, self._recording.tasks.system
        ready, woken, ended = states.ready, states.woken, states.ended
        passes, inner = states.passes, states.inner
        columns = zip(
            range(here, there),
            events.shapes[here:there],
            events.tasks[here:there],
            events.numbers[here:there],
            strict=True,
        )
        for index, shape, task, number in columns:
            code = codes[shape]
            if code <= _EXITED:
                run = runs[shape]
                begin = inner[run]
                if begin < 0:
                    begin = index
                if notes:
                    if task not in born or homes(task) != run:
                        raise Damaged("one of its tasks steps in a run where it does not live")
                    if task not in system:
                        self.begins[run].append(begin)
                        self.ends[run].append(index)
                if ready.pop(task, begin) >= passes[run]:
                    passes[run] = begin
                inner[run] = -1
                if code == _EXITED:
                    _forget(states, task)
                else:
                    ended[task] = index
                    if code == _STEPPED:
                        ready[task] = index
            elif code <= _SPAWNED:
                if number != NOBODY and inner[runs[shape]] < 0:
                    inner[runs[shape]] = index
                ready[task] = index
                if code == _WOKEN:
                    woken[task] = index
                    states.deadline.pop(task, None)
                else:
                    born[task] = index
            else:
                self._follow_other(states, index, self._recording.kinds[shape], task)

    def _follow_other(self, states: TaskStates, index: int, kind: ShapeKind, task: int) -> None:
        """Follow an event of one of the rarer kinds."""
        run = self._recording.runs[self._recording.events.shapes[index]]
        if kind is ShapeKind.DEADLINE:
            states.deadline[task] = index
        elif kind is ShapeKind.SCOPES:
            states.scopes[task] = index
        elif kind is ShapeKind.INSIDE:
            states.inside[task] = index
        elif kind is ShapeKind.LIVES:
            states.born[task] = states.ready[task] = index
        elif kind is ShapeKind.CANCELLED and task != NOBODY and states.inner[run] < 0:
            states.inner[run] = index
        elif kind is ShapeKind.RUN:  # a pass begins
            states.passes[run], states.inner[run] = index, -1


_STEPPED, _BLOCKED, _EXITED, _WOKEN, _SPAWNED, _OTHER = range(6)
_CODES = {
    ShapeKind.STEPPED: _STEPPED,
    ShapeKind.BLOCKED: _BLOCKED,
    ShapeKind.EXITED: _EXITED,
    ShapeKind.WOKEN: _WOKEN,
    ShapeKind.SPAWNED: _SPAWNED,
}
"""Small numbers for the kinds of which there are millions of events, the most frequent first."""


def _forget(states: TaskStates, task: int) -> None:
    """Forget a task that has ended."""
    for name in ("born", "ended", "woken", "ready", "inside", "deadline", "scopes"):
        getattr(states, name).pop(task, None)
