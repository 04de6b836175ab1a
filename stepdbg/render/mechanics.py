"""How Trio lets a task wait and go on, for users who want to learn it (`why -v`).

Owns: one explanation for each kind of wait, in Trio's words.  Does not own: what a particular task
waits for (waits).

The facts come from Trio's source: where a wait yields, what it leaves for its waker, and what the
loop does with that.
"""

from __future__ import annotations

from stepdbg.model.standard import re, sys
from stepdbg.model.task import WaitKind
from stepdbg.model.waits import Wait, WaitLink, WaitState

from . import words
from .spans import EMPTY, Line, text

_YIELDED = "{who} has yielded to trio.run from "

_LOT = "puts the task that has been there longest on the run queue"

_HOW = {
    WaitKind.EVENT: "Event.wait and is one of the event's waiters; set() puts all of them on "
    "the run queue, and trio.run resumes them in its next pass",
    WaitKind.LOCK: "acquire and is parked in the lock's parking lot; the owner's release() hands "
    "the lock to the task that has been there longest and puts it on the run queue",
    WaitKind.CONDITION: "Condition.wait, which has released the lock, and is parked in the "
    "condition's parking lot; notify() moves it to those who wait for the lock, and it goes on "
    "once the lock is its own",
    WaitKind.SEMAPHORE: "acquire and is parked in the semaphore's parking lot; release() leaves "
    f"the value as it is while somebody waits, and {_LOT}",
    WaitKind.LIMITER: "acquire and is parked in the limiter's parking lot; a task that gives back "
    f"a token {_LOT}, with that token",
    WaitKind.RECEIVE: "receive and is one of the channel's receivers; the next send() hands "
    "its value over and puts {who} on the run queue; if the last sender is closed, it is woken "
    "with EndOfChannel",
    WaitKind.SEND: "send and is one of the channel's senders, with its value; the next "
    "receive() takes it and puts {who} on the run queue; if the last receiver is closed, it is "
    "woken with BrokenResourceError",
    WaitKind.NURSERY: "the end of its `async with` block; every child that ends tells the "
    "nursery, and the last one puts {who} on the run queue; a child that fails makes the nursery "
    "cancel its scope, and with it the other children",
    WaitKind.START: "nursery.start; the child lives in a nursery that start() has opened, until "
    "its started() moves it into the real one; that ends the inner nursery, which puts {who} on "
    "the run queue",
    WaitKind.SLEEP: "trio.sleep and asked to be woken by the deadline of its scope{left}; "
    "trio.run sits in {poll} for that long, unless something else comes first, then cancels the "
    "scope, which wakes {who}, and sleep swallows the cancellation",
    WaitKind.FOREVER: "a sleep without an end, and nothing will wake it; if a scope around "
    "it is cancelled, trio.run puts {who} on the run queue, and the sleep raises Cancelled",
    WaitKind.READABLE: "wait_readable and has its file descriptor registered with {poll}, in "
    "which trio.run sits while no task can go on; when there is something to read, trio.run puts "
    "{who} on the run queue, and it tries to read once more",
    WaitKind.WRITABLE: "wait_writable and has its file descriptor registered with {poll}, in "
    "which trio.run sits while no task can go on; when there is room to write, trio.run puts "
    "{who} on the run queue, and it tries to write once more",
    WaitKind.PROCESS: "Process.wait; the system tells trio.run when the process has ended, by a "
    "file descriptor in {poll} or by a thread that waits for it, and trio.run puts {who} on the "
    "run queue",
    WaitKind.SIGNAL: "the iteration over signals; when one arrives, Trio's handler notes it and "
    "writes a byte into a socket that wakes trio.run out of {poll}; that puts {who} on the run "
    "queue",
    WaitKind.THREAD: "to_thread.run_sync; a worker thread runs the function and then writes a "
    "byte into a socket that wakes trio.run out of {poll}; a task of Trio's own takes the result "
    "and puts {who} on the run queue",
    WaitKind.IDLE: "wait_all_tasks_blocked; when no other task has been able to go on for as long "
    "as it asked for, trio.run puts it on the run queue",
    WaitKind.PARKING_LOT: f"ParkingLot.park; unpark() {_LOT}",
    WaitKind.ENTRY_QUEUE: "its wait for a socket; another thread or a signal handler leaves a "
    "call in the queue and writes a byte into it, which wakes trio.run out of {poll}",
    WaitKind.CUSTOM: "wait_task_rescheduled; the code that called it has kept the task, and has to "
    "call trio.lowlevel.reschedule() with it; trio.run itself knows of no way but a cancellation",
}
"""What follows "has yielded to trio.run from" in each kind of wait."""

_OF_LIBRARY = (
    "{through}, which waits for an Event of Trio's inside; what ends the wait sets that, and so "
    "puts {who} on the run queue"
)
"""The same if a library manages its waiters itself, each of which waits for an Event of Trio's."""

_KEPT_BY_LIBRARIES = (WaitKind.RECEIVE, WaitKind.SEND, WaitKind.CONDITION)

_CAN_GO_ON = {
    WaitState.NOT_STARTED: "{who} is a coroutine that has not run at all; it is in the run "
    "queue, and trio.run takes its first step in this pass or the next",
    WaitState.RUNNABLE: "{who} is in the run queue; trio.run resumes it in this pass or the "
    "next, and it keeps the thread until it yields again",
    WaitState.CURRENT: "trio.run has taken {who} from the run queue and resumes it; no other task "
    "of this run moves until it yields again",
    WaitState.HELD: "{who} is kept away from the run queue by the debugger, not by Trio",
}

_POLLS = {"linux": "epoll", "win32": "its I/O completion port"}


def how(link: WaitLink) -> Line:
    """What Trio does with a task in this state; empty for a task that has ended."""
    wait = link.wait
    if wait is None:
        return _filled(_CAN_GO_ON.get(link.state, ""), link, None)
    library = bool(wait.through) and wait.kind in _KEPT_BY_LIBRARIES
    line = _filled(_YIELDED + (_OF_LIBRARY if library else _HOW[wait.kind]), link, wait)
    if wait.deadline is None or wait.kind is WaitKind.SLEEP:
        return line
    line += text("; if the deadline of a scope around it comes first, ") + words.left(wait.deadline)
    return line + text(", trio.run cancels that scope, and the wait raises Cancelled")


def _filled(sentence: str, link: WaitLink, wait: Wait | None) -> Line:
    left = None if wait is None else wait.deadline
    pieces = {
        "who": text(link.task.short, "task"),
        "left": EMPTY if left is None else text(", ") + words.left(left),
        "poll": text(_POLLS.get(sys.platform, "kqueue")),
        "through": text("" if wait is None else wait.through),
    }
    line = EMPTY
    for index, part in enumerate(re.split(r"{([^}]*)}", sentence)):
        line += pieces[part] if index % 2 else text(part)
    return line
