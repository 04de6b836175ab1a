"""What a run does that no tape holds.

Owns: `Missing`: noticing it, and the first of each kind.
Does not own: what is said about it (taped_run), child processes and signals that are started in
Python (histories.uncontrolled).

An audit hook would notice all this.  But CPython also calls audit hooks at each look at a frame or
a code object, and the recorder looks at some at each wake: an echo server took twice as long.  So
while the run goes on, functions of stepdbg replace those that matter.
"""

from __future__ import annotations

import ctypes
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any

from stepdbg.engine.stacks.frames import is_own, place_of, walk_out
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import functools, original, socket, sys
from stepdbg.model.tape import Tape
from stepdbg.model.taped import Taped
from stepdbg.model.uncontrolled import Touch, Uncontrolled

_IN_C = (
    ("builtins", "open", Uncontrolled.FILE),
    ("io", "open", Uncontrolled.FILE),
    ("os", "fork", Uncontrolled.PROCESS),
    ("os", "forkpty", Uncontrolled.PROCESS),
    ("os", "posix_spawn", Uncontrolled.PROCESS),
    ("os", "posix_spawnp", Uncontrolled.PROCESS),
    ("os", "system", Uncontrolled.PROCESS),
    ("select", "poll", Uncontrolled.IO),
    ("select", "select", Uncontrolled.IO),
    ("subprocess", "_fork_exec", Uncontrolled.PROCESS),
    ("_posixsubprocess", "fork_exec", Uncontrolled.PROCESS),
    ("threading", "_start_joinable_thread", Uncontrolled.THREAD),
    ("threading", "_start_new_thread", Uncontrolled.THREAD),
)
"""Functions in C, by module; `threading` has one of its two, which one depends on the version."""

_METHODS: tuple[tuple[type, str, Uncontrolled], ...] = (
    (socket.socket, "bind", Uncontrolled.IO),
    (socket.socket, "connect", Uncontrolled.IO),
    (socket.socket, "connect_ex", Uncontrolled.IO),
    (socket.socket, "sendto", Uncontrolled.IO),
    (ctypes.CDLL, "__init__", Uncontrolled.LIBRARY),
    (ssl.SSLContext, "wrap_bio", Uncontrolled.TLS),
)

ON_TAPE = frozenset(
    (
        *(Uncontrolled.THREAD, Uncontrolled.IO, Uncontrolled.RANDOM, Uncontrolled.ENTROPY),
        *(Uncontrolled.TIME, Uncontrolled.CLOCK),
    )
)
"""Kinds that a tape holds as a rule; this module notices the exceptions."""


class Missing:
    """Notices what the tape does not hold.

    Args:
        tape: the tape of the run.
        on_touch: called with the first touch of each kind.

    Attributes:
        first: the first touch of each kind.
    """

    def __init__(self, tape: Tape, on_touch: Callable[[Touch], None]) -> None:
        self._tape, self._on_touch = tape, on_touch
        self.first: dict[Uncontrolled, Touch] = {}

    def begin(self) -> list[Callable[[], None]]:
        """Notice it from now on; return the functions that end that."""
        return [*self._replace_functions(), *self._replace_methods()]

    def _replace_functions(self) -> Iterator[Callable[[], None]]:
        made: dict[int, Taped] = {}
        for module, name, kind in _IN_C:
            names: dict[str, Any] = vars(original(module))
            real = names.get(name)
            if callable(real) and type(real) is not Taped:
                by = partial(self._does, kind, real)
                names[name] = made.setdefault(id(real), Taped(self._tape, name, real, by))
                yield partial(names.__setitem__, name, real)

    def _does(self, kind: Uncontrolled, real: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Replaces a function that the program calls in a step."""
        self.miss_here(kind, sys._getframe(2))  # noqa: SLF001 - documented, CPython only
        return real(*args, **named)

    def _replace_methods(self) -> Iterator[Callable[[], None]]:
        for cls, name, kind in _METHODS:
            own = name in vars(cls)
            real = getattr(cls, name)
            setattr(cls, name, self._method(real, kind))
            yield partial(setattr, cls, name, real) if own else partial(delattr, cls, name)

    def _method(self, real: Any, kind: Uncontrolled) -> Callable[..., Any]:
        def method(self_: Any, *args: Any, **named: Any) -> Any:
            if self._tape.here():
                self.miss_here(kind, sys._getframe(1))  # noqa: SLF001 - documented, CPython only
            return real(self_, *args, **named)

        functools.update_wrapper(method, real)
        return method

    def miss(self, touch: Touch) -> None:
        """Note something that the tape does not hold."""
        if touch.kind not in self.first:
            self.first[touch.kind] = touch
            self._on_touch(touch)

    def miss_here(self, kind: Uncontrolled, frame: FrameType | None) -> None:
        """Note something that a frame or its callers do, unless stepdbg's code does it."""
        if kind in self.first or frame is None:
            return
        inside, self._tape.inside = self._tape.inside, True  # naming the line opens a file
        try:
            own = next((each for each in walk_out(frame) if _is_somebodys(each)), None)
            if own is None or not is_ours(own.f_code.co_filename):
                self.miss(Touch(kind, None if own is None else place_of(own)))
        finally:
            self._tape.inside = inside


def _is_somebodys(frame: FrameType) -> bool:
    """Whether a frame runs own code or stepdbg's, rather than a library's."""
    name = frame.f_code.co_filename
    return is_own(name) or is_ours(name)
