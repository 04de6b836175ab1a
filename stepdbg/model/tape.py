"""A tape: what a program was given from outside, in the order in which it asked.

Owns: `Tape`, which records that or gives it again; its text, format 1 (docs/schedules.md).
Does not own: the functions that ask it (launcher.taping, engine.taping), the order of steps
(schedules).

The order of steps is the same in a replay, so the program asks for the same things in the same
order.  Nearly all is one list, and an entry that is not of the kind that is asked for tells that
the program does something else.  Results of threads come without being asked for, so that they
have a list of their own.

A text may come from anybody.  So it holds plain values only: reading one calls nothing.
"""

from __future__ import annotations

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64, crc32
from collections.abc import Callable
from pickle import Unpickler, UnpicklingError, dumps
from typing import Any, NamedTuple, NoReturn, Protocol

from .errors import BadUsage
from .standard import io, threading, zlib

PREFIX = "stepdbg-tape:"
FORMAT = "1"

MOST_BYTES = 100_000_000
"""So much input is kept."""

_ENTRY = 60
"""About what an entry takes besides its bytes."""

_MOST_UNPACKED = 4 * MOST_BYTES

_UNREADABLE = (
    *(ValueError, TypeError, LookupError, EOFError, AttributeError, UnpicklingError),
    *(zlib.error, NotBase64, MemoryError, RecursionError, OverflowError),
)
"""What reading a text that somebody has made up may raise."""

Entry = tuple[Any, ...]
"""Kind and value of what was given; or kind, number and words of an `OSError` that was raised."""


class Came(NamedTuple):
    """The result of a thread.

    after: how many words of the step log were there when it came to the run; once written down,
        after how many steps of the program's tasks that was.
    number: which thread that the run has begun, from 0.
    result: packed; None where it could not be.
    """

    after: int
    number: int
    result: bytes | None


class Contents(NamedTuple):
    """What is on a tape.

    entries: what was asked for.
    threads: what came by itself, in that order.
    lost: the waits for a socket, by number from 0, that ended otherwise than by its being ready.
    """

    entries: list[Entry]
    threads: list[Came]
    lost: set[int]


class Rewound(Protocol):
    """A run that is executed once more in a copy of the process, which ends where it cannot."""

    def at_present(self) -> object:
        """All that was recorded has been given again."""

    def diverged(self, expected: str) -> object:
        """The run does something else than the first time.  expected: a clause."""

    def misses(self, what: str) -> object:
        """The run does what the tape does not hold.  what: a clause."""


