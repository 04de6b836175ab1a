"""Which call a frame is in the middle of, where what it calls has no frame of its own.

Owns: reading that off an instruction.
Does not own: what follows from it (sigint, waiting.chain).

A function that is written in C has no frame.  A frame whose instruction is a call, and which is
the innermost one, is inside of such a function, or has just come back from it: signal handlers
run between two instructions, the one before counts as the current one until then.
"""

from __future__ import annotations

from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Final

from stepdbg._trio_internals.frame_values import is_a, peek_at
from stepdbg.model.standard import dis

_NAMES: Final = (
    *("LOAD_FAST", "LOAD_GLOBAL", "LOAD_NAME"),
    *("LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT"),
)
"""How the instructions begin that load a name: there are ``LOAD_FAST_CHECK`` and others."""
_ATTRIBUTES: Final = ("LOAD_ATTR", "LOAD_METHOD")
_RESULTS: Final = ("CALL", "BINARY_", "BUILD_", "FORMAT_")
"""Instructions whose results have no name."""


def called_at(code: CodeType, offset: int) -> tuple[str, ...]:
    """What an instruction calls, by its names: ``os``, ``kill`` for ``os.kill(…)``.

    What is called begins where the call begins (PEP 657 gives the columns), and it is loaded
    before the arguments are.  Of several loads that begin there the last one is the whole of it.

    Returns:
        Empty where it is not a call, or of nothing that has a name; only the last name where an
        attribute of something else is called.
    """
    loaded: dict[tuple[int, int], tuple[str, ...]] = {}
    for each in dis.get_instructions(code):
        where = each.positions
        if where is None or where.lineno is None or where.col_offset is None:
            continue
        begins = where.lineno, where.col_offset
        if each.offset == offset:
            calls = each.opname.startswith(("CALL", "INSTRUMENTED_CALL"))
            return loaded.get(begins, ()) if calls else ()
        if each.opname.startswith(_NAMES):
            loaded[begins] = (str(each.argval),)
        elif each.opname in _ATTRIBUTES:
            loaded[begins] = (*loaded.get(begins, ()), str(each.argval))
        elif begins in loaded and each.opname.startswith(_RESULTS):
            loaded[begins] = ()  # `f(x).g()`, `d[x].g()`
    return ()


def call_under_way(frame: FrameType) -> str:
    """What the innermost frame of a thread is in the middle of calling: ``time.sleep``.

    Returns:
        Empty where that is not a call, or one of a function that is written in Python.
    """
    names = called_at(frame.f_code, frame.f_lasti)
    return ".".join(names) if names and not _is_python(frame, names) else ""


def _is_python(frame: FrameType, names: tuple[str, ...]) -> bool:
    """Whether it is certain that these names stand for a function in Python; nothing of it runs."""
    found = named_in(frame, names[0])
    for name in names[1:]:
        if not is_a(found, ModuleType):
            return False
        found = vars(found).get(name)
    return type(found) in (FunctionType, MethodType)


def named_in(frame: FrameType, name: str) -> object:
    """What a name stands for in a frame; None for nothing.  No object of the program is asked."""
    found = peek_at(frame, name)
    return frame.f_globals.get(name) if found is None else found
