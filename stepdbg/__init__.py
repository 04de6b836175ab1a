"""A step-by-step debugger for programs that run under Trio.

Owns: the public names.  Does not own: anything that takes time to import, because the program pays
for every module that is loaded before its first line.

PYTEST_DONT_REWRITE: without this word pytest would try to rewrite this package, which is imported
before pytest, and would warn that it is too late.  A project that turns warnings into errors would
then run no test.
"""

import _signal  # type: ignore[import-not-found]  # has no stub
import sys
from time import perf_counter

# If stepdbg was started as a command, SIGINT ends it without a traceback until the program begins
# (launcher.launch).  This comes first, since all that follows takes time.
_ends_at_once = (
    sys.argv[:1] == ["-m"]
    and "stepdbg" in sys.orig_argv[:-1]
    and _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler
)
if _ends_at_once:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

# If the program has emptied `sys.modules`, the copy of stepdbg that debugs is found here.
_debugs = type(__spec__).__init__.__globals__.get("stepdbg")
if _debugs is None:
    from .sealed import BUILTINS, seal

    seal(sys.modules[__name__])
    globals()["__builtins__"] = BUILTINS
else:
    _debugs.modules.put_back(__name__)

from .model.ours import VERSION  # noqa: E402 - through stepdbg's importer

__version__ = VERSION

