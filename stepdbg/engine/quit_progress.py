"""What is said while a program that was quit does not end.

Owns: `QuitProgress`: when to say something, and who keeps the program from ending.
Does not own: quitting (quitting), waits in words (render), where it is shown (frontends).

A thread of its own says it, since the run's may be stuck.  It is unknown to `threading`, so
that the program finds its own threads there.
"""

from __future__ import annotations

import _thread
import queue
import threading
from time import monotonic
from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs
from stepdbg.model.stops import Event, QuitDelayed, StepUnderWay
from stepdbg.model.waits import WaitKind, WaitLink

from .frames import innermost_own, place_of
from .hooks import Guarded
from .thread_frames import current_frames
from .waits import chain

if TYPE_CHECKING:
    from .run import DebuggedRun
    from .session import Session

FIRST: Final = 1.0
"""Seconds after which it is said that the program is still ending."""

NAMES: Final = 5.0
"""Seconds after which it is said who keeps it from that."""

_ANSWER: Final = 0.5
"""Seconds that a run has for an answer; then it is in the midst of a step."""

_NAMED: Final = 8


class QuitProgress:
    """Looks after one quit.

    Attributes:
        told: something has been said, so that its user knows what a Ctrl-C would do.
    """

    def __init__(self, session: Session) -> None:
        self.told = False
        self._session = session
        self._begun = monotonic()
        self._over = threading.Event()

    def begin(self) -> None:
        """Watch from now on; nothing is said where there can be no thread."""
        try:
            _thread.start_new_thread(self._watch, ())
        except RuntimeError:
            return

    def end(self) -> None:
        """The program has ended."""
        self._over.set()

    def _watch(self) -> None:
        for seconds, names in ((FIRST, False), (NAMES, True)):
            if self._over.wait(self._begun + seconds - monotonic()):
                return
            event = self._picture(seconds, names=names)
            if self._over.is_set():  # it has ended while it was looked at
                return
            self.told = True
            self._session.tell(event)

    def _picture(self, seconds: float, *, names: bool) -> Event:
        blockers: list[WaitLink] = []
        under_way: list[StepUnderWay] = []
        for run in self._session.runs.active() if names else ():
            found = _blockers_of(run)
            if isinstance(found, StepUnderWay):
                under_way.append(found)
            else:
                blockers += found
        more = max(0, len(blockers) - _NAMED)
        by_key = self._session.front_end.takes_ctrl_c
        way_out = "Ctrl-C" if by_key else "`quit!`"
        return QuitDelayed(seconds, tuple(blockers[:_NAMED]), more, tuple(under_way), way_out)


def _blockers_of(run: DebuggedRun) -> list[WaitLink] | StepUnderWay:
    """The tasks that keep a run from ending, or the step that does not come to its end."""
    answer: queue.SimpleQueue[list[WaitLink]] = queue.SimpleQueue()
    if not runs.call_soon(run.runner, Guarded(run, lambda: answer.put(_links(run)))):
        return []  # it ends right now
    try:
        return answer.get(timeout=_ANSWER)
    except queue.Empty:
        return _under_way(run)


def _links(run: DebuggedRun) -> list[WaitLink]:
    """The living tasks but those that only wait for their children; on the run's thread."""
    own = [t for t in runs.living_tasks(run.runner) if not runs.is_system(run.runner, t)]
    first = [each.links[0] for each in chain.explain_each(run, own) if each.links]
    return [link for link in first if link.wait is None or link.wait.kind is not WaitKind.NURSERY]


def _under_way(run: DebuggedRun) -> StepUnderWay:
    """Where the thread of a run is right now."""
    found = []
    frame = current_frames().get(run.ident)
    task = runs.stepping_task(runs.loop_frame(frame))
    while frame is not None and frame.f_code is not runs.LOOP_CODE:
        found.append(frame)
        frame = frame.f_back
    own = innermost_own(found)
    label = None if task is None else run.registry.label_of(task)
    return StepUnderWay(run.id, label, None if own is None else place_of(own))
