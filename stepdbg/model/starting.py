"""What SIGINT means while stepdbg itself starts, before the first line of the program.

Owns: handing SIGINT over to the program, which begins; keeping it while the engine is imported in
the midst of the program's ``import trio``.
Does not own: the very first lines of the package, which have it end the process at once, without a
traceback of ours; SIGINT once a run is there (engine.noticing.ctrl_c) or at a stop (interrupts).
"""

from __future__ import annotations

# Built into the interpreter.  `signal` makes enums of all that, which takes milliseconds.
from _signal import (  # type: ignore[import-not-found]  # has no stub
    SIG_DFL,
    SIGINT,
    default_int_handler,
    getsignal,
    raise_signal,
    signal,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Self


def hand_over() -> None:
    """What comes next is the program, or a prompt: SIGINT is Python's again."""
    import stepdbg

    if stepdbg._ends_at_once and getsignal(SIGINT) is SIG_DFL:  # noqa: SLF001 - ours
        signal(SIGINT, default_int_handler)


class Kept:
    """A block in which SIGINT is only noted; who made it has to `deliver` it afterwards.

    Does nothing on other threads than the main one.

    Attributes:
        came: whether it came.
    """

    def __init__(self) -> None:
        self.came = False
        self._before: object = None
        self._handler = self._note  # bound once: it is looked for again

    def _note(self, _signum: int, _frame: FrameType | None) -> None:
        self.came = True

    def __enter__(self) -> Self:
        before = getsignal(SIGINT)
        if before is not None:  # else it was not set from Python
            try:
                signal(SIGINT, self._handler)
            except ValueError:
                return self
            self._before = before
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None and getsignal(SIGINT) is self._handler:
            signal(SIGINT, self._before)


def deliver() -> None:
    """Hand a SIGINT that was kept to the handler that it has now; raises what that raises."""
    raise_signal(SIGINT)


# A traceback of the program has no frame of this one: the import system, in whose midst it is
# called, takes its own frames away down to one of this name (import.c, remove_importlib_frames).
deliver.__code__ = deliver.__code__.replace(
    co_filename="<frozen importlib._bootstrap>", co_name="_call_with_frames_removed"
)
