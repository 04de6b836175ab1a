"""The file around a picture: compressed JSON with a name and a version.

Owns: the format's version, how big a file may be, who may read it, and that it is there
as a whole or not at all.
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
"""Bytes that a file may have, and may become."""

MOST_VALUES = 16_000_000
"""Values that a file may hold, by what opens and parts them: each takes some sixty bytes when it is
read, so that a small file could become many gigabytes."""

_LEVEL = 5
"""Of compression: half the time of the best one, and nearly as small."""


def write(path: str, tables: dict[str, JsonValue]) -> int:
    """Write a file that only its user may read; whole, or not at all.

    Returns:
        Its size in bytes.

    Raises:
        StepdbgError: it could not be written.
    """
    document = {"format": FORMAT, "version": FORMAT_VERSION, "stepdbg": VERSION, **tables}
    # ASCII: escapes keep what is not text (odd bytes in a file's name) apart from the encoding.
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
        StepdbgError: there is none that can be read.
        Damaged: it is a dump, and broken.
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
            f"{path} was written by {writer} in format {version}, and this one reads up to "
            f"{FORMAT_VERSION}: open it with a newer stepdbg"
        )
    return document


def content_of(path: str, kind: str, most: int, too_big: str) -> bytes:
    """The bytes of a file that the user wants to see.

    Args:
        path: the file.
        kind: what it should be, in a word.
        most: how many bytes are read at most.
        too_big: what it is too big for.

    Raises:
        StepdbgError: it is not a regular file, cannot be read, or is too big.
    """
    try:
        # A fifo would wait for its other end, a device may never end.
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
        raise StepdbgError(f"{path} is refused: decompressed it would be bigger than any dump")
    if not unpacking.eof:
        raise Damaged("its end is missing")
    if unpacking.unused_data:
        raise Damaged("there is something after its end")
    return text


def _values_in(text: bytes) -> int:
    """How many values JSON holds at most: those in texts are counted as well."""
    return text.count(b",") + text.count(b"[") + text.count(b"{")


def _parsed(path: str, text: bytes) -> object:
    if not text.startswith(b"{"):
        _refuse_foreign(path)
    try:
        return json.loads(text.decode("ascii"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        # ValueError: broken JSON, other than ASCII, a number of thousands of digits.
        raise Damaged("it holds no proper JSON") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _refuse_foreign(path: str) -> NoReturn:
    raise StepdbgError(f"{path} is not a dump of stepdbg")
