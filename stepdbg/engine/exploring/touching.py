"""What own code reads and writes in each step of a run.

Owns: `Touching`, to which the interpreter reports each instruction of own code.
Does not own: what an instruction does (following_code), which things there are (things).

It runs no code of the program.  It traces by `sys.settrace`, so it is for a process that does
nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import Any

from stepdbg.engine.stacks.frames import OWN_FILES, runs_own_code
from stepdbg.model.accesses import Raised, Touched
from stepdbg.model.standard import gc, sys

from .following_code import Followed
from .things import AccessLog, place_in


class Touching:
    """Follows the own code of a run.

    log: the task of each step so far; its length says which step is under way.
    """

    def __init__(self, log: Sequence[object]) -> None:
        self._things = AccessLog(log)
        self._raised: list[Raised] = []
        self._frames: dict[FrameType, Followed] = {}

    def begin(self) -> None:
        """Begin to follow it."""
        gc.unfreeze()  # functions are sought among all objects
        sys._getframe().f_trace_opcodes = True  # noqa: SLF001 - 3.12 looks for one beforehand
        sys.settrace(self._called)

    def end(self) -> Touched:
        """Stop following it; return what was read, written and raised."""
        sys.settrace(None)
        things = self._things
        return Touched(tuple(things.accesses), tuple(self._raised), things.complete)

    def _called(self, frame: FrameType, event: str, arg: Any) -> Any:  # noqa: ARG002
        if not OWN_FILES[frame.f_code.co_filename] or not runs_own_code(frame):
            return None
        frame.f_trace = self._goes_on  # 3.13 looks for it at the next line
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if frame not in self._frames:
            above = None if frame.f_back is None else self._frames.get(frame.f_back)
            self._frames[frame] = Followed(self._things, frame, above)
        return self._goes_on

    def _goes_on(self, frame: FrameType, event: str, arg: Any) -> Any:
        followed = self._frames.get(frame)
        if followed is None:
            return None
        if event == "opcode":
            if self._things.complete:
                followed.comes_to(frame.f_lasti)
        elif event == "exception":
            if arg[0] is not StopIteration:  # a StopIteration only ends an await or a loop
                what = Raised(self._things.place, arg[0].__name__, place_in(frame))
                followed.has_raised(what)
                self._raised.append(what)
        elif event == "return" and followed.ends(frame.f_lasti):
            lost = followed.lost()
            if lost is not None:
                self._raised.append(lost)
            del self._frames[frame]
            above = None if frame.f_back is None else self._frames.get(frame.f_back)
            if above is not None:
                above.given = followed.result
        return self._goes_on
