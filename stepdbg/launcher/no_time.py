"""What the program asks for itself costs none of its time.

Owns: `costs_no_time`.  Does not own: letting time stand still (engine.running.onlooking), what
is asked for.
"""

from __future__ import annotations

from stepdbg.model.standard import contextlib, sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stepdbg.engine.running.session import Session


@contextlib.contextmanager
def costs_no_time(since: float, session: Callable[[], Session | None]) -> Iterator[None]:
    """A block whose time is not the program's, where the program has a run on this thread.

    Args:
        since: the moment of `perf_counter` at which the program called: ours had to be imported.
        session: gives the one that debugs this process, if there is one.
    """
    try:
        yield
    finally:
        # A Trio that ours cannot look at has a clock that ours cannot turn back.
        with contextlib.suppress(ImportError):
            if "trio._core._run" in sys.modules:
                from stepdbg.engine.running.onlooking import leave_out_since

                leave_out_since(since, session())
