"""The parts of a run that are read to show it.

Owns: `SeenRun` and its parts: protocols.  Thanks to them, no reader knows the whole run.
Does not own: the run itself (running).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg.engine.waiting import views
from stepdbg.engine.waiting.views import TaskView
from stepdbg.model.facts import RunId
from stepdbg.model.stops import Passed
from stepdbg.model.task import RunState

if TYPE_CHECKING:
    from stepdbg.engine.failing.exception_view import ExceptionView
    from stepdbg.engine.recording.life import RunLife
    from stepdbg.engine.recording.origins import Origins
    from stepdbg.engine.recording.recorded import MayStand
    from stepdbg.engine.scheduling.run_queue import Ordered
    from stepdbg.model.breakpoints import BreakpointSnapshot
    from stepdbg.model.lints import LintsFound


class HeldTask(views.HeldTask, Protocol):
    """The stop at which a run is held."""

    @property
    def exceptions(self) -> ExceptionView | None: ...
    def frame_of(self, task: Task) -> FrameType | None: ...


class Steered(views.Steered, Protocol):
    """What the user has ordered: held tasks and the order of steps."""

    @property
    def withheld(self) -> Iterable[Task]: ...
    @property
    def ordered(self) -> Ordered: ...


class SeenTasks(TaskView, Protocol):
    """The parts of a run that are read for pictures of its tasks."""

    @property
    def held(self) -> HeldTask | None: ...
    @property
    def steered(self) -> Steered: ...
    def loop_frame(self) -> FrameType | None: ...


class SeenRun(SeenTasks, Protocol):
    """The parts of a run that are read for its own picture."""

    @property
    def hold(self) -> MayStand: ...
    @property
    def life(self) -> RunLife: ...
    @property
    def state(self) -> RunState: ...


class HeldThread(Protocol):
    """A thread that is held outside of any task."""

    @property
    def thread(self) -> str: ...
    @property
    def exceptions(self) -> ExceptionView | None: ...
    def live_frames(self) -> list[FrameType]: ...


class HeldRun(Protocol):
    """The stop that the user is asked about."""

    @property
    def run(self) -> RunId | None: ...


class Prompt(Protocol):
    """The one prompt of the process, which knows the stop that the user is asked about."""

    @property
    def asked(self) -> HeldRun | None: ...
    @property
    def outside(self) -> HeldThread | None: ...


class SeenRuns(Protocol):
    """The runs of the process."""

    def active(self) -> Sequence[SeenRun]: ...
    def all(self) -> Sequence[SeenRun]: ...
    def get(self, number: RunId) -> SeenRun: ...
    def newest(self) -> SeenRun: ...


class ListsBreakpoints(Protocol):
    """The table of breakpoints, as far as pictures need it."""

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]: ...


class FindsLints(Protocol):
    """The lints of a session, as far as pictures need them."""

    def findings(self) -> LintsFound: ...


class Home(Protocol):
    """What else inspectors read besides one run."""

    @property
    def desk(self) -> Prompt: ...
    @property
    def runs(self) -> SeenRuns: ...
    @property
    def controller(self) -> ListsBreakpoints: ...
    @property
    def origins(self) -> Origins: ...
    @property
    def lints(self) -> FindsLints: ...


class ShownPlan(Protocol):
    """How the run went on until this stop."""

    @property
    def name(self) -> str: ...
    def passed(self) -> Passed | None: ...
    def note(self) -> str: ...


class ShownHeld(Protocol):
    """The stop at which the run is held."""

    @property
    def task(self) -> Task | None: ...
    @property
    def frame(self) -> FrameType | None: ...
    @property
    def plan(self) -> ShownPlan: ...
    @property
    def unfinished(self) -> ShownPlan | None: ...
