"""Reading the variables of a frame without leaving anything behind on it.

Owns: `peek`, `peek_at`, and `let_go` for callers that need the dict itself; `is_a`, which checks
the type of a value without running its code, and `is_derived`.
Does not own: setting variables, or what they mean.

From 3.13 on `frame.f_locals` is a view (PEP 667), and reading it leaves nothing behind.  Before,
it is a dict that stays on the frame until the frame is gone.  The dict keeps the values of the
variables at the time when it was last read.  If the program then deletes a variable, to let an
exception or a socket go, the dict would keep the object alive.  So we empty the dict again, with
two precautions (CPython 3.11, 3.12):

- ``locals()`` of the program is the same dict.  If anything else refers to it, it stays as it is.
- When a trace or profile function written in Python returns, CPython copies the dict back to the
  frame, and a variable that is missing in the dict loses its value (``call_trampoline`` in
  ``sysmodule.c``).  CPython does so only if the dict has been read since it was last copied.  So we
  copy the full dict back at once, which changes nothing, and empty it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import TYPE_CHECKING, Final, TypeVar, overload

from stepdbg.model.standard import gc, sys

if TYPE_CHECKING:
    from typing_extensions import TypeIs

T = TypeVar("T")
U = TypeVar("U")

_IS_VIEW: Final = sys.version_info >= (3, 13)
_HAS_MONITORING: Final = sys.version_info >= (3, 12)

_OWN_REFERENCES: Final = 4
"""References to a dict that nothing else refers to: the frame's, the caller's, this function's, and
the one of the call that counts.
"""


def peek(frame: FrameType) -> dict[str, object]:
    """The bound variables of a frame at this moment, as a dict of the caller's own."""
    names = frame.f_locals
    found = dict(names)
    let_go(frame, names)
    return found


def peek_at(frame: FrameType, name: str) -> object:
    """The value of one variable; None if it is not bound."""
    names = frame.f_locals
    found: object = names.get(name)
    let_go(frame, names)
    return found


@overload
def is_a(value: object, kind: type[T], /) -> TypeIs[T]: ...
@overload
def is_a(value: object, kind: type[T], other: type[U], /) -> TypeIs[T | U]: ...
@overload
def is_a(value: object, /, *kinds: type[T]) -> TypeIs[T]: ...
def is_a(value: object, /, *kinds: type) -> bool:
    """Whether a value of the program is of one of these types, or of a type derived from one.

    `isinstance` would run code of the program: if the type does not match, it reads the value's
    ``__class__``, which may be a property or go through ``__getattribute__`` (`object_isinstance`
    in CPython's ``abstract.c``).  For an abstract base class it would also call code of subclasses.
    """
    own = type(value)
    return any(is_derived(kind, own) for kind in kinds)


is_derived: Final = type.__subclasscheck__
"""``is_derived(other, own)``: as `issubclass`, but a metaclass of the program is not asked."""


def let_go(frame: FrameType, names: dict[str, object]) -> None:
    """Empty the dict that ``frame.f_locals`` gave, unless other code may look at it.

    Args:
        names: that dict; the caller must have it in exactly one variable.
    """
    if _IS_VIEW or not frame.f_code.co_flags & CO_OPTIMIZED:
        return
    mine = _is_on_this_stack(frame)
    if mine:  # its trace function may be running, and may have taken itself out
        copy = _copier()
        if copy is None:
            return
        frame.f_locals  # noqa: B018  # read again: copying back at once changes nothing
        copy(frame, 0)
    safe = mine or _has_ended(frame, names)
    # This comes last: another thread, which may be traced, can run only during a call, and no call
    # follows.
    if sys.getrefcount(names) <= _OWN_REFERENCES and (safe or frame.f_back is None):
        names.clear()


def let_go_at_event(frame: FrameType, names: dict[str, object]) -> None:
    """As `let_go`, but faster: for a frame of this thread, suspended or just at an event.

    On 3.11 the event comes from a trace function, and this does nothing: the interpreter leaves the
    dict on the frame anyway.
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
    """``PyFrame_LocalsToFast``; None if there is no `ctypes`."""
    try:
        import ctypes
    except ImportError:
        return None
    # Our own prototype, because the program also uses `argtypes` of the shared attribute.
    prototype = ctypes.PYFUNCTYPE(None, ctypes.py_object, ctypes.c_int)
    return prototype(("PyFrame_LocalsToFast", ctypes.pythonapi))


def _is_on_this_stack(frame: FrameType) -> bool:
    # Begin with the caller's frame: a frame in one of its own variables would be a reference cycle.
    each = sys._getframe().f_back
    while each is not None and each is not frame:
        each = each.f_back
    return each is frame


def _has_ended(frame: FrameType, names: dict[str, object]) -> bool:
    """Whether a frame has ended, and only a traceback keeps it: then it owns its dict."""
    return any(each is names for each in gc.get_referents(frame))
