"""Pictures that the program itself asks for: `stepdbg.dump` and `stepdbg.snapshot`.

Owns: both, and the error where there is no run.  Does not own: reading the run of this thread
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
        session: the session that debugs this process; None if there is none, and none is made.

    Raises:
        StepdbgError: there is no run here, or the file cannot be written.
    """
    dumping.write(_run_here(session, "dump"), path, values=values)


def picture_of_run_here(session: Session | None) -> PictureInspector:
    """A picture of the run of this thread.

    Args:
        session: as for `dump_run_here`.

    Raises:
        StepdbgError: there is no run here.
    """
    from stepdbg.archive.picture import PictureInspector, take_picture

    return PictureInspector(take_picture(_run_here(session, "snapshot")))


def _run_here(session: Session | None, asked: str) -> Inspector:
    """What reads the run of this thread.  Raises `NotNow`, which names the function `asked`."""
    from stepdbg.model.standard import sys

    # Without Trio there is no run, and the program could notice that stepdbg has imported it.
    if "trio" not in sys.modules:
        raise NotNow("there is no run to show: Trio has not been imported")
    from stepdbg.engine.running.onlooking import run_here

    inspector = run_here(session)
    if inspector is None:
        raise NotNow(f"there is no run to show: call stepdbg.{asked}() in a task of one")
    return inspector
