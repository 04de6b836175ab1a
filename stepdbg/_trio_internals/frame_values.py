"""Reading the variables of a frame without leaving anything behind on it.

Owns: `peek`, `peek_at`, `let_go`.  Does not own: setting variables, or what they mean.

From 3.13 `frame.f_locals` is a view (PEP 667).  Before, it is a dict that stays on the frame
until the frame is gone, with what the variables were when it was last read: a variable that the
program deletes, to let an exception or a socket go, would be kept alive by our having looked.
So the dict is emptied again.  Two things have to be minded (CPython 3.11, 3.12):

- ``locals()`` of the program is the same dict.  One that somebody else refers to stays as it is.
- When a Python trace or profile function returns, the dict is copied back to its frame, and what
  is missing there loses its value (``call_trampoline`` in ``sysmodule.c``).  But only if the dict
  has been read since it was last copied: so it is copied at once, which changes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Final

_IS_VIEW: Final = sys.version_info >= (3, 13)

_OWN_REFERENCES: Final = 4
"""References to a dict that nobody else has: the frame's, the caller's, ours, the question's."""

# Those of the interpreter: the program is given others while we trace (lines.program_trace).
_get_trace, _get_profile = sys.gettrace, sys.getprofile


def peek(frame: FrameType) -> dict[str, object]:
    """The bound variables of a frame at this moment, as a dict of the caller's own."""
    names = frame.f_locals
    found = dict(names)
    let_go(frame, names)
    return found


def peek_at(frame: FrameType, name: str) -> object:
    """The value of one variable; None when it is not bound."""
    names = frame.f_locals
    found: object = names.get(name)
    let_go(frame, names)
    return found


def let_go(frame: FrameType, names: dict[str, object]) -> None:
    """Empty what ``frame.f_locals`` gave, unless somebody else may look at it.

    Args:
        names: that dict; the caller has it in one variable, and nowhere else.
    """
    if _IS_VIEW or not frame.f_code.co_flags & CO_OPTIMIZED:
        return
    mine = _is_on_this_stack(frame)
    if mine and (_get_trace() is not None or _get_profile() is not None):
        copy = _copier()
        if copy is None:
            return
        frame.f_locals  # noqa: B018  # read anew, so that what is copied at once is nothing new
        copy(frame, 0)
    # Asked last: another thread, which may be traced, goes on only while something is called.
    if sys.getrefcount(names) <= _OWN_REFERENCES and (mine or frame.f_back is None):
        names.clear()


def copy_back(frame: FrameType, *, unbind: bool) -> None:
    """Copy the dict that `f_locals` gave last to the frame (before 3.13).

    unbind: whether a variable that is missing in the dict loses its value.

    Raises:
        ImportError: this interpreter has been built without `ctypes`.
    """
    copy = _copier()
    if copy is None:
        raise ImportError("this Python has no ctypes")
    copy(frame, unbind)


@cache
def _copier() -> Callable[[FrameType, int], None] | None:
    """``PyFrame_LocalsToFast``; None where there is no `ctypes`."""
    try:
        import ctypes
    except ImportError:
        return None
    # A prototype of our own: `argtypes` of the shared attribute belongs to the program, too.
    prototype = ctypes.PYFUNCTYPE(None, ctypes.py_object, ctypes.c_int)
    return prototype(("PyFrame_LocalsToFast", ctypes.pythonapi))


def _is_on_this_stack(frame: FrameType) -> bool:
    # Not from our own frame on: a frame in a variable of its own is a cycle.
    each = sys._getframe().f_back
    while each is not None and each is not frame:
        each = each.f_back
    return each is frame
