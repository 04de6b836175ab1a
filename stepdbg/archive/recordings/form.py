"""The form of a recording: its header, its events, its shapes.

Owns: the format's constants; turning headers and shapes into JSON and back, with strict checks.
Does not own: writing a file (keeping, closing) or reading one (reading).
`docs/recordings.md` explains it.
"""

from __future__ import annotations

from typing import Any

from stepdbg.archive.codec import Damaged
from stepdbg.archive.masking import change_of
from stepdbg.archive.shapes import About
from stepdbg.model.facts import RunId
from stepdbg.model.recording import Shape, ShapeKind
from stepdbg.model.records import names_of
from stepdbg.model.standard import json, os, stat, struct, sys
from stepdbg.model.task import Origin, Place, WakeKind

MAGIC = b"stepdbg recording\n"
FORMAT_VERSION = 2
"""Goes up when an older reader could not make sense of the file.  Version 1 had no pictures."""

OPEN, CLOSED = b"open\n", b"shut\n"
"""Follows `MAGIC`: the events are as they were kept, or were compressed when the program ended."""

HEADER = 65_536
"""Bytes before the first event: a multiple of every page size, so what follows can be mapped."""

EVENT = struct.Struct("=dfIII")
"""Moment, seconds, number, task, shape.  The shape is last: if it is 0, no event was written."""

BLOCK = HEADER * EVENT.size
"""Bytes by which a file grows: a multiple of an event's size, so no event lies in two blocks."""

DEFINES = 0xFFFF_FFFF
"""In the place of a shape's number: a shape follows, as JSON of `number` bytes."""

SKIPS = 0xFFFF_FFFE
"""In the place of a shape's number: the next event is at the beginning of the next block."""

PICTURES = 0xFFFF_FFFD
"""In the place of a shape's number: the picture of a stop follows, `number` bytes; the event before
is about that stop.  In the place of the task is the CRC-32 of these bytes."""

MOST_PICTURE = 1_048_576
"""Bytes of a picture at most: with its event, it fits into a block."""

MOST_PICTURES = 64 * MOST_PICTURE
"""Bytes of all pictures of a file at most."""

MOST_SHAPE = 65_536
"""Bytes of a shape at most; longer words are cut."""

MOST_SHAPES = 4_000_000
MOST_EVENTS = 30_000_000
"""A reader takes some thirty bytes an event; most machines have no memory for more."""

_WORDS = 2_000
"""Characters of each word of a shape at most."""


def is_recording(path: str) -> bool:
    """Whether a file begins as a recording does; False where it cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


def padded(data: bytes) -> bytes:
    """Data with zeros up to where the next event may begin."""
    return data + bytes(-len(data) % EVENT.size)


def encode_about(about: About) -> bytes:
    """The rest of a header as one line of JSON: where and when the recording began."""
    fields = {"version": FORMAT_VERSION, "order": sys.byteorder}
    about = _masked(about)
    fields |= {name: getattr(about, name) for name in names_of(About)}
    return json.dumps(fields).encode("ascii") + b"\n"


def decode_about(line: bytes) -> tuple[About, str, int]:
    """The same from a file, with the order of its bytes and its version.  Raises `Damaged`."""
    try:
        found: Any = json.loads(line.decode("ascii"))
        order, by, python, trio, platform, folder = [_text(found[name]) for name in _TEXTS]
        begun, process, version = found["time"], _number(found["process"]), found["version"]
        if type(begun) is not float or type(version) is not int:
            raise TypeError
        line_words = tuple(map(_text, found["command_line"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Damaged("its header is malformed") from None
    about = About(begun, by, python, trio, platform, process, folder, line_words)
    return about, order, version


_TEXTS = ("order", "stepdbg", "python", "trio", "platform", "folder")


def encode_shape(shape: Shape) -> bytes:
    """A shape as JSON; what must not leave the machine is masked as in a dump."""
    shape = _masked(shape)
    place: list[object] | None = None
    if shape.place is not None:
        at = _masked(shape.place)
        place = [at.filename, at.line, _cut(at.function), str(at.origin), _cut(at.text)]
    wake = None if shape.wake is None else str(shape.wake)
    words = (_cut(shape.name), _cut(shape.called), shape.system, wake, _cut(shape.detail), place)
    return json.dumps([shape.run, str(shape.kind), *words], separators=(",", ":")).encode("ascii")


def _masked(record: Any) -> Any:
    kind: type = type(record)
    change = change_of(kind)
    return record if change is None else change(record)


def _cut(text: str) -> str:
    return text if len(text) <= _WORDS else text[: _WORDS - 1] + "…"


_KINDS = {str(each): each for each in ShapeKind}
_WAKES = {str(each): each for each in WakeKind}
_ORIGINS = {str(each): each for each in Origin}


def decode_shape(text: bytes) -> Shape:
    """The shape in some JSON.  Raises `Damaged`."""
    try:
        found: Any = json.loads(text.decode("ascii"))
        run, kind, name, called, system, wake, detail, place = found
        shape = Shape(
            RunId(_number(run)),
            _KINDS[_text(kind)],
            None if place is None else _place(place),
            _text(name),
            _text(called),
            _flag(system),
            None if wake is None else _WAKES[_text(wake)],
            _text(detail),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Damaged("one of its shapes is malformed") from None
    return shape


def _place(parts: Any) -> Place:
    filename, line, function, origin, text = parts
    line = None if line is None else _number(line)
    return Place(_text(filename), line, _text(function), _ORIGINS[_text(origin)], _text(text))


def _text(value: object) -> str:
    if type(value) is not str:
        raise TypeError
    return value


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise TypeError
    return value


def _flag(value: object) -> bool:
    if type(value) is not bool:
        raise TypeError
    return value
