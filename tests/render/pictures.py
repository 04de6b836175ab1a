"""Hand-made pictures of one small program: a parent, two children that sleep, a timeout."""

from __future__ import annotations

from dataclasses import replace

from stepdbg.model import replies as r
from stepdbg.model.breakpoints import (
    BreakpointHit,
    BreakpointSnapshot,
    BreakpointSpec,
    HitCount,
    TaskEvent,
    TaskHits,
    TaskTarget,
)
from stepdbg.model.deeds import Deed, DeedKind
from stepdbg.model.facts import NOT_RECORDED, BreakpointNumber, RunId, ScopeNumber, TaskNumber
from stepdbg.model.failures import ExceptionNode, ExceptionRole
from stepdbg.model.history import (
    EndedTask,
    EndedTasks,
    Log,
    LogEntry,
    LogKind,
    LogShown,
    LongStep,
    LookBack,
    LoopStats,
    Meanwhile,
    ObjectHistory,
    ScopeTold,
    Stats,
    StatsShown,
    TaskStats,
    TimelineShown,
)
from stepdbg.model.lane_making import lanes_of
from stepdbg.model.lints import Lint, LintFound, LintName
from stepdbg.model.schedules import Token
from stepdbg.model.settings import Setting
from stepdbg.model.stops import (
    Event,
    Note,
    Output,
    Passed,
    ProgramEnded,
    Resumed,
    RunEnded,
    RunStarted,
    Stop,
    StopKind,
    TokenTold,
)
from stepdbg.model.task import (
    FrameSnapshot,
    NurserySnapshot,
    Origin,
    Place,
    QueueEntry,
    QueueSnapshot,
    RunSnapshot,
    ScopeSnapshot,
    ShortWait,
    Spawn,
    TaskGroup,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TaskState,
    TimerSnapshot,
    WaitKind,
    Wake,
    WakeKind,
)
from stepdbg.model.uncontrolled import Touch, Uncontrolled
from stepdbg.model.values import Value, Variable
from stepdbg.model.waits import (
    CanStop,
    Claim,
    Deadlock,
    Ending,
    Explanation,
    Knot,
    Moment,
    Pending,
    RunWaits,
    Standing,
    Wait,
    WaitedObject,
    WaitLink,
    WaitState,
    WorkerThread,
)

SOURCE = (
    "async def child(n):",
    '    print(f"child {n} starts")',
    "    await trio.sleep(1)",
    '    print(f"child {n} ends")',
    "",
    "",
    "async def parent():",
    "    with trio.move_on_after(5):",
    "        async with trio.open_nursery() as nursery:",
    "            nursery.start_soon(child, 1)",
    "            nursery.start_soon(child, 2)",
)
FIRST = 4
FILE = "/home/anna/demo/tasks.py"
RUN = RunId(1)


def own(line: int, function: str) -> Place:
    """A line of the program."""
    return Place(FILE, line, function, Origin.OWN, SOURCE[line - FIRST].strip())


def trio_place(file: str, line: int, function: str, source: str) -> Place:
    """A line of Trio."""
    folder = "/usr/lib/python3.13/site-packages/trio/"
    return Place(folder + file, line, function, Origin.TRIO, source)


SLEEP = own(6, "child")
NURSERY = own(12, "parent")
START_SOON = own(14, "parent")

PARENT = TaskLabel(RUN, TaskNumber(1), "__main__.parent", 1, repeated=False)
CHILD_1 = TaskLabel(RUN, TaskNumber(4), "__main__.child", 1, repeated=True)
CHILD_2 = TaskLabel(RUN, TaskNumber(5), "__main__.child", 2, repeated=True)

TIMEOUT_WAKE = Wake(WakeKind.DEADLINE, place=own(12, "parent"), seconds=90)
PARENT_WAKE = Wake(WakeKind.TASK, PARENT, START_SOON)


