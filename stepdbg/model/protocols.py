"""The interfaces between the layers, as protocols.

Owns: what a front end may ask (`Inspector`), change (`Controller`) and must offer
(`FrontEnd`).  Does not own: any implementation.  A dump has an `Inspector` of its own;
commands never see the difference.
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
    """Reads frames, innermost first: those of a run or of one exception.

    Every method may raise `StepdbgError` with a sentence for the user.
    """

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The frames of a task; from a reader for one exception, those of its traceback."""

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables."""

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters."""

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The attributes of the objects in local variables, each by its path (``self.size``)."""


class Inspector(Protocol):
    """Reads one run.  A method runs code of the program only if its docstring says so.

    Every method may raise `StepdbgError` with a sentence for the user.
    """

    @property
    def run_id(self) -> RunId:
        """The run that this inspector reads."""

    @property
    def live(self) -> bool:
        """Whether the run is held right now, so that code can be evaluated and the run resumed."""

    def run(self) -> RunSnapshot:
        """The run itself."""

    def runs(self) -> tuple[RunSnapshot, ...]:
        """All runs of the process, in the order in which they began, including ended ones."""

    def view(self, run: RunId) -> Inspector:
        """An inspector for another run.  Raises `StepdbgError` when there is none."""

    def tasks(self, *, system: bool = False) -> tuple[TaskSnapshot, ...]:
        """The living tasks, ordered by number; Trio's own only with `system`."""

    def groups(
        self,
        *,
        system: bool = False,
        numbers: Container[int] | None = None,
        wanted: Callable[[TaskLabel, TaskState], bool] | None = None,
    ) -> tuple[TaskGroup, ...]:
        """The living tasks, equal ones together: cheaper than `tasks` where there are many.

        Only tasks with one of these numbers, and for which `wanted` is true.
        """

    def ended(self, *, system: bool = False) -> tuple[EndedTask, ...]:
        """The tasks that ended last, in the order of their ends; Trio's own only with `system`.

        Raises `NotNow` where nothing was recorded.
        """

    def log(
        self,
        tasks: Collection[TaskNumber] | None = None,
        most: int | None = None,
        *,
        system: bool = False,
    ) -> Log:
        """The last entries of the log about these tasks, or about all if none is given.

        Raises `NotNow` where nothing was recorded.
        """

    def since_stop(self) -> Meanwhile | None:
        """What the run has done since the previous stop; None if that is not known."""

    def lately(self) -> LookBack | None:
        """What has kept the run busy since its last stop; None if that is not known."""

    def stats(self) -> Stats:
        """What tasks and the loop have done in all.  Raises `NotNow` if nothing was counted."""

    def task(self, number: TaskNumber) -> TaskSnapshot:
        """One task.  Raises `NoSuchTask`, whose sentence says if the task has exited."""

    def tree(self, *, system: bool = False) -> TaskNode:
        """Tasks under nurseries under tasks, from the main task (`system`: the root task)."""

    def queue(self, *, system: bool = False) -> QueueSnapshot:
        """This pass in order, then the next pass."""

    def timers(self) -> tuple[TimerSnapshot, ...]:
        """The pending deadlines, soonest first."""

    def why(self, task: TaskNumber) -> Explanation:
        """What a task waits for, which tasks could end that, and so on.  Raises `NoSuchTask`."""

    def whys(self, tasks: Iterable[TaskNumber], *, once: bool = False) -> Iterator[Explanation]:
        """`why` for several tasks at less cost; `once`: no chain goes on after one of them."""

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        """Deadlocks of the whole run or of some tasks, and what else could let the run go on."""

    def threads(self, *, every: bool = False) -> tuple[WorkerThread, ...]:
        """The worker threads of the run that are busy, with their stacks.

        `every`: all threads of the process.  Raises `NotNow` if a picture does not have them.
        """

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The task's stack, innermost first."""

    def source(self, filename: str) -> tuple[str, ...]:
        """The lines of a source file, without line ends.  Empty when there is no source."""

    def source_age(self, filename: str) -> SourceAge:
        """Whether the source text is the one that Python loaded."""

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
        """Whether this is the first question about the frame; a later call is a different frame.

        False if that cannot be known.
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
        """What looks wrong so far; if the run is held, stepdbg examines it once more.

        Raises `NotNow` if no lint is on.
        """

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        """The exceptions that were raised, each one before its members, cause and context.

        Raises `NotNow` if nothing has failed.
        """

    def pending(self, task: TaskNumber | None = None) -> tuple[Pending, ...]:
        """Exceptions that were raised in tasks and that Trio has not reported yet.

        task: the one to look at; None for all.  Raises `NoSuchTask`.
        """

    def exception_frames(self, number: str) -> FrameReader:
        """A reader for the frames of one exception, with `NO_TASK` in each `FrameRef`.

        Raises `NotNow`, `BadUsage`.
        """


class Controller(Protocol):
    """Changes the run.  Methods raise `StepdbgError` with a sentence for the user.

    All but `halt` are called on the thread of the held run; `halt`, `add_breakpoint`,
    `remove_breakpoint` and `quit_soon` may be called from any thread at any time.
    """

    def halt(self, *, tells: bool = False) -> None:
        """Stop before the next step, or at once when idle; `tells`: report a step that lasts."""

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
        """How many lines a stop shows at most besides its source."""

    def settings(self) -> tuple[Setting, ...]:
        """All settings."""

    def setting(self, name: str) -> Setting:
        """One setting.  Raises `BadUsage` if no setting has that name."""

    def change_setting(self, name: str, value: str) -> Setting:
        """Change a setting.  Raises `BadUsage` with the values that it may have."""

    @property
    def steering(self) -> Steering:
        """The part of the controller that changes what the program does next."""

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
        """What an expression is (`whatis`): "Function f(x)", "Class trio.Lock()", or its type.

        The second line is the first line of its docstring, if it has one.
        """

    def trace(self, *, on: bool, tasks: tuple[TaskPattern, ...] = ()) -> None:
        """Begin or end a trace: an event (`Traced`) for each thing that tasks do.

        tasks: trace only tasks that match one of these; empty: all except Trio's own.
        Raises `NotNow` if nothing can run.
        """

    @property
    def medium(self) -> str:
        """What is shown instead of a live run: ``a dump``, ``a recording``; else empty."""

    def go_to(self, sought: Sought) -> None:
        """Look at another moment of a recording from the next stop on.

        Raises `BadUsage` if the recording has no such moment, `NotNow` if this is not a recording.
        """

    def look_at_exception(self, number: str) -> TaskNumber:
        """Show an exception's frames as those of a task; return that task (or `NO_TASK`).

        Raises `BadUsage` if no exception has that number, `NotNow` if nothing has failed.
        """

    def dump(
        self, inspector: Inspector, path: str, *, values: bool = True, stop: Stop | None = None
    ) -> int:
        """Write everything an inspector can give to a file.  See `DumpWriter`."""

    def schedule(self, run: RunId) -> Schedule:
        """The order in which the tasks of a run have stepped so far.

        Raises `NotNow` if steps were not logged from the start of the run.
        """

    def need_lines(self) -> None:
        """Make sure that the run can be followed line by line.

        Raises `StepdbgError` if another tool has taken the trace function or tool id for that.
        """

    def jump(self, frame: FrameRef, line: int) -> None:
        """Let a frame go on at another line.  Raises `NotNow` if CPython refuses."""

    def history_of(self, frame: FrameRef, source: str) -> ObjectHistory:
        """What was done to the value of an expression: which task set it, closed it, …

        Raises `EvaluationError` if the code raises, `BadUsage` if objects of this type have no
        history, `NotNow` if nothing was recorded.
        """

    def source_of(self, frame: FrameRef, source: str) -> tuple[str, int, tuple[str, ...]]:
        """Filename, first line and lines of the function or class an expression names."""


class DumpWriter(Protocol):
    """Writes dump files; the code that makes a session passes one in."""

    def __call__(
        self, inspector: Inspector, path: str, *, values: bool = True, stop: Stop | None = None
    ) -> int:
        """Write everything that an inspector can read to a file; return its size in bytes.

        Args:
            inspector: reads the run that the dump shows.
            path: the file; an existing file is replaced.
            values: whether to keep the values of variables.
            stop: the stop at which the run is held, if it is held.

        Raises `StepdbgError` when the file cannot be written.
        """


class FrontEnd(Protocol):
    """What talks to the user.

    `on_stop` is a blocking call on the thread of the held run.  `on_event` may come from any
    thread, and must not raise or block for long.
    """

    @property
    def wants_recorder(self) -> bool:
        """Whether to record wake-ups from the start, because the user may ask for them."""

    @property
    def takes_ctrl_c(self) -> bool:
        """Whether Ctrl-C while the program runs is meant for the debugger (at a terminal)."""

    def would_answer(self) -> bool:
        """Whether a user would answer an unrequested stop; may wait for input to find out."""

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Trio has been imported and runs will be debugged from now on; called once.

        `inspector` reads the newest run and `controller` acts on the process, for requests
        that arrive while nothing is held.
        """

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Show a stop, take commands, and say how to go on."""

    def on_event(self, event: Event) -> None:
        """Something has happened that needs no answer."""

    def close(self) -> None:
        """The program has ended; give back whatever is held (a terminal, a socket)."""