class Tape:
    """Records what one thread is given, or gives it again.

    contents: what to give again; None: record.  path: the file for a recording, empty for none.

    Attributes:
        on: whether it goes on.
        plays: whether it gives again.
        entries, threads, lost: see `Contents`.
        at: how many entries are behind, while they are given again.
        inside: whether a function that is on the tape runs: what it calls is a part of it.
        asks: tells whether it is the program that runs, and its input counts.
        held: tells whether the program is held at a stop, where input is the user's.
        says: is told in a clause why the tape ends.
        rewound: what plays it in a copy of the process; None elsewhere.
    """

    def __init__(self, contents: Contents | None = None, path: str = "") -> None:
        self.path = path
        self.on, self.plays = True, contents is not None
        self.entries, self.threads, self.lost = contents or Contents([], [], set())
        self.at = 0
        self.inside = False
        self.asks: Callable[[], bool] = lambda: True
        self.held: Callable[[], bool] = lambda: False
        self.says: Callable[[str], None] = lambda _: None
        self.rewound: Rewound | None = None
        self._size = 0
        self._thread, self._ident = threading.get_ident(), threading.get_ident

    def here(self) -> bool:
        """Whether input that is asked for at this moment, by the running thread, counts."""
        counts = self.on and not self.inside and self._ident() == self._thread
        return counts and self.asks() and not self.held()

    def of(self, kind: str, real: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """What a function gives: by the tape, or by the function and from then on by the tape.

        Only where `here`.  Raises what the function does.
        """
        if self.plays:
            return self._again(kind, real, *args, **named)
        self.inside = True
        try:
            value = real(*args, **named)
        except OSError as error:
            self.add((kind, error.errno or 0, error.strerror or str(error)))
            raise
        finally:
            self.inside = False
        self.add((kind, value), len(value) if type(value) is bytes else 0)
        return value

    def _again(self, kind: str, real: Callable[..., Any], *args: Any, **named: Any) -> Any:
        entry = self.next_of(kind)
        if entry is None:
            return real(*args, **named)
        if len(entry) == 3:
            raise OSError(entry[1], entry[2])
        return entry[1]

    def next_of(self, kind: str) -> Entry | None:
        """The next entry; None where it is not of this kind, and then the tape ends."""
        if not self.on:
            return None
        if self.at == len(self.entries):
            if self.rewound is not None:
                self.rewound.at_present()
            self.end("its input was recorded up to here")
            return None
        entry = self.entries[self.at]
        if entry[0] != kind:
            self.end(f"the program asks for `{kind}`, and the tape has `{entry[0]}` there")
            return None
        self.at += 1
        return entry

    def add(self, entry: Entry, size: int = 0) -> None:
        """Record an entry.  size: how many bytes of it are its own."""
        self._size += size + _ENTRY
        if self._size <= MOST_BYTES:
            self.entries.append(entry)
        else:
            self.has_room(0)

    def has_room(self, size: int) -> bool:
        """Whether so many bytes more may be kept; where not, the tape ends."""
        self._size += size + _ENTRY
        if self._size > MOST_BYTES:
            self.end(f"it is full: it keeps {MOST_BYTES // 10**6} MB")
        return self.on

    def end(self, why: str = "") -> None:
        """Go on no more.  why: a clause to be told; empty: there is nothing to tell."""
        if self.on:
            self.on = False
            if why:
                self.says(why)

    def rewind(self, contents: Contents | None, rewound: Rewound) -> None:
        """In a copy of the process: give again what comes behind the place reached so far.

        Args:
            contents: all that was recorded since the copy was made; None: it plays a tape already.
            rewound: see `Tape`.
        """
        self.rewound = rewound
        if contents is not None:
            self.at, self.plays, self.on = len(self.entries), True, True
            self.entries, self.threads, self.lost = contents


def text_of(contents: Contents) -> str:
    """The text of a tape."""
    entries, threads, lost = contents
    plain = (entries, [tuple(each) for each in threads], sorted(lost))
    body = b2a_base64(zlib.compress(dumps(plain, 4), 6), newline=False).decode("ascii")
    return f"{PREFIX}{FORMAT}:{body}:{crc32(body.encode()):08x}"


def contents_of(text: str) -> Contents:
    """What a text says.

    Raises:
        BadUsage: it says nothing, or not all of it is there.
    """
    parts = "".join(text.split()).split(":")
    if parts[0] + ":" != PREFIX or len(parts) < 2 or parts[1] != FORMAT:
        raise BadUsage(f"the tape is not of format {FORMAT}: use the stepdbg that has written it")
    if len(parts) != 4 or f"{crc32(parts[2].encode('utf-8', 'replace')):08x}" != parts[3]:
        raise BadUsage("the tape is damaged, since its checksum does not fit: copy the file again")
    try:
        entries, threads, lost = _PlainReader(io.BytesIO(_unpacked(parts[2]))).load()
        return Contents(
            [_entry(each) for each in entries], [Came(*each) for each in threads], set(lost)
        )
    except _UNREADABLE:
        raise BadUsage(
            "the tape cannot be read, though its checksum fits: record the run again"
        ) from None


def _unpacked(body: str) -> bytes:
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(a2b_base64(body.encode("ascii")), _MOST_UNPACKED)
    if not unpacker.eof:
        raise ValueError(body[:1])
    return data


def _entry(found: object) -> Entry:
    if type(found) is not tuple or len(found) not in (2, 3) or type(found[0]) is not str:
        raise ValueError(found)
    return found


class _PlainReader(Unpickler):
    """Reads numbers, texts, bytes and what holds them, and nothing that would call something."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Nothing else has a name.  Raises `UnpicklingError`."""
        raise UnpicklingError(f"{module}.{name}")
