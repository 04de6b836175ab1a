"""``--open``: a prompt on a file, which is a dump or a recording.

Owns: telling one from the other, the first sentences about a file, and asking until the user quits.
Does not own: the files (archive), options (cli), prompting (frontends).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stepdbg.archive.controller import ArchiveController
    from stepdbg.archive.reading import ArchiveInspector
    from stepdbg.archive.recordings.viewing import RecordingController
    from stepdbg.archive.shapes import About
    from stepdbg.model.protocols import FrontEnd

    _Remarks = Iterator[tuple[str, str]]  # sentences, each with its level


def view_file(
    path: str, make_front_end: Callable[[], FrontEnd], *, tells_end: bool = False
) -> None:
    """Let a user look at a dump or a recording until the user quits.

    Args:
        path: the file.
        make_front_end: called once the file has been read.
        tells_end: whether the front end must tell its client when the user has quit.

    Raises:
        StepdbgError: the file cannot be read, or the front end cannot be made.
    """
    from stepdbg.model.stops import Moved, Note, ProgramEnded, Quit

    controller, inspector_of, remarks = _opened(path)
    medium = controller.medium
    front_end = make_front_end()
    front_end.on_session(controller.inspector, controller)
    for sentence, level in _about(path, controller, remarks):
        front_end.on_event(Note(sentence, level))
    try:
        while True:
            inspector = inspector_of()
            resume = front_end.on_stop(inspector.stop(), inspector, controller)
            if isinstance(resume, Quit):
                break
            # Commands that resume a run get here although a file cannot go on: say so, ask again.
            if not isinstance(resume, Moved):
                front_end.on_event(Note(f"{medium} cannot go on; {controller.way_on}", "warning"))
        if tells_end:
            front_end.on_event(ProgramEnded(None, f"the {medium.removeprefix('a ')} was closed"))
    finally:
        front_end.close()


def _opened(path: str) -> tuple[ArchiveController, Callable[[], ArchiveInspector], _Remarks]:
    """What shows a file, what gives the moment that is shown, and further sentences about it.

    Raises `StepdbgError`.
    """
    from stepdbg.archive.recordings.form import is_recording

    if is_recording(path):
        from stepdbg.archive.recordings.viewing import RecordingController

        recording = RecordingController(path)
        return recording, lambda: recording.inspector, _of_recording(recording)
    from stepdbg.archive.controller import ArchiveController
    from stepdbg.archive.reading import open_dump

    inspector = open_dump(path)
    return ArchiveController(inspector), lambda: inspector, _of_dump(inspector)


def _about(path: str, controller: ArchiveController, remarks: _Remarks) -> _Remarks:
    about = controller.inspector.picture.about
    when, versions = _origin_of(about)
    yield f"{path}: {controller.medium} of {when}, of: {' '.join(about.command_line)}", "note"
    yield versions, "note"
    yield from remarks


def _of_dump(inspector: ArchiveInspector) -> _Remarks:
    if not inspector.picture.values:
        yield "it was written without values", "note"
    for sentence in inspector.picture.notes:
        yield sentence, "warning"
    for filename in inspector.changed_files():
        yield f"{filename} has changed since; its text is shown as it was", "warning"


def _of_recording(controller: RecordingController) -> _Remarks:
    for sentence in controller.inspector.picture.notes:
        yield sentence, "warning"
    yield controller.extent(), "note"


def _origin_of(about: About) -> tuple[str, str]:
    """When something was written, and by which versions."""
    from datetime import datetime

    try:
        when = datetime.fromtimestamp(about.time).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError, OSError):  # a time that no calendar has
        when = "an unknown time"
    versions = f"Python {about.python}, Trio {about.trio}, stepdbg {about.stepdbg}"
    return when, f"{versions} on {about.platform}, process {about.process}"