def snapshot(
    label: TaskLabel,
    state: TaskState = TaskState.BLOCKED,
    doing: Place | None = SLEEP,
    wake: Wake | None = None,
    steps: int = 1,
    wait: ShortWait | None = None,
) -> TaskSnapshot:
    """A task of the program."""
    parent = None if label is PARENT else PARENT
    spawn = Spawn(parent, START_SOON if parent else None)
    return TaskSnapshot(label, state, False, steps, doing, parent, spawn, wake, label.number, wait)


MAIN_TASK = snapshot(PARENT, doing=NURSERY, steps=2, wait=ShortWait(WaitKind.NURSERY))
ASLEEP = snapshot(CHILD_1, wait=ShortWait(WaitKind.SLEEP, 0.7))
TASK_1 = snapshot(CHILD_1, TaskState.RUNNABLE, wake=TIMEOUT_WAKE, steps=2)
TASK_2 = snapshot(CHILD_2, TaskState.CURRENT, wake=TIMEOUT_WAKE, steps=2)

RUN_PICTURE = RunSnapshot(
    run=RUN,
    thread="MainThread",
    state="stopped",
    guest=False,
    time=1.0032,
    task_count=3,
    queue_length=1,
    next_deadline=4.0,
    main=PARENT,
)

STOP = Stop(
    kind=StopKind.STEP,
    run=RUN,
    task=CHILD_2,
    step=3,
    time=1.0032,
    wake=TIMEOUT_WAKE,
    place=SLEEP,
    queue_length=1,
    task_count=3,
    next_deadline=4.0,
)
LISTING = r.Listing(FILE, FIRST, SOURCE[:5], marked=6, breakpoints=(5,))


def scope(
    number: int,
    place: Place | None,
    deadline: float | None = None,
    *,
    shield: bool = False,
    cancelled: bool = False,
    reason: str = "",
) -> ScopeSnapshot:
    """A cancel scope of the program."""
    return ScopeSnapshot(ScopeNumber(number), deadline, shield, cancelled, cancelled, place, reason)


TIMEOUT_SCOPE = scope(1, own(11, "parent"), 4.0)
SLEEP_SCOPE = scope(3, SLEEP, 0.5)
CANCELLED_OUTSIDE = ScopeSnapshot(ScopeNumber(9), None, False, False, True, None)
TREE = TaskNode(
    MAIN_TASK,
    (
        TIMEOUT_SCOPE,
        NurserySnapshot(
            scope(2, NURSERY),
            NURSERY,
            closed=False,
            children=(TaskNode(TASK_1, (SLEEP_SCOPE,)), TaskNode(TASK_2, ())),
        ),
    ),
)

FRAMES = (
    FrameSnapshot(0, trio_place("_timeouts.py", 81, "sleep_until", "await x"), "coroutine"),
    FrameSnapshot(1, trio_place("_timeouts.py", 107, "sleep", "await sleep_until(t)"), "coroutine"),
    FrameSnapshot(2, SLEEP, "coroutine"),
    FrameSnapshot(3, NURSERY, "async generator"),
)


def breakpoint_(
    number: int,
    pattern: str,
    event: TaskEvent = TaskEvent.STEP,
    *,
    condition: str | None = None,
    temporary: bool = False,
    ignore: int = 0,
    enabled: bool = True,
    hits: int = 0,
    matching: int | None = None,
    commands: tuple[str, ...] = (),
    note: str = "",
) -> BreakpointSnapshot:
    """A breakpoint with its fate."""
    spec = BreakpointSpec(TaskTarget(pattern, event), condition, temporary, ignore)
    return BreakpointSnapshot(
        BreakpointNumber(number), spec, enabled, hits, matching, commands, note
    )


