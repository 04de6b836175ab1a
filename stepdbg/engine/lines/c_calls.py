"""Hearing of calls of some functions that are written in C, by `sys.monitoring`.

Owns: `hear_calls`.
Does not own: functions in Python (starts), which functions are meant, and what follows.

If a place calls anything else, the answer is DISABLE.  So each place is looked at once, and a place
that calls one function now and another one later may be missed.  Before Python 3.12 only a profile
function hears of such calls, and the profile function belongs to the program.  So nothing is heard
there, except in a process that stepdbg started itself.
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
    on_call: Callable[[T, FrameType], bool],
    *,
    by_profile: bool = False,
) -> Callable[[], None]:
    """Call `on_call` right before some functions written in C are called.

    Args:
        functions: each with the value that `on_call` gets for it.
        on_call: gets that value and the calling frame; if it returns True, this place is not
            reported again.
        by_profile: before 3.12 take this thread's profile function, which slows down all code.

    Returns: what ends it; may be called twice.

    Raises `LinesUnavailable` when other tools hold every monitoring id, or the profile function.
    """
    if sys.version_info < (3, 12):
        return _by_profile(functions, on_call) if by_profile else lambda: None
    from .monitoring import UNLIKELY_IDS, claim, lend, release

    monitoring = sys.monitoring
    call, disable = monitoring.events.CALL, monitoring.DISABLE
    tools = [claim(TOOL, UNLIKELY_IDS)]

    @guarded_from_entry
    def called(_code: CodeType, _offset: int, function: object, _first: object) -> object:
        try:
            # Anything else may have a `__hash__` that is the program's code.
            if type(function) is not BuiltinFunctionType or function not in functions:
                return disable
            frame = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
            return disable if on_call(functions[function], frame) else None
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
    functions: Mapping[object, T], on_call: Callable[[T, FrameType], bool]
) -> Callable[[], None]:
    """Do the same with the profile function of this thread, before Python 3.12."""
    if sys.getprofile() is not None:
        raise LinesUnavailable("another tool has the profile function of this thread")

    @guarded_from_entry
    def called(frame: FrameType, event: str, function: object) -> None:
        try:
            if event != "c_call" or type(function) is not BuiltinFunctionType:
                return
            if function in functions:
                on_call(functions[function], frame)
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
