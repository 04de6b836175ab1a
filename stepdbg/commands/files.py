"""Files of commands: `read`, `save`; what `break save` and `break load` share with them.

Owns: reading such a file line by line, writing one, and replacing only files that stepdbg wrote.
Does not own: which lines set something up again (saving), start files (frontends.start_file).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stepdbg.model.errors import BadUsage, StepdbgError
from stepdbg.model.records import replace
from stepdbg.model.replies import Answer, Failure, Message, Reply
from stepdbg.model.standard import contextlib, os
from stepdbg.model.whole_files import real_path, replace_own

from . import grammar, saving
from .request import Desk, Request, Result, number_in

WRITTEN = "# written by stepdbg; `read` reads it"
"""The first line of each file that this module writes."""


def save(request: Request) -> Result:
    """`save FILE`."""
    request.need_rest("a file")
    (filename,) = request.words(most=1)
    desk = request.desk
    lines = [
        *(
            f"set {each.name} {typed}"
            for each in desk.controller.settings()
            for typed in each.typed
        ),
        *saving.lines_of(desk.home.breakpoints(), desk.aliases, desk.displays.expressions()),
    ]
    write_lines(filename, lines)
    return Message(f"{len(lines)} {'line' if len(lines) == 1 else 'lines'} saved in {filename}")


def write_lines(filename: str, lines: Iterable[str]) -> None:
    """Write a file of commands.

    Raises:
        StepdbgError: it cannot be written, or it exists and stepdbg has not written it.
    """
    text = "".join(f"{line}\n" for line in (WRITTEN, *lines))
    replace_own(filename, text.encode(errors="surrogateescape"), ours=(WRITTEN,))


def read(request: Request) -> Result:
    """`read FILE [LINE]`."""
    request.need_rest("a file")
    filename, *start = request.words(most=2)
    first = number_in(start[0], "line number") if start else 1
    desk = request.desk
    with _reading(desk, filename):
        return _carried_out(desk, filename, first)


@contextlib.contextmanager
def _reading(desk: Desk, filename: str) -> Iterator[None]:
    """Note that a file is being read, so that it cannot read itself."""
    path = real_path(filename)
    if path in desk.reading:
        raise BadUsage(f"{filename} is being read already, and would read itself without end")
    desk.reading.append(path)
    try:
        yield
    finally:
        desk.reading.remove(path)


def _carried_out(desk: Desk, filename: str, first: int) -> Answer:
    """Carry out the lines of a file from a line on, until one fails or lets the run go on."""
    replies: list[Reply] = []
    lines = read_lines(filename)
    for number, line in enumerate(lines, 1):
        if number < first:
            continue
        answer = desk.run_text(line)
        replies += answer.replies
        failed = next((each for each in answer.replies if isinstance(each, Failure)), None)
        if failed is not None:
            replies[replies.index(failed)] = _placed(failed, filename, number, len(lines))
            desk.give_up_text()
            return Answer(tuple(replies))
        if answer.resume is not None:
            to_come = f"read {grammar.quoted(filename)} {number + 1}" if number < len(lines) else ""
            rest = " ;; ".join(filter(None, (answer.rest, to_come)))
            return Answer(tuple(replies), answer.resume, rest=rest)
    for ending in ("", saving.END) if desk.collecting is not None else ("",):
        replies += desk.run_text(ending).replies  # ends a block that the last lines have begun
    return Answer(tuple(replies))


def _placed(failed: Failure, filename: str, number: int, last: int) -> Failure:
    """Add the place in the file to a failure."""
    unread = "; the lines after it were not read" if number < last else ""
    return replace(failed, text=f"{filename}:{number}: {failed.text}{unread}")


def read_lines(filename: str) -> list[str]:
    """The lines of a file of commands.  Raises `StepdbgError` if it cannot be read."""
    path = os.path.expanduser(filename)
    if os.path.exists(path) and not os.path.isfile(path):  # opening a pipe would block
        raise StepdbgError(f"{filename} cannot be read: it is not a regular file")
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StepdbgError(f"{filename} cannot be read: {reason}") from None
