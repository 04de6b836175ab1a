"""Write files that exist as a whole or not at all, whatever happens meanwhile.

Owns: `replace_file` and `new_file`; `replace_own` and `check_own`, which do not touch a file that
stepdbg has not written.
Does not own: what is in a file.
"""

from __future__ import annotations

from stepdbg.model.errors import StepdbgError
from stepdbg.model.standard import contextlib, os, tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO


def replace_file(path: str, content: bytes) -> None:
    """Write a file and replace any earlier one.  Takes and raises what `new_file` does."""
    with new_file(path) as file:
        file.write(content)


@contextlib.contextmanager
def new_file(path: str) -> Iterator[BinaryIO]:
    """Open a temporary file, which replaces the earlier file when the block ends.

    It has mode 0600 (from `tempfile.mkstemp`) before anything is written into it.

    Args:
        path: the file, not a link to it.

    Raises:
        OSError: it could not be written, for example on a full disk; the earlier file is unchanged.
        ValueError: the path exists and is not a regular file.
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
    """The path of a file that the user has typed, with links resolved; it need not exist.

    Raises:
        StepdbgError: no file can have this name.
    """
    try:
        return os.path.realpath(os.path.expanduser(filename))
    except ValueError:  # a NUL, or half of a surrogate pair
        raise StepdbgError(f"no file can have the name {filename!a}") from None


def replace_own(filename: str, content: bytes, *, ours: Iterable[str]) -> None:
    """Write a file, unless it exists and stepdbg has not written it.

    Args:
        filename: as it was typed.
        ours: the first lines of the files that may be replaced.

    Raises:
        StepdbgError: it cannot be written, or it exists and begins with none of these.
    """
    try:
        replace_file(_own_path(filename, ours), content)
    except OSError as error:
        raise StepdbgError(f"{filename} cannot be written: {error.strerror or error}") from None


def check_own(filename: str, *, ours: Iterable[str]) -> None:
    """Refuse a file that `replace_own` could not replace later, with the same errors."""
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
    """Whether a file exists and its first line is one of these."""
    if not os.path.isfile(path):
        return False
    known = {*lines}
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.readline(max(map(len, known)) + 1).rstrip("\n") in known
