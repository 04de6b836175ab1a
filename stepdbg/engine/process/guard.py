"""A bug of stepdbg is reported as stepdbg's.

Owns: the report of an exception that came out of stepdbg's own code, and telling such exceptions
from those of the program that were raised while our code ran.
Does not own: how an exception of a signal handler is recognised (model.signalled), what happens to
the run afterwards (running.run), what is raised into the program on purpose
(stopping.program_lines).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from stepdbg.model import program_streams
from stepdbg.model.depth import is_short, missed, with_room
from stepdbg.model.ours import VERSION
from stepdbg.model.signalled import comes_from_signal, without_our_part
from stepdbg.model.standard import sys, traceback
from stepdbg.sealed import FilesGone, memory_is_short

from . import memory

WITHOUT_US = "your program goes on without the debugger"
"""What follows from most bugs, as a clause."""


def report_bug(error: BaseException, doing: str, then: str = WITHOUT_US) -> None:
    """Print an internal error to the real standard error, for a bug report; raises nothing.

    Args:
        error: the exception.
        doing: what stepdbg was doing, as a participle: "taking a step".
        then: what follows from it, as a clause.
    """
    if isinstance(error, MemoryError) or memory_is_short():
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
    """The module that stepdbg could not import, if that is the cause of an error."""
    while error is not None and not isinstance(error, FilesGone):
        error = error.__cause__ or error.__context__
    return error


def _formatted(error: BaseException) -> list[str]:
    try:
        return traceback.format_exception(error)
    except Exception:  # its `__str__` fails, or the source files cannot be read
        return [f"{type(error).__name__}\n"]


def is_programs(error: BaseException) -> bool:
    """Whether an exception that was raised in our code still belongs to the program.

    That is so for a KeyboardInterrupt, and for everything that a signal handler of the program
    raises while our code runs.
    """
    try:
        return isinstance(error, KeyboardInterrupt) or comes_from_signal(error)
    except Exception:  # most likely ours: not even this check works
        return False


def hand_over(error: BaseException) -> bool:
    """Pass an exception of the program on to it that was raised where Trio called us.

    Returns: whether that was done; False for an error of stepdbg.
    """
    if not is_programs(error):
        return False
    from stepdbg._trio_internals import interfering, runs  # imported late: few programs need it

    runner = runs.current_runner()
    return runner is not None and interfering.raise_in_run(runner, without_our_part(error))


def settle(error: BaseException, doing: str, then: str = WITHOUT_US) -> None:
    """Settle an exception from a guarded part whose caller may be the program or Trio.

    If too few frames were left, what was left out is noted, and reported later.

    Args: as `report_bug`.

    Raises:
        BaseException: the same exception, if it belongs to the program and the program is the
            caller: in a step, or outside of runs.
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
    """Try failed code of stepdbg again, if the program has left it too few frames.

    Args:
        error: the exception of that code.
        doing: what that code was doing, as a participle.
        work: does it again, with more frames; None: it is left out.

    Returns:
        The exception that remains; None if the work is done now, or noted as left out.
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
    """A run that goes on without stepdbg after an error of stepdbg."""

    def fail(self, error: BaseException) -> None: ...


class Guarded:
    """A call-back for Trio's entry queue, which must not raise."""

    def __init__(self, run: Fails, work: Callable[[], None]) -> None:
        self._run = run
        self._work = work

    def __call__(self) -> None:
        """Do the work; an exception is reported as a bug of stepdbg."""
        try:
            self._work()
        except BaseException as error:
            self._run.fail(error)
