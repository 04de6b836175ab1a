"""Recognise an exception that a signal handler of the program raises in stepdbg's code.

Owns: telling such an exception, which belongs to the program, from any other.
Does not own: what happens to it then; code that catches it raises it again.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` asks `enum`, whose builtins are the program's
from contextlib import suppress
from functools import partial
from types import CodeType, FunctionType, MethodType, TracebackType


def comes_from_signal(error: BaseException) -> bool:
    """Whether a signal handler has raised an exception: then its traceback goes through one.

    Python's own handler of SIGINT is not a Python function.  It is recognised by the instruction
    from which the exception seems to come: the interpreter checks for signals only at a few kinds.
    """
    if _entry_of_handler(error) is not None:
        return True
    if not isinstance(error, KeyboardInterrupt):
        return False
    last = _last_entry(error)
    default = _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler
    return default and (last is None or _looks_for_signals(last))


def without_our_part(error: BaseException) -> BaseException:
    """Cut the traceback of a signal handler's exception to the part in the handler."""
    return error.with_traceback(_entry_of_handler(error))


def _entry_of_handler(error: BaseException) -> TracebackType | None:
    handlers = None
    entry = error.__traceback__
    while entry is not None:
        if handlers is None:
            handlers = _handlers()
        if any(entry.tb_frame.f_code is code for code in handlers):
            return entry
        entry = entry.tb_next
    return None


def _handlers() -> list[CodeType]:
    """The code objects of the functions that handle signals now."""
    found = []
    for each in _signal.valid_signals():
        code = None
        with suppress(Exception):  # a handler may be any object of the program's
            code = _code_of(_signal.getsignal(each))
        if code is not None:
            found.append(code)
    return found


def _code_of(handler: object) -> CodeType | None:
    while isinstance(handler, partial | MethodType):
        handler = handler.func if isinstance(handler, partial) else handler.__func__
    if not isinstance(handler, FunctionType):
        handler = vars(type(handler)).get("__call__")
    return handler.__code__ if isinstance(handler, FunctionType) else None


def _last_entry(error: BaseException) -> TracebackType | None:
    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    return entry


def _looks_for_signals(entry: TracebackType) -> bool:
    import opcode  # needed only for a KeyboardInterrupt that ends a condition

    instruction = opcode.opname[entry.tb_frame.f_code.co_code[entry.tb_lasti]]
    return instruction.startswith(("RESUME", "JUMP_BACKWARD", "CALL"))
