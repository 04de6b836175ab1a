"""The seams between the layers, as protocols.

Owns: what a front end may ask (`Inspector`), change (`Controller`) and must offer
(`FrontEnd`).  Does not own: any implementation.  A dump is read through another
`Inspector`; commands never see what stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from typing import Protocol

from .breakpoints import BreakpointSnapshot, BreakpointSpec
from .facts import BreakpointNumber, RunId, TaskNumber
from .failures import ExceptionNode
from .history import EndedTask, Log, LookBack, Meanwhile, ObjectHistory, Stats
from .lints import LintsFound
from .patterns import TaskPattern
from .settings import Setting
from .steering import Steering
from .stops import Event, Resume, Stop
from .task import (
    FrameRef,
    FrameSnapshot,
    QueueSnapshot,
    RunSnapshot,
    SourceAge,
    TaskGroup,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TaskState,
    TimerSnapshot,
)
from .values import Budget, Value, Variable
from .waits import Deadlock, Explanation, Pending, WorkerThread

TYPE_CHECKING = False
if TYPE_CHECKING:  # few programs are recorded
    from .recording import Sought
    from .schedules import Schedule


class FrameReader(Protocol):
    """Reads frames, innermost first; which ones, an `Inspector` says.

    Every method may raise `StepdbgError` with a sentence for the user.
    """

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The frames of a task; of a reader for one exception, those of its traceback."""

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables."""

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters."""

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The attributes of the objects in local variables, each by its path (``self.size``)."""


class Inspector(Protocol):
    """Reads one run.  Nothing here runs code of the program unless it says so.

    Every method may raise `StepdbgError` with a sentence for the user.
    """

    @property
    def run_id(self) -> RunId:
        """The run that this inspector reads."""

    @property
    def live(self) -> bool:
        """Whether the run is held right now, so that evaluating and resuming make sense."""

    def run(self) -> RunSnapshot:
        """The run itself."""

    def runs(self) -> tuple[RunSnapshot, ...]:
        """All runs of the process, in the order in which they began; ended ones too."""

    def view(self, run: RunId) -> Inspector:
        """An inspector for another run.  Raises `StepdbgError` when there is none."""

    def tasks(self, *, system: bool = False) -> tuple[TaskSnapshot, ...]:
        """The living tasks by number; Trio's own only with `system`."""

    def groups(
        self,
        *,
        system: bool = False,
        numbers: Container[int] | None = None,
        wanted: Callable[[TaskLabel, TaskState], bool] | None = None,
    ) -> tuple[TaskGroup, ...]:
        """The living tasks, equal ones together: cheaper than `tasks` where there are many.

        Only those of these numbers, and for which `wanted` is true.
        """

    def ended(self, *, system: bool = False) -> tuple[EndedTask, ...]:
        """The tasks that have ended last, the first of them first; Trio's own with `system`.

        Raises `NotNow` where nothing was recorded.
        """

    def log(
        self,
        tasks: Collection[TaskNumber] | None = None,
        most: int | None = None,
        *,
        system: bool = False,
    ) -> Log:
        """The last things that these tasks have done, all without them; `most` at most.

        Raises `NotNow` where nothing was recorded.
        """

    def since_stop(self) -> Meanwhile | None:
        """What the run has done since its stop before; None where that is not known."""

    def lately(self) -> LookBack | None:
        """What has kept the run busy since its last stop; None where that is not known."""

    def stats(self) -> Stats:
        """What tasks and the loop have done in all.  Raises `NotNow` where nobody counted."""

    def task(self, number: TaskNumber) -> TaskSnapshot:
        """One task.  Raises `NoSuchTask`, saying so when it has exited."""

    def tree(self, *, system: bool = False) -> TaskNode:
        """Tasks under nurseries under tasks, from the main task (`system`: the root task)."""

    def queue(self, *, system: bool = False) -> QueueSnapshot:
        """This pass in order, then the next pass."""

    def timers(self) -> tuple[TimerSnapshot, ...]:
        """The pending deadlines, soonest first."""

    def why(self, task: TaskNumber) -> Explanation:
        """What a task waits for, who could end that, and on.  Raises `NoSuchTask`."""

    def whys(self, tasks: Iterable[TaskNumber], *, once: bool = False) -> Iterator[Explanation]:
        """`why` for several tasks at less cost; `once`: no chain goes on behind one of them."""

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        """Deadlocks, of the whole run or of some tasks; and what else could let it go on."""

    def threads(self, *, every: bool = False) -> tuple[WorkerThread, ...]:
        """The worker threads of the run that are busy, with their stacks.

        `every`: all threads of the process.  Raises `NotNow` where a picture lacks them.
        """

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The task's stack, innermost first."""

    def source(self, filename: str) -> tuple[str, ...]:
        """The lines of a source file, without line ends.  Empty when there is no source."""

    def source_age(self, filename: str) -> SourceAge:
        """Whether that is the text that was loaded."""

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line (1-based, inclusive) of the function or module of a frame."""

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables.  Calls ``__repr__`` unless the budget forbids it."""

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters with their present values."""

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The attributes of the objects in local variables, each by its path (``self.size``).

        Only those that an object has itself; of one object as many as ``budget.length`` says.
        """

    def is_first_look(self, frame: FrameRef) -> bool:
        """Whether this was never asked of the frame: a later call at its place is another one.

        False where that cannot be told.
        """

    def names(self, frame: FrameRef) -> tuple[str, ...]:
        """Names visible in the frame: locals, globals, builtins (for completion)."""

    def attributes(self, frame: FrameRef, path: str) -> tuple[str, ...]:
        """Attribute names of a dotted path (``a.b``) in the frame, for completion.

        Uses `inspect.getattr_static`, so that no property of the program is run.
        """

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        """All breakpoints by number."""

    def lints(self) -> LintsFound:
        """What looks wrong so far; a run that is held is looked at once more.

        Raises `NotNow` where nobody looked for anything.
        """

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        """What was raised, each exception before what hangs on it.

        Raises `NotNow` where nothing has failed.
        """

    def pending(self, task: TaskNumber | None = None) -> tuple[Pending, ...]:
        """What has been raised in tasks, of which nobody has been told yet.

        task: the one that is asked about, None for all.  Raises `NoSuchTask`.
        """

    def exception_frames(self, number: str) -> FrameReader:
        """Reads the frames of one of them, `NO_TASK` in each `FrameRef`.

        Raises `NotNow`, `BadUsage`.
        """


