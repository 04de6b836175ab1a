"""Pictures that the program itself asks for: `stepdbg.dump` and `stepdbg.snapshot`.

Owns: saying what is missing.  Does not own: reading the run of this thread
(engine.running.onlooking), pictures (archive), dump files (dumping).
"""

from __future__ import annotations

from stepdbg.model.errors import NotNow

from . import dumping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.archive.viewing import PictureInspector
    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import Inspector


def dump_run_here(path: str, *, values: bool, session: Session | None) -> None:
    """Dump the run of this thread.

    Args:
        path: the file.
        values: whether to keep what variables hold.
        session: the one that debugs this process; None: there is none, nor will there be.

    Raises:
        StepdbgError: there is no run here, or the file cannot be written.
    """
    dumping.write(_run_here(session, "dump"), path, values=values)


def picture_of_run_here(session: Session | None) -> PictureInspector:
    """A picture of the run of this thread.

    Args: as `dump_run_here`.

    Raises:
        StepdbgError: there is no run here.
    """
    from stepdbg.archive.picture import PictureInspector, take_picture

    return PictureInspector(take_picture(_run_here(session, "snapshot")))


def _run_here(session: Session | None, asked: str) -> Inspector:
    """What reads the run of this thread.  Raises `NotNow`; `asked`: the function that asks."""
    from stepdbg.model.standard import sys

    # Without it there is no run either, and importing it would leave a trace.
    if "trio" not in sys.modules:
        raise NotNow("there is no run to show: Trio has not been imported")
    from stepdbg.engine.running.onlooking import run_here

    inspector = run_here(session)
    if inspector is None:
        raise NotNow(f"there is no run to show: call stepdbg.{asked}() in a task of one")
    return inspector