__all__ = [
    "Pdb",
    "StepdbgError",
    "Tracer",
    "__version__",
    "catch",
    "dump",
    "explain",
    "explore",
    "install",
    "open_dump",
    "pm",
    "post_mortem",
    "print_tasks",
    "record",
    "run",
    "set_trace",
    "snapshot",
    "uninstall",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Awaitable, Callable, Iterable
    from contextlib import AbstractContextManager
    from typing import Any, TextIO, TypeVar

    from trio.lowlevel import Task

    from .archive.reading import ArchiveInspector
    from .archive.viewing import PictureInspector
    from .launcher.recording import Recording as record  # noqa: N813 - its public name
    from .launcher.tracer import Tracer
    from .model.errors import StepdbgError
    from .model.exploring import Verdict

    T = TypeVar("T")


def __getattr__(name: str) -> object:
    """Import a public class when it is first used, since few programs use one.

    `Pdb` is for ``pytest --pdbcls=stepdbg:Pdb``.
    """
    if name == "StepdbgError":
        from .model.errors import StepdbgError

        return StepdbgError
    if name == "Tracer":
        from .launcher.tracer import Tracer

        return Tracer
    if name == "record":
        from .launcher.recording import Recording

        return Recording
    if name != "Pdb":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .launcher.pdb_class import Pdb

    return Pdb


def __dir__() -> list[str]:
    """The public names only; the other names here serve to make them."""
    return list(__all__)


def set_trace(*, header: str = "", commands: "Iterable[str]" = ()) -> None:
    """Stop the program here, as `breakpoint()` does under ``python -m stepdbg``.

    It works in a task, in a worker thread and in code outside of any run, and in a program that was
    started without stepdbg.  With ``PYTHONBREAKPOINT=stepdbg.set_trace`` in the environment, every
    `breakpoint()` calls it.  The prompt opens on the terminal; without a terminal, commands are
    read from standard input.

    Args:
        header: a sentence that the stop shows.
        commands: lines to run at the stop before any is read, as if they had been typed.  The first
            of them that lets the program go on is the last to run.

    Raises:
        TypeError: `header` is not a string, or `commands` is not several strings.
    """
    since = perf_counter()
    import sys

    from .launcher.pausing import pause

    lines = (commands,) if isinstance(commands, str) else tuple(commands)
    if isinstance(commands, str) or not all(isinstance(line, str) for line in lines):
        raise TypeError(f"commands must be several strings, not {commands!r}")
    if not isinstance(header, str):
        raise TypeError(f"header must be a string, not {header!r}")
    pause(sys._getframe(1), since, header, lines)  # noqa: SLF001 - documented, CPython only


def run(async_fn: "Callable[..., Awaitable[T]]", *args: object, **options: "Any") -> "T":
    """`trio.run`, stopped before the first step of the main task.

    It works in a program that was started without stepdbg as well.  `continue` lets the run go on.
    stepdbg also debugs later runs of the process, which stop only at breakpoints.

    Args:
        async_fn: the main task's function.
        args: its arguments.
        options: those of `trio.run`, such as ``clock``.

    Returns:
        What the main task returns.

    Raises:
        ImportError: Trio cannot be imported.
        KeyboardInterrupt: the user has quit, and the program was started without stepdbg.
        SystemExit: the user has quit, and the program was started under stepdbg; with code 125.
        BaseException: any exception that `trio.run` raises.
    """
    from .launcher.pausing import stop_at_start

    stop_at_start()
    import trio

    try:
        return trio.run(async_fn, *args, **options)
    except BaseException as error:
        ours = error.__traceback__
        error.__traceback__ = None if ours is None else ours.tb_next  # `raise` adds none
        raise


def dump(path: "str | os.PathLike[str]", *, values: bool = True) -> None:
    """Write a dump of the run of this thread: its tasks, nurseries, scopes, frames and variables.

    ``python -m stepdbg --open FILE`` shows it.  The program need not run under stepdbg.

    Args:
        path: the file.  An existing file is replaced.  Only the user who owns it can read it.
        values: whether to keep the values of variables, masked where they look like secrets.
            Otherwise the dump has only names and types.

    Raises:
        StepdbgError: this thread has no run, or the file cannot be written; the message says why.
    """
    since = perf_counter()
    import os

    from .launcher.own_dump import dump_run_here
    from .launcher.pausing import current_session
    from .launcher.program_time import hold_time

    with hold_time(since, current_session):
        dump_run_here(os.fspath(path), values=values, session=current_session())


def snapshot() -> "PictureInspector":
    """A frozen picture of the run of this thread, which can be read while the program goes on.

    It has everything that `dump` writes, and the methods of the object that `open_dump` returns.

    Raises:
        StepdbgError: this thread has no run.
    """
    since = perf_counter()
    from .launcher.own_dump import picture_of_run_here
    from .launcher.pausing import current_session
    from .launcher.program_time import hold_time

    with hold_time(since, current_session):
        return picture_of_run_here(current_session())


def open_dump(path: "str | os.PathLike[str]") -> "ArchiveInspector":
    """Read a dump.  This runs no code from the dump, and does not import Trio.

    Args:
        path: a file that `dump`, ``--dump`` or the command `dump` has written.

    Raises:
        StepdbgError: the file cannot be read, is not a dump, is damaged, or has a newer format.
    """
    from .archive.reading import open_dump

    return open_dump(path)


def post_mortem(error: BaseException | None = None) -> None:
    """Prompt on an exception: its frames, its groups and causes, and the tasks as they are.

    Args:
        error: the exception; None for the one that is being handled.

    Raises:
        ValueError: `error` is None, and no exception is being handled.
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

    Raises ValueError if there has been none.
    """
    import sys

    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if not isinstance(error, BaseException):
        raise ValueError("no exception has been left uncaught so far")
    post_mortem(error)


def catch() -> "AbstractContextManager[None]":
    """``with stepdbg.catch(): ...`` prompts on an exception that leaves the block all the same."""
    since = perf_counter()
    from .launcher.catching import Catching
    from .launcher.pausing import current_session
    from .launcher.program_time import leave_out_of_program_time

    with leave_out_of_program_time(since, current_session):
        return Catching()


def print_tasks(file: "TextIO | None" = None) -> None:
    """Print the tree of tasks with what each waits for, without a stop or a prompt.

    In a task it prints the tree of its run, elsewhere those of all runs of the process.

    Args:
        file: where to print; None for the standard error stream.
    """
    since = perf_counter()
    from .launcher.pausing import current_session
    from .launcher.program_time import hold_time
    from .launcher.telling import print_tasks

    with hold_time(since, current_session):
        print_tasks(file, current_session())


def explain(task: "Task") -> str:
    """Why a task does not go on: what it waits for, which tasks could end that, and their waits.

    Returns one line for each task of the chain, in the words of the command `why`.

    Args:
        task: a task of any run of the process.

    Raises:
        TypeError: `task` is not a `trio.lowlevel.Task`.
    """
    since = perf_counter()
    from .launcher.pausing import current_session
    from .launcher.program_time import hold_time
    from .launcher.telling import explain

    with hold_time(since, current_session):
        return explain(task, current_session())


def explore(
    async_fn: "Callable[..., Awaitable[object]]",
    *args: object,
    budget: int | str = "30s",
    seed: int = 0,
    jobs: int = 1,
    strategy: str = "portfolio",
    invariant: "Callable[[], object] | None" = None,
    late: float = 0.0,
    same_result: bool = False,
    lints: bool = False,
) -> "Verdict":
    """Run a function in many orders of its tasks' steps, until one of them fails.

    Each order is a run of its own in a forked process.  Its clock jumps to the next deadline when
    every task is blocked.  What the function changes, it changes only in those processes.

    Args:
        async_fn: the main task's function.
        args: its arguments.
        budget: a number of schedules, or a time such as ``"30s"`` or ``"5m"``.
        seed: the seed of all random choices; the same seed and jobs try the same orders.
        jobs: how many processes try orders.
        strategy: how orders are chosen, see ``docs/explore.md``.
        invariant: called after each step of a task; an order fails if it returns False or raises
            an exception.
        late: how many seconds late a step may be: deadlines then also pass while tasks can step.
        same_result: whether an order fails if its result is not that of the default order.
        lints: whether an order fails if a lint finds something in it.

    Returns:
        The verdict, if no order failed; ``str`` of it is a sentence.

    Raises:
        StepdbgError: the function cannot be explored, or an order failed without an exception; the
            message is the report.
        BaseException: an order failed by this exception, which has the report as a note.
    """
    from .launcher.exploring.function import explore_call
    from .launcher.exploring.wish import wish_of

    wish = wish_of(budget, seed, jobs, strategy, late, same_result=same_result, lints=lints)
    return explore_call(async_fn, args, wish, invariant)


def install(
    *,
    post_mortem: bool = False,
    signal: int | str | None = "SIGUSR1",
    dump: "str | os.PathLike[str] | None" = "stepdbg-{pid}-{count}.dump",
    dump_signal: int | str | None = "SIGUSR2",
) -> None:
    """Let signals show what a program does, in a program that was started without stepdbg.

    stepdbg watches nothing until a signal arrives.  Then it prints or dumps, and the program goes
    on.  A signal that the platform lacks is left out.  Call it on the main thread; a later call
    replaces an earlier one.

    Args:
        post_mortem: whether to prompt at the terminal on an exception that leaves the program.
            Without a terminal it has no effect.
        signal: the signal that prints the tree of tasks, with what each waits for, to the standard
            error stream.  None leaves all signals to the program.
        dump: the file that `dump_signal` writes, in which ``{pid}``, ``{count}`` and ``{time}`` are
            filled in.  None for no dump.
        dump_signal: the signal that writes a dump, which ``python -m stepdbg --open FILE`` shows.

    Raises:
        ValueError: there is no such signal, or this is not the main thread.
    """
    since = perf_counter()
    import os

    from .launcher.pausing import current_session, stand_by, watch_for_failures
    from .launcher.program_time import leave_out_of_program_time

    with leave_out_of_program_time(since, current_session):
        path = "" if dump is None else os.fspath(dump)
        stand_by(signal, dump_signal if path else None, path)
        if post_mortem:
            watch_for_failures()


def uninstall() -> None:
    """Undo `install`: put back the signal handlers and `sys.excepthook`.

    Those that the program has replaced meanwhile are left as they are.
    """
    from .launcher.pausing import stand_down

    stand_down()
