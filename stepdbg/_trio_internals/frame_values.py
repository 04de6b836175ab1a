"""Reading the variables of a frame without leaving anything behind on it.

Owns: `peek`, `peek_at`, and `let_go` for callers that need the dict itself.
Does not own: setting variables, or what they mean.

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

from collections.abc import Callable
from functools import cache
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Final

from stepdbg.model.standard import gc, sys

_IS_VIEW: Final = sys.version_info >= (3, 13)
_HAS_MONITORING: Final = sys.version_info >= (3, 12)

_OWN_REFERENCES: Final = 4
"""References to a dict that nobody else has: the frame's, the caller's, ours, the question's."""


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
    if mine:  # maybe below its trace function, which may have taken itself out meanwhile
        copy = _copier()
        if copy is None:
            return
        frame.f_locals  # noqa: B018  # read anew, so that what is copied at once is nothing new
        copy(frame, 0)
    safe = mine or _has_ended(frame, names)
    # Asked last: another thread, which may be traced, goes on only while something is called.
    if sys.getrefcount(names) <= _OWN_REFERENCES and (safe or frame.f_back is None):
        names.clear()


def let_go_at_event(frame: FrameType, names: dict[str, object]) -> None:
    """The same for a frame of this thread that is suspended or has just met an event, quickly.

    On 3.11, where the event comes from a trace function, nothing is done: the interpreter
    leaves the dict on the frame anyway.
    """
    if _IS_VIEW or not frame.f_code.co_flags & CO_OPTIMIZED:
        return
    untraced = _HAS_MONITORING or frame.f_back is None
    if untraced and sys.getrefcount(names) <= _OWN_REFERENCES:
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
    # A prototype of our own: `argtypes` of the shared attribute also belongs to the program.
    prototype = ctypes.PYFUNCTYPE(None, ctypes.py_object, ctypes.c_int)
    return prototype(("PyFrame_LocalsToFast", ctypes.pythonapi))


def _is_on_this_stack(frame: FrameType) -> bool:
    # Not from our own frame on: a frame in a variable of its own is a cycle.
    each = sys._getframe().f_back
    while each is not None and each is not frame:
        each = each.f_back
    return each is frame


def _has_ended(frame: FrameType, names: dict[str, object]) -> bool:
    """Whether a frame is left of a traceback: only then it has what it refers to to itself."""
    return any(each is names for each in gc.get_referents(frame))
