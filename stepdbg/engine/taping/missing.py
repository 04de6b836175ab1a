"""What a run does that no tape holds.

Owns: `Missing`: noticing it, and the first of each kind.
Does not own: what is said of it (taped_run), what no schedule controls (histories.uncontrolled).

CPython tells audit hooks what the program does.  There is no way to take one back, so a process
has one only where there is a tape.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any

from stepdbg.engine.process.guard import settle
from stepdbg.engine.stacks.frames import is_own, place_of, walk_out
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import sys
from stepdbg.model.tape import Tape
from stepdbg.model.uncontrolled import Touch, Uncontrolled

_DEEDS = {
    "_thread.start_joinable_thread": Uncontrolled.THREAD,
    "_thread.start_new_thread": Uncontrolled.THREAD,
    "ctypes.dlopen": Uncontrolled.LIBRARY,
    "ctypes.dlsym": Uncontrolled.LIBRARY,
    "open": Uncontrolled.FILE,
    "os.exec": Uncontrolled.PROCESS,
    "os.fork": Uncontrolled.PROCESS,
    "os.forkpty": Uncontrolled.PROCESS,
    "os.posix_spawn": Uncontrolled.PROCESS,
    "os.system": Uncontrolled.PROCESS,
    "socket.bind": Uncontrolled.IO,
    "socket.connect": Uncontrolled.IO,
    "socket.sendto": Uncontrolled.IO,
    "subprocess.Popen": Uncontrolled.PROCESS,
}

ON_TAPE = frozenset(
    (
        *(Uncontrolled.THREAD, Uncontrolled.IO, Uncontrolled.RANDOM, Uncontrolled.ENTROPY),
        Uncontrolled.TIME,
    )
)
"""What is on a tape as a rule; this module tells of the exceptions."""


class Missing:
    """Notices what the tape does not hold.

    Args:
        tape: of the run.
        is_taped: whether a socket is on it.
        told: called with the first of each kind.

    Attributes:
        first: these.
    """

    def __init__(
        self, tape: Tape, is_taped: Callable[[object], bool], told: Callable[[Touch], None]
    ) -> None:
        self._tape, self._is_taped, self._told = tape, is_taped, told
        self.first: dict[Uncontrolled, Touch] = {}

    def begin(self) -> None:
        """Listen from now on."""
        sys.addaudithook(self._hear)
        if sys.version_info < (3, 12):  # it tells nobody of threads
            names = vars(sys.modules["threading"])
            start = names["_start_new_thread"]

            def tells(*arguments: Any) -> object:
                self._hear("_thread.start_new_thread", arguments)
                return start(*arguments)

            names["_start_new_thread"] = tells

    def miss(self, touch: Touch) -> None:
        """The tape does not hold something."""
        if touch.kind not in self.first:
            self.first[touch.kind] = touch
            self._told(touch)

    def miss_here(self, kind: Uncontrolled, frame: FrameType | None) -> None:
        """The same of what a frame, or its callers, do; unless code of ours does it."""
        if kind in self.first or frame is None:
            return
        inside, self._tape.inside = self._tape.inside, True  # to name the line opens a file
        try:
            own = next((each for each in walk_out(frame) if _is_somebodys(each)), None)
            if own is None or not is_ours(own.f_code.co_filename):
                self.miss(Touch(kind, None if own is None else place_of(own)))
        finally:
            self._tape.inside = inside

    def speaks(self, kind: Uncontrolled) -> None:
        """The program calls a function that stands in the place of one of the library."""
        if self._tape.here():
            self.miss_here(kind, sys._getframe(2))  # noqa: SLF001 - documented, CPython only

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        kind = _DEEDS.get(event)
        if kind is None or kind in self.first or not self._tape.here():
            return
        try:
            frame = sys._getframe(1)  # noqa: SLF001 - documented, CPython only
            if not _is_no_deed(kind, arguments, frame, self._is_taped):
                self.miss_here(kind, frame)
        except Exception as error:  # the program is the caller
            settle(error, "noticing what the tape does not hold")


def _is_somebodys(frame: FrameType) -> bool:
    """Whether a frame runs own code of the program, or code of ours."""
    name = frame.f_code.co_filename
    return is_own(name) or is_ours(name)


def _is_no_deed(
    kind: Uncontrolled,
    arguments: tuple[Any, ...],
    frame: FrameType,
    is_taped: Callable[[object], bool],
) -> bool:
    """Whether this is a socket of the tape, or a module that is imported."""
    if kind is Uncontrolled.IO:
        return is_taped(arguments[0])
    return frame.f_code.co_filename.startswith("<frozen importlib")
