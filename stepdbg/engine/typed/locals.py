"""The local variables of a frame, running or suspended.

Owns: reading, setting and unbinding them on every Python version.
Does not own: describing them (describing), or where a name typed by the user belongs (evaluate).

From 3.13 `frame.f_locals` writes through to the frame (PEP 667).  Before, it is a snapshot in a
dict, which ``PyFrame_LocalsToFast`` copies back.  That must be called right after the change,
because reading `f_locals` again overwrites it.
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS
from types import CodeType, FrameType
from typing import Final

from stepdbg._trio_internals.frame_values import copy_back, let_go, peek
from stepdbg.model.errors import NotNow
from stepdbg.model.once_each import once_for_each
from stepdbg.model.standard import sys

WRITES_THROUGH: Final = sys.version_info >= (3, 13)

CAN_UNBIND: Final = sys.version_info < (3, 12)
"""From 3.12 on, compiled code relies on a variable that it has bound.  If one is deleted from
outside, 3.12 writes None into it, and 3.13 refuses (PEP 667).
"""


def argument_names(code: CodeType) -> tuple[str, ...]:
    """The parameters of a code object, in the order of its ``def``."""
    plain, keyword = code.co_argcount, code.co_kwonlyargcount
    rest = iter(code.co_varnames[plain + keyword :])
    star = (next(rest),) if code.co_flags & CO_VARARGS else ()
    double_star = (next(rest),) if code.co_flags & CO_VARKEYWORDS else ()
    names = code.co_varnames
    return tuple(written((*names[:plain], *star, *names[plain : plain + keyword], *double_star)))


def local_names(code: CodeType) -> frozenset[str]:
    """The names that a function's code keeps in its frame: locals, cells, free variables.

    Empty for the code of a module or a class, whose namespace is a dict that takes any name.
    """
    if not code.co_flags & CO_OPTIMIZED:
        return frozenset()
    return frozenset(written(_all_names(code)))


def frame_locals(frame: FrameType) -> dict[str, object]:
    """The bound local variables at this moment, the parameters first.

    The result is a snapshot, so the caller may change it.  For the frame of a module it holds the
    module's names.  For the body of a class it includes the variables that the body uses from
    functions around it.

    Call this only for frames whose coroutine or generator is alive: 3.13.0 crashes if a suspended
    one has been freed and its frame has not.
    """
    found = peek(frame)
    code = frame.f_code
    if not code.co_flags & CO_OPTIMIZED:
        everything = _borrowed(frame) | found
        return {name: everything[name] for name in written(everything)}
    known = {name: found[name] for name in _order_of(code) if name in found}
    if len(known) != len(found):  # a debugger may have set names that the code does not have
        known.update((name, found[name]) for name in written(found) if name not in known)
    return known


@once_for_each(kept=2_000)
def _order_of(code: CodeType) -> tuple[str, ...]:
    """The names that a function's code has for variables, the parameters first: worked out once."""
    return tuple(written(dict.fromkeys((*argument_names(code), *_all_names(code)))))


def set_local(frame: FrameType, name: str, value: object) -> None:
    """Bind a local variable, even if it was not bound before.

    Raises:
        NotNow: the function has no such variable; functions cannot grow new ones.
    """
    _check(frame, name)
    names = frame.f_locals
    names[name] = value
    if not WRITES_THROUGH and frame.f_code.co_flags & CO_OPTIMIZED:
        copy_back(frame, unbind=False)
        let_go(frame, names)


def delete_local(frame: FrameType, name: str) -> None:
    """Unbind a local variable.

    Raises:
        NotNow: there is no such variable, or it is not bound, or it belongs to a function and this
            Python cannot unbind it from outside.
    """
    _check(frame, name)
    names = frame.f_locals
    if name not in names:
        raise NotNow(f"{name} has no value here")
    optimized = frame.f_code.co_flags & CO_OPTIMIZED
    if optimized and not CAN_UNBIND:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise NotNow(
            f"Python {version} cannot unbind a function's variable from outside; "
            f"give it another value: {name} = None"
        )
    del names[name]
    if optimized:
        copy_back(frame, unbind=True)
        let_go(frame, names)


def refresh_locals(frame: FrameType) -> None:
    """Let a trace function return without undoing what the stop has changed.

    Before 3.13 the dict of `f_locals` is copied back to the frame when a Python trace function
    returns.  A variable that a nested function has changed meanwhile would get its old value
    again.  (CPython 3.11, 3.12: ``call_trampoline`` in ``sysmodule.c``.)
    """
    if not WRITES_THROUGH:
        names = frame.f_locals  # reading it copies the frame to the dict
        let_go(frame, names)


def _check(frame: FrameType, name: str) -> None:
    code = frame.f_code
    if code.co_flags & CO_OPTIMIZED and name not in local_names(code):
        raise NotNow(f"{code.co_name} has no local variable {name}")


def _all_names(code: CodeType) -> tuple[str, ...]:
    return (*code.co_varnames, *code.co_cellvars, *code.co_freevars)


def written(names: Iterable[str]) -> Iterable[str]:
    """Only names from the source: without the compiler's ``.0``, pytest's ``@py_assert1``."""
    return (name for name in names if not name.startswith((".", "@")))


def _borrowed(frame: FrameType) -> dict[str, object]:
    """The free variables of a class body, which `f_locals` leaves out.

    They are read from the caller's frame: a class body is called by the function around it.
    """
    code, caller = frame.f_code, frame.f_back
    if not code.co_freevars or caller is None:
        return {}
    around = peek(caller)
    return {name: around[name] for name in code.co_freevars if name in around}
