"""Where Trio begins threads, calls the sockets of the system and waits for them.

Owns: putting functions of ours in these places, and a wait that ends when somebody says so.
Does not own: what they do (engine.taping).

No function of ours is a coroutine around one of Trio's: each returns what Trio's gives, so that no
frame of ours stands between those of a task that waits.
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
    """Let somebody begin the threads of `trio.to_thread.run_sync`.

    Trio looks both functions up as global names of ``trio/_threads.py``.

    Args:
        start: makes what takes the place of Trio's function, which it is given.
        calls: called in a thread that calls into the run.

    Returns:
        A function that takes it back.
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
    """Let somebody make the calls of Trio's sockets.

    Args:
        adopt: is given each socket of the system that becomes one of Trio's.
        calls: makes what takes the place of `_nonblocking_helper`, through which most calls go; it
            is given that, and what gives the system's socket of one of Trio's.
        ready: tells whether a socket is readable; given the function that asks, and the sockets of
            Trio's and of the system.

    Returns:
        A function that takes it back.
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
    """Let somebody wait for sockets.

    Args:
        passes: waits for objects of this type are Trio's own.
        wait: gives what is awaited; it is given Trio's function, what is waited for, and
            ``read`` or ``write``.
        closing: told of what is about to be closed; whether Trio need not know.

    Returns:
        A function that takes it back.
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
    """Wait until somebody says so, see `wake`.

    ends: called when the wait is to be cancelled; whether it ends then.
    """

    def abort(_: object) -> trio.lowlevel.Abort:
        return trio.lowlevel.Abort.SUCCEEDED if ends() else trio.lowlevel.Abort.FAILED

    await trio.lowlevel.wait_task_rescheduled(abort)


def wake(runner: Runner, task: Task, outcome: Any) -> None:
    """End the wait of a task that is parked, with this outcome; on the run's thread."""
    runner.reschedule(task, outcome)
