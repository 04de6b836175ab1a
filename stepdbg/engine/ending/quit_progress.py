"""What stepdbg says while a program that was quit does not end.

Owns: `QuitProgress`: when to say something, and which tasks keep the program from ending.
Does not own: quitting (quitting), waits in words (render), where it is shown (frontends).

A thread of stepdbg says it, because the run's thread may be stuck.  `threading` does not know that
thread, so the program finds only its own threads there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs
from stepdbg.engine.process.guard import Guarded
from stepdbg.engine.seeing.under_way import step_elsewhere
from stepdbg.engine.waiting import chain
from stepdbg.model.quiet_threads import start_quietly
from stepdbg.model.standard import queue, threading, time
from stepdbg.model.stops import Event, QuitDelayed, StepUnderWay
from stepdbg.model.task import WaitKind
from stepdbg.model.waits import WaitLink

if TYPE_CHECKING:
    from .leaving import EndingRun

FIRST: Final = 1.0
"""Seconds after which stepdbg says that the program is still ending."""

NAMES: Final = 5.0
"""Seconds after which stepdbg says which tasks keep it from ending."""

_ANSWER: Final = 0.5
"""Seconds that a run has to answer; if it does not, it is in the middle of a step."""

_NAMED: Final = 8


class QuitProgress:
    """Reports how one quit goes.

    Args:
        active: gives the runs under way.
        tell: passes an event to the front end.
        by_key: whether another Ctrl-C ends the program at once; else `quit!` does.

    Attributes:
        reported: whether something has been said: then the user knows what a Ctrl-C would do.
    """

    def __init__(
        self,
        active: Callable[[], Iterable[EndingRun]],
        tell: Callable[[Event], None],
        *,
        by_key: bool,
    ) -> None:
        self.reported = False
        self._active, self._tell, self._by_key = active, tell, by_key
        self._begun = time.monotonic()
        self._over = threading.Event()

    def begin(self) -> None:
        """Watch from now on; if no thread can be started, nothing is said."""
        try:
            start_quietly(self._watch)
        except RuntimeError:
            return

    def end(self) -> None:
        """The program has ended."""
        self._over.set()

    def _watch(self) -> None:
        for seconds, names in ((FIRST, False), (NAMES, True)):
            if self._over.wait(self._begun + seconds - time.monotonic()):
                return
            event = self._picture(seconds, names=names)
            if self._over.is_set():  # it has ended meanwhile
                return
            self.reported = True
            self._tell(event)

    def _picture(self, seconds: float, *, names: bool) -> Event:
        blockers: list[WaitLink] = []
        under_way: list[StepUnderWay] = []
        for run in self._active() if names else ():
            found = _blockers_of(run)
            if isinstance(found, StepUnderWay):
                under_way.append(found)
            else:
                blockers += found
        more = max(0, len(blockers) - _NAMED)
        way_out = "Ctrl-C" if self._by_key else "`quit!`"
        return QuitDelayed(seconds, tuple(blockers[:_NAMED]), more, tuple(under_way), way_out)


def _blockers_of(run: EndingRun) -> list[WaitLink] | StepUnderWay:
    """The tasks that keep a run from ending, or the step that does not end."""
    answer: queue.SimpleQueue[list[WaitLink]] = queue.SimpleQueue()
    if not run.life.call_soon(Guarded(run, lambda: answer.put(_links(run)))):
        return []  # the run ends right now
    try:
        return answer.get(timeout=_ANSWER)
    except queue.Empty:
        return step_elsewhere(run)


def _links(run: EndingRun) -> list[WaitLink]:
    """The living tasks except those that only wait for children; called on the run's thread."""
    own = [t for t in runs.living_tasks(run.runner) if not runs.is_system(run.runner, t)]
    explained = chain.explain_each(run, run.origins, own, once=True)
    first = [each.links[0] for each in explained if each.links]
    return [link for link in first if link.wait is None or link.wait.kind is not WaitKind.NURSERY]
