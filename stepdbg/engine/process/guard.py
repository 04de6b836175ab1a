"""A bug of ours shows itself as ours.

Owns: the report of an exception that came out of stepdbg's own code, and telling it from
an exception of the program's that came up while code of ours ran.
Does not own: how an exception of a signal handler shows (model.signalled), what happens to the
run afterwards (running.run), what is raised into the program on purpose (stopping.program_lines).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from stepdbg.model import program_streams
from stepdbg.model.depth import is_short, missed, with_room
from stepdbg.model.ours import VERSION
from stepdbg.model.signalled import comes_from_signal, without_our_part
from stepdbg.model.standard import sys, traceback
from stepdbg.sealed import FilesGone

from . import memory

WITHOUT_US = "your program goes on without the debugger"
"""What follows from most bugs."""


def report_bug(error: BaseException, doing: str, then: str = WITHOUT_US) -> None:
    """Print an internal error to the real standard error, for a bug report; raises nothing.

    Args:
        error: what was raised.
        doing: what stepdbg was doing, as a participle: "taking a step".
        then: what follows from it, as a clause.
    """
    if isinstance(error, MemoryError):
        memory.give_up()
        _tell([f"stepdbg: there is not enough memory for {doing}: {then}.\n"])
        return
    if (gone := _files_gone(error)) is not None:
        _tell([f"stepdbg: a part of it cannot be read any more ({gone}): {then}.\n"])
        return
    lines = [
        f"stepdbg {VERSION}: a bug in stepdbg, not in your program, while {doing}.\n",
        *_formatted(error),
        (
            f"stepdbg: {then}. Please report this traceback "
            f"together with the versions of Python ({sys.version.split()[0]}) and Trio.\n"
        ),
    ]
    _tell(lines)


def _tell(lines: list[str]) -> None:
    text = "".join(lines)
    # Where standard error is captured, `sys.stderr` is as well.
    captured = program_streams.at_first(2) != 2
    if captured or not program_streams.write_lines(sys.stderr, text):
        program_streams.tell_lines(text)


def _files_gone(error: BaseException | None) -> FilesGone | None:
    """What ours could not import, if that is behind an error."""
    while error is not None and not isinstance(error, FilesGone):
        error = error.__cause__ or error.__context__
    return error


def _formatted(error: BaseException) -> list[str]:
    try:
        return traceback.format_exception(error)
    except Exception:  # its own `__str__` fails, or the files of its lines cannot be read
        return [f"{type(error).__name__}\n"]


def is_programs(error: BaseException) -> bool:
    """Whether an exception that came up in code of ours is the program's all the same.

    So is whatever a signal handler of the program raises while ours runs, and a
    KeyboardInterrupt.
    """
    try:
        return isinstance(error, KeyboardInterrupt) or comes_from_signal(error)
    except Exception:  # one of ours, for most: not even that can be found out
        return False


def hand_over(error: BaseException) -> bool:
    """Let the program have an exception of its own that came up where Trio was our caller.

    Returns: whether that is done; False for an error of ours.
    """
    if not is_programs(error):
        return False
    from stepdbg._trio_internals import interfering, runs  # few programs ever need it

    runner = runs.current_runner()
    return runner is not None and interfering.raise_in_run(runner, without_our_part(error))


def settle(error: BaseException, doing: str, then: str = WITHOUT_US) -> None:
    """Something has come out of a guarded part whose caller may be the program or Trio.

    What failed because too few frames were left is written down, and told later.

    Args: as `report_bug`.

    Raises:
        BaseException: it anew, if it is the program's and so is the caller: in a step, or
            outside of runs.
    """
    if once_more(error, doing) is None:
        return
    if is_programs(error):
        from stepdbg._trio_internals import runs  # as in `hand_over`

        task = runs.current_task()
        in_step = task is not None and getattr(task.coro, "cr_running", False)
        if in_step or runs.current_runner() is None:
            raise without_our_part(error)
        if hand_over(error):
            return
    report_bug(error, doing, then)


def once_more(
    error: BaseException, doing: str, work: Callable[[], object] | None = None
) -> BaseException | None:
    """Code of ours has failed, perhaps because the program has left it too few frames.

    Args:
        error: what has come out of it.
        doing: what it was doing, as a participle.
        work: does it again, with more frames; None: it is left out.

    Returns:
        What is wrong all the same; None when it is done now, or written down as left out.
    """
    if not isinstance(error, RecursionError) or not is_short():
        return error
    try:
        if work is None:
            missed.append(doing)
        else:
            with_room(work)
    except RecursionError:
        missed.append(doing)
    except BaseException as again:
        return again
    return None


class Fails(Protocol):
    """A run that goes on without us when something of ours goes wrong."""

    def fail(self, error: BaseException) -> None: ...


class Guarded:
    """A call-back for Trio's entry queue, from which nothing may escape."""

    def __init__(self, run: Fails, work: Callable[[], None]) -> None:
        self._run = run
        self._work = work

    def __call__(self) -> None:
        """Do the work; what goes wrong is reported as ours."""
        try:
            self._work()
        except BaseException as error:
            self._run.fail(error)
