"""Dumps written on behalf of a session, and the session over one.

Owns: bringing the engine, the archive and a front end together.
Does not own: dump files (archive), options (cli), prompting (frontends).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stepdbg.archive.reading import ArchiveInspector
    from stepdbg.archive.shapes import About
    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import FrontEnd, Inspector
    from stepdbg.model.stops import Stop


def write(inspector: Inspector, path: str, *, values: bool = True, stop: Stop | None = None) -> int:
    """Write a dump.  See `model.protocols.DumpWriter`."""
    # Engine and archive do not know each other, and few programs are ever dumped.
    from stepdbg.archive.writing import write_dump

    return write_dump(inspector, path, values=values, stop=stop)


def write_failure(
    session: Session, error: BaseException, path: str, *, values: bool = True
) -> tuple[int, bool]:
    """Write what there was when a task was the first to fail, and what came of it.

    error: what has left the program.  values: whether to keep what variables hold.

    Returns:
        The size of the file in bytes, and whether a task of a run had failed at all; where
        none had, the file shows only the exception.

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


def view_dump(
    path: str, make_front_end: Callable[[], FrontEnd], *, tells_end: bool = False
) -> None:
    """Let a user look at a dump until he quits.

    Args:
        path: the dump.
        make_front_end: called once the dump has been read.
        tells_end: the front end's client must be told that this was the end.

    Raises:
        StepdbgError: the file is no dump that can be read, or the front end cannot be made.
    """
    from stepdbg.archive.controller import ArchiveController
    from stepdbg.archive.reading import open_dump
    from stepdbg.model.stops import Note, ProgramEnded, Quit

    inspector = open_dump(path)
    front_end = make_front_end()
    controller = ArchiveController(inspector)
    front_end.on_session(inspector, controller)
    for sentence, level in _opening(path, inspector):
        front_end.on_event(Note(sentence, level))
    try:
        # Whatever lets a run go on has been refused, as far as commands know; ask again.
        while not isinstance(front_end.on_stop(inspector.stop(), inspector, controller), Quit):
            front_end.on_event(Note("a dump cannot go on; `quit` closes it", "warning"))
        if tells_end:
            front_end.on_event(ProgramEnded(None, "the dump was closed"))
    finally:
        front_end.close()


def _opening(path: str, inspector: ArchiveInspector) -> Iterator[tuple[str, str]]:
    """What to say first, each with its level."""
    about = inspector.picture.about
    when, versions = origin_of(about)
    yield f"{path}: a dump of {when}, of: {' '.join(about.command_line)}", "note"
    yield versions, "note"
    if not inspector.picture.values:
        yield "it was written without values", "note"
    for sentence in inspector.picture.notes:
        yield sentence, "warning"
    for filename in inspector.changed_files():
        yield f"{filename} has changed since; its text is shown as it was", "warning"


def origin_of(about: About) -> tuple[str, str]:
    """When something was written, and by which versions."""
    from datetime import datetime

    try:
        when = datetime.fromtimestamp(about.time).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError, OSError):  # a time that no calendar has
        when = "an unknown time"
    versions = f"Python {about.python}, Trio {about.trio}, stepdbg {about.stepdbg}"
    return when, f"{versions} on {about.platform}, process {about.process}"
