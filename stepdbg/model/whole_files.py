"""Files that are there as a whole or not at all, whatever happens while they are written.

Owns: `replace_file`.  Does not own: whether a file may be replaced (who writes it).
"""

from __future__ import annotations

from stepdbg.model.standard import contextlib, os, tempfile


def replace_file(path: str, content: bytes) -> None:
    """Put a new file in the place of whatever was there; a disk may be full.

    The new one is made with mode 0600 (`tempfile.mkstemp` does) before it holds anything.

    Args:
        path: the file, not a link to it.

    Raises:
        OSError: it could not be written; what was there is as before.
        ValueError: it is there and no regular file.
    """
    if os.path.lexists(path) and not os.path.isfile(path):
        raise ValueError("it is there already, and no regular file")
    descriptor, temporary = tempfile.mkstemp(prefix=".stepdbg-", dir=os.path.dirname(path))
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
