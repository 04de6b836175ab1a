"""``--dump`` and ``--timeout``: dumps of a program that nobody watches.

Owns: `Unattended`, which writes a dump of a crash and sets the time limit.
Does not own: dump files (archive), the time limit itself (time_limit), the options (cli).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage, StepdbgError

from . import dumping
from .failing import take_picture_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import FrontEnd


class Unattended:
    """What to do about a crash or a hang.

    path: the dump, empty for none.
    seconds: the time limit, None for none.
    values: whether the dump keeps what variables hold.
    """

    def __init__(
        self, path: str = "", seconds: float | None = None, *, values: bool = True
    ) -> None:
        self.path = path
        self.seconds = seconds
        self.values = values

    def check(self) -> None:
        """Raise `BadUsage` if an option was given that needs ``--dump``, and that was not."""
        if self.seconds is not None and not self.path:
            raise BadUsage("--timeout needs --dump FILE, to show where the program was")
        if not self.values and not self.path:
            raise BadUsage("--no-values needs --dump FILE: it leaves the values out of that file")

    def limited(self, front_end: FrontEnd, tell: Callable[[str], None]) -> FrontEnd:
        """The front end, wrapped by one that watches the time limit, if there is a limit."""
        if self.seconds is None:
            return front_end
        from .time_limit import TimeLimit

        return TimeLimit(front_end, self.seconds, self.path, tell, values=self.values)

    def prepare(self, session: Session) -> None:
        """Let a session take a picture of the first failure, if a dump is wanted."""
        if self.path:
            session.failures.camera = take_picture_of

    def wants(self, error: BaseException) -> bool:
        """Whether to write a dump of an exception that has left the program."""
        return bool(self.path) and not isinstance(error, SystemExit | KeyboardInterrupt)

    def crashed(
        self, error: BaseException, session: Session | None, tell: Callable[[str], None]
    ) -> None:
        """Write a dump of the exception that has left the program, and say where it is."""
        if session is None:
            return
        try:
            size, of_a_task = dumping.write_failure(session, error, self.path, values=self.values)
        except StepdbgError as problem:
            tell(f"no dump has been written: {problem}")
        else:
            what = "first failure" if of_a_task else "exception"
            tell(f"the {what} is written to {self.path} ({size / 1000:,.0f} kB)")
