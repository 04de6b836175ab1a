"""The copy of a process that waits at the start of a run, and forks when the user goes back.

Owns: making the copy, what it does, and its end.
Does not own: what its children do (past), or what it is asked for (travels).

The copy is forked before Trio makes the poll object and the sockets of the run, so each child of it
makes its own.  The copy is not a child of the program, blocks all signals, and holds nothing open
that other processes would notice.  It ends with the program, even if that is killed: a pidfd shows
that, and so does the end of the pipe, unless another child of the program has the pipe open.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.engine.process import forking
from stepdbg.model.program_streams import lift
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import contextlib, os, select, signal

from . import descriptors
from .messages import Message, receive, send

_MOST_PAGES = 1 << 18
"""1 GiB of memory: pages that the program changes later exist twice."""


class Kept(NamedTuple):
    """The live process's ends of the pipes to its copy."""

    requests: int
    news: int

    def close(self) -> None:
        """End the copy."""
        os.close(self.requests)
        os.close(self.news)


class Begun(NamedTuple):
    """What a child of the copy that begins to run must do, and where it sends the result."""

    request: Message
    news: int


def why_not() -> str:
    """Why this process can have no copy at this moment, a clause; empty if it can."""
    if os.getpid() == 1:
        return "this process is the first of its system, so a copy would be its child"
    if _pages() > _MOST_PAGES:
        return "the program takes over 1 GiB of memory, which a copy would double"
    return forking.why_not() or descriptors.why_not()


def keep(prepare: Callable[[Message], object]) -> Kept | Begun:
    """Make a copy of this process, which waits.

    Args:
        prepare: called in the copy with the first request; what it imports is there for all
            children.

    Returns:
        In this process, at once: how to ask the copy.  In each child of the copy, later: what was
        asked for.

    Raises:
        OSError: the system refuses.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    asks, requests = _pipe()
    news, tells = _pipe()
    living = _pidfd(os.getpid())
    try:
        copied = forking.fork_apart()
    except OSError:
        for number in (asks, requests, news, tells):
            os.close(number)
        raise
    if copied is None:
        os.close(asks)
        os.close(tells)
        if living is not None:
            os.close(living)
        return Kept(requests, news)
    try:
        return _wait(_Ends(requests, news, asks, tells, living), mask, prepare)
    except BaseException:
        os._exit(1)  # noqa: SLF001 - documented


class _Ends(NamedTuple):
    requests: int
    news: int
    asks: int
    tells: int
    living: int | None


def _wait(
    ends: _Ends, mask: set[int] | set[signal.Signals], prepare: Callable[[Message], object]
) -> Begun:
    """Wait for requests, and fork at each; returns in the children."""
    os.close(ends.requests)
    os.close(ends.news)
    files = descriptors.let_go()
    is_ready = False
    while True:
        _until_ready(ends.asks, ends.living)
        request = receive(ends.asks)
        if request is None:
            os._exit(0)  # noqa: SLF001 - documented
        if not is_ready:
            prepare(request)
            is_ready = True
        child = forking.fork()
        if child == 0:
            os.close(ends.asks)
            descriptors.open_again(files)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            return Begun(request, ends.tells)
        send(ends.tells, {"ended": _status(child, ends.living)})


def _until_ready(number: int, living: int | None) -> None:
    """Wait for something to read; end this process if the live one ends."""
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    if living is not None:
        waiting.register(living, select.POLLIN)
    if any(ready == living for ready, _ in waiting.poll()):
        os._exit(0)  # noqa: SLF001 - documented


def _status(child: int, living: int | None) -> int:
    """Wait for the end of a child, which ends with the live process."""
    ended = _pidfd(child)
    if ended is not None and living is not None:
        waiting = select.poll()
        waiting.register(ended, select.POLLIN)
        waiting.register(living, select.POLLIN)
        if any(ready == living for ready, _ in waiting.poll()):
            os.kill(child, signal.SIGKILL)
            os._exit(0)  # noqa: SLF001 - documented
    if ended is not None:
        os.close(ended)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _pipe() -> tuple[int, int]:
    """A pipe out of the program's way."""
    low = os.pipe()
    try:
        return lift(low[0]), lift(low[1])
    finally:
        os.close(low[0])
        os.close(low[1])


def _pidfd(process: int) -> int | None:
    """A descriptor that is readable once a process has ended; None if the system has none."""
    make = getattr(os, "pidfd_open", None)
    with contextlib.suppress(OSError):
        if make is not None:
            low = make(process)
            try:
                return lift(low)
            finally:
                os.close(low)
    return None


def _pages() -> int:
    """How many pages of memory the process has in use; 0 if the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
