"""What a program has read on the clock of its run, as a value and as text.

Owns: `ClockReads`; its text, format 1 (docs/schedules.md).
Does not own: the order of steps (schedules), noting the reads (engine.recording), giving them again
(engine.scheduling).

A text may come from anybody, so reading one raises only `BadUsage`, and a short text cannot unpack
to gigabytes.
"""

from __future__ import annotations

from array import array
from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64, crc32

from .errors import BadUsage
from .records import NamedTuple
from .standard import struct, zlib

PREFIX = "stepdbg-clock:"
FORMAT = "1"

_MOST = 1_000_000
"""How many reads a text may have: no run keeps more."""

_BEGUN_SIZE, _SIZE = 8, 12
"""How many bytes the first time takes, and how many each read."""


class ClockReads(NamedTuple):
    """What a program has read on the clock of its run.

    begun: the time on the clock when the run began.
    steps: for each read, how many steps of the program had ended before.
    times: what each read has given.
    """

    begun: float
    steps: array[int]
    times: array[float]


def text_of(reads: ClockReads) -> str:
    """The text of the reads of a run."""
    count = len(reads.steps)
    data = struct.pack(_format_of(count), reads.begun, *reads.steps, *reads.times)
    # Times hardly compress, and a user who goes back waits for this.
    body = b2a_base64(zlib.compress(data, 1), newline=False).decode("ascii")
    return f"{PREFIX}{FORMAT}:{body}:{crc32(body.encode()):08x}"


def reads_of(text: str) -> ClockReads:
    """Read the text of some reads.

    Raises:
        BadUsage: the text is none, or it is incomplete.
    """
    parts = "".join(text.split()).split(":")
    if parts[0] + ":" != PREFIX or len(parts) < 2 or parts[1] != FORMAT:
        raise BadUsage(
            f"the times are not of format {FORMAT}: use the stepdbg that has written them"
        )
    if len(parts) != 4 or f"{crc32(parts[2].encode('utf-8', 'replace')):08x}" != parts[3]:
        raise BadUsage("the times are damaged, since their checksum does not fit")
    try:
        return _unpacked(a2b_base64(parts[2].encode("ascii")))
    except (ValueError, zlib.error, NotBase64, struct.error):
        raise BadUsage("the times cannot be read, though their checksum fits") from None


def _unpacked(packed: bytes) -> ClockReads:
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(packed, _BEGUN_SIZE + _SIZE * _MOST)
    count, rest = divmod(len(data) - _BEGUN_SIZE, _SIZE)
    if not unpacker.eof or rest or count < 0:
        raise ValueError(rest)
    begun, *numbers = struct.unpack(_format_of(count), data)
    return ClockReads(begun, array("I", numbers[:count]), array("d", numbers[count:]))


def _format_of(count: int) -> str:
    return f"<d{count}I{count}d"
