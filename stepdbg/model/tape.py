"""A tape: the input that a program got from outside, in the order in which it asked for it.

Owns: `Tape`, which records or replays input; its text, format 1 (docs/schedules.md).
Does not own: the functions that ask it (launcher.taping, engine.taping), the order of steps
(schedules).

The order of steps is the same in a replay, so the program asks for the same things in the same
order.  So nearly everything is one list.  If the next entry is not of the kind that the program
asks for, the program does something else than before.  Results of threads arrive without being
asked for, so they have a list of their own.

A text may come from anybody.  So it holds only plain values, and reading one calls nothing.
"""

from __future__ import annotations

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from pickle import Unpickler, UnpicklingError, dumps
from typing import Any, NoReturn, Protocol

from stepdbg.model.records import NamedTuple

from . import checked_text
from .errors import BadUsage
from .standard import io, threading, zlib

PREFIX = "stepdbg-tape:"
FORMAT = "1"

MOST_BYTES = 100_000_000
"""How many bytes of input a tape keeps."""

_ENTRY = 60
"""About how many bytes an entry takes besides its input."""

_MOST_UNPACKED = 4 * MOST_BYTES

_UNREADABLE = (
    *(ValueError, TypeError, LookupError, EOFError, AttributeError, UnpicklingError),
    *(zlib.error, NotBase64, MemoryError, RecursionError, OverflowError),
)
"""What reading a forged text may raise."""

Entry = tuple[Any, ...]
"""Kind and value of an input; or kind, number and message of an `OSError` that was raised."""


class ThreadResult(NamedTuple):
    """The result of a thread.

    after: how many words the step log had when it came to the run; in the text of a tape,
        after how many steps of the program's tasks that was.
    number: the number of the thread among those that the run started, from 0.
    result: the result, packed; None if it could not be packed.
    """

    after: int
    number: int
    result: bytes | None


class Contents(NamedTuple):
    """What is on a tape.

    entries: the input that the program asked for.
    threads: what arrived unasked, in that order.
    lost: the waits for a socket, by number from 0, that ended without the socket being ready.
    """

    entries: list[Entry]
    threads: list[ThreadResult]
    lost: set[int]


class Rewound(Protocol):
    """A run that a copy of the process executes again; the copy ends if it cannot go on."""

    def at_present(self) -> object:
        """The run has got all recorded input."""

    def diverged(self, expected: str) -> object:
        """The run does something else than before.  expected: what it did before, a clause."""

    def misses(self, what: str) -> object:
        """The run needs something that is not on the tape.  what: a clause."""


class Tape:
    """Records the input of one thread, or replays it.

    contents: what to replay; None: record.
    path: the file for a recording, empty for none.

    Attributes:
        on: whether it is still recording or replaying.
        plays: whether it replays.
        entries, threads, lost: see `Contents`.
        at: in a replay, how many entries it has used.
        inside: whether a taped function is running; what that calls belongs to the same entry.
        asks: a function; returns whether the program is running, so that its input counts.
        held: a function; returns whether the program is held at a stop, where input is the user's.
        says: a function that gets a clause about why the tape ends.
        rewound: the run that replays it in a copy of the process; None elsewhere.
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
        """Whether the tape must record or replay input for the running thread at this moment."""
        counts = self.on and not self.inside and self._ident() == self._thread
        return counts and self.asks() and not self.held()

    def of(self, kind: str, real: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Return the result of a function: from the tape, or from the function and then record it.

        Call it only if `here`.  Raises what the function raises.
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
        """Return the next entry; if it is not of this kind, end the tape and return None."""
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
        """Record an entry.  size: how many bytes of input it has."""
        self._size += size + _ENTRY
        if self._size <= MOST_BYTES:
            self.entries.append(entry)
        else:
            self.has_room(0)

    def has_room(self, size: int) -> bool:
        """Whether the tape can keep so many bytes more; if not, end it."""
        self._size += size + _ENTRY
        if self._size > MOST_BYTES:
            self.end(f"it is full: it keeps {MOST_BYTES // 10**6} MB")
        return self.on

    def end(self, why: str = "") -> None:
        """Stop recording or replaying.  why: a clause for the user; empty to say nothing."""
        if self.on:
            self.on = False
            if why:
                self.says(why)

    def rewind(self, contents: Contents | None, rewound: Rewound) -> None:
        """In a copy of the process: replay what was recorded after the position reached so far.

        Args:
            contents: all that was recorded since the copy was made; None: the run replays a tape.
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
    return checked_text.text_of(PREFIX, FORMAT, body)


def contents_of(text: str) -> Contents:
    """Read the text of a tape.

    Raises:
        BadUsage: the text is not a tape, or it is incomplete.
    """
    parts = checked_text.parts_of(text, PREFIX)
    if parts is None or parts.format != FORMAT:
        raise BadUsage(f"the tape is not of format {FORMAT}: use the stepdbg that wrote it")
    if parts.body is None:
        raise BadUsage("the tape is damaged, since its checksum does not fit: copy the file again")
    try:
        data = checked_text.unpacked(a2b_base64(parts.body.encode("ascii")), _MOST_UNPACKED)
        entries, threads, lost = _PlainReader(io.BytesIO(data)).load()
        return Contents(
            [_entry(each) for each in entries], [ThreadResult(*each) for each in threads], set(lost)
        )
    except _UNREADABLE:
        raise BadUsage(
            "the tape cannot be read, though its checksum fits: record the run again"
        ) from None


def _entry(found: object) -> Entry:
    if type(found) is not tuple or len(found) not in (2, 3) or type(found[0]) is not str:
        raise ValueError(found)
    return found


class _PlainReader(Unpickler):
    """Unpickles numbers, texts, bytes and their containers, and nothing that calls anything."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Refuse every class or function.  Raises `UnpicklingError`."""
        raise UnpicklingError(f"{module}.{name}")
