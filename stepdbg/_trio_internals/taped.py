"""The places where Trio starts threads, calls the system's sockets and waits for them.

Owns: putting our functions in these places, and a wait that ends when `wake` is called.
Does not own: what they do (engine.taping).

None of our functions is a coroutine around one of Trio: each returns what Trio's function returns,
so a waiting task has none of our frames on its stack.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import trio
from trio import _socket, _threads
from trio._core import _run
from trio._core._run import Runner, Task

from stepdbg.model.standard import functools

from .patches import replace_method

StartThread = Callable[..., None]


def tape_threads(
    start: Callable[[StartThread], StartThread], calls: Callable[[], None]
) -> Callable[[], None]:
    """Replace the functions that start and call back the threads of `trio.to_thread.run_sync`.

    Trio looks both functions up as global names of ``trio/_threads.py``.

    Args:
        start: gets Trio's function and makes its replacement.
        calls: called in a thread that calls into the run.

    Returns:
        A function that undoes this.
    """
    names = vars(_threads)
    original, send = names["start_thread_soon"], names["_send_message_to_trio"]

    def send_message(*args: Any) -> Any:
        calls()
        return send(*args)

    names["start_thread_soon"], names["_send_message_to_trio"] = start(original), send_message

    def restore() -> None:
        names["start_thread_soon"], names["_send_message_to_trio"] = original, send

    return restore


def tape_sockets(
    adopt: Callable[[Any], None],
    calls: Callable[[Any, Any], Callable[..., Any]],
    ready: Callable[[Callable[..., bool], Any, Any], bool],
) -> Callable[[], None]:
    """Replace the functions by which Trio's sockets call the system.

    Args:
        adopt: called with each socket of the system that becomes one of Trio's.
        calls: makes the replacement for `_nonblocking_helper`, through which most calls go.  It
            gets that function, and a function that gives the system's socket for one of Trio's.
        ready: says whether a socket is readable; called with the function that finds out, Trio's
            socket and the system's.

    Returns:
        A function that undoes this.
    """
    kind: Any = _socket._SocketType
    init, nonblocking, is_readable = kind.__init__, kind._nonblocking_helper, kind.is_readable

    def made(self: Any, sock: Any) -> None:
        init(self, sock)
        adopt(sock)

    def readable(self: Any) -> bool:
        return ready(is_readable, self, self._sock)

    undo = [
        replace_method(kind, "__init__", made),
        replace_method(kind, "_nonblocking_helper", calls(nonblocking, attrgetter("_sock"))),
        replace_method(kind, "is_readable", readable),
    ]
    return functools.partial(_call_all, undo)


def tape_waits(
    passes: type,
    wait: Callable[[Callable[..., Any], Any, str], Any],
    closing: Callable[[Any], bool],
) -> Callable[[], None]:
    """Replace the functions by which Trio waits for sockets.

    Args:
        passes: the type of objects for which Trio itself waits.
        wait: gives the awaitable; called with Trio's function, the object to wait for, and ``read``
            or ``write``.
        closing: called with an object that is about to be closed; returns whether Trio need not
            know.

    Returns:
        A function that undoes this.
    """
    kind: Any = vars(_run)["TheIOManager"]
    for_read, for_write, notify = kind.wait_readable, kind.wait_writable, kind.notify_closing

    def wait_readable(self: Any, fd: Any) -> Any:
        if type(fd) is passes:
            return for_read(self, fd)
        return wait(for_read.__get__(self), fd, "read")

    def wait_writable(self: Any, fd: Any) -> Any:
        if type(fd) is passes:
            return for_write(self, fd)
        return wait(for_write.__get__(self), fd, "write")

    def notify_closing(self: Any, fd: Any) -> None:
        if not closing(fd):
            notify(self, fd)

    undo = [
        replace_method(kind, "wait_readable", wait_readable),
        replace_method(kind, "wait_writable", wait_writable),
        replace_method(kind, "notify_closing", notify_closing),
    ]
    return functools.partial(_call_all, undo)


def _call_all(functions: list[Callable[[], None]]) -> None:
    for each in functions:
        each()


async def park(ends: Callable[[], bool]) -> None:
    """Wait until `wake` is called for this task.

    ends: called when the wait is being cancelled; returns whether it ends then.
    """

    def abort(_: object) -> trio.lowlevel.Abort:
        return trio.lowlevel.Abort.SUCCEEDED if ends() else trio.lowlevel.Abort.FAILED

    await trio.lowlevel.wait_task_rescheduled(abort)


def wake(runner: Runner, task: Task, outcome: Any) -> None:
    """End the wait of a parked task with this outcome; must be called on the run's thread."""
    runner.reschedule(task, outcome)
