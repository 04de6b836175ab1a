"""Writing a dump.

Owns: `write_dump` and `save_picture`.
Does not own: taking the picture (picture), the form of the file (codec, container), or what
is a secret (masking, secrets).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from stepdbg.model.errors import StepdbgError
from stepdbg.model.standard import contextlib, gc, os

from . import codec, container
from .masking import Change, change_of, without_reasons
from .picture import take_picture

if TYPE_CHECKING:
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Stop

    from .shapes import Picture


def write_dump(
    inspector: Inspector,
    path: str | os.PathLike[str],
    *,
    values: bool = True,
    stop: Stop | None = None,
    mask: bool = True,
) -> int:
    """Write everything there is to see now to a file.

    Args:
        inspector: reads the run that the dump is about.
        path: the file, which is replaced if it is there; only its user may read it.
        values: whether to keep what variables hold; else only their names and types.
        stop: the stop at which the run is held.
        mask: whether to mask what looks like secrets.

    Returns:
        The size of the file in bytes.

    Raises:
        StepdbgError: the file cannot be written; a file that was there stays as it was.
    """
    try:
        with _no_collection():
            return _save(take_picture(inspector, values=values, stop=stop), path, mask=mask)
    except MemoryError:
        pass  # its frames hold the half-made picture, and are freed before `_no_memory` is called
    raise _no_memory(path)


def save_picture(picture: Picture, path: str | os.PathLike[str], *, mask: bool = True) -> int:
    """Write a picture that was taken before; otherwise like `write_dump`."""
    try:
        return _save(picture, path, mask=mask)
    except MemoryError:
        pass  # as above
    raise _no_memory(path)


def _save(picture: Picture, path: str | os.PathLike[str], *, mask: bool) -> int:
    tables = codec.encode(picture, _changes(values=picture.values, mask=mask))
    return container.write(os.fspath(path), tables)


def _no_memory(path: str | os.PathLike[str]) -> StepdbgError:
    return StepdbgError(f"{os.fspath(path)} could not be written: there is not enough memory")


def _changes(*, values: bool, mask: bool) -> Callable[[type], Change | None]:
    """Give the function that says how records of a type are changed before they are written."""

    def changes(record: type) -> Change | None:
        change = change_of(record) if mask else None
        return change if values else without_reasons(change, record)

    return changes


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Switch garbage collection off: a million new objects would start it again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
