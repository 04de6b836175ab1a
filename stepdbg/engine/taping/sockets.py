"""Trio's sockets: what each call returned, and which waits ended because a socket was ready.

Owns: `Sockets`.  Does not own: the moments of a replay (taped_run), the places in Trio
(_trio_internals.taped).

A socket in a replay is one of the system that is never bound or connected.  The results of all
calls come from the tape.  A task that waits for the socket is parked.  The order of steps says when
the task goes on, so the tape need not say when the socket was ready.  It notes only which waits
were cancelled: a wait that ended because the socket was ready does not end by a cancellation that
came right after that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import trio
from outcome import Error, Outcome, Value
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, taped, tasks
from stepdbg.model.standard import errno, os, socket
from stepdbg.model.tape import Tape

_CALLS = (
    *("bind", "connect", "connect_ex", "getpeername", "getsockname", "getsockopt", "listen"),
    *("setsockopt", "shutdown"),
)
"""Methods of a socket that Trio calls without a wait."""


class Holds(Protocol):
    """Knows at which stop a run is held, None while it goes on."""

    @property
    def held(self) -> object | None: ...


class _Call:
    """One call of a replay that waits; it has both functions that Trio needs for that."""

    __slots__ = ("_fn", "_sockets", "_wait_fn")

    def __init__(self, sockets: Sockets, wait_fn: Any, fn: Any) -> None:
        self._sockets, self._wait_fn, self._fn = sockets, wait_fn, fn

    def wait(self, sock: Any) -> Any:
        """Wait for the socket."""
        self._sockets.begin_wait()
        return self._wait_fn(sock)

    def call(self, sock: Any, *args: Any, **named: Any) -> Any:
        """Call the function."""
        return self._sockets.call(self._fn, sock, *args, **named)


_SMALL, _OFTEN = 256, 1024
"""Results of at most `_SMALL` bytes are not counted singly, but `_OFTEN` of them at a time."""


class Recorder:
    """Makes functions that record calls.

    Most calls of an echo server go through them, so they are as short as possible, and there are
    two for each function of the system's sockets.

    tape: the tape on which they record.
    """

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._waits = 0

    def pair(self, wait_fn: Any, fn: Any, apart: Any) -> tuple[Any, Any, dict[int, int]]:
        """A function that waits for a socket, one that calls `fn`, and the waits that have begun.

        The waits are numbers, by the identity of the socket.  A wait that is still there when Trio
        begins a call was cancelled; one that is there when `fn` is called has ended as it should.

        apart: records a call whose result is not a plain value; None for other functions.
        """
        begun: dict[int, int] = {}
        call = (
            _recording(self._tape, fn, begun) if apart is None else _after(self._tape, begun, apart)
        )
        return self._waiting(wait_fn, begun), call, begun

    def _waiting(self, wait_fn: Any, begun: dict[int, int]) -> Callable[[Any], Any]:
        lost = self._tape.lost

        def wait(sock: Any) -> Any:
            number, self._waits = self._waits, self._waits + 1
            begun[id(sock)] = number
            lost.add(number)
            return wait_fn(sock)

        return wait


def _recording(tape: Tape, fn: Any, begun: dict[int, int]) -> Callable[..., Any]:
    """A function that calls `fn`, which takes no keyword arguments, and records the result."""
    lost, name, entries = tape.lost, fn.__name__, tape.entries
    busy = (name, errno.EAGAIN, os.strerror(errno.EAGAIN))

    def call(sock: Any, *args: Any) -> Any:
        if begun:
            number = begun.pop(id(sock), None)
            if number is not None:
                lost.discard(number)
        try:
            value = fn(sock, *args)
        except OSError as error:
            if tape.on:
                own = (name, error.errno or 0, error.strerror or str(error))
                tape.add(busy if error.errno == errno.EAGAIN else own)
            raise
        if tape.on:
            if type(value) is not int and (type(value) is not bytes or len(value) > _SMALL):
                data = value[0] if type(value) is tuple else value  # of `recvfrom` and the like
                tape.add((name, value), len(data))
            else:
                entries.append((name, value))
                if not len(entries) % _OFTEN:
                    tape.has_room(_OFTEN * _SMALL)
        return value

    return call


def _after(tape: Tape, begun: dict[int, int], apart: Any) -> Callable[..., Any]:
    """A function that calls `apart`, which makes a plain value of the result and records that."""

    def call(sock: Any, *args: Any, **named: Any) -> Any:
        number = begun.pop(id(sock), None)
        if number is not None:
            tape.lost.discard(number)
        return apart(sock, *args, **named)

    return call


class Sockets:
    """The sockets of one run.

    Args:
        tape: the tape on which they are recorded, or from which they are replayed.
        runner: the run.
        hold: says whether the run is held.
    """

    def __init__(self, tape: Tape, runner: runs.Runner, hold: Holds) -> None:
        self._tape, self._runner, self._hold = tape, runner, hold
        self._recorder = Recorder(tape)
        self._pairs: dict[Any, tuple[Any, Any, dict[int, int]]] = {}
        self._waits = 0
        self._begun: int | None = None
        self._parked: dict[int, tuple[Task, Any, str]] = {}
        self._taken: set[tuple[Any, str]] = set()
        methods = {name: partial_method(self.call, getattr(socket.socket, name)) for name in _CALLS}
        body: dict[str, Any] = {"__slots__": (), "__module__": "socket", "dup": _dup, **methods}
        self.kind: type = type("socket", (socket.socket,), body)

    def adopt(self, sock: Any) -> None:
        """Take a socket of the system that becomes one of Trio's."""
        if type(sock) is socket.socket and self._tape.here():
            sock.__class__ = self.kind

    def in_place_of(self, nonblocking: Any, sock_of: Any) -> Callable[..., Any]:
        """A function that replaces Trio's `nonblocking`; see `taped.tape_sockets`."""
        tape, kind, hold, pairs = self._tape, self.kind, self._hold, self._pairs

        def calls(owner: Any, wait_fn: Any, fn: Any, *args: Any, **named: Any) -> Any:
            sock = sock_of(owner)
            if type(sock) is not kind or not tape.on or hold.held is not None:
                return nonblocking(owner, wait_fn, fn, *args, **named)
            if tape.plays:
                again = _Call(self, wait_fn, fn)
                return nonblocking(owner, again.wait, again.call, *args, **named)
            wait, call, begun = pairs.get(fn) or self._pair(wait_fn, fn)
            if begun and begun.pop(id(sock), None) is not None:
                tape.has_room(0)  # that wait was cancelled, and is kept as one of the lost
            return nonblocking(owner, wait, call, *args, **named)

        return calls

    def _pair(self, wait_fn: Any, fn: Any) -> tuple[Any, Any, dict[int, int]]:
        """The functions that record the calls of `fn` and the waits for it."""
        apart = partial(self.call, fn) if fn.__name__ in _APART else None
        found = self._pairs[fn] = self._recorder.pair(wait_fn, fn, apart)
        return found

    def ready(self, ask: Callable[[Any], bool], owner: Any, sock: Any) -> bool:
        """Whether a socket is readable; see `taped.tape_sockets`."""
        if type(sock) is self.kind and self._tape.here():
            return bool(self._tape.of("socket.is_readable", ask, owner))
        return ask(owner)

    # -- calls -------------------------------------------------------------------------

    def call(self, fn: Any, sock: Any, *args: Any, **named: Any) -> Any:
        """Call a method of the system's sockets, or give the result that the tape has."""
        tape = self._tape
        if type(sock) is not self.kind or not tape.here():
            return fn(sock, *args, **named)
        name = fn.__name__
        if name not in _APART:
            return tape.of(name, fn, sock, *args, **named)
        flat, again = _APART[name]
        buffer = named["buffer"] if "buffer" in named else args[0] if args else None
        value: Any = None

        def flattened() -> Any:
            nonlocal value
            value = fn(sock, *args, **named)
            return flat(value, buffer)

        found = tape.of(name, flattened)
        return value if value is not None else again(found, buffer)

    # -- waits -------------------------------------------------------------------------

    def begin_wait(self) -> None:
        """Note that a call of a replay begins to wait."""
        self._begun, self._waits = self._waits, self._waits + 1

    def wait(self, real: Callable[[Any], Any], sock: Any, direction: str) -> Any:
        """Wait for a socket, in a replay without one; see `taped.tape_waits`."""
        number, self._begun = self._begun, None
        tape = self._tape
        if type(sock) is not self.kind or not tape.plays or not tape.on:
            return real(sock)
        return self._park(sock, direction, number)

    async def _park(self, sock: Any, direction: str, wait: int | None) -> None:
        """Wait until the order of steps says to go on.

        wait: the number of the wait; None if no call of a socket began it.
        """
        if (sock, direction) in self._taken:
            raise trio.BusyResourceError("another task is already reading / writing this fd")
        task = trio.lowlevel.current_task()
        self._taken.add((sock, direction))
        self._parked[tasks.number(task)] = (task, sock, direction)

        def ends() -> bool:
            cancelled = wait is None or wait in self._tape.lost or not self._tape.on
            if cancelled:
                self._forget(tasks.number(task))
            return cancelled

        await taped.park(ends)

    def closing(self, sock: Any) -> bool:
        """End the waits for a socket that is being closed; see `taped.tape_waits`."""
        if type(sock) is not self.kind or not self._tape.plays:
            return False
        for number, (_, waits_for, _) in list(self._parked.items()):
            if waits_for is sock:
                error = trio.ClosedResourceError("another task closed this fd")
                self._wake(number, Error(error))
        return True

    def wake(self, number: int | None) -> bool:
        """End the wait of a task whose turn it is; return whether it was waiting here."""
        if number is None or number not in self._parked:
            return False
        self._wake(number, Value(None))
        return True

    def release(self) -> None:
        """End all waits, because the tape has ended."""
        for number in list(self._parked):
            self._wake(number, Value(None))

    def _wake(self, number: int, outcome: Outcome[None]) -> None:
        taped.wake(self._runner, self._forget(number), outcome)

    def _forget(self, number: int) -> Task:
        task, sock, direction = self._parked.pop(number)
        self._taken.discard((sock, direction))
        return task