class Controller(Protocol):
    """Changes the run.  Methods raise `StepdbgError` with a sentence for the user.

    All but `halt` are called on the thread of the held run; `halt`, `add_breakpoint`,
    `remove_breakpoint` and `quit_soon` may be called from any thread at any time.
    """

    def halt(self) -> None:
        """Stop at the next chance: before the next step, or at once when nothing is runnable."""

    def quit_soon(self, *, hard: bool = False) -> None:
        """End the program as the resume `Quit` does, while it runs."""

    def add_breakpoint(self, spec: BreakpointSpec) -> BreakpointSnapshot:
        """Set a breakpoint.  Raises `BadUsage` when its condition does not compile."""

    def remove_breakpoint(self, number: BreakpointNumber) -> BreakpointSnapshot:
        """Clear a breakpoint.  Raises `NoSuchBreakpoint`."""

    def enable_breakpoint(self, number: BreakpointNumber, enabled: bool) -> BreakpointSnapshot:
        """Enable or disable a breakpoint.  Raises `NoSuchBreakpoint`."""

    def ignore_breakpoint(self, number: BreakpointNumber, count: int) -> BreakpointSnapshot:
        """Let the next `count` hits pass.  Raises `NoSuchBreakpoint`."""

    def set_condition(self, number: BreakpointNumber, condition: str | None) -> BreakpointSnapshot:
        """Change or drop a condition.  Raises `NoSuchBreakpoint`, `BadUsage`."""

    def set_commands(
        self, number: BreakpointNumber, commands: tuple[str, ...]
    ) -> BreakpointSnapshot:
        """Lines to run at each hit; none to forget them.  Raises `NoSuchBreakpoint`."""

    @property
    def stop_lines(self) -> int:
        """How many lines a stop takes at most besides its source."""

    def settings(self) -> tuple[Setting, ...]:
        """All settings."""

    def setting(self, name: str) -> Setting:
        """One setting.  Raises `BadUsage` when there is none of that name."""

    def change_setting(self, name: str, value: str) -> Setting:
        """Change a setting.  Raises `BadUsage` with what it may be."""

    @property
    def steering(self) -> Steering:
        """Changes what happens next."""

    def evaluate(self, frame: FrameRef, source: str, budget: Budget) -> Value:
        """Evaluate an expression in a frame and describe the result; its ``_`` is set.

        Runs code of the program.  What that code writes goes where the program's output
        goes.  Raises `EvaluationError` when the code raises.
        """

    def execute(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """Run a statement in a frame; locals and globals may change.

        A bare expression gives its value, as at Python's own prompt (None for None).  Code
        that awaits runs inside the frame's task, while the other tasks wait.
        Raises `EvaluationError` when the code raises, `NotNow` when it cannot await here.
        """

    def type_of(self, frame: FrameRef, source: str) -> str:
        """What an expression is (`whatis`): "Function f(x)", "Class trio.Lock()", its type.

        A second line is the first one of its docstring, where it has one.
        """

    def trace(self, *, on: bool, tasks: tuple[TaskPattern, ...] = ()) -> None:
        """Tell what tasks do as they do it (`Traced`), or no longer.

        tasks: only of those that match one of these; nothing: of all but Trio's own.
        Raises `NotNow` where nothing can run.
        """

    @property
    def medium(self) -> str:
        """What there is in the place of a live run: ``a dump``, ``a recording``; else empty."""

    def go_to(self, sought: Sought) -> None:
        """Look at another moment of a recording, from the next stop on.

        Raises `BadUsage` where the recording has no such moment, `NotNow` where this is none.
        """

    def look_at_exception(self, number: str) -> TaskNumber:
        """Let one exception's frames be those of a task, which is given (or `NO_TASK`).

        Raises `BadUsage` when there is none of that number, `NotNow` where nothing failed.
        """

    def dump(
        self, inspector: Inspector, path: str, *, values: bool = True, stop: Stop | None = None
    ) -> int:
        """Write everything an inspector can give to a file.  See `DumpWriter`."""

    def schedule(self, run: RunId) -> Schedule:
        """The order in which the tasks of a run have stepped so far.

        Raises `NotNow` where nobody logged that from its start.
        """

    def need_lines(self) -> None:
        """Make sure that the run can be followed line by line.

        Raises `StepdbgError` where other tools have taken what that needs.
        """

    def jump(self, frame: FrameRef, line: int) -> None:
        """Let a frame go on at another line.  Raises `NotNow` where CPython refuses."""

    def history_of(self, frame: FrameRef, source: str) -> ObjectHistory:
        """What was done to the object that an expression gives: who set, closed it, …

        Raises `EvaluationError` when the code raises, `BadUsage` where the object is nothing that
        has a history, `NotNow` where nothing was recorded.
        """

    def source_of(self, frame: FrameRef, source: str) -> tuple[str, int, tuple[str, ...]]:
        """Filename, first line and lines of the function or class an expression names."""


class DumpWriter(Protocol):
    """Writes dump files; the code that makes a session passes one in."""

    def __call__(
        self, inspector: Inspector, path: str, *, values: bool = True, stop: Stop | None = None
    ) -> int:
        """Write everything an inspector can give to a file; its size in bytes.

        Args:
            inspector: reads the run that the dump is about.
            path: the file, replaced if it is there.
            values: whether to keep what variables hold.
            stop: the stop at which the run is held, if it is.

        Raises `StepdbgError` when the file cannot be written.
        """


class FrontEnd(Protocol):
    """What talks to the user.

    `on_stop` is a blocking call on the thread of the held run.  `on_event` may come from any
    thread, and must not raise or block for long.
    """

    @property
    def wants_recorder(self) -> bool:
        """Whether to record wake-ups from the start (somebody is going to ask)."""

    @property
    def takes_ctrl_c(self) -> bool:
        """Whether Ctrl-C while the program runs is meant for the debugger (at a terminal)."""

    def would_answer(self) -> bool:
        """Whether somebody would answer a stop that nobody asked for; may wait for input."""

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Trio has been imported and runs will be debugged from now on; called once.

        `inspector` reads the newest run and `controller` acts on the process, for requests
        that arrive while nothing is held.
        """

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Show a stop, take commands, and say how to go on."""

    def on_event(self, event: Event) -> None:
        """Something happened while nobody was asked."""

    def close(self) -> None:
        """The program has ended; give back whatever is held (a terminal, a socket)."""
