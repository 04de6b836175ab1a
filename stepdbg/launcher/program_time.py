"""Calls of stepdbg by the program take no program time.

Owns: `leave_out_of_program_time`, `hold_time`.
Does not own: letting time stand still (engine.running.onlooking), or what the call does.
"""

from __future__ import annotations

from stepdbg.model.standard import contextlib, sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from stepdbg.engine.running.session import Session


@contextlib.contextmanager
def leave_out_of_program_time(
    since: float, session: Callable[[], Session | None]
) -> Iterator[None]:
    """A block that takes no program time, if this thread has a run.

    Args:
        since: the moment of `perf_counter` at which the program called; since then stepdbg may have
            spent time on imports.
        session: gives the session that debugs this process, if there is one.
    """
    try:
        yield
    finally:
        onlooking = _onlooking()
        if onlooking is not None:
            onlooking.leave_out_since(since, session())


@contextlib.contextmanager
def hold_time(since: float, session: Callable[[], Session | None]) -> Iterator[None]:
    """A block in which stepdbg looks at runs: the time of this thread's run stands still.

    Otherwise the time that the look itself takes, with its imports, would be missing from what it
    says of deadlines.

    Args:
        since, session: as for `leave_out_of_program_time`.
    """
    onlooking = _onlooking()
    if onlooking is None:
        yield
        return
    with onlooking.standing_since(since, session()):
        yield


def _onlooking() -> ModuleType | None:
    """What looks at runs; None without Trio, or with a version that stepdbg cannot look at."""
    if "trio._core._run" not in sys.modules:
        return None
    with contextlib.suppress(ImportError):  # then it cannot turn back that Trio's clock either
        from stepdbg.engine.running import onlooking

        return onlooking
    return None
