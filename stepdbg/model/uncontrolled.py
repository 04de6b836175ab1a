"""Things that no schedule controls, and where a run has touched them.

Owns: `Uncontrolled`, `Touch`.
Does not own: noticing a touch (engine.histories.uncontrolled), schedules (schedules).
"""

from __future__ import annotations

import enum

from .records import dataclass
from .standard import os

TYPE_CHECKING = False
if TYPE_CHECKING:  # see `hints`
    from .task import Place


class Uncontrolled(enum.StrEnum):
    """What may be different the next time, even if the tasks step in the same order."""

    THREAD = "thread"
    IO = "io"
    PROCESS = "process"
    SIGNAL = "signal"
    RANDOM = "random"  # the generator of the module `random`, which nobody has seeded
    ENTROPY = "entropy"  # random numbers of the system
    TIME = "time"  # the system's time
    CLOCK = "clock"  # the time on the clock of the run, which a line of text gives only roughly
    ADDRESS = "address"
    FILE = "file"  # this and the following are shown only if a tape holds input
    LIBRARY = "library"
    TLS = "tls"
    FROM_THREAD = "from thread"


_IN_WORDS = {
    Uncontrolled.THREAD: "a thread",
    Uncontrolled.IO: "a socket or pipe",
    Uncontrolled.PROCESS: "a child process",
    Uncontrolled.SIGNAL: "a signal handler",
    Uncontrolled.RANDOM: "`random` without a seed",
    Uncontrolled.ENTROPY: "random numbers of the system",
    Uncontrolled.TIME: "the system's time",
    Uncontrolled.CLOCK: "the exact time of the run's clock",
    Uncontrolled.ADDRESS: "an address (`id`)",
    Uncontrolled.FILE: "a file that is opened",
    Uncontrolled.LIBRARY: "a library in C (`ctypes`)",
    Uncontrolled.TLS: "TLS, which draws random numbers of its own",
    Uncontrolled.FROM_THREAD: "a thread that calls into the run (`trio.from_thread`)",
}


@dataclass(frozen=True, slots=True)
class Touch:
    """The first time that a run has touched something of a kind.

    place: the own line that did it; None if only library code is on the stack, and if stepdbg
        noticed only the result.
    """

    kind: Uncontrolled
    place: Place | None = None

    def __str__(self) -> str:
        words = _IN_WORDS[self.kind]
        if self.place is None:
            return words
        return f"{words} at {os.path.basename(self.place.filename)}:{self.place.line}"
