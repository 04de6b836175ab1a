"""Values that are watched: whether one has changed, and which code changed it.

Owns: `Watched`, one value; `ValueWatch`, which looks at all of them and says what has changed.
Does not own: delivering lines (lines) and steps (noticing), conditions and counts (hits), how a
value is found (typed.plain_path) or pictured (describing).

Looking at a value runs no code of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Final, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.describing.values import describe
from stepdbg.engine.process.python_threads import current_frames, name_of
from stepdbg.engine.stacks import frames
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.engine.typed.plain_path import MISSING, PlainPath
from stepdbg.model.breakpoints import BreakpointHit, WatchTarget
from stepdbg.model.errors import BadUsage
from stepdbg.model.records import NamedTuple, replace
from stepdbg.model.standard import os, threading
from stepdbg.model.values import Budget

if TYPE_CHECKING:
    from stepdbg.engine.recording.registry import Registry

    from .breakpoints import Breakpoint, BreakpointTable
    from .hits import Decider

_BUDGET: Final = Budget(seconds=0)
_NOTHING: Final = "nothing"
_MOST_SHOWN: Final = 60
"""Characters of a value in the sentence about its change."""


class Watched:
    """One value.

    Args:
        source: the path to it, as typed.
        frame: where it is looked up.
        task: the task of that frame; None outside of tasks.

    Attributes:
        frame: the frame whose variable it begins with; None for a global name.

    Raises:
        BadUsage: reading the value would run code.
    """

    def __init__(self, source: str, frame: FrameType, task: Task | None) -> None:
        self._path = PlainPath(source, frame.f_code)
        self.frame = frame if self._path.is_local(frame) else None
        self.task = task  # keeps the suspended frame from being freed
        self._globals = frame.f_globals
        self.last = self._picture()
        is_bound = self.frame is None or self._path.first in frame_locals(frame)
        if self.last == _NOTHING and is_bound:
            raise BadUsage(
                f"there is no `{source}` here, or only code of the program could tell (a property)"
            )

    def change(self) -> tuple[str, str] | None:
        """What it was and what it is now, if these differ; the next call compares with now."""
        before, self.last = self.last, self._picture()
        return None if before == self.last else (before, self.last)

    def look_anew(self) -> None:
        """Forget all changes so far."""
        self.last = self._picture()

    def _picture(self) -> str:
        path = self._path
        found = path.within(self._globals) if self.frame is None else path.in_frame(self.frame)
        return _NOTHING if found is MISSING else describe(found, _BUDGET).text


class Followed(Protocol):
    """A run whose code may change what is watched."""

    @property
    def runner(self) -> runs.Runner: ...
    def live_frames(self, task: Task) -> list[FrameType]: ...


class Lines(Protocol):
    """Delivers lines."""

    def watch_values(self, values: ValueWatch | None) -> None: ...


class _Line(NamedTuple):
    """A line of own code that a thread was about to run when it looked last."""

    task: Task | None
    step: int
    place: str
    thread: int


class ValueWatch:
    """Looks at all values that are watched, at each line of own code and around each step.

    Args:
        table, decider, registry_of: as for `hits.Hits`.
        is_deaf: whether values must not be looked at now.

    Attributes:
        codes: the functions whose lines are wanted: all own code that has begun.
    """

    def __init__(
        self,
        table: BreakpointTable,
        decider: Decider,
        is_deaf: Callable[[], bool],
        registry_of: Callable[[Task], Registry | None],
    ) -> None:
        self.codes: list[CodeType] = []
        self._known: set[int] = set()
        self._table = table
        self._decider = decider
        self._is_deaf = is_deaf
        self._registry_of = registry_of
        self._lines: dict[int, _Line] = {}  # by thread
        self._looked_last = 0  # the ident of a thread

    # -- which code -------------------------------------------------------------------

    def arrange(self, lines: Lines, followed: Iterable[Followed]) -> None:
        """Have lines delivered while there is anything to watch."""
        self.codes, self._known = [], set()
        self._lines.clear()
        if not any(each.is_watch() for each in self._table):
            lines.watch_values(None)
            return
        for run in followed:
            for task in runs.living_tasks(run.runner):
                self._take(run.live_frames(task))
        for top in list(current_frames().values()):
            self._take(frames.walk_out(top))
        lines.watch_values(self)

    def wants(self, code: CodeType) -> bool:
        """Whether the lines of a function count."""
        return frames.is_own(code.co_filename)

    def begins(self, frame: FrameType) -> bool:
        """A function begins; returns whether `codes` have changed."""
        before = len(self.codes)
        self._take((frame,))
        return len(self.codes) > before

    def _take(self, some: Iterable[FrameType]) -> None:
        for frame in some:
            code = frame.f_code
            if id(code) in self._known or not self.wants(code):
                continue
            if frames.runs_own_code(frame):  # not code that stepdbg has generated, in any thread
                self._known.add(id(code))
                self.codes.append(code)

    # -- what has changed -------------------------------------------------------------

    def look_anew(self) -> None:
        """Ignore what code of the user, which has just run, has changed."""
        for each in self._table:
            if each.watched is not None:
                each.watched.look_anew()

    def at_line(self, frame: FrameType) -> tuple[BreakpointHit, ...]:
        """Check at a line of own code about to run: the line before may have changed a value."""
        if self._is_deaf():
            return ()
        task, ident = runs.current_task(), threading.get_ident()
        before = self._lines.get(ident)
        place = f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
        step = 0 if task is None else tasks.steps_taken(task) + 1
        now = self._lines[ident] = _Line(task, step, place, ident)
        # Another thread can be in the middle of its line while this one comes to its next.
        other = self._lines.get(self._looked_last) if self._looked_last != ident else None
        self._looked_last = ident
        return self._changed(partial(self._when, now, before, other), frame, task)

    def _when(self, now: _Line, before: _Line | None, other: _Line | None) -> str:
        """Which line has changed a value, in words; made only if one has, because each line asks.

        Args:
            now: the line about to run.
            before: the one before it in this thread.
            other: the line of the thread that looked last, if that is another one.
        """
        line = f" at {before.place}" if before is not None and before[:2] == now[:2] else ""
        beside = "" if other is None else f", or {self._who(other)} at {other.place}"
        return f"{self._who(now)}{line}{beside}"

    def _who(self, line: _Line) -> str:
        if line.task is not None:
            return f"in step {line.step} of {self._name(line.task)}"
        return f"in thread {name_of(line.thread)}"

    def between_steps(self, task: Task, *, stepped: bool) -> tuple[BreakpointHit, ...]:
        """Check at the end or the beginning of a task's step."""
        if self._is_deaf():
            return ()
        before = self._lines.pop(threading.get_ident(), None)
        if not stepped:
            return self._changed(lambda: "between two steps", None, None)
        step = tasks.steps_taken(task)
        line = f" at {before.place}" if before is not None and before.task is task else ""
        return self._changed(lambda: f"in step {step} of {self._name(task)}{line}", None, task)

    def left(self, frame: FrameType) -> None:
        """Clear the watches on a function's variables when the function is left."""
        over = [each for each in self._table if each.watched and each.watched.frame is frame]
        for each in over:
            name = frame.f_code.co_qualname
            self._decider.clear(each, f"breakpoint {each.number} is cleared: {name} has ended")

    def _changed(
        self, when: Callable[[], str], frame: FrameType | None, task: Task | None
    ) -> tuple[BreakpointHit, ...]:
        hits: tuple[BreakpointHit, ...] = ()
        for each in self._table:
            watched = each.watched if each.enabled else None
            change = None if watched is None else watched.change()
            if watched is None or change is None:
                continue
            said = self._sentence(each, watched, change, when(), task)
            asked_in = frame or watched.frame
            found = self._decider.decide((each,), asked_in, None)
            hits += tuple(replace(hit, change=said) for hit in found)
        return hits

    def _sentence(
        self,
        each: Breakpoint,
        watched: Watched,
        change: tuple[str, str],
        when: str,
        task: Task | None,
    ) -> str:
        target = each.spec.target
        assert isinstance(target, WatchTarget)
        before, after = map(_short, change)
        said = f"{target.expression}: from {before} to {after} {when}"
        owner = watched.task
        if watched.frame is None or owner is None or owner is task:
            return said
        if not owner.coro.cr_running:  # else another thread looks during its step
            said += f", while {self._name(owner)} was suspended at :{watched.frame.f_lineno}"
        return said

    def _name(self, task: Task) -> str:
        registry = self._registry_of(task)
        return task.name if registry is None else str(registry.label_of(task))


def _short(text: str) -> str:
    line = text if "\n" not in text else text.partition("\n")[0] + "…"
    return line if len(line) <= _MOST_SHOWN else line[: _MOST_SHOWN - 1] + "…"
