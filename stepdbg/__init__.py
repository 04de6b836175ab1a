"""A step-by-step debugger for programs that run under Trio.

Owns: the public names.  Does not own: anything that takes time to import; the program that
is debugged pays for every module that is loaded before its first line.
"""

from __future__ import annotations

from .model.version import VERSION

__version__ = VERSION

__all__ = ["Pdb", "__version__", "catch", "dump", "install", "pm", "post_mortem", "set_trace"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from contextlib import AbstractContextManager


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
    import sys

    from .launcher.pausing import pause

    pause(sys._getframe(1))  # noqa: SLF001 - documented, CPython only


def dump(path: str | os.PathLike[str], *, values: bool = True) -> None:
    """Write everything there is to see of the run of this thread to a file.

    ``python -m stepdbg --open FILE`` shows it.  The program need not run under stepdbg.

    Args:
        path: the file, replaced if it is there; only its user may read it.
        values: whether to keep what variables hold, masked where they look like secrets; else
            their names and types alone.

    Raises an exception that says why when there is no run, or the file cannot be written.
    """
    import os

    from .launcher.own_dump import dump_run_here
    from .launcher.pausing import current_session

    dump_run_here(os.fspath(path), values=values, session=current_session())


def post_mortem(error: BaseException | None = None) -> None:
    """Prompt on an exception: its frames, its groups and causes, and the tasks as they are.

    Args:
        error: None for the one that is being handled.

    Raises:
        ValueError: none is being handled either.
    """
    import sys

    if error is None:
        error = sys.exception()
    if error is None:
        raise ValueError("no exception is being handled: post_mortem(error) needs one")

    from .launcher.pausing import examine

    examine(error)


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
    from .launcher.catching import Catching

    return Catching()


def install(*, post_mortem: bool = False) -> None:
    """Let stepdbg stand by in a program that was started without it.

    Args:
        post_mortem: prompt at the terminal on what leaves the program; without a terminal
            nothing changes.
    """
    if post_mortem:
        from .launcher.pausing import watch_for_failures

        watch_for_failures()
