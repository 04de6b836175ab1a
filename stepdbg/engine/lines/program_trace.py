"""Sharing a thread's one trace function with the program (Python 3.11).

Owns: `TraceSlot`, which puts our trace function in the place of the program's, keeps the program's
for ours to call, and puts it back; `trace_other_threads`, the same for threads that run already.
Does not own: what ours does with an event (`tracing`).

A thread has one trace function, that of the last call of `sys.settrace`.  So while ours is in
place, we also replace `sys.settrace` and `sys.gettrace`, and those of `threading`: they set and
return the program's function, which ours calls.  Without that, a program that sets a trace function
would end ours, and `sys.gettrace` would show ours to the program.  C code that sets a trace
function (coverage's C tracer) bypasses these functions; we notice that at our next event or
`restore`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol, cast

from stepdbg.model.standard import _thread, original

threading: Any = original("threading")  # its functions are replaced, for all callers


class TraceFunction(Protocol):
    """A trace function, global or local, as `sys.settrace` describes them."""

    def __call__(self, frame: FrameType, event: str, arg: object, /) -> TraceFunction | None:
        """Take an event; the result is the frame's local trace function from now on."""


_get_real = cast(Callable[[], "TraceFunction | None"], sys.gettrace)
_set_real = cast(Callable[["TraceFunction | None"], None], sys.settrace)
_get_hook = cast(Callable[[], "TraceFunction | None"], threading.gettrace)
_set_hook = cast(Callable[["TraceFunction | None"], None], threading.settrace)


class _OfThread(_thread._local):  # noqa: SLF001 - `threading.local`
    """The program's own trace function, for each thread."""

    function: TraceFunction | None = None


class TraceSlot:
    """The place of each thread's trace function; ours is there from `take` to `give_back`."""

    def __init__(self, ours: TraceFunction, replaced: Callable[[], None]) -> None:
        """`replaced` is called when the program has set a trace function of its own."""
        self.ours = ours
        self.taken = False
        self.shared = False  # whether the program has had one on any thread since `take`
        self._replaced = replaced
        self._program = _OfThread()
        self._program_hook: TraceFunction | None = None  # threading.settrace's, before us
        # One object each: whether they are still in place is found out by identity.
        self._settrace_of_program = self._settrace
        self._gettrace_of_program = self.of_program
        self._set_hook_of_program = self._set_hook
        self._get_hook_of_program = self._get_hook

    @property
    def program(self) -> TraceFunction | None:
        """The program's own trace function on this thread."""
        return self._program.function

    def call_program(
        self, function: TraceFunction, frame: FrameType, event: str, arg: object
    ) -> TraceFunction | None:
        """Call the program's trace function, global or local, as CPython would.

        If it raises, it is dropped (CPython does the same) and the exception goes on.  If it puts
        itself in by C code, as coverage's does, it stays the program's.
        """
        try:
            local = function(frame, event, arg)
        except BaseException:
            self._program.function = None
            raise
        if self.taken:
            self.restore()
        return local

    def restore_own(self) -> bool:
        """Put ours back after CPython took it out for raising; returns whether it belongs there."""
        if self.taken:
            _set_real(self.ours)
        return self.taken

    def take(self) -> None:
        """Put ours in on this thread and on all that will start, and on others if possible."""
        if not self.taken:
            self.taken = True
            sys.settrace = self._settrace_of_program  # type: ignore[assignment]  # own name for its type
            sys.gettrace = self._gettrace_of_program
            self._program_hook = _get_hook()
            _set_hook(self.ours)
            threading.settrace = self._set_hook_of_program
            threading.gettrace = self._get_hook_of_program
        self.restore()

    def restore(self) -> None:
        """Put ours in on this thread; if something else was there, that is the program's."""
        current = _get_real()
        if current is not self.ours:
            self._keep(current)
            _set_real(self.ours)

    def give_back(self) -> None:
        """Put the program's back: at once on this thread, on other threads at their next call."""
        if not self.taken:
            return
        self.taken = self.shared = False
        if sys.settrace is self._settrace_of_program:
            sys.settrace = cast("Callable[..., None]", _set_real)
        if sys.gettrace is self._gettrace_of_program:
            sys.gettrace = _get_real
        if threading.settrace is self._set_hook_of_program:
            threading.settrace = cast("Callable[..., None]", _set_hook)
        if threading.gettrace is self._get_hook_of_program:
            threading.gettrace = cast("Callable[..., Any]", _get_hook)
        if _get_hook() is self.ours:
            _set_hook(self._program_hook)
        self.leave_thread()

    def leave_thread(self) -> None:
        """Put the program's trace function back on this thread, if ours is there."""
        program, self._program.function = self._program.function, None
        if _get_real() is self.ours:
            _set_real(program)

    def _keep(self, function: TraceFunction | None) -> None:
        self._program.function = function
        self.shared = self.shared or function is not None

    def _settrace(self, function: TraceFunction | None, /) -> None:
        if not self.taken:
            _set_real(function)
            return
        profile = sys.getprofile()
        hides = callable(profile)  # else none, or one in C that only C can put back
        if hides:
            sys.setprofile(None)  # the program's profiler must not see our calls
        # A thread that starts is given `threading.settrace`'s function through here.
        self._keep(self._program_hook if function is self.ours else function)
        _set_real(self.ours)
        self._replaced()
        if hides:
            sys.setprofile(profile)

    def of_program(self) -> TraceFunction | None:
        """The trace function that the program believes is on this thread."""
        current = _get_real()
        return self._program.function if current is self.ours else current

    def _set_hook(self, function: TraceFunction | None) -> None:
        if self.taken:
            self._program_hook = function
        else:
            _set_hook(function)

    def _get_hook(self) -> TraceFunction | None:
        return self._program_hook if self.taken else _get_hook()


