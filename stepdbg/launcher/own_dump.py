"""A dump that the program itself asks for: `stepdbg.dump`.

Owns: saying what is missing.  Does not own: reading the run of this thread
(engine.running.onlooking), dump files (dumping).
"""

from __future__ import annotations

from stepdbg.model.errors import NotNow

from . import dumping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session


def dump_run_here(path: str, *, values: bool, session: Session | None) -> None:
    """Dump the run of this thread.

    Args:
        path: the file.
        values: whether to keep what variables hold.
        session: the one that debugs this process; None: there is none, nor will there be.

    Raises:
        StepdbgError: there is no run here, or the file cannot be written.
    """
    from stepdbg.model.standard import sys

    # Without it there is no run either, and importing it would leave a trace.
    if "trio" not in sys.modules:
        raise NotNow("there is no run to dump: Trio has not been imported")
    from stepdbg.engine.running.onlooking import run_here

    inspector = run_here(session)
    if inspector is None:
        raise NotNow("there is no run to dump: call stepdbg.dump() in a task of one")
    dumping.write(inspector, path, values=values)
