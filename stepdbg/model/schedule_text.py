"""A schedule as one line of text: ``stepdbg:1:…``.

Owns: the format of that line, version 1 (docs/schedules.md).
Does not own: what a schedule is (schedules), files with one (commands, launcher).

The line survives a chat, a shell without quotes and a terminal that wraps it: it consists of
letters, digits, ``-``, ``_`` and ``:``, and blanks in it are ignored.  A line may come from
anybody, so reading one raises only `BadUsage`, and a short line cannot unpack to gigabytes.
"""

from __future__ import annotations

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64

from . import checked_text
from .errors import BadUsage
from .facts import LogicalId
from .records import replace
from .schedules import (
    After,
    Base,
    Damaged,
    Header,
    Logged,
    Moment,
    Schedule,
    Substitution,
    count_steps,
    from_varint,
    to_varint,
)
from .standard import zlib

PREFIX = "stepdbg:"
FORMAT = "1"
_TAPE, _CLOCK = "stepdbg-tape:", "stepdbg-clock:"
"""How the text of a tape begins (`tape.PREFIX`), and that of times (`clock_reads.PREFIX`)."""

LONGEST_LINE = 2_000
"""How many characters a line may have for pasting; a longer one goes to a file."""

_MOST_BYTES = 100_000_000
"""How many bytes a line may unpack to: a log of ten million steps has fewer."""

_ROOTS = ("main", "loop", "system")
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def text_of(schedule: Schedule) -> str:
    """The line for a schedule."""
    packed = zlib.compress(_payload(schedule), 9)
    body = b2a_base64(packed, newline=False).translate(_TO_URL, b"=").decode("ascii")
    return checked_text.text_of(PREFIX, FORMAT, body)


def file_of(schedule: Schedule) -> bytes:
    """The content of a file with a schedule: its line, its times and its tape if it has them."""
    lines = [text_of(schedule)]
    if schedule.reads is not None:
        from . import clock_reads  # not every program asks for the time

        lines.append(clock_reads.text_of(schedule.reads))
    if schedule.tape is not None:
        from . import tape  # few schedules have one

        lines.append(tape.text_of(schedule.tape))
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def from_file(text: str) -> Schedule:
    """The schedule in the text of a file, with its times and its tape.  Raises `BadUsage`."""
    text, mark, rest = text.partition(_TAPE)
    line, of_clock, times = text.partition(_CLOCK)
    schedule = schedule_of(line)
    if of_clock:
        from . import clock_reads  # not every program asks for the time

        schedule = replace(schedule, reads=clock_reads.reads_of(of_clock + times))
    if not mark:
        return schedule
    from . import tape  # few schedules have one

    return replace(schedule, tape=tape.contents_of(mark + rest))


def schedule_of(text: str) -> Schedule:
    """Read a schedule from its line.

    Raises:
        BadUsage: the line is not a schedule, or it is incomplete.
    """
    parts = checked_text.parts_of(text, PREFIX)
    if parts is None:
        raise BadUsage("this is not a schedule: one begins with `stepdbg:1:`")
    if parts.format != FORMAT:
        raise BadUsage(
            f"this schedule has format {parts.format[:10]!r}, and this stepdbg reads format "
            f"{FORMAT}: use the stepdbg that wrote it"
        )
    if parts.body is None:
        raise BadUsage(
            "this schedule is damaged, since its checksum does not fit: copy the whole line again"
        )
    try:
        return _Reader(_unpacked(parts.body)).schedule()
    except (Damaged, ValueError, zlib.error, NotBase64):
        raise BadUsage(
            "this schedule cannot be read, though its checksum fits: have `token` write it again"
        ) from None


def _unpacked(body: str) -> bytes:
    raw = a2b_base64(body.encode("ascii").translate(_FROM_URL) + b"=" * (-len(body) % 4))
    return checked_text.unpacked(raw, _MOST_BYTES)


def _payload(schedule: Schedule) -> bytes:
    out, header = bytearray(), schedule.header
    for each in (header.python, header.trio, header.stepdbg, header.clock, header.hash_seed):
        _put_text(each, out)
    to_varint(0 if header.seed is None else header.seed + 1, out)
    to_varint(header.run, out)
    to_varint(len(header.files), out)
    for name, checksum in header.files:
        _put_text(name, out)
        out += checksum.to_bytes(4, "big")
    bases = tuple(Base)
    to_varint(bases.index(schedule.base) + len(bases) * header.lints, out)
    to_varint(len(schedule.facts), out)
    for fact in schedule.facts:
        to_varint(isinstance(fact, Substitution), out)
        _put_moment(fact.step, out)
        if isinstance(fact, Substitution):
            _put_id(fact.task, out)
        else:
            _put_moment(fact.after, out)
    to_varint(len(schedule.log.tasks), out)
    for task in schedule.log.tasks:
        _put_id(task, out)
    to_varint(schedule.log.steps, out)
    return bytes(out) + schedule.log.turns


def _put_text(text: str, out: bytearray) -> None:
    data = text.encode("utf-8", "surrogateescape")
    to_varint(len(data), out)
    out += data


def _put_id(task: LogicalId, out: bytearray) -> None:
    to_varint(len(task.path) * len(_ROOTS) + _ROOTS.index(task.root), out)
    for each in task.path:
        to_varint(each, out)


def _put_moment(moment: Moment, out: bytearray) -> None:
    _put_id(moment.task, out)
    to_varint(moment.nth << 1 | moment.deadline, out)


class _Reader:
    """Reads what `_payload` has written.  Each method may raise `Damaged` or ValueError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def schedule(self) -> Schedule:
        """Read the whole schedule."""
        python, trio, stepdbg, clock, hash_seed = (self._text() for _ in range(5))
        seed, run = self._number(), self._number()
        files = tuple((self._text(), self._word()) for _ in range(self._count()))
        bases = tuple(Base)
        lints, base = divmod(self._number(), len(bases))
        if lints > 1:
            raise Damaged
        header = Header(
            *(python, trio, stepdbg, files, clock, seed - 1 if seed else None, hash_seed, run),
            lints=bool(lints),
        )
        facts = tuple(self._fact() for _ in range(self._count()))
        tasks = tuple(self._id() for _ in range(self._count()))
        steps = self._number()
        log = Logged(tasks, self._data[self._at :], steps)
        if count_steps(log) != steps:
            raise Damaged
        return Schedule(header, bases[base], facts, log)

    def _number(self) -> int:
        number, self._at = from_varint(self._data, self._at)
        return number

    def _count(self) -> int:
        """Read how many things follow; each takes at least one byte, which bounds the number."""
        count = self._number()
        if count > len(self._data) - self._at:
            raise Damaged
        return count

    def _word(self) -> int:
        self._at += 4
        if self._at > len(self._data):
            raise Damaged
        return int.from_bytes(self._data[self._at - 4 : self._at], "big")

    def _text(self) -> str:
        length = self._count()
        self._at += length
        return self._data[self._at - length : self._at].decode("utf-8", "surrogateescape")

    def _id(self) -> LogicalId:
        length, root = divmod(self._number(), len(_ROOTS))
        if length > len(self._data) - self._at:
            raise Damaged
        return LogicalId(_ROOTS[root], tuple(self._number() for _ in range(length)))

    def _moment(self) -> Moment:
        task, number = self._id(), self._number()
        return Moment(task, number >> 1, bool(number & 1))

    def _fact(self) -> After | Substitution:
        kind, step = self._number(), self._moment()
        return Substitution(step, self._id()) if kind else After(step, self._moment())
