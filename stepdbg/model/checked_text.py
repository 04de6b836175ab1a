"""A text that shows whether it was copied whole: ``KIND:FORMAT:BODY:CHECKSUM``.

Owns: `text_of`, `parts_of`, `unpacked`, `checksum`.
Does not own: what is in the body, or what to say of a text that is damaged (schedule_text,
clock_reads, tape).
"""

from __future__ import annotations

from binascii import crc32

from .records import NamedTuple
from .standard import zlib


class Parts(NamedTuple):
    """The parts of such a text.

    format: the number of its format, as written.
    body: None if the text is damaged.
    """

    format: str
    body: str | None


def text_of(prefix: str, number: str, body: str) -> str:
    """The text with a body in the format of a number; `prefix` is the kind, with a colon."""
    return f"{prefix}{number}:{body}:{checksum(body)}"


def parts_of(text: str, prefix: str) -> Parts | None:
    """The parts of a text of this kind, in which there may be blanks; None if it is another one."""
    kind, *parts = "".join(text.split()).split(":")
    if f"{kind}:" != prefix or not parts:
        return None
    whole = len(parts) == 3 and checksum(parts[1]) == parts[2]
    return Parts(parts[0], parts[1] if whole else None)


def unpacked(packed: bytes, most: int) -> bytes:
    """The bytes that zlib has packed.  A text may come from anybody, and may claim to be gigabytes.

    most: how many bytes there may be.

    Raises:
        ValueError: there are more, or the end is missing.
        zlib.error: these are no such bytes.
    """
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(packed, most)
    if not unpacker.eof:
        raise ValueError(most)
    return data


def checksum(body: str) -> str:
    """The checksum of a body."""
    return f"{crc32(body.encode('utf-8', 'replace')):08x}"