BREAKPOINTS = (
    breakpoint_(1, "child*", condition="n > 1", hits=2, matching=2, commands=("p n", "continue")),
    breakpoint_(2, "parent", TaskEvent.EXIT, temporary=True, enabled=False, matching=1, ignore=3),
    breakpoint_(3, "worker", matching=0, note="no task matches yet"),
)
PER_TASK = replace(
    breakpoint_(4, "worker*", hits=19, matching=9, ignore=2),
    spec=BreakpointSpec(
        TaskTarget("worker*"), hit_count=HitCount("==", 3), ignore=2, per_task=True
    ),
    of_tasks=tuple(TaskHits(label, number) for number, label in enumerate((CHILD_1, CHILD_2) * 4)),
)
HIT = BreakpointHit(BREAKPOINTS[0].number, BREAKPOINTS[0].spec)
FAILED_HIT = BreakpointHit(
    BREAKPOINTS[0].number, BREAKPOINTS[0].spec, problem="NameError: name 'n' is not defined"
)

VARIABLES = (
    Variable("n", Value("2", "int")),
    Variable("nursery", Value("<Nursery at 0x7f2b>", "trio.Nursery")),
    Variable("rows", Value("[[1, 2],\n [3, 4]]", "list")),
    Variable("odd", Value("<Odd at 0x7f2c>", "Odd", problem="its __repr__ raised ValueError: no")),
)

STEP_HELP = r.CommandHelp(
    names=("step", "s"),
    usage="step [TASK] [N]",
    group="going on",
    summary="run to the next step of any task, or of TASK",
    text="A step is what a task does from one suspension to the next.\nTasks are named by\n"
    "\n    step child#2\n\nand so on.",
    examples=("step", "step child#2 3"),
    repeats=True,
)
HELP = (
    STEP_HELP,
    r.CommandHelp(("continue", "c", "cont"), "continue", "going on", "run until a breakpoint"),
    r.CommandHelp(("tasks", "ps"), "tasks [PATTERN]", "looking at tasks", "list all tasks"),
)

KNOT = Knot(Claim.DEADLOCK, (CHILD_1, PARENT))
EXPLANATION = Explanation(
    (
        WaitLink(
            0,
            CHILD_2,
            WaitState.BLOCKED,
            Wait(
                WaitKind.LOCK,
                Ending.TASKS,
                SLEEP,
                WaitedObject("Lock", "db_lock"),
                holders=(CHILD_1,),
                held_since=Moment(17, 0.5, SLEEP),
            ),
        ),
        WaitLink(
            1,
            CHILD_1,
            WaitState.BLOCKED,
            Wait(
                WaitKind.RECEIVE,
                Ending.TASKS,
                SLEEP,
                WaitedObject("receive channel"),
                holders=(PARENT,),
                numbers=(("open senders", 1), ("buffer used", 0), ("buffer size", 0)),
                made=Moment(1, 0.0, SLEEP),
            ),
        ),
        WaitLink(
            2,
            PARENT,
            WaitState.BLOCKED,
            Wait(WaitKind.NURSERY, Ending.TASKS, SLEEP, numbers=(("children", 2),)),
        ),
    ),
    (KNOT,),
)

RAISED: tuple[ExceptionNode, ...] = (
    ExceptionNode("1", ExceptionRole.ROOT, "RuntimeError: all is lost", START_SOON, False),
    ExceptionNode(
        "1.1", ExceptionRole.CAUSE, "ExceptionGroup: Exceptions from Trio nursery", None, True
    ),
    ExceptionNode(
        "1.1.1",
        ExceptionRole.MEMBER,
        "ValueError: no such child",
        START_SOON,
        False,
        CHILD_1,
        Spawn(CHILD_2, START_SOON),
        first=True,
        in_view=True,
    ),
    ExceptionNode(
        "1.1.2", ExceptionRole.MEMBER, "KeyError: 3", None, False, NOT_RECORDED, NOT_RECORDED
    ),
    ExceptionNode("1.1.2.1", ExceptionRole.CONTEXT, "OSError: gone", None, False),
)

PENDING = (
    Pending(CHILD_2, Standing.ON_ITS_WAY, "ValueError: no such shelf\n  in the hall\nnote", SLEEP),
    Pending(CHILD_1, Standing.HANDLED, "KeyError: 'key'", SLEEP),
    Pending(PARENT, Standing.IN_NURSERY, "OSError: gone", None),
)

