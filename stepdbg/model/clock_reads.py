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
from binascii import a2b_base64, b2a_base64

from . import checked_text
from .errors import BadUsage
from .records import NamedTuple
from .schedules import MOST_READS
from .standard import struct, zlib

PREFIX = "stepdbg-clock:"
FORMAT = "1"

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
    return checked_text.text_of(PREFIX, FORMAT, body)


def reads_of(text: str) -> ClockReads:
    """Read the text of some reads.

    Raises:
        BadUsage: the text is none, or it is incomplete.
    """
    parts = checked_text.parts_of(text, PREFIX)
    if parts is None or parts.format != FORMAT:
        raise BadUsage(
            f"the times are not of format {FORMAT}: use the stepdbg that has written them"
        )
    if parts.body is None:
        raise BadUsage("the times are damaged, since their checksum does not fit")
    try:
        return _read(a2b_base64(parts.body.encode("ascii")))
    except (ValueError, zlib.error, NotBase64, struct.error):
        raise BadUsage("the times cannot be read, though their checksum fits") from None


def _read(packed: bytes) -> ClockReads:
    data = checked_text.unpacked(packed, _BEGUN_SIZE + _SIZE * MOST_READS)
    count, rest = divmod(len(data) - _BEGUN_SIZE, _SIZE)
    if rest or count < 0:
        raise ValueError(rest)
    begun, *numbers = struct.unpack(_format_of(count), data)
    return ClockReads(begun, array("I", numbers[:count]), array("d", numbers[count:]))


def _format_of(count: int) -> str:
    return f"<d{count}I{count}d"
