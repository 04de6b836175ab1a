"""Looking for the last time that something happened, while a run is executed once more.

Owns: `ChangeSought`, the last step that changed a value; `HitSought`, the last hit of a
breakpoint; `wanted`, the request to a copy; `seeker_of`, what looks for the moment there.
Does not own: executing the run (journey), lines (line_scanning), pictures of values (describing).
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.describing.values import describe
from stepdbg.engine.scheduling.steerable import SteeredRun
from stepdbg.engine.stacks.frames import task_frames
from stepdbg.engine.typed.plain_path import MISSING, PlainPath
from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.recording import Sought, SoughtKind
from stepdbg.model.standard import sys
from stepdbg.model.stops import StopKind
from stepdbg.model.values import Budget

from .line_scanning import LineSought, spot_of
from .messages import Message
from .task_lines import TaskLines, key_of
from .whereabouts import progress_of

if TYPE_CHECKING:
    from stepdbg.engine.stopping.held import Held
    from stepdbg.model.stops import Stop

_BUDGET = Budget(seconds=0)
_MOST_SHOWN = 60
"""Characters of a value in the sentence about its change."""

_NO_CODE = compile("None", "", "eval")

_NO_FRAME: Final = object()
"""Stands for the value of a variable whose function has not begun or has returned."""


class Standpoint(Protocol):
    """The point from which an earlier moment is looked for."""

    def frames_of(self, number: int | None) -> list[FrameType]:
        """The frames of a task, innermost first; empty if there is no such task."""

    def stop_in(self, number: int | None) -> StopKind | None:
        """The kind of the stop, if a step of the task is under way."""


class WatchedRun(SteeredRun, Protocol):
    """A run that is held."""

    @property
    def held(self) -> Held | None: ...
    @property
    def live_frames(self) -> Callable[[Task], list[FrameType]]: ...


class AtStop:
    """A `Standpoint` in a run that is held.  run: the run."""

    def __init__(self, run: WatchedRun) -> None:
        self._run = run

    def frames_of(self, number: int | None) -> list[FrameType]:
        """The frames that the task has now; see `Standpoint`."""
        task = tasks.with_number(self._run.runner.tasks, number)
        return [] if task is None else self._run.live_frames(task)

    def stop_in(self, number: int | None) -> StopKind | None:
        """The kind of this stop, if it is inside a step of the task; see `Standpoint`."""
        current, held = runs.current_task(), self._run.held
        own = current is not None and tasks.number(current) == number
        return held.kind if own and held is not None and progress_of(self._run).under_way else None


class Seeker(Protocol):
    """Looks at a run that is executed once more."""

    def before_step(self, number: int) -> None:
        """A step is about to begin."""

    def at_stop(self, stop: Stop, number: int) -> None:
        """The run would stop, in or before a step."""

    def found(self) -> Message:
        """What to do next: where to go, or a sentence that there was nothing."""


def wanted(sought: Sought, step: int, here: Standpoint, line: int = 0) -> Message:
    """The request to a copy.

    Args:
        sought: what the user wants to see.
        step: the step that is meant.
        here: the point from which that is looked for.
        line: the number of the line at which the task in view is, if known; see `task_lines`.

    Raises:
        BadUsage, NotNow: see `scanning.to_watch`; or there is no task whose lines are meant.
    """
    message: Message = {
        "step": step,
        "setup": sought.setup,
        "anyway": sought.anyway,
        "seek": None,
        "nth": 0,
        "line": None,
        "told": "",
        "stay": None,
    }
    if sought.kind is not SoughtKind.STEP:
        message["seek"] = sought.kind
    if sought.kind is SoughtKind.CHANGE:
        message["watch"] = to_watch(sought, _frames(sought, here))
    if sought.kind is SoughtKind.LINE:
        message["watch"] = {**_spot(sought, step, here), "nth": line}
    return message


def seeker_of(
    request: Message,
    runner: runs.Runner,
    lines: TaskLines | None,
    leave: Callable[[Message], NoReturn],
) -> Seeker | None:
    """What looks for the moment in a run that begins; None if the request names the moment.

    Args:
        request: from `wanted`.
        runner: the run.
        lines: notes the lines of the task in question, if the request is about lines.
        leave: goes on with what was found before the moment from which it is looked for.
    """
    if request["seek"] == SoughtKind.CHANGE:
        return ChangeSought(request["watch"], runner)
    if request["seek"] == SoughtKind.LINE and lines is not None:
        return LineSought(request["watch"], lines, runner, leave)
    return HitSought(request["step"]) if request["seek"] == SoughtKind.HIT else None


def _frames(sought: Sought, here: Standpoint) -> list[FrameType]:
    """The frames of the task in view, innermost first."""
    return here.frames_of(sought.frame.task if sought.frame else sought.task)


def _spot(sought: Sought, step: int, here: Standpoint) -> Message:
    """Where the task in view is.  step: the step that comes next."""
    number = sought.task
    if number is None:
        raise NotNow("there is no task here that could go back by lines")
    index = 0 if sought.frame is None else sought.frame.index
    spot = spot_of(_frames(sought, here), index, here.stop_in(number))
    return {**spot, "task": number, "count": sought.step or 1, "step": step - 1}


def to_watch(sought: Sought, frames: list[FrameType]) -> Message:
    """Which value is meant, in a form by which a copy of the process can find it.

    frames: those of the task in view, innermost first.

    Raises:
        BadUsage: it cannot be looked at without running code.
        NotNow: there is no frame.
    """
    ref = sought.frame
    if ref is None or ref.index >= len(frames):
        raise NotNow("there is no frame here in which that name has a meaning")
    frame = frames[ref.index]
    path = PlainPath(sought.expression, frame.f_code)
    if path.is_local(frame):
        depth, key = len(frames) - 1 - ref.index, list(key_of(frame.f_code))
        return {"path": sought.expression, "task": ref.task, "depth": depth, "function": key}
    module = frame.f_globals.get("__name__")
    if path.within(frame.f_globals) is MISSING or module not in sys.modules:
        raise BadUsage(f"there is no `{sought.expression}` here")
    return {"path": sought.expression, "module": module}


def _picture(value: object) -> str:
    missing = value is MISSING or value is _NO_FRAME
    text = "nothing" if missing else describe(value, _BUDGET).text
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


class ChangeSought:
    """A `Seeker` of the last step that changed a value.

    Args:
        what: from `to_watch`.
        runner: the run.
    """

    def __init__(self, what: Message, runner: runs.Runner) -> None:
        self._what, self._runner = what, runner
        self._last = ""
        self._step = 0
        self._told = ""
        self._has_begun = False

    def before_step(self, number: int) -> None:
        """Look at the value: if it differs, the last step changed it; see `Seeker`.

        The value does not change when its function returns.
        """
        value = self._value()
        if value is _NO_FRAME and self._has_begun:
            return
        self._has_begun = self._has_begun or value is not _NO_FRAME
        picture = _picture(value)
        if number > 1 and picture != self._last:
            self._step = number - 1
            self._told = f"this step changes {self._what['path']} from {self._last} to {picture}"
        self._last = picture

    def at_stop(self, stop: Stop, number: int) -> None:
        """Nothing to do: the value is looked at before each step."""

    def found(self) -> Message:
        path = self._what["path"]
        if not self._has_begun:
            why = "its function had not begun before that step; `up` goes to the caller"
            return {"nothing": f"there is no earlier {path}: {why}"}
        if not self._step:
            return {"nothing": f"{path} has not changed before that moment"}
        return {"go": {"step": self._step, "told": self._told, "seek": None}}

    def _value(self) -> object:
        what = self._what
        if "module" in what:
            module = sys.modules.get(what["module"])
            return MISSING if module is None else self._path(_NO_CODE).within(vars(module))
        task = tasks.with_number(self._runner.tasks, what["task"])
        frames = [] if task is None else task_frames(task)
        if len(frames) <= what["depth"]:
            return _NO_FRAME
        frame = frames[len(frames) - 1 - what["depth"]]
        if list(key_of(frame.f_code)) != what["function"]:
            return _NO_FRAME
        return self._path(frame.f_code).in_frame(frame)

    def _path(self, code: object) -> PlainPath:
        return PlainPath(self._what["path"], code)  # type: ignore[arg-type]  # it is one


class HitSought:
    """A `Seeker` of the last stop at a breakpoint before a step.

    Args:
        limit: the step.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._count = self._last = 0

    def before_step(self, number: int) -> None:
        """Nothing to do: breakpoints are hit at stops."""

    def at_stop(self, stop: Stop, number: int) -> None:
        if stop.kind is StopKind.BREAKPOINT and stop.hits:
            self._count += 1
            if number < self._limit:
                self._last = self._count

    def found(self) -> Message:
        if not self._last:
            return {"nothing": "no breakpoint was hit before that moment"}
        return {"go": {"step": self._limit, "nth": self._last, "seek": None}}
