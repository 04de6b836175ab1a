"""An uncaught exception without stepdbg's frames on its traceback.

Owns: what happens between an exception that leaves the program and the interpreter's own
top level; letting a process that SIGINT ends still end by that signal.  Does not own: exit codes
and flushing, which the real top level does, because the exception really reaches it; the frames
that CPython has below a module (runpy_frames).

stepdbg's frames lie below the program's, and are added to the traceback while the exception
unwinds.  So they can be taken off only when no frame of stepdbg is left on the stack: in
`sys.excepthook`.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]

_OURS = frozenset(
    {"stepdbg.launcher.launch", f"{__package__}.target", f"{__package__}.file_parser"}
)
_LAUNCHING = _OURS | {"runpy"}


def _without(modules: frozenset[str], traceback: TracebackType | None) -> TracebackType | None:
    """The part of a traceback after the frames of some modules at its start; None if empty."""
    while traceback is not None:
        if traceback.tb_frame.f_globals.get("__name__") not in modules:
            return traceback
        traceback = traceback.tb_next
    return None


def prepare_report(
    error: BaseException,
    like_bare: Callable[[TracebackType | None], TracebackType | None],
    shown: Callable[[], None],
    exited: Callable[[SystemExit], None],
) -> None:
    """Arrange how the interpreter reports an exception that is about to leave the program.

    Call this while the exception is being handled, and raise the exception again.

    Args:
        error: the exception.
        like_bare: turns a traceback without stepdbg's frames into the one that CPython shows.
        shown: called after the exception was shown.  During that call its traceback begins in the
            program.
        exited: called instead if the program's own hook raises SystemExit.
    """
    if isinstance(error, SystemExit) and not sys.flags.inspect:
        return  # no hook shows it, and exit functions must find the program's own hook
    program_hook: Hook = getattr(sys, "excepthook", _report_missing_hook)
    traceback = like_bare(_without(_OURS, error.__traceback__))

    def hook(kind: type[BaseException], value: BaseException, full: TracebackType | None) -> None:
        _put_back(program_hook)
        if value is error:
            full = sys.last_traceback = value.__traceback__ = traceback
        try:
            _call_hook(program_hook, kind, value, full)
        except SystemExit as leaving:
            exited(leaving)
            raise
        _call_with_program_traceback(error, shown)

    sys.excepthook = hook


def show_exit(error: SystemExit, shown: Callable[[], object]) -> None:
    """Print now what the interpreter prints for a SystemExit: it must come before `shown`.

    Call this while the exception is being handled, and raise the exception again.
    """
    if sys.flags.inspect:
        return  # with -i the interpreter shows it like any exception
    if error.code is not None and not isinstance(error.code, int):
        _write(_as_text(error.code) + "\n")
        error.code = 1
    _call_with_program_traceback(error, shown)


def _call_with_program_traceback(error: BaseException, shown: Callable[[], object]) -> None:
    """Call a function during which the exception's traceback begins in the program."""
    bare = error.__traceback__
    error.__traceback__ = _without(_LAUNCHING, bare)
    try:
        shown()
    finally:
        error.__traceback__ = bare  # exit functions of the program may look at it


def die_of_interrupt() -> None:
    """Let the process end by SIGINT, even if code has been evaluated since the interrupt.

    CPython notes an uncaught KeyboardInterrupt in a flag, and looks at it last of all.  Until 3.13,
    each evaluation of text sets or resets the flag: `run_eval_code_obj` in Python/pythonrun.c.  Any
    import may define named tuples and data classes, which are evaluated from text.  From 3.14 on,
    only what runs a program or a piece of text as one sets it.
    """
    if sys.version_info >= (3, 14):
        _run_as_program(b"raise KeyboardInterrupt")
        return
    try:  # noqa: SIM105 - contextlib is not imported for programs that do not use it
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        pass


def _run_as_program(text: bytes) -> None:
    """Run text that raises, as ``python -c`` does, and show nothing of it."""
    try:
        import ctypes
    except ImportError:
        return  # the process ends with a status, not by the signal
    before = {name: vars(sys)[name] for name in _OF_THE_LAST if name in vars(sys)}
    sys.excepthook = _show_nothing
    ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(
        ("PyRun_SimpleStringFlags", ctypes.pythonapi)
    )(text, None)
    for name in _OF_THE_LAST:
        vars(sys).pop(name, None)
    vars(sys).update(before)


_OF_THE_LAST = ("excepthook", "last_exc", "last_type", "last_value", "last_traceback")
"""What `sys` holds of the exception that was shown last, and the function that shows one."""


def _show_nothing(*_: object) -> None:
    """Stands in for `sys.excepthook`."""


def _put_back(program_hook: Hook) -> None:
    if program_hook is _report_missing_hook:
        del sys.excepthook
    else:
        sys.excepthook = program_hook


# The rest is what _PyErr_PrintEx() and handle_system_exit() in Python/pythonrun.c do.


def _report_missing_hook(
    kind: type[BaseException], value: BaseException, traceback: TracebackType | None
) -> None:
    _write("sys.excepthook is missing\n")
    sys.__excepthook__(kind, value, traceback)


def _call_hook(
    program_hook: Hook,
    kind: type[BaseException],
    value: BaseException,
    traceback: TracebackType | None,
) -> None:
    try:
        program_hook(kind, value, traceback)
    except SystemExit:
        raise
    except BaseException as failure:
        own = failure.__traceback__.tb_next if failure.__traceback__ is not None else None
        failure.__traceback__ = own
        _write("Error in sys.excepthook:\n")
        sys.__excepthook__(type(failure), failure, own)
        _write("\nOriginal exception was:\n")
        sys.__excepthook__(kind, value, traceback)


def _as_text(code: object) -> str:
    try:
        return str(code)
    except Exception:
        return ""  # as in CPython, which still writes the newline


def _write(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(text)
