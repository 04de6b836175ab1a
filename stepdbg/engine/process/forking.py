"""Forking this process unnoticed: no hook of `os.register_at_fork` is called.

Owns: `fork`, and finding the threads that keep a process from being forked.
Does not own: what the child does.

Some of these hooks belong to the program.  They may close what the program needs, and `random`
takes another seed in a child.  Our child must do exactly what this process would do next, so no
hook may run.  Without the hooks, Python's own state stays as it is.  With one thread, that is
right: the forked thread has the same ident as the thread that forked, and it holds the GIL, because
a call through PYFUNCTYPE keeps the GIL.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.standard import contextlib, functools, os, signal, threading

from . import ticking


@functools.cache
def _system_fork() -> Callable[[], int]:
    import ctypes  # takes some milliseconds, and few programs need it

    prototype = ctypes.PYFUNCTYPE(ctypes.c_int)
    found: Callable[[], int] = prototype(("fork", ctypes.pythonapi))
    return found


_to_end: list[Callable[[], object]] = []
"""What ends threads of stepdbg's that `ticking` does not know."""


def end_first(end: Callable[[], object]) -> None:
    """Call a function that ends a thread of stepdbg's before it is decided whether to fork."""
    _to_end.append(end)


def why_not() -> str:
    """Why this process cannot be forked now, as a clause; empty if it can.

    stepdbg's own threads end first, such as one that has looked at the steps of an earlier run.
    """
    if not hasattr(os, "fork"):
        return "this system has no fork"
    ticking.end_all()
    for end in _to_end:
        end()
    if threading.active_count() > 1 or _system_threads() > 1:
        return "other threads were alive when the run began"
    return ""


def fork() -> int:
    """Fork this process, which has one thread; returns 0 in the child, else the child's process id.

    Text that Python's streams have buffered is in both processes afterwards.

    Raises:
        OSError: the system refuses, or this Python has no `ctypes`.
    """
    try:
        number = _system_fork()()
    except (ImportError, AttributeError, ValueError) as error:
        raise OSError(f"this Python cannot call fork ({error})") from None
    if number < 0:
        raise OSError("the system has refused to fork")
    return number


def fork_apart() -> int | None:
    """Fork a process that is not a child of this one, without a SIGCHLD for this one.

    Returns:
        0 in the new process, where every signal is blocked; None in this one.

    Raises:
        OSError: as `fork` does.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        between = fork()
        if between == 0:
            _be_left()
            return 0
        with contextlib.suppress(ChildProcessError):  # the program ignores its children
            os.waitpid(between, 0)
        if signal.SIGCHLD not in before and signal.SIGCHLD in signal.sigpending():
            _take_back_news_of_children()
    except BaseException:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        raise
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return None


def _be_left() -> None:
    """End the intermediate process: its child is the one that goes on."""
    try:
        if fork() == 0:
            return
    except BaseException:
        os._exit(1)  # noqa: SLF001 - documented
    os._exit(0)  # noqa: SLF001 - documented


def _take_back_news_of_children() -> None:
    """Drop the SIGCHLD of a child that we waited for, unless a child of the program has ended."""
    signal.sigtimedwait({signal.SIGCHLD}, 0)
    with contextlib.suppress(ChildProcessError):
        wanted = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if os.waitid(os.P_ALL, 0, wanted) is not None:
            os.kill(os.getpid(), signal.SIGCHLD)


def _system_threads() -> int:
    """How many threads the process has, including those of C code; 1 if unknown."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1
