"""The file around a picture: compressed JSON with a name and a version.

Owns: the format's version, how big a file may be, who may read it, and writing it as a whole
or not at all.
Does not own: what the JSON says (codec).
"""

from __future__ import annotations

from typing import NoReturn

from stepdbg.model.errors import StepdbgError
from stepdbg.model.ours import VERSION
from stepdbg.model.standard import gzip, json, os, stat, zlib
from stepdbg.model.whole_files import replace_file

from .codec import Damaged, JsonValue

FORMAT = "stepdbg dump"
FORMAT_VERSION = 1
"""Goes up when an older reader could not make sense of the file, not for new fields."""

MOST_COMPRESSED = 64 * 1024 * 1024
MOST_TEXT = 256 * 1024 * 1024
"""Bytes that a file may have, compressed and decompressed."""

MOST_VALUES = 16_000_000
"""How many values a file may hold, counted by its brackets and commas.  Each takes some sixty bytes
once it is read, so a small file could become many gigabytes."""

_LEVEL = 5
"""Level of compression: it takes half the time of the best one, and the file is nearly as small."""


def write(path: str, tables: dict[str, JsonValue]) -> int:
    """Write a file that only its user may read.  It is written as a whole or not at all.

    Returns:
        Its size in bytes.

    Raises:
        StepdbgError: it could not be written.
    """
    document = {"format": FORMAT, "version": FORMAT_VERSION, "stepdbg": VERSION, **tables}
    # ASCII: what is not text, such as odd bytes in a file's name, is escaped and needs no encoding.
    text = json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    encoded = text.encode("ascii")
    if len(encoded) > MOST_TEXT or _values_in(encoded) > MOST_VALUES:
        raise StepdbgError(f"{path} was not written: there is too much for one dump")
    content = gzip.compress(encoded, _LEVEL, mtime=0)
    try:
        replace_file(os.path.realpath(path), content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StepdbgError(f"{path} could not be written: {reason}") from None
    return len(content)


def read(path: str) -> dict[str, object]:
    """The JSON object in a dump file.

    Raises:
        StepdbgError: it cannot be read, or it is not a dump that this version can read.
        Damaged: it is a dump, but a broken one.
    """
    document = _parsed(
        path, _decompressed(path, content_of(path, "dump", MOST_COMPRESSED, "a dump"))
    )
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        _refuse_foreign(path)
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise Damaged("its version is missing")
    if version > FORMAT_VERSION:
        by = document.get("stepdbg")
        writer = f"stepdbg {by}" if isinstance(by, str) and by.isprintable() else "a newer stepdbg"
        raise StepdbgError(
            f"{path} was written by {writer} in format {version}, but this stepdbg reads formats "
            f"up to {FORMAT_VERSION}: open it with a newer one"
        )
    return document


def content_of(path: str, kind: str, most: int, too_big: str) -> bytes:
    """The bytes of a file that the user wants to see.

    Args:
        path: the file.
        kind: what it should be, in a word.
        most: how many bytes are read at most.
        too_big: what a file of more bytes is too big for, in words.

    Raises:
        StepdbgError: it is not a regular file, cannot be read, or is too big.
    """
    try:
        # Opening a fifo waits for its other end, and a device may never end.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise StepdbgError(f"{path} is not a regular file, so it is not a {kind}")
        with open(path, "rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StepdbgError(f"{path} cannot be read: {reason}") from None
    if len(content) > most:
        raise StepdbgError(f"{path} is too big for {too_big}")
    return content


def _decompressed(path: str, content: bytes) -> bytes:
    if content[:2] != b"\x1f\x8b":  # RFC 1952
        _refuse_foreign(path)
    unpacking = zlib.decompressobj(wbits=31)  # with gzip's header and checksum
    try:
        text = unpacking.decompress(content, MOST_TEXT + 1)
    except zlib.error as error:
        raise Damaged(f"it cannot be decompressed ({error})") from None
    if len(text) > MOST_TEXT or _values_in(text) > MOST_VALUES:
        raise StepdbgError(f"{path} is refused: decompressed, it would be bigger than any dump")
    if not unpacking.eof:
        raise Damaged("its end is missing")
    if unpacking.unused_data:
        raise Damaged("there is something after its end")
    return text


def _values_in(text: bytes) -> int:
    """How many values JSON holds at most: commas and brackets in strings count as well."""
    return text.count(b",") + text.count(b"[") + text.count(b"{")


def _parsed(path: str, text: bytes) -> object:
    if not text.startswith(b"{"):
        _refuse_foreign(path)
    try:
        return json.loads(text.decode("ascii"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        # ValueError: broken JSON, text that is not ASCII, a number of thousands of digits.
        raise Damaged("it holds no proper JSON") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _refuse_foreign(path: str) -> NoReturn:
    raise StepdbgError(f"{path} is not a dump of stepdbg")
