"""A recording whose program has ended: compressed, and opened again.

Owns: the compressed form, and putting it in the place of the open file in one move.
Does not own: the form of events that are being kept (events).

A block is stored column by column, and a column byte by byte: first the lowest byte of each number,
then the next one, and so on.  Most of the higher bytes are zeros, which compress well.  A moment is
stored as its difference from the one before, in units of 100 ns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stepdbg.archive.codec import Damaged
from stepdbg.model.standard import array, itertools, mmap, os, sys, zlib
from stepdbg.model.whole_files import new_file

from .events import Events, blocks_of, take_block
from .form import CLOSED, HEADER, MAGIC, MOST_EVENTS, MOST_PICTURE, MOST_SHAPES, OPEN

TICKS = 10_000_000
"""Units of time in a second."""

MOST_COMPRESSED = 512 * 1024 * 1024
"""Bytes; a larger file stays as it is.  Compressing this many takes some twenty seconds."""

_LEVEL = 6
_MOST_CHUNK = 64 * 1024 * 1024
"""Bytes that a chunk may become."""

_WIDTHS = (8, 8, 4, 4, 4)
"""Bytes of an item of each column."""


def compress(path: str) -> None:
    """Put the compressed form of a recording in its place.

    Raises:
        OSError: it could not be written; the file stays as it was.
        ValueError: it holds what the compressed form cannot hold; the file stays as it was.
    """
    path = os.path.realpath(path)
    if os.stat(path).st_size > MOST_COMPRESSED:
        return
    try:
        with new_file(path) as target, open(path, "rb") as source:
            whole = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
            with whole, memoryview(whole) as data:
                head = bytes(data[:HEADER]).partition(b"\n\0")[0] + b"\n"
                target.write(head.replace(MAGIC + OPEN, MAGIC + CLOSED, 1))
                events = Events()
                target.writelines(_chunks(data[HEADER:], events))
                target.write(bytes(4))
                target.writelines(_pictures(events))
                target.write(bytes(4))
    except (Damaged, OverflowError) as error:
        raise ValueError(str(error)) from None


def _chunks(data: memoryview, events: Events) -> Iterator[bytes]:
    """The blocks of an open file as compressed chunks, each with its length before it.

    events: gets the pictures.
    """
    before, known = 0, 0
    for block in blocks_of(data):
        goes_on = take_block(events, block)
        ticks = [int(each * TICKS) for each in events.moments]
        steps = itertools.chain((before,), ticks)
        columns = (
            array.array("q", [now - then for then, now in zip(steps, ticks, strict=False)]),
            array.array("q", [int(each * TICKS + 0.5) for each in events.seconds]),
            events.numbers,
            events.tasks,
            events.shapes,
        )
        before = ticks[-1] if ticks else before
        shapes = b"\n".join(events.shape_lines[known:])
        known = len(events.shape_lines)
        parts = [len(events).to_bytes(4, "little"), *map(_planes, columns), shapes]
        chunk = zlib.compress(b"".join(parts), _LEVEL)
        yield len(chunk).to_bytes(4, "little") + chunk
        events.forget()
        if not goes_on:
            return


def _planes(column: array.array[int]) -> bytes:
    """The lowest bytes of all items, then the next ones, and so on."""
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    data, width = column.tobytes(), column.itemsize
    return b"".join(data[place::width] for place in range(width))


def _pictures(events: Events) -> Iterator[bytes]:
    """The pictures of stops, each with its length and the place of its event before it."""
    for place, data in events.pictures.items():
        yield len(data).to_bytes(4, "little") + place.to_bytes(4, "little") + data


def open_chunks(data: bytes, version: int) -> Events:
    """The events of what follows the header of a compressed file.  Raises `Damaged`."""
    events, at, before = Events(), 0, 0
    while True:
        length = int.from_bytes(data[at : at + 4], "little")
        at += 4
        if len(data) < at + length:
            raise Damaged("its end is missing")
        if not length:
            break
        before = _take_chunk(events, _decompressed(data[at : at + length]), before)
        at += length
    if version > 1:
        at = _take_pictures(events, data, at)
    if at != len(data):
        raise Damaged("there is something after its end")
    return events


def _take_pictures(events: Events, data: bytes, at: int) -> int:
    """Add the pictures that begin at a byte, and give the byte where they end."""
    while length := int.from_bytes(data[at : at + 4], "little"):
        place = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if length > MOST_PICTURE:
            raise Damaged("a part of it does not have the size that it says")
        if len(data) < at + length:  # then the place may be cut as well
            raise Damaged("its end is missing")
        if place >= len(events):
            raise Damaged("one of its pictures belongs to no stop")
        events.pictures[place] = data[at : at + length]
        at += length
    if len(data) < at + 4:
        raise Damaged("its end is missing")
    return at + 4


def _decompressed(chunk: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(chunk, _MOST_CHUNK)
    except zlib.error as error:
        raise Damaged(f"it cannot be decompressed ({error})") from None
    if not unpacking.eof or unpacking.unused_data:
        raise Damaged("a part of it does not have the size that it says")
    return text


def _take_chunk(events: Events, text: bytes, before: int) -> int:
    """Add the events of a chunk, and give the moment of the last one in the file's unit of time."""
    count, at = int.from_bytes(text[:4], "little"), 4
    if len(text) < at + count * sum(_WIDTHS) or len(events) + count > MOST_EVENTS:
        raise Damaged("a part of it does not have the size that it says")
    columns = []
    for width in _WIDTHS:
        columns.append(_together(text[at : at + count * width], count, width))
        at += count * width
    ticks = list(itertools.accumulate(columns[0], initial=before))
    try:
        events.moments.extend([each / TICKS for each in ticks[1:]])
        events.seconds.extend([each / TICKS for each in columns[1]])
    except OverflowError:
        raise Damaged("one of its moments is not a time") from None
    events.numbers.extend(columns[2])
    events.tasks.extend(columns[3])
    events.shapes.extend(columns[4])
    for line in _lines(text[at:]):
        events.define(line)
    return ticks[-1]


def _lines(text: bytes) -> Iterable[bytes]:
    if text.count(b"\n") > MOST_SHAPES:
        raise Damaged("it has too many different events")
    return text.split(b"\n") if text else ()


def _together(planes: bytes, count: int, width: int) -> array.array[int]:
    """Put a column together from its planes."""
    data = bytearray(count * width)
    for place in range(width):
        data[place::width] = planes[place * count : (place + 1) * count]
    column = array.array("q" if width == 8 else "I")
    column.frombytes(bytes(data))
    if sys.byteorder == "big":
        column.byteswap()
    return column