PENDING_THEN = (
    Pending(CHILD_2, Standing.ON_ITS_WAY, "ValueError: no such shelf", SLEEP, 0.25),
    Pending(CHILD_1, Standing.HANDLED, "KeyError: 'key'", SLEEP, 0.25),
    Pending(PARENT, Standing.IN_NURSERY, "OSError: gone", None, 0.25),
)

LINT = Lint(
    LintName.LOST_EVENT,
    "child#2 (5) waits at tasks.py:6 for Event `go`, which nobody can set any more",
    SLEEP,
    CHILD_2,
    RUN,
)
SOCKET = Wait(
    WaitKind.READABLE,
    Ending.OUTSIDE,
    START_SOON,
    WaitedObject("socket", "self.socket"),
    numbers=(("fd", 7),),
    detail="accept, 127.0.0.1:80",
    since=Moment(1, 0.0),
)
RUNNABLE = WaitLink(0, CHILD_1, WaitState.RUNNABLE, None)
ASLEEP_LINK = WaitLink(
    0, CHILD_2, WaitState.BLOCKED, Wait(WaitKind.SLEEP, Ending.TIME, SLEEP, deadline=2.98)
)
READER = WaitLink(0, CHILD_1, WaitState.BLOCKED, SOCKET)
SIGNALLED = WaitLink(
    0, PARENT, WaitState.BLOCKED, Wait(WaitKind.SIGNAL, Ending.OUTSIDE, NURSERY, detail="SIGHUP")
)
IN_STEP = WaitLink(
    0, CHILD_1, WaitState.CURRENT, None, doing=SLEEP, calling="time.sleep", lasted=3.92
)
CROSSED = Knot(Claim.UNTIL_CANCELLED, (CHILD_1, CHILD_2), (), (CanStop(PARENT, SLEEP),))
DEADLOCK = Deadlock(True, EXPLANATION.links[1:], KNOT)

LONG_NAMED = replace(TASK_1, label=replace(CHILD_1, name="app.workers.resize_one_image"))


IDLE = LogEntry(
    0.0013,
    LogKind.IDLE,
    None,
    seconds=0.4987,
    wake=Wake(WakeKind.SLEEP),
    woken=(CHILD_1, CHILD_2),
)
LATELY = LookBack(
    seconds=5.0,
    rate=12_345.6,
    exact=False,
    tasks=2,
    ran=0.97,
    busiest=CHILD_1,
    busiest_ran=0.91,
    ready=3,
    longest=LongStep(CHILD_2, 7, 0.31, "app.py:20-22 in digest", SLEEP),
)
UNDER_WAY = LongStep(CHILD_1, 2, 3.9, under_way=True)

MEANWHILE = Meanwhile(
    1,
    1,
    step=LogEntry(0.001, LogKind.BLOCKED, PARENT, 2, 0.0003, SLEEP, detail="Lock.acquire"),
    waits=True,
    done=(LogEntry(0.001, LogKind.SPAWNED, CHILD_1, spawn=Spawn(PARENT, SLEEP)),),
    idle=IDLE,
    idle_seconds=0.4987,
)

LANES = lanes_of(
    (
        LogEntry(0.0, LogKind.SPAWNED, PARENT, spawn=Spawn(None, None)),
        LogEntry(0.02, LogKind.SPAWNED, CHILD_1, spawn=Spawn(PARENT, SLEEP)),
        LogEntry(0.03, LogKind.SPAWNED, CHILD_2, spawn=Spawn(PARENT, SLEEP)),
        LogEntry(0.04, LogKind.BLOCKED, PARENT, 1, 0.04, SLEEP, detail="NurseryManager.__aexit__"),
        LogEntry(0.06, LogKind.BLOCKED, CHILD_1, 1, 0.01, SLEEP, detail="sleep"),
        LogEntry(0.1, LogKind.BLOCKED, CHILD_2, 1, 0.03, SLEEP, detail="Event.wait"),
        LogEntry(0.5, LogKind.WOKEN, CHILD_1, 2, wake=Wake(WakeKind.SLEEP)),
        LogEntry(0.51, LogKind.WOKEN, CHILD_2, 2, wake=Wake(WakeKind.CANCELLED, CHILD_1, SLEEP)),
        LogEntry(0.52, LogKind.STEPPED, CHILD_1, 2, 0.02),
        LogEntry(0.55, LogKind.BLOCKED, CHILD_2, 2, 0.02, SLEEP, detail="Event.wait"),
        LogEntry(0.6, LogKind.EXITED, CHILD_1, 3, 0.01, detail="returned"),
        LogEntry(0.8, LogKind.WOKEN, CHILD_2, 3, wake=Wake(WakeKind.TASK, PARENT, SLEEP)),
        LogEntry(0.9, LogKind.EXITED, CHILD_2, 3, 0.01, detail="cancelled"),
    ),
    now=1.0,
)

