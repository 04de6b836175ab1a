"""``--dump`` and ``--timeout``: what a program leaves behind that nobody watches.

Owns: `Unattended`, which writes a dump of a crash and minds the time limit.
Does not own: dump files (archive), the time limit itself (time_limit), the options (cli).
"""

from __future__ import annotations

from stepdbg.model.errors import StepdbgError

from . import dumping
from .failing import take_picture_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.engine.session import Session
    from stepdbg.model.protocols import FrontEnd


class Unattended:
    """What to do about a crash or a hang.

    path: the dump, empty for none.  seconds: the time limit, None for none.
    """

    def __init__(self, path: str = "", seconds: float | None = None) -> None:
        self.path = path
        self.seconds = seconds

    def limited(self, front_end: FrontEnd, tell: Callable[[str], None]) -> FrontEnd:
        """A front end that minds the time limit, if there is one."""
        if self.seconds is None:
            return front_end
        from .time_limit import TimeLimit

        return TimeLimit(front_end, self.seconds, self.path, tell)

    def prepare(self, session: Session) -> None:
        """Let a session write dumps, and look at the first failure."""
        session.dump_writer = dumping.write
        if self.path:
            session.failures.camera = take_picture_of

    def crashed(
        self, error: BaseException, session: Session | None, tell: Callable[[str], None]
    ) -> None:
        """Write a dump of what has left the program, if one is wanted."""
        if not self.path or session is None or isinstance(error, SystemExit | KeyboardInterrupt):
            return
        try:
            size, of_a_task = dumping.write_failure(session, error, self.path)
        except StepdbgError as problem:
            tell(f"no dump has been written: {problem}")
        else:
            what = "first failure" if of_a_task else "exception"
            tell(f"the {what} is written to {self.path} ({size / 1000:,.0f} kB)")
