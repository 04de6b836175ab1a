"""A small program as hand-made pictures, behind an `Inspector` and a `Controller`.

    from tests.commands.fakes import Talk

    def test_something() -> None:
        talk = Talk()
        assert talk.reply("tasks", TaskList).total == 4
        assert "no living task" in talk.failure("task nobody").text

The program: `main` spawned three tasks, two of them called `worker`.  The run is held before a
step of `worker#1`, whose stack is Trio's `checkpoint` (0), its own `pause` (1), a library's
`call` (2), its own `worker` (3).  Its names can be evaluated, by Python's own `eval`.

Owns: `Talk`, `FakeInspector`, `FakeController`.  Reusable by tests of render and frontends.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from stepdbg.archive.folding import fold_snapshots, without_told
from stepdbg.commands.interpreter import Interpreter
from stepdbg.model.breakpoints import BreakpointSnapshot, BreakpointSpec
from stepdbg.model.errors import (
    BadUsage,
    EvaluationError,
    NoSuchBreakpoint,
    NoSuchFrame,
    NoSuchTask,
    NotNow,
    StepdbgError,
)
from stepdbg.model.facts import NOT_RECORDED, BreakpointNumber, RunId, ScopeNumber, TaskNumber
from stepdbg.model.failures import ExceptionNode
from stepdbg.model.history import (
    EndedTask,
    Log,
    LogEntry,
    LogKind,
    LoopStats,
    ObjectHistory,
    Stats,
    TaskStats,
)
from stepdbg.model.lints import Lint, LintName, LintsFound
from stepdbg.model.patterns import TaskPattern
from stepdbg.model.protocols import Inspector
from stepdbg.model.recording import Sought
from stepdbg.model.replies import Answer, Failure, StopShown
from stepdbg.model.schedules import Header, Logged, Schedule
from stepdbg.model.settings import Setting
from stepdbg.model.stops import Stop, StopKind
from stepdbg.model.task import (
    FrameRef,
    FrameSnapshot,
    NurserySnapshot,
    Origin,
    Place,
    QueueEntry,
    QueueSnapshot,
    RunSnapshot,
    ScopeSnapshot,
    SourceAge,
    Spawn,
    TaskGroup,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TaskState,
    TimerSnapshot,
    Wake,
    WakeKind,
)
from stepdbg.model.values import Budget, Value, Variable
from stepdbg.model.waits import (
    Deadlock,
    Explanation,
    Pending,
    ThreadRole,
    WaitLink,
    WaitState,
    WorkerThread,
)
from tests.commands.fake_steering import FakeSteering

R = TypeVar("R")

FILE = "/demo/program.py"
LIBRARY_FILE = "/site-packages/lib.py"
TRIO_FILE = "/site-packages/trio/core.py"

SOURCE: tuple[str, ...] = tuple(
    """\
import trio


async def pause():
    await trio.lowlevel.checkpoint()


async def worker(size):
    rows = [1, 2, 3]
    total = sum(rows)
    print(size, total)
    for row in rows:
        await lib.call(pause)
        print(row)
    return total


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker, 1)
        nursery.start_soon(worker, 2)
        nursery.start_soon(reader, name="my reader")


