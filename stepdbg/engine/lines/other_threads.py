"""Tracing threads that run already (Python 3.11).

Owns: `trace_other_threads`.  Does not own: any trace function.

`sys.settrace` reaches the calling thread alone (3.12 has `threading.settrace_all_threads`,
and does not need it: `sys.monitoring` knows no threads).  The C function behind both is
in 3.11 as `_PyEval_SetTrace(tstate, func, arg)`.  What it wants for `func` is private, so
it is copied from our own thread: there it stands two words before the trace function.
"""

from __future__ import annotations

import sys

_TRACE_WORDS = 32  # far less than a PyThreadState; the trace function is word 9 on 3.11


def trace_other_threads(ours: object) -> bool:
    """Make `ours`, this thread's trace function, that of all threads that have none.

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