MANY_LANES = lanes_of(
    [
        LogEntry(
            number / 100,
            LogKind.STEPPED if number % 3 else LogKind.BLOCKED,
            TaskLabel(RunId(1), TaskNumber(number), "worker", number, True),
            1,
            0.001,
        )
        for number in range(10, 60)
    ],
    now=1.0,
    complete=False,
)

REPLIES: dict[str, r.Reply] = {
    "stop": r.StopShown(STOP, LISTING),
    "stop after a step": r.StopShown(STOP, LISTING, telling=r.Telling(meanwhile=MEANWHILE)),
    "stop of a busy run": r.StopShown(STOP, LISTING, telling=r.Telling(lately=LATELY)),
    "schedule": r.ScheduleShown(
        "stepdbg:1:" + "eNpjYGBg" * 30 + ":0b1c2d3e",
        1234,
        (Touch(Uncontrolled.THREAD, own(12, "worker")), Touch(Uncontrolled.RANDOM)),
    ),
    "message": r.Message("child#2 (5) is in view now"),
    "note": r.Message("no task matches yet", "note"),
    "warning": r.Message("line breakpoints are off meanwhile", "warning"),
    "failure": r.Failure("no task matches 'chld*'", "`tasks` lists them"),
    "traceback": r.Failure(
        "ZeroDivisionError: division by zero", traceback=('  File "<stdin>", line 1, in f',)
    ),
    "exceptions": r.Exceptions(RAISED),
    "exceptions on their way": r.Exceptions((), PENDING),
    "listing": r.Listing(FILE, FIRST, SOURCE, marked=6, ends=True),
    "tasks": r.TaskList(
        RUN_PICTURE,
        tuple(TaskGroup(task, (task.label,)) for task in (MAIN_TASK, TASK_1, TASK_2)),
        3,
        CHILD_2,
    ),
    "tasks with a long name": r.TaskList(
        RUN_PICTURE,
        tuple(TaskGroup(task, (task.label,)) for task in (MAIN_TASK, LONG_NAMED, TASK_2)),
        3,
        CHILD_2,
    ),
    "grouped": r.TaskList(
        RUN_PICTURE,
        (
            TaskGroup(MAIN_TASK, (PARENT,)),
            TaskGroup(
                TASK_1,
                tuple(
                    TaskLabel(RUN, TaskNumber(3 + i), "__main__.child", i, repeated=True)
                    for i in range(1, 41)
                ),
            ),
        ),
        41,
        PARENT,
    ),
    "grouped sleepers": r.TaskList(
        RUN_PICTURE,
        (TaskGroup(MAIN_TASK, (PARENT,)), TaskGroup(ASLEEP, (CHILD_1, CHILD_2))),
        3,
        PARENT,
    ),
    "a sleeper": r.TaskShown(ASLEEP, None),
    "tree": r.Tree(RUN_PICTURE, TREE, CHILD_2),
    "queue": r.Queue(
        RUN_PICTURE,
        QueueSnapshot(
            CHILD_2,
            (QueueEntry(TASK_1, TIMEOUT_WAKE), QueueEntry(MAIN_TASK, NOT_RECORDED)),
            (QueueEntry(TASK_1, PARENT_WAKE), QueueEntry(MAIN_TASK, Wake(WakeKind.ITSELF))),
        ),
    ),
    "timers": r.Timers(
        RUN_PICTURE,
        (
            TimerSnapshot(0.5, SLEEP_SCOPE, (CHILD_1,), 1),
            TimerSnapshot(4.0, TIMEOUT_SCOPE, (PARENT, CHILD_1, CHILD_2), 12),
        ),
    ),
    "why": r.Why((EXPLANATION,)),
    "why, and how": r.Why((EXPLANATION, Explanation((RUNNABLE, ASLEEP_LINK))), verbose=True),
    "why, of very many": r.Why(
        (EXPLANATION,),
        unexamined=(TaskGroup(TASK_2, (CHILD_1, PARENT)),),
    ),
    "waits of a run": RunWaits(
        RUN_PICTURE,
        2,
        (SIGNALLED, READER, replace(READER, task=CHILD_2)),
        (TimerSnapshot(0.5, SLEEP_SCOPE, (CHILD_1,), 1),),
    ),
    "waits of an idle run": RunWaits(replace(RUN_PICTURE, next_deadline=2.98), 0, (READER,), ()),
    "waits without an end": RunWaits(replace(RUN_PICTURE, next_deadline=None), 0, (SIGNALLED,), ()),
    "no waits": RunWaits(replace(RUN_PICTURE, next_deadline=None), 0, (), ()),
    "why, in a step": r.Why((Explanation((IN_STEP,)),)),
    "deadlock": r.Deadlocks((DEADLOCK,)),
    "no deadlock": r.Deadlocks((), "thread digger could do something"),
    "scopes": r.Scopes(CHILD_2, ((PARENT, TIMEOUT_SCOPE), (CHILD_2, SLEEP_SCOPE))),
    "threads": r.Threads(
        (WorkerThread("digger", CHILD_1, (SLEEP,)), WorkerThread("lost", None, (SLEEP,)))
    ),
    "lints": r.LintList((LINT,), (LintName.SLOW_STEP, LintName.BUSY_LOOP)),
    "no lints": r.LintList((), ()),
    "no lints in a busy run": r.LintList((), (LintName.SLOW_STEP,), 12, LATELY),
    "no lints, every step kept": r.LintList(
        (), (), 0, replace(LATELY, exact=True, rate=0.5, tasks=1, ready=0, longest=UNDER_WAY)
    ),
    "log": LogShown(
        Log(
            (
                LogEntry(0.0, LogKind.RECORDING, None, detail="began"),
                LogEntry(0.001, LogKind.SPAWNED, CHILD_1, spawn=Spawn(PARENT, SLEEP)),
                LogEntry(0.0013, LogKind.STEPPED, PARENT, 3, 0.000012),
                IDLE,
                LogEntry(
                    0.5, LogKind.BLOCKED, CHILD_1, 1, 0.0031, SLEEP, detail="_LockImpl.acquire"
                ),
                LogEntry(0.75, LogKind.STEERED, CHILD_1, detail="throw"),
                LogEntry(1.25, LogKind.WOKEN, CHILD_1, 2, wake=Wake(WakeKind.TASK, PARENT, SLEEP)),
                LogEntry(
                    12.5,
                    LogKind.EXITED,
                    CHILD_1,
                    2,
                    1.5,
                    detail="raised OSError: it is gone",
                    steered="throw",
                ),
                LogEntry(12.5, LogKind.CANCELLED, CHILD_1, 2, detail="a task that failed"),
                LogEntry(12.75, LogKind.CANCELLED, PARENT, 7, place=SLEEP),
                LogEntry(
                    13.0, LogKind.SCOPE_ENTERED, PARENT, 7, 2.5, SLEEP, scope=ScopeTold(SLEEP)
                ),
                LogEntry(13.5, LogKind.SCOPE_LEFT, PARENT, 8, scope=ScopeTold(None)),
                LogEntry(
                    14.0,
                    LogKind.NURSERY_OPENED,
                    PARENT,
                    8,
                    place=NURSERY,
                    scope=ScopeTold(NURSERY, nursery=True, within="Nursery.start"),
                ),
                LogEntry(14.5, LogKind.SCOPE_EXPIRED, PARENT, 9, scope=ScopeTold(SLEEP)),
                LogEntry(
                    15.0,
                    LogKind.CANCELLED,
                    PARENT,
                    9,
                    place=SLEEP,
                    scope=ScopeTold(NURSERY, nursery=True),
                ),
                LogEntry(
                    15.5,
                    LogKind.NURSERY_CLOSED,
                    PARENT,
                    10,
                    scope=ScopeTold(NURSERY, nursery=True),
                ),
            ),
            on=False,
            size=5_000,
            earlier=120,
        )
    ),
    "history": ObjectHistory(
        "self.inbox",
        "MemoryReceiveChannel",
        (
            Deed(DeedKind.OPENED, PARENT, 1, 0.001, SLEEP),
            Deed(DeedKind.NOTIFIED, CHILD_1, 2, 0.5, SLEEP, woke=0),
            Deed(DeedKind.SET, CHILD_1, 2, 0.5, SLEEP, woke=2),
            Deed(DeedKind.STARTED, CHILD_1, 2, 0.5, SLEEP, woke=0, late=True),
            Deed(
                DeedKind.CLOSED,
                CHILD_2,
                4,
                1.25,
                SLEEP,
                woke=0,
                leaving=True,
                error="ValueError",
                what="receive channel",
            ),
            Deed(DeedKind.EXPIRED, None, 0, 12.5),
        ),
        earlier=5,
        on=False,
    ),
    "no history": ObjectHistory("ready", "Event", ()),
    "stats": StatsShown(
        Stats(
            (
                TaskStats(
                    CHILD_1, 12, 3.4, 0.2, 8.1, LongStep(CHILD_1, 7, 0.312, "tasks.py:5-7 in child")
                ),
                TaskStats(CHILD_2, 2, 0.0012, 3.4, 0.0, LongStep(CHILD_2, 1, 0.001, "", SLEEP)),
                TaskStats(PARENT, 0, 0.5, 0.0, 0.0, LongStep(PARENT, 1, 0.5, under_way=True)),
                TaskStats(CHILD_2, 0, 0.0, 0.0, 0.0, ended=True),
            ),
            LoopStats(12.3, 3.9, 14, 12, 0.312),
            rest=1_200,
            complete=False,
            replayed=True,
        ),
        more=5,
    ),
    "stats of a task": StatsShown(
        Stats((TaskStats(CHILD_1, 12, 3.4, 0.2, 8.1),), LoopStats(12.3, 3.9, 14)), chosen=True
    ),
    "log of a task": LogShown(Log((), on=True, size=5_000), CHILD_2),
    "log of several": LogShown(Log((), on=True, size=5_000, earlier=3), pattern="worker*"),
    "timeline": TimelineShown(LANES, to_scale=True),
    "timeline in steps": TimelineShown(LANES, to_scale=False),
    "timeline of nothing": TimelineShown(replace(LANES, lanes=(), arrows=()), to_scale=True),
    "timeline of many": TimelineShown(MANY_LANES, to_scale=False),
    "ended": EndedTasks(
        (
            EndedTask(CHILD_1, PARENT, Spawn(PARENT, SLEEP), 2, 0.5, "returned"),
            EndedTask(CHILD_2, PARENT, NOT_RECORDED, 1, 12.25, "raised", "OSError: it is gone"),
        ),
        earlier=3,
    ),
    "none ended": EndedTasks(()),
    "task": r.TaskShown(TASK_2, FRAMES[2]),
    "task with an exception on its way": r.TaskShown(TASK_2, FRAMES[2], PENDING[:1]),
    "stack with an exception on its way": r.Stack(TASK_2, FRAMES, 2, pending=PENDING[:1]),
    "exceptions that were on their way, after the end": r.Exceptions((), PENDING_THEN),
    "stack": r.Stack(TASK_2, FRAMES, selected=2),
    "stack of a task that was started": r.Stack(
        TASK_2, FRAMES, selected=2, started=(Spawn(CHILD_1, SLEEP), Spawn(PARENT, SLEEP))
    ),
    "unfolded": r.Stack(TASK_2, FRAMES, selected=2, folded=False),
    "equal stacks": r.Stack(TASK_2, FRAMES, selected=-1, others=(CHILD_1, PARENT) * 4),
    "frame": r.FrameShown(CHILD_2, FRAMES[2], LISTING),
    "locals": r.Variables("locals", FRAMES[2], VARIABLES),
    "arguments": r.Variables("arguments", FRAMES[2], ()),
    "evaluated": r.Evaluated("rows", VARIABLES[2].value),
    "evaluated in a task": r.Evaluated("rows", VARIABLES[2].value, task=CHILD_2),
    "returned": r.Returned(VARIABLES[2].value),
    "raised": r.Returned(None, "ValueError: no such row"),
    "settings": r.SettingList(
        (Setting("own", "anyio mylib.*", "files and packages that count as your own code"),)
    ),
    "breakpoint set": r.BreakpointSet("set", BREAKPOINTS[0]),
    "breakpoint pending": r.BreakpointSet("set", BREAKPOINTS[2]),
    "breakpoint cleared": r.BreakpointSet("cleared", BREAKPOINTS[1]),
    "breakpoints": r.BreakpointList(BREAKPOINTS),
    "breakpoint per task": r.BreakpointList((PER_TASK,)),
    "displays": r.DisplayList(
        (
            r.Displayed(1, "n", Value("3", "int"), Value("2", "int")),
            r.Displayed(2, "rows", VARIABLES[2].value, VARIABLES[1].value),
            r.Displayed(3, "m", None, problem="NameError: name 'm' is not defined"),
        )
    ),
    "aliases": r.AliasList((("wn", "where 3 ;; queue"), ("t", "tasks"))),
    "runs": r.RunList((RUN_PICTURE,), 1),
    "command help": STEP_HELP,
    "help": r.HelpList(HELP),
    "looks wrong": r.StopShown(replace(STOP, lints=(LINT,), knots=(CROSSED,)), LISTING),
    "hit": r.StopShown(
        Stop(
            StopKind.BREAKPOINT,
            RunId(2),
            CHILD_1,
            1,
            0.0,
            NOT_RECORDED,
            SLEEP,
            0,
            1,
            None,
            hits=(FAILED_HIT,),
            passed=Passed(4, 2),
            shown_run=True,
        ),
        None,
        (r.Displayed(1, "n", Value("3", "int")),),
    ),
    "idle": r.StopShown(Stop(StopKind.HALT, RUN, None, 0, 5.2, None, None, 0, 3, 0.5), None),
}

EVENTS: dict[str, Event] = {
    "run started": RunStarted(RUN, "MainThread", guest=False),
    "guest run started": RunStarted(RunId(2), "worker", guest=True),
    "run returned": RunEnded(RUN, "returned", "", 1.5),
    "run raised": RunEnded(RUN, "raised", "ExceptionGroup: 2 sub-exceptions", 1.5),
    "run was quit": RunEnded(RUN, "quit", "", 0.0),
    "resumed": Resumed(RUN, "step child#2"),
    "a lint": LintFound(LINT, at_stop=False),
    "a token": TokenTold(RUN, Token("stepdbg:1:" + "eNpjYGBg" * 12 + ":0b1c2d3e", 57)),
    "a token too long": TokenTold(RUN, Token("", 12_345)),
    "a note": Note("this program never ran Trio"),
    "output": Output("stdout", "child 1 starts\n\nchild 2 starts\n"),
    "program ended": ProgramEnded(0),
    "program failed": ProgramEnded(1, "ValueError: no"),
    "program killed": ProgramEnded(None),
}