trio.run(main)
""".splitlines()
)
PAUSE_SPAN, WORKER_SPAN, MAIN_SPAN = (4, 5), (8, 15), (18, 22)
AWAIT_LINE = 13


def label(number: int, name: str, ordinal: int = 1, *, repeated: bool = False) -> TaskLabel:
    """How a task is called."""
    return TaskLabel(RunId(1), TaskNumber(number), name, ordinal, repeated)


def place(
    function: str, line: int, origin: Origin = Origin.OWN, filename: str | None = None
) -> Place:
    """A line, of the program unless `filename` says otherwise."""
    text = SOURCE[line - 1].strip() if filename is None else ""
    return Place(filename or FILE, line, function, origin, text)


def task(
    found: TaskLabel,
    state: TaskState = TaskState.BLOCKED,
    *,
    system: bool = False,
    stack_key: int = 0,
    doing: Place | None = None,
) -> TaskSnapshot:
    """A task."""
    return TaskSnapshot(found, state, system, 1, doing, None, Spawn(None, None), None, stack_key)


INIT = label(0, "<init>")
MAIN = label(1, "__main__.main")
TOKEN = label(2, "trio._core._entry_queue.EntryQueue.task")
WORKER_1 = label(3, "__main__.worker", 1, repeated=True)
WORKER_2 = label(4, "__main__.worker", 2, repeated=True)
READER = label(5, "my reader")

TASKS: tuple[TaskSnapshot, ...] = (
    task(INIT, system=True),
    task(MAIN, doing=place("main", 19)),
    task(TOKEN, system=True),
    task(WORKER_1, TaskState.CURRENT, stack_key=1, doing=place("pause", 5)),
    task(WORKER_2, TaskState.NOT_STARTED, stack_key=2, doing=place("worker", 8)),
    task(READER, stack_key=3),
)

FRAMES: dict[int, tuple[FrameSnapshot, ...]] = {
    1: (FrameSnapshot(0, place("main", 19), "coroutine"),),
    3: (
        FrameSnapshot(0, place("checkpoint", 7, Origin.TRIO, TRIO_FILE), "coroutine"),
        FrameSnapshot(1, place("pause", 5), "coroutine"),
        FrameSnapshot(2, place("call", 2, Origin.LIBRARY, LIBRARY_FILE), "coroutine"),
        FrameSnapshot(3, place("worker", AWAIT_LINE), "coroutine"),
    ),
    4: (FrameSnapshot(0, place("worker", 8), "coroutine"),),
    5: (FrameSnapshot(0, place("read", 3, Origin.LIBRARY, LIBRARY_FILE), "coroutine"),),
}
"""By task number; tasks that are missing have no Python frames."""

RUN = RunSnapshot(RunId(1), "MainThread", "stopped", False, 1.5, 4, 1, 0.5, MAIN)


def scope(number: int, deadline: float | None = None) -> ScopeSnapshot:
    """A cancel scope."""
    return ScopeSnapshot(ScopeNumber(number), deadline, False, False, False, None)


def stop(
    found: TaskLabel | None = WORKER_1, where: Place | None = None, kind: StopKind = StopKind.STEP
) -> Stop:
    """A stop before a step of a task; `where` is the place of that step."""
    if where is None and found is WORKER_1:
        where = place("pause", 5)
    return Stop(kind, RunId(1), found, 2, 1.5, None, where, 1, 4, 0.5)


@dataclass
class FakeInspector:
    """Reads the pictures; every field may be replaced by a test."""

    controller: FakeController
    picture: RunSnapshot = RUN
    all_tasks: Sequence[TaskSnapshot] = TASKS
    all_frames: dict[int, tuple[FrameSnapshot, ...]] = field(default_factory=lambda: dict(FRAMES))
    files: dict[str, tuple[str, ...]] = field(default_factory=lambda: {FILE: SOURCE})
    others: dict[int, FakeInspector] = field(default_factory=dict)

    @property
    def run_id(self) -> RunId:
        return self.picture.run

    @property
    def live(self) -> bool:
        return self.picture.state == "stopped"

    def run(self) -> RunSnapshot:
        return self.picture

    def runs(self) -> tuple[RunSnapshot, ...]:
        every = {int(self.run_id): self, **self.others}
        return tuple(every[number].picture for number in sorted(every))

    def view(self, run: RunId) -> FakeInspector:
        if run == self.run_id:
            return self
        if run not in self.others:
            raise StepdbgError(f"there is no run {run}; `runs` lists the runs")
        return self.others[run]

    def tasks(self, *, system: bool = False) -> tuple[TaskSnapshot, ...]:
        return tuple(each for each in self.all_tasks if system or not each.system)

    def groups(
        self,
        *,
        system: bool = False,
        numbers: Container[int] | None = None,
        wanted: Callable[[TaskLabel, TaskState], bool] | None = None,
    ) -> tuple[TaskGroup, ...]:
        return fold_snapshots(self.tasks(system=system), numbers, wanted)

    def ended(self, *, system: bool = False) -> tuple[EndedTask, ...]:
        spawn = Spawn(MAIN, place("main", 12))
        known = (
            EndedTask(label(30, "old", ordinal=1), MAIN, spawn, 2, 0.25, "returned"),
            EndedTask(label(31, "old", ordinal=2), MAIN, spawn, 1, 0.5, "raised", "OSError: no"),
            EndedTask(label(32, "helper"), MAIN, NOT_RECORDED, 3, 0.75, "cancelled", system=True),
        )
        return tuple(each for each in known if system or not each.system)

    def since_stop(self) -> None:
        return None

    def lately(self) -> None:
        return None

    def stats(self) -> Stats:
        loop = LoopStats(1.0, 0.25, 3, 2, 0.2)
        return Stats((TaskStats(MAIN, 3, 0.25, 0.0, 0.75),), loop)

    def log(
        self,
        tasks: Collection[TaskNumber] | None = None,
        most: int | None = None,
        *,
        system: bool = False,
    ) -> Log:
        told = [
            LogEntry(0.25, LogKind.STEPPED, MAIN, 3, 0.0005),
            *(
                LogEntry(each.time, LogKind.EXITED, each.label, each.steps, 0.001)
                for each in self.ended(system=system)
            ),
        ]
        found = [
            entry for entry in told if entry.task and (tasks is None or entry.task.number in tasks)
        ]
        shown = found if most is None else found[max(len(found) - most, 0) :]
        return Log(tuple(shown), True, 1_000, len(found) - len(shown))

    def task(self, number: TaskNumber) -> TaskSnapshot:
        for each in self.all_tasks:
            if each.label.number == number:
                return each
        raise NoSuchTask(f"there is no task {number} in run {self.run_id}; `tasks` lists them")

    def tree(self, *, system: bool = False) -> TaskNode:
        workers = tuple(TaskNode(self.task(TaskNumber(number)), ()) for number in (3, 4, 5))
        nursery = NurserySnapshot(scope(1), place("main", 19), False, workers)
        main = TaskNode(self.task(TaskNumber(1)), (scope(2, 0.5), nursery))
        if not system:
            return main
        top = NurserySnapshot(scope(3), None, False, (main, TaskNode(self.all_tasks[2], ())))
        return TaskNode(self.all_tasks[0], (top,))

    def queue(self, *, system: bool = False) -> QueueSnapshot:
        waiting = [QueueEntry(self.task(TaskNumber(4)), Wake(WakeKind.STARTED))]
        if system:
            waiting.append(QueueEntry(self.all_tasks[2], Wake(WakeKind.THREAD)))
        return QueueSnapshot(WORKER_1, tuple(waiting), ())

    def timers(self) -> tuple[TimerSnapshot, ...]:
        return (TimerSnapshot(0.5, scope(2, 0.5), (MAIN,), 4),)

    def why(self, task: TaskNumber) -> Explanation:
        state = WaitState.FOREVER if task == 5 else WaitState.RUNNABLE
        return Explanation((WaitLink(0, self.task(task).label, state, None),))

    def whys(self, tasks: Iterable[TaskNumber], *, once: bool = False) -> Iterator[Explanation]:
        asked = tuple(tasks)
        return (without_told(self.why(task), asked if once else ()) for task in asked)

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        return (), "task 5 waits for something outside of the run"

    def pending(self, task: TaskNumber | None = None) -> tuple[Pending, ...]:  # noqa: ARG002
        return ()

    def threads(self, *, every: bool = False) -> tuple[WorkerThread, ...]:
        digger = WorkerThread("digger", MAIN, (place("main", 19),))
        others = (WorkerThread("MainThread", None, (), ThreadRole.OTHER, RunId(1)),)
        return (digger, *others) if every else (digger,)

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        self.task(task)
        return self.all_frames.get(task, ())

    def source(self, filename: str) -> tuple[str, ...]:
        return self.files.get(filename, ())

    def source_age(self, filename: str) -> SourceAge:  # noqa: ARG002
        return SourceAge.LOADED

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        function = self._frame(frame).place.function
        spans = {"pause": PAUSE_SPAN, "worker": WORKER_SPAN, "main": MAIN_SPAN}
        return spans.get(function, (1, 10))

    def _frame(self, frame: FrameRef) -> FrameSnapshot:
        frames = self.frames(frame.task)
        if frame.index >= len(frames):
            raise NoSuchFrame(f"there is no frame {frame.index}")
        return frames[frame.index]

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        return tuple(
            Variable(name, describe(value, budget))
            for name, value in self.controller.names(frame).items()
        )

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        return tuple(each for each in self.locals(frame, budget) if each.name == "size")

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:  # noqa: ARG002 - none
        return ()

    def is_first_look(self, frame: FrameRef) -> bool:  # noqa: ARG002 - the protocol's
        return False

    def names(self, frame: FrameRef) -> tuple[str, ...]:
        return (*self.controller.names(frame), "print", "list", "len")

    def attributes(self, frame: FrameRef, path: str) -> tuple[str, ...]:
        first, *rest = path.split(".")
        found = self.controller.names(frame).get(first)
        for name in rest:
            found = getattr(found, name, None)
        return tuple(dir(found))

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        return tuple(self.controller.set.values())

    def lints(self) -> LintsFound:
        found = Lint(LintName.LOST_EVENT, "worker#1 (3) waits in vain", place("worker", 13))
        return LintsFound((found,), (LintName.SLOW_STEP,))

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        told = self.controller
        if not told.raised:
            raise NotNow("nothing has failed at this stop")
        return tuple(replace(each, in_view=each.number == told.looked_at) for each in told.raised)

    def exception_frames(self, number: str) -> FakeFrames:  # noqa: ARG002 - any will do
        return FakeFrames(self)


@dataclass
class FakeFrames:
    """The frames of a worker, as those of an exception."""

    inspector: FakeInspector

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:  # noqa: ARG002 - always these
        return self.inspector.frames(WORKER_1.number)

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        return self.inspector.source_span(FrameRef(WORKER_1.number, frame.index))

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        return self.inspector.locals(FrameRef(WORKER_1.number, frame.index), budget)

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        return self.inspector.arguments(FrameRef(WORKER_1.number, frame.index), budget)

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:  # noqa: ARG002 - none
        return ()


def describe(found: object, budget: Budget) -> Value:
    """An object as the engine would describe a plain one."""
    text = repr(found)
    return Value(text[: budget.characters], type(found).__name__, len(text) > budget.characters)


@dataclass
class FakeController:
    """Keeps what was asked for.

    namespaces: the names of frames, by task and index; frame 1 of task 3 has them by default.
    budgets: those that values were asked for with.  told: what else was asked, in order.
    failure: raised by the next evaluation in place of anything else.
    raised: what `exceptions` shows, looked_at: the number of the one in view.
    """

    set: dict[int, BreakpointSnapshot] = field(default_factory=dict)
    namespaces: dict[tuple[int, int], dict[str, object]] = field(
        default_factory=lambda: {
            (3, 1): {"size": 1, "rows": [1, 2, 3], "text": "abc", "__name__": "__main__"},
            (3, 3): {"size": 7},
            (4, 0): {"size": 2},
        }
    )
    budgets: list[Budget] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    failure: BaseException | None = None
    raised: tuple[ExceptionNode, ...] = ()
    looked_at: str = ""
    logged: Schedule = field(
        default_factory=lambda: Schedule(Header("3.13.0", "0.35.0", "0.1.0"), log=Logged(steps=0))
    )
    own: Setting = field(default_factory=lambda: Setting("own", "none", "what counts as yours"))
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def steering(self) -> FakeSteering:
        return FakeSteering(self)

    def names(self, frame: FrameRef) -> dict[str, object]:
        return self.namespaces.setdefault((frame.task, frame.index), {})

    def halt(self, *, tells: bool = False) -> None:  # noqa: ARG002 - nothing lasts here
        self.told.append("halt")

    def quit_soon(self, *, hard: bool = False) -> None:
        self.told.append("quit hard" if hard else "quit")

    def add_breakpoint(self, spec: BreakpointSpec) -> BreakpointSnapshot:
        if spec.condition is not None:
            _compile_condition(spec.condition)
        number = next(self._numbers)
        made = BreakpointSnapshot(BreakpointNumber(number), spec, True, 0, 0, (), "")
        self.set[number] = made
        return made

    def _get(self, number: BreakpointNumber) -> BreakpointSnapshot:
        if number not in self.set:
            raise NoSuchBreakpoint(f"there is no breakpoint {number}; `break` lists them")
        return self.set[number]

    def _keep(self, changed: BreakpointSnapshot) -> BreakpointSnapshot:
        self.set[changed.number] = changed
        return changed

    def remove_breakpoint(self, number: BreakpointNumber) -> BreakpointSnapshot:
        gone = self._get(number)
        del self.set[number]
        return gone

    def enable_breakpoint(self, number: BreakpointNumber, enabled: bool) -> BreakpointSnapshot:
        return self._keep(replace(self._get(number), enabled=enabled))

    def ignore_breakpoint(self, number: BreakpointNumber, count: int) -> BreakpointSnapshot:
        found = self._get(number)
        return self._keep(replace(found, spec=replace(found.spec, ignore=count)))

    def set_condition(self, number: BreakpointNumber, condition: str | None) -> BreakpointSnapshot:
        found = self._get(number)
        if condition is not None:
            _compile_condition(condition)
        return self._keep(replace(found, spec=replace(found.spec, condition=condition)))

    def set_commands(
        self, number: BreakpointNumber, commands: tuple[str, ...]
    ) -> BreakpointSnapshot:
        return self._keep(replace(self._get(number), commands=commands))

    stop_lines = 6

    def settings(self) -> tuple[Setting, ...]:
        return (self.own,)

    def setting(self, name: str) -> Setting:
        if name == "lint":
            return Setting(name, "lost-event on slow-step off", "which lints are on")
        if name != self.own.name:
            raise BadUsage(f"there is no setting `{name}`; `set` lists them")
        return self.own

    def change_setting(self, name: str, value: str) -> Setting:
        self.own = replace(self.setting(name), value=value, typed=(value,))
        return self.own

    def evaluate(self, frame: FrameRef, source: str, budget: Budget) -> Value:
        self.budgets.append(budget)
        return describe(self._eval(frame, source), budget)

    def _eval(self, frame: FrameRef, source: str) -> object:
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        try:
            found: object = eval(source, {}, self.names(frame))
        except Exception as error:
            raise _evaluation_error(error) from None
        return found

    def execute(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        self.budgets.append(budget)
        if self.failure is not None:
            return describe(self._eval(frame, source), budget)
        try:
            compile(source, "<typed>", "eval")
        except (SyntaxError, ValueError):
            pass
        else:
            found = self._eval(frame, source)
            return None if found is None else describe(found, budget)
        try:
            exec(compile(source, "<typed>", "exec"), {}, self.names(frame))
        except Exception as error:
            raise _evaluation_error(error) from None
        return None

    def trace(self, *, on: bool, tasks: tuple[TaskPattern, ...] = ()) -> None:
        whom = ", ".join(each.text for each in tasks) or "all"
        self.told.append(f"trace {whom}" if on else "trace nobody")

    medium = "a dump"

    def go_to(self, sought: Sought) -> None:
        self.sought = sought

    def look_at_exception(self, number: str) -> TaskNumber:
        for each in self.raised:
            if each.number == number:
                self.looked_at = number
                return each.task.number if isinstance(each.task, TaskLabel) else WORKER_1.number
        raise BadUsage(f"there is no exception {number}; `exceptions` lists them")

    def schedule(self, run: RunId) -> Schedule:
        if run != 1:
            raise NotNow("the steps of this run were not logged from its start")
        return self.logged

    def dump(
        self, inspector: Inspector, path: str, *, values: bool = True, stop: Stop | None = None
    ) -> int:
        if path == "/full":
            raise StepdbgError("/full could not be written: No space left on device")
        kind = "nothing" if stop is None else stop.kind
        self.told.append(f"dump run {inspector.run_id} at {kind} to {path}, values {values}")
        return 20_480

    def need_lines(self) -> None:
        """Nobody takes anything from a fake."""

    def jump(self, frame: FrameRef, line: int) -> None:
        self.told.append(f"jump {frame.index} {line}")

    def type_of(self, frame: FrameRef, source: str) -> str:
        return type(self._eval(frame, source)).__name__

    def history_of(self, frame: FrameRef, source: str) -> ObjectHistory:
        return ObjectHistory(source, type(self._eval(frame, source)).__name__, ())

    def source_of(
        self,
        frame: FrameRef,  # noqa: ARG002 - the protocol's
        source: str,
    ) -> tuple[str, int, tuple[str, ...]]:
        if source != "worker":
            raise StepdbgError(f"{source} has no source")
        first, last = WORKER_SPAN
        return FILE, first, SOURCE[first - 1 : last]


def _compile_condition(condition: str) -> None:
    try:
        compile(condition, "<condition>", "eval")
    except (SyntaxError, ValueError) as error:
        message = f"the condition {condition!r} does not compile: {error}"
        raise BadUsage(message) from None


def _evaluation_error(error: Exception) -> EvaluationError:
    kind = type(error).__name__
    return EvaluationError(f"{kind}: {error}", ('  File "<typed>", line 1',), kind)


class Talk:
    """An interpreter at a stop of the fake program."""

    def __init__(
        self,
        at: Stop | None = None,
        *,
        abbreviations: bool = False,
        repeats: bool = False,
    ) -> None:
        self.controller = FakeController()
        self.inspector = FakeInspector(self.controller)
        self.interpreter = Interpreter(
            self.controller, abbreviations=abbreviations, repeats=repeats
        )
        self.shown: StopShown = self.interpreter.begin_stop(at or stop(), self.inspector)

    def stop_again(self, at: Stop | None = None) -> StopShown:
        """The next stop."""
        self.shown = self.interpreter.begin_stop(at or stop(), self.inspector)
        return self.shown

    def do(self, *lines: str) -> Answer:
        """Feed lines; the answer to the last one."""
        answers = [self.interpreter.feed(line) for line in lines]
        return answers[-1]

    def running(self, line: str) -> Answer:
        """Feed a line as while nothing is held."""
        return self.interpreter.feed_running(line, self.inspector)

    def reply(self, line: str, kind: type[R]) -> R:
        """The single reply to a line, of the type it must have."""
        return only(self.do(line), kind)

    def failure(self, line: str) -> Failure:
        """The failure of a line that must fail."""
        return self.reply(line, Failure)

    def complete(self, line: str) -> list[str]:
        """The texts offered at the end of a line."""
        return [found.text for found in self.interpreter.complete(line, len(line))]


def only(answer: Answer, kind: type[R]) -> R:
    """The single reply of an answer, of the type it must have."""
    assert len(answer.replies) == 1, answer
    (reply,) = answer.replies
    assert isinstance(reply, kind), reply
    return reply