def partial_method(call: Callable[..., Any], fn: Any) -> Any:
    """A method of a socket that goes through `call`."""

    def method(self: Any, *args: Any, **named: Any) -> Any:
        return call(fn, self, *args, **named)

    method.__name__, method.__doc__ = fn.__name__, fn.__doc__
    return method


def _dup(self: Any) -> socket.socket:
    """Like `socket.socket.dup`, but the result is an ordinary socket, which Trio needs."""
    descriptor = socket.dup(self.fileno())
    return socket.socket(self.family, self.type, self.proto, fileno=descriptor)


def _flat_accept(value: Any, _: object) -> Any:
    sock, address = value
    return int(sock.family), int(sock.type), sock.proto, address


def _accepted(found: Any, _: object) -> Any:
    family, kind, proto, address = found
    return socket.socket(family, kind, proto), address


def _flat_into(value: Any, buffer: Any) -> Any:
    count, *rest = value if type(value) is tuple else (value,)
    return bytes(memoryview(buffer).cast("B")[:count]), type(value) is tuple, *rest


def _into(found: Any, buffer: Any) -> Any:
    data, is_tuple, *rest = found
    memoryview(buffer).cast("B")[: len(data)] = data
    return (len(data), *rest) if is_tuple else len(data)


_APART: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "accept": (_flat_accept, _accepted),
    "recv_into": (_flat_into, _into),
    "recvfrom_into": (_flat_into, _into),
}
"""How to turn the results of these methods into plain values, and back."""
