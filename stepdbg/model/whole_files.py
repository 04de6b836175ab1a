"""Files that are there as a whole or not at all, whatever happens while they are written.

Owns: `replace_file` and `new_file`; `replace_own` and `check_own`, which leave alone what is not
ours.
Does not own: what stands in a file.
"""

from __future__ import annotations

from stepdbg.model.errors import StepdbgError
from stepdbg.model.standard import contextlib, os, tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO


def replace_file(path: str, content: bytes) -> None:
    """Put a new file in the place of whatever was there.  Takes and raises what `new_file` does."""
    with new_file(path) as file:
        file.write(content)


@contextlib.contextmanager
def new_file(path: str) -> Iterator[BinaryIO]:
    """A file that takes the place of whatever was there when the block ends; a disk may be full.

    It is made with mode 0600 (`tempfile.mkstemp` does) before it holds anything.

    Args:
        path: the file, not a link to it.

    Raises:
        OSError: it could not be written; what was there is as before.
        ValueError: it is there and is not a regular file.
    """
    if os.path.lexists(path) and not os.path.isfile(path):
        raise ValueError("it is there already and is not a regular file")
    descriptor, temporary = tempfile.mkstemp(prefix=".stepdbg-", dir=os.path.dirname(path))
    try:
        with open(descriptor, "wb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def real_path(filename: str) -> str:
    """Where a file is that was typed, links followed; it need not be there.

    Raises:
        StepdbgError: no file can have this name.
    """
    try:
        return os.path.realpath(os.path.expanduser(filename))
    except ValueError:  # a NUL, or half of a surrogate pair
        raise StepdbgError(f"no file can have the name {filename!a}") from None


def replace_own(filename: str, content: bytes, *, ours: Iterable[str]) -> None:
    """Write a file, unless there is one that was not written here.

    Args:
        filename: as it was typed.
        ours: the first lines of the files that may be replaced.

    Raises:
        StepdbgError: it cannot be written, or is there and is none of these.
    """
    try:
        replace_file(_own_path(filename, ours), content)
    except OSError as error:
        raise StepdbgError(f"{filename} cannot be written: {error.strerror or error}") from None


def check_own(filename: str, *, ours: Iterable[str]) -> None:
    """Refuse a file that could not be replaced later.  Raises and takes what `replace_own` does."""
    try:
        _own_path(filename, ours)
    except OSError as error:
        raise StepdbgError(f"{filename} cannot be written: {error.strerror or error}") from None


def _own_path(filename: str, ours: Iterable[str]) -> str:
    path = real_path(filename)
    if os.path.lexists(path) and not _begins_with(path, ours):
        raise StepdbgError(f"{filename} is there and was not written by stepdbg; name another file")
    return path


def _begins_with(path: str, lines: Iterable[str]) -> bool:
    """Whether a file is there whose first line is one of these."""
    if not os.path.isfile(path):
        return False
    known = {*lines}
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.readline(max(map(len, known)) + 1).rstrip("\n") in known
