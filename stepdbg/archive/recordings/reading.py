"""A recording as a whole.

Owns: `Recording`, and opening a file.
Does not own: the forms of a file (form, events, closing), program time (times), its tasks (naming),
what a log shows (logs), which tasks wait at which moment (moments).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from stepdbg.archive.codec import Damaged
from stepdbg.archive.container import content_of
from stepdbg.archive.shapes import About
from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import RunId, ScopeNumber
from stepdbg.model.recording import NOBODY, ShapeKind
from stepdbg.model.standard import array, contextlib, sys

from . import closing
from .events import Events, blocks_of, take_block
from .form import CLOSED, EVENT, FORMAT_VERSION, HEADER, MAGIC, MOST_EVENTS, OPEN, decode_about
from .naming import Tasks
from .times import program_times

_MOST_FILE = HEADER + 2 * MOST_EVENTS * EVENT.size

STEP_ENDS = frozenset((ShapeKind.STEPPED, ShapeKind.BLOCKED, ShapeKind.EXITED))


class Recording:
    """What a file holds.

    Args:
        about: when and where it was made.
        events: all of them.
        closed: whether stepdbg closed it when its program ended.

    Attributes:
        kinds: the kind of each shape.
        runs: the run of each shape.
        times: when each event happened, in program seconds since the start of its run.
        tasks: the tasks in it.
        threads: the name of each run's thread.
    """

    def __init__(self, about: About, events: Events, *, closed: bool) -> None:
        self.about, self.events, self.closed = about, events, closed
        self.kinds = [shape.kind for shape in events.known]
        self.runs = [shape.run for shape in events.known]
        self.times = program_times(events)
        self.tasks = Tasks(events)
        self.threads = {
            each.run: each.name for each in events.known if each.kind is ShapeKind.RUN and each.name
        }
        self._scopes: dict[int, ScopeNumber] = {}

    @property
    def run_numbers(self) -> tuple[RunId, ...]:
        """The runs, in the order in which they began."""
        return tuple(dict.fromkeys(sorted(self.runs)))

    @cached_property
    def first_events(self) -> dict[RunId, int]:
        """The first event of each run."""
        found: dict[RunId, int] = {}
        wanted = set(self.runs)
        for index, shape in enumerate(self.events.shapes):
            if len(found) == len(wanted):
                break
            found.setdefault(self.runs[shape], index)
        return {run: found.get(run, len(self.events)) for run in wanted}

    @cached_property
    def exits(self) -> array.array[int]:
        """The events in which tasks have ended."""
        wanted = {i for i, kind in enumerate(self.kinds) if kind is ShapeKind.EXITED}
        return array.array("Q", [i for i, each in enumerate(self.events.shapes) if each in wanted])

    @cached_property
    def steps(self) -> array.array[int]:
        """By event: the number of the step that it ends, or for which it wakes the task; else 0."""
        events, kinds = self.events, self.kinds
        last: dict[int, int] = {}
        steps = array.array("I", bytes(4 * len(events)))
        columns = zip(events.shapes, events.tasks, events.numbers, strict=True)
        for index, (shape, task, number) in enumerate(columns):
            kind = kinds[shape]
            if kind in STEP_ENDS:
                steps[index] = last[task] = number
            elif kind is ShapeKind.WOKEN:
                steps[index] = (last.get(task, 0) + 1) & NOBODY
        return steps

    def scope_number(self, identity: int) -> ScopeNumber:
        """A number for a scope, handed out when it is first shown."""
        return self._scopes.setdefault(identity, ScopeNumber(len(self._scopes) + 1))


def read(path: str) -> Recording:
    """Read a recording.  No code from the file runs.

    Raises:
        StepdbgError: it cannot be read, is damaged, or has a newer format.
    """
    with clean_errors(path):
        return _read(path)


@contextlib.contextmanager
def clean_errors(path: str) -> Iterator[None]:
    """Turn what is wrong with a file into a sentence for the user.  Raises `StepdbgError`."""
    try:
        yield
    except Damaged as error:
        raise StepdbgError(f"{path} is a damaged recording: {error}") from None
    except MemoryError:
        raise StepdbgError(f"{path} is too big for this machine's memory") from None


def _read(path: str) -> Recording:
    data = memoryview(
        content_of(path, "recording", _MOST_FILE, "a recording that can be looked at")
    )
    if len(data) < len(MAGIC + OPEN) or data[: len(MAGIC)] != MAGIC:
        raise StepdbgError(f"{path} is not a recording of stepdbg")
    rest = len(MAGIC + OPEN)
    closed = data[len(MAGIC) : rest] == CLOSED
    line, ended, _ = bytes(data[rest:HEADER]).partition(b"\n")
    if not ended and len(data) < HEADER:
        raise Damaged("its end is missing")
    if not line.strip(b"\0"):
        raise StepdbgError(f"{path} is an empty recording: its program never imported Trio")
    about, order, version = decode_about(line)
    if version > FORMAT_VERSION:
        by = about.stepdbg if about.stepdbg.isprintable() else "a newer one"
        raise StepdbgError(
            f"{path} was written by stepdbg {by} in format {version}, but this stepdbg reads "
            f"formats up to {FORMAT_VERSION}: open it with a newer one"
        )
    if closed:
        events = closing.open_chunks(bytes(data[rest + len(line) + 1 :]), version)
    else:
        if order != sys.byteorder:
            raise StepdbgError(
                f"{path} was not closed, and can be opened only on a machine with {order}-endian "
                "numbers"
            )
        events = Events()
        for block in blocks_of(data[HEADER:]):
            if not take_block(events, block):
                break
            if len(events) > MOST_EVENTS:
                break
    events.check()
    if not events.known:
        raise StepdbgError(f"{path} is an empty recording: no run of Trio has begun")
    return Recording(about, events, closed=closed)
