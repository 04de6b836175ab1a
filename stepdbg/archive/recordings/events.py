"""The events of a recording as columns of numbers.

Owns: `Events`, and taking them from a file that was never closed, block by block.
Does not own: compressed files (closing), what the events mean (moments).
"""

from __future__ import annotations

from collections.abc import Iterator

from stepdbg.archive.codec import Damaged
from stepdbg.model.recording import Shape
from stepdbg.model.standard import array, zlib

from .form import (
    BLOCK,
    DEFINES,
    EVENT,
    MOST_EVENTS,
    MOST_PICTURE,
    MOST_SHAPE,
    MOST_SHAPES,
    PICTURES,
    SKIPS,
    decode_shape,
)


class Events:
    """Events in order.

    Attributes:
        moments: when each happened, by `perf_counter` or by the program's own clock.
        seconds, numbers, tasks: as in `RecordingSink.event`.
        shapes: the place of each event's shape in `known`.
        known: the shapes.
        shape_lines: the shapes as a file has them.
        pictures: what there was to see at stops, by the places of the events about these stops.
        forgotten: how many events before these were forgotten.
    """

    def __init__(self) -> None:
        self.moments = array.array("d")
        self.seconds = array.array("f")
        self.numbers = array.array("I")
        self.tasks = array.array("I")
        self.shapes = array.array("I")
        self.known: list[Shape] = []
        self.shape_lines: list[bytes] = []
        self.pictures: dict[int, bytes] = {}
        self.forgotten = 0

    def forget(self) -> None:
        """Forget the events but keep the shapes and the pictures."""
        self.forgotten += len(self)
        for column in (self.moments, self.seconds, self.numbers, self.tasks, self.shapes):
            del column[:]

    def __len__(self) -> int:
        return len(self.shapes)

    def define(self, text: bytes) -> None:
        """Add a shape.  Raises `Damaged`."""
        if len(self.known) >= MOST_SHAPES:
            raise Damaged("it has too many different events")
        self.known.append(decode_shape(text))
        self.shape_lines.append(text)

    def picture(self, data: bytes) -> None:
        """Add the picture of the stop that the last event is about.  Raises `Damaged`."""
        place = self.forgotten + len(self) - 1
        if place < 0 or place in self.pictures:
            raise Damaged("one of its pictures belongs to no stop")
        self.pictures[place] = data

    def check(self) -> None:
        """Make sure that each event has a shape, and that there are not too many."""
        if len(self) > MOST_EVENTS:
            raise Damaged(f"it has more than {MOST_EVENTS} events")
        if self.shapes and max(self.shapes) >= len(self.known):
            raise Damaged("one of its events has no shape")


def blocks_of(data: memoryview) -> Iterator[memoryview]:
    """What follows the header of a file that was not closed, block by block."""
    for start in range(0, len(data), BLOCK):
        yield data[start : start + BLOCK]


def take_block(events: Events, block: memoryview) -> bool:
    """Add the events of a block; return whether the next may hold more.  Raises `Damaged`."""
    size = EVENT.size
    whole = len(block) // size * size
    at = 0
    while at < whole:
        # One call adds all events before the next shape or the end.
        end = at
        for *_, shape in EVENT.iter_unpack(block[at:whole]):
            if not 0 < shape < PICTURES:
                break
            end += size
        _add(events, block[at:end])
        if end >= whole:
            return True
        _, _, length, number, shape = EVENT.unpack_from(block, end)
        if shape == SKIPS:
            return True
        text = bytes(block[end + size : end + size + length])
        at = end + size + (length + size - 1) // size * size
        if shape == PICTURES and length <= MOST_PICTURE:
            if zlib.crc32(text) != number:
                return False  # the program ended while this was written
            events.picture(text)
            continue
        if shape != DEFINES:
            return False
        if length > MOST_SHAPE or number != len(events.known) + 1:
            raise Damaged("one of its shapes is malformed")
        if len(text) < length or 0 in text:
            return False  # the program ended while this was written
        events.define(text)
    return True


def _add(events: Events, data: memoryview) -> None:
    """Add rows that are events, not shapes."""
    if not data:
        return
    doubles = data.cast("d")
    words = data.cast("I")
    events.moments.extend(doubles[0::3])
    events.seconds.extend(data.cast("f")[2::6])
    events.numbers.extend(words[3::6])
    events.tasks.extend(words[4::6])
    events.shapes.extend([each - 1 for each in words[5::6]])
