"""A step-by-step debugger for programs that run under Trio.

Owns: the public names.  Does not own: anything that takes time to import; the program that
is debugged pays for every module that is loaded before its first line.

PYTEST_DONT_REWRITE: pytest would warn that it comes too late for that, as this package is
there before pytest is, and a project that takes warnings for errors would run no test.
"""

from __future__ import annotations

import sys
from time import perf_counter

# The copy that debugs is found again here after the program has emptied `sys.modules`.
_debugs = type(__spec__).__init__.__globals__.get("stepdbg")
if _debugs is None:
    from .sealed import BUILTINS, seal

    seal(sys.modules[__name__])
    globals()["__builtins__"] = BUILTINS
else:
    _debugs.modules.put_back(__name__)

from .model.ours import VERSION  # noqa: E402 - through our own importer

__version__ = VERSION

__all__ = [
    "Pdb",
    "__version__",
    "catch",
    "dump",
    "explain",
    "install",
    "pm",
    "post_mortem",
    "print_tasks",
    "set_trace",
    "uninstall",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from contextlib import AbstractContextManager
    from typing import TextIO

    from trio.lowlevel import Task


def __getattr__(name: str) -> object:
    """`Pdb`, for ``pytest --pdbcls=stepdbg:Pdb``; few programs ever want it."""
    if name != "Pdb":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .launcher.pdb_class import Pdb

    return Pdb


def __dir__() -> list[str]:
    """The public names; what else is here is how they are made."""
    return list(__all__)


def set_trace() -> None:
    """Stop the program here, as `breakpoint()` does under ``python -m stepdbg``.

    In a task, in a worker thread or in code outside of any run, in a program that was
    started under stepdbg or not; for any `breakpoint()` with
    ``PYTHONBREAKPOINT=stepdbg.set_trace`` in the environment.  The prompt opens on the
    terminal, or reads commands from standard input where there is none.
    """
    since = perf_counter()
    import sys

    from .launcher.pausing import pause

    pause(sys._getframe(1), since)  # noqa: SLF001 - documented, CPython only


def dump(path: str | os.PathLike[str], *, values: bool = True) -> None:
    """Write everything there is to see of the run of this thread to a file.

    ``python -m stepdbg --open FILE`` shows it.  The program need not run under stepdbg.

    Args:
        path: the file, replaced if it is there; only its user may read it.
        values: whether to keep what variables hold, masked where they look like secrets; else
            their names and types alone.

    Raises an exception that says why when there is no run, or the file cannot be written.
    """
    since = perf_counter()
    import os

    from .launcher.no_time import costs_no_time
    from .launcher.own_dump import dump_run_here
    from .launcher.pausing import current_session

    with costs_no_time(since, current_session):
        dump_run_here(os.fspath(path), values=values, session=current_session())


def post_mortem(error: BaseException | None = None) -> None:
    """Prompt on an exception: its frames, its groups and causes, and the tasks as they are.

    Args:
        error: None for the one that is being handled.

    Raises:
        ValueError: none is being handled either.
    """
    since = perf_counter()
    import sys

    if error is None:
        error = sys.exception()
    if error is None:
        raise ValueError("no exception is being handled: post_mortem(error) needs one")

    from .launcher.pausing import examine

    examine(error, since)


def pm() -> None:
    """Prompt on the last exception that was not caught, at Python's own prompt.

    Raises ValueError when there has been none.
    """
    import sys

    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if not isinstance(error, BaseException):
        raise ValueError("no exception has been left uncaught so far")
    post_mortem(error)


def catch() -> AbstractContextManager[None]:
    """``with stepdbg.catch(): ...`` prompts on what leaves the block, and lets it go on."""
    since = perf_counter()
    from .launcher.catching import Catching
    from .launcher.no_time import costs_no_time
    from .launcher.pausing import current_session

    with costs_no_time(since, current_session):
        return Catching()


def print_tasks(file: TextIO | None = None) -> None:
    """Print the tree of tasks with what each waits for; nothing stops, no prompt opens.

    In a task it is about its run, elsewhere about all runs of the process.

    Args:
        file: where to; None for the standard error stream.
    """
    since = perf_counter()
    from .launcher.no_time import costs_no_time
    from .launcher.pausing import current_session
    from .launcher.telling import print_tasks

    with costs_no_time(since, current_session):
        print_tasks(file, current_session())


def explain(task: Task) -> str:
    """Why a task does not go on: what it waits for, who could end that, what those wait for.

    One line for each task of the chain, as the command `why` has it.

    Args:
        task: of any run of the process.

    Raises:
        TypeError: it is no `trio.lowlevel.Task`.
    """
    since = perf_counter()
    from .launcher.no_time import costs_no_time
    from .launcher.pausing import current_session
    from .launcher.telling import explain

    with costs_no_time(since, current_session):
        return explain(task, current_session())


def install(
    *,
    post_mortem: bool = False,
    signal: int | str | None = "SIGUSR1",
    dump: str | os.PathLike[str] | None = "stepdbg-{pid}-{count}.dump",
    dump_signal: int | str | None = "SIGUSR2",
) -> None:
    """Let stepdbg stand by in a program that was started without it.

    Nothing is watched until a signal comes; then the run goes on as soon as it has been told
    about.  Where a platform lacks a signal, that part is left out.  To be called on the main
    thread; a later call takes the place of an earlier one.

    Args:
        post_mortem: prompt at the terminal on what leaves the program; without a terminal
            nothing changes.
        signal: prints the tree of tasks, with what each waits for, to the standard error
            stream; None leaves all signals to the program.
        dump: the file that `dump_signal` writes; ``{pid}``, ``{count}`` and ``{time}`` are
            filled in.  None: no dump.
        dump_signal: writes a dump, which ``python -m stepdbg --open FILE`` shows.

    Raises:
        ValueError: there is no such signal, or this is not the main thread.
    """
    since = perf_counter()
    import os

    from .launcher.no_time import costs_no_time
    from .launcher.pausing import current_session, stand_by, watch_for_failures

    with costs_no_time(since, current_session):
        path = "" if dump is None else os.fspath(dump)
        stand_by(signal, dump_signal if path else None, path)
        if post_mortem:
            watch_for_failures()


def uninstall() -> None:
    """Undo `install`: the signals and `sys.excepthook` are what they were before.

    What the program itself has replaced meanwhile stays.
    """
    from .launcher.pausing import stand_down

    stand_down()
