"""Send pieces of bytes through a pipe, each preceded by its length in four bytes.

Owns: writing a piece, waiting for one, taking the pieces that have arrived.
Does not own: what the bytes mean (engine.rewinding.messages, launcher.exploring.children).
"""

from __future__ import annotations

from .standard import os

_LENGTH = 4


def write(descriptor: int, body: bytes) -> None:
    """Write one piece.  Raises `OSError` if nobody reads any more."""
    left = memoryview(len(body).to_bytes(_LENGTH, "big") + body)
    while left:
        left = left[os.write(descriptor, left) :]


def read(descriptor: int) -> bytes | None:
    """Wait for one piece; None if nobody writes any more."""
    head = _read(descriptor, _LENGTH)
    return None if head is None else _read(descriptor, int.from_bytes(head, "big"))


def take(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole pieces at the beginning of some bytes, and the bytes after them."""
    found = []
    while len(data) >= _LENGTH:
        end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
        if len(data) < end:
            break
        found.append(data[_LENGTH:end])
        data = data[end:]
    return found, data


def _read(descriptor: int, size: int) -> bytes | None:
    found = bytearray()  # a tape may have a hundred megabytes
    while len(found) < size:
        more = os.read(descriptor, size - len(found))
        if not more:
            return None
        found += more
    return bytes(found)
