"""Hearing of calls of some functions that are written in C, by `sys.monitoring`.

Owns: `hear_calls`.
Does not own: functions in Python (starts), which functions are meant, and what follows.

Each place that calls anything else is answered with DISABLE.  So a place is looked at once, and a
place that calls one function now and another one later may be missed.  Before Python 3.12 there is
no event for that but those of a profile function, which is the program's: nothing is heard there,
except in a process of our own, which may take it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, CodeType, FrameType
from typing import TypeVar

from stepdbg.model.depth import missed
from stepdbg.model.standard import sys

from .interface import LinesUnavailable
from .signals import guarded_from_entry, take_off_our_part

T = TypeVar("T")

TOOL = "stepdbg calls"
HEARING = "hearing of a call"


def hear_calls(
    functions: Mapping[object, T],
    told: Callable[[T, FrameType], bool],
    *,
    by_profile: bool = False,
) -> Callable[[], None]:
    """Call `told` where some functions in C are called, before they are.

    Args:
        functions: each with what `told` is given for it.
        told: is called with that and the frame that calls; True: that place calls it no more.
        by_profile: before 3.12 take this thread's profile function, which makes all slower.

    Returns: what ends it; may be called twice.

    Raises `LinesUnavailable` when other tools hold every monitoring id, or the profile function.
    """
    if sys.version_info < (3, 12):
        return _by_profile(functions, told) if by_profile else lambda: None
    from .monitoring import UNLIKELY_IDS, claim, lend, release

    monitoring = sys.monitoring
    call, disable = monitoring.events.CALL, monitoring.DISABLE
    tools = [claim(TOOL, UNLIKELY_IDS)]

    @guarded_from_entry
    def called(_code: CodeType, _offset: int, function: object, _first: object) -> object:
        try:
            # Anything else may have a `__hash__` of the program's.
            if type(function) is not BuiltinFunctionType or function not in functions:
                return disable
            frame = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
            return disable if told(functions[function], frame) else None
        except RecursionError:  # the program has hardly a frame left
            missed.append(HEARING)
            return None
        except BaseException as error:
            take_off_our_part(error)
            raise

    def close() -> None:
        if tools:
            lend_no_more()
            release(tools.pop(), {call})

    lend_no_more = lend(close)
    monitoring.register_callback(tools[0], call, called)
    monitoring.set_events(tools[0], call)
    return close


def _by_profile(
    functions: Mapping[object, T], told: Callable[[T, FrameType], bool]
) -> Callable[[], None]:
    """The same by the profile function of this thread."""
    if sys.getprofile() is not None:
        raise LinesUnavailable("another tool has the profile function of this thread")

    @guarded_from_entry
    def called(frame: FrameType, event: str, function: object) -> None:
        try:
            if event != "c_call" or type(function) is not BuiltinFunctionType:
                return
            if function in functions:
                told(functions[function], frame)
        except RecursionError:  # the program has hardly a frame left
            missed.append(HEARING)
        except BaseException as error:
            take_off_our_part(error)
            raise

    def close() -> None:
        if sys.getprofile() is called:
            sys.setprofile(None)

    sys.setprofile(called)
    return close