_TRACE_WORDS = 32  # far less than a PyThreadState; the trace function is word 9 on 3.11


def trace_other_threads(ours: object) -> bool:
    """Put `ours`, this thread's trace function, on all other threads that have none.

    `sys.settrace` reaches only the calling thread.  (3.12 has `threading.settrace_all_threads`, but
    stepdbg traces only on 3.11.)  Both call the C function `_PyEval_SetTrace(tstate, func, arg)`,
    which 3.11 has as well.  The value for `func` is private, so we copy it from our own thread:
    there it stands two words before the trace function.

    Returns whether that was possible.  A thread with a trace function of its own keeps it.
    """
    try:
        import ctypes
    except ImportError:  # an interpreter built without it
        return False
    api = ctypes.pythonapi
    set_trace = getattr(api, "_PyEval_SetTrace", None)
    if set_trace is None or sys.version_info >= (3, 12):
        return False
    set_trace.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.py_object)
    for name, arguments in _STATE_FUNCTIONS.items():
        getattr(api, name).restype = ctypes.c_void_p
        getattr(api, name).argtypes = (ctypes.c_void_p,) * arguments

    def words(state: int) -> list[int]:
        return list((ctypes.c_size_t * _TRACE_WORDS).from_address(state))

    mine: int = api.PyThreadState_Get()
    own_words = words(mine)
    if id(ours) not in own_words:
        return False
    place = own_words.index(id(ours))
    state: int | None = api.PyInterpreterState_ThreadHead(api.PyInterpreterState_Get())
    while state is not None:
        if state != mine and not words(state)[place]:
            set_trace(state, own_words[place - 2], ours)
        state = api.PyThreadState_Next(state)
    return True


_STATE_FUNCTIONS = {
    "PyThreadState_Get": 0,
    "PyInterpreterState_Get": 0,
    "PyInterpreterState_ThreadHead": 1,
    "PyThreadState_Next": 1,
}
"""C functions that return a pointer, with the number of pointers they take."""
