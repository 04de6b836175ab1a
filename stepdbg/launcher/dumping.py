"""Dumps written on behalf of a session.

Owns: bringing the engine and the archive together.
Does not own: dump files (archive), options (cli), looking at a dump (opening).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Stop


def write(inspector: Inspector, path: str, *, values: bool = True, stop: Stop | None = None) -> int:
    """Write a dump; arguments, result and errors as of `model.protocols.DumpWriter`."""
    # Imported late: few programs are ever dumped.  Here, since the engine may not import the
    # archive.
    from stepdbg.archive.writing import write_dump

    return write_dump(inspector, path, values=values, stop=stop)


def write_failure(
    session: Session, error: BaseException, path: str, *, values: bool = True
) -> tuple[int, bool]:
    """Write a dump of the moment when the first task failed, with the exceptions that followed.

    error: what has left the program.
    values: whether to keep what variables hold.

    Returns:
        The size of the file in bytes, and whether a task of a run had failed at all.  If none
        had, the file shows only the exception.

    Raises:
        StepdbgError: the file cannot be written.
    """
    from stepdbg.archive.exceptions import with_exceptions
    from stepdbg.archive.picture import PictureInspector
    from stepdbg.archive.secrets import without_values
    from stepdbg.archive.writing import save_picture, write_dump
    from stepdbg.engine.stopping.postmortem import look_back

    inspector, stop = look_back(session, error)
    taken = inspector.picture
    if not isinstance(taken, PictureInspector):
        return write_dump(inspector, path, values=values, stop=stop), False
    picture = with_exceptions(taken.picture, inspector)
    return save_picture(picture if values else without_values(picture), path), True
