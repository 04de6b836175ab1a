"""A dump that the program itself asks for: `stepdbg.dump`.

Owns: reading the run of this thread, in a process under stepdbg or not.
Does not own: dump files (archive), the session of a process under stepdbg (wiring).
"""

from __future__ import annotations

from stepdbg.model.errors import NotNow
from stepdbg.model.protocols import Controller, Inspector
from stepdbg.model.stops import Continue, Event, Resume, Stop

from . import dumping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.session import Session


class _Nobody:
    """A `FrontEnd` for a session that only looks."""

    wants_recorder = False
    takes_ctrl_c = False

    def would_answer(self) -> bool:
        """No."""
        return False

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Nobody wants to know."""

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:  # noqa: ARG002 - the protocol's
        """Nobody is there to ask."""
        return Continue()

    def on_event(self, event: Event) -> None:
        """Nobody wants to know."""

    def close(self) -> None:
        """Nothing is held."""


def dump_run_here(path: str, *, values: bool, session: Session | None) -> None:
    """Dump the run of this thread.

    Args:
        path: the file.
        values: whether to keep what variables hold.
        session: the one that debugs this process; None: there is none, nor will there be.

    Raises:
        StepdbgError: there is no run here, or the file cannot be written.
    """
    import sys

    # Without it there is no run either, and importing it would leave a trace.
    if "trio" not in sys.modules:
        raise NotNow("there is no run to dump: Trio has not been imported")
    if session is not None:
        _dump(session, path, values=values)
        return
    from stepdbg.engine.session import Session

    own = Session(_Nobody(), record=False)
    try:
        _dump(own, path, values=values)
    finally:
        own.uninstall()


def _dump(session: Session, path: str, *, values: bool) -> None:
    from stepdbg.engine.inspector import LiveInspector

    run = session.join_run_here()
    if run is None:
        raise NotNow("there is no run to dump: call stepdbg.dump() in a task of one")
    dumping.write(LiveInspector(session, run), path, values=values)
