"""Which call a frame is in the middle of, if the called function has no frame of its own.

Owns: reading that off an instruction.
Does not own: what follows from it (sigint, waiting.chain).

A function that is written in C has no frame.  If the innermost frame is at a call, it is inside
such a function or has just returned from it: signal handlers run between two instructions, and
until then the first one counts as the current instruction.
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
"""The beginnings of instructions that load a name: there are ``LOAD_FAST_CHECK`` and others."""
_ATTRIBUTES: Final = ("LOAD_ATTR", "LOAD_METHOD")
_RESULTS: Final = ("CALL", "BINARY_", "BUILD_", "FORMAT_")
"""Instructions whose results have no name."""


def called_at(code: CodeType, offset: int) -> tuple[str, ...]:
    """The names of what an instruction calls: ``os``, ``kill`` for ``os.kill(…)``.

    The callee begins where the call begins (PEP 657 gives the columns), and it is loaded before the
    arguments.  If several loads begin there, the last one is the whole callee.

    Returns:
        Empty if it is not a call, or if the callee has no name; only the last name if it calls an
        attribute of something that is not a name.
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
    """The function that the innermost frame of a thread is just calling: ``time.sleep``.

    Returns:
        Empty if the frame is not at a call, or if the function is written in Python.
    """
    names = called_at(frame.f_code, frame.f_lasti)
    return ".".join(names) if names and not _is_python(frame, names) else ""


def _is_python(frame: FrameType, names: tuple[str, ...]) -> bool:
    """Whether these names certainly stand for a function in Python; runs no code of the program."""
    found = named_in(frame, names[0])
    for name in names[1:]:
        if not is_a(found, ModuleType):
            return False
        found = vars(found).get(name)
    return type(found) in (FunctionType, MethodType)


def named_in(frame: FrameType, name: str) -> object:
    """The value of a name in a frame; None if it has none.  No code of the program runs."""
    found = peek_at(frame, name)
    return frame.f_globals.get(name) if found is None else found
