"""The frames of runpy that CPython has below a module, a folder or an archive.

Owns: putting them on the traceback of an exception that has left the program.
Does not own: taking stepdbg's frames off it, showing it (uncaught), or running the code (target).

Under stepdbg the program does not run in runpy, so there are no such frames.  stepdbg makes them
when a traceback is about to be shown: it runs runpy's own code up to the call that failed, with
stand-ins for everything that would have an effect.  So files, lines and instructions are those of
this Python, whether runpy is frozen or not.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class _Reached(Exception):
    """The call that failed in the program has been reached again."""


def below(traceback: TracebackType | None, name: str, *, loaded: bool) -> TracebackType:
    """A traceback with the entries of runpy before it.

    Args:
        traceback: begins with the first frame that is not stepdbg's; None if there is none.
        name: the module; empty for a folder or an archive.
        loaded: whether the program's code was found; if not, finding it has raised the exception.
    """
    from types import TracebackType

    entries = _entries(name, loaded)
    for entry in reversed(entries):
        traceback = TracebackType(traceback, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    assert traceback is not None  # runpy has one frame at the least
    return traceback


def _entries(name: str, loaded: bool) -> list[TracebackType]:
    """What runpy itself would leave on the traceback, outermost first."""
    import runpy
    from types import FunctionType, ModuleType, SimpleNamespace

    def fail(*_: object) -> object:
        raise _Reached

    def find(*_: object) -> object:
        return name, spec, None

    spec = SimpleNamespace(loader=None, origin="", cached=None, parent="")
    details = find if loaded else fail
    world = vars(runpy) | {
        "sys": SimpleNamespace(modules={"__main__": ModuleType("__main__")}, argv=[""]),
        "_get_module_details": details,
        "_get_main_module_details": details,
        "exec": fail,
    }
    inner, outer = vars(runpy)["_run_code"], vars(runpy)["_run_module_as_main"]
    world["_run_code"] = FunctionType(inner.__code__, world, argdefs=inner.__defaults__)
    run = FunctionType(outer.__code__, world)
    entries = []
    try:
        run(name or "__main__", bool(name))
    except _Reached as reached:
        entry = reached.__traceback__
        while entry is not None:
            if entry.tb_frame.f_globals is world:
                entries.append(entry)
            entry = entry.tb_next
    return entries
