"""Going back after the program has failed: its run has ended, and only the exception is left.

Owns: `AfterEnd`, the point from which an earlier moment is then looked for; `here_after`, where in
the run that is.
Does not own: keeping the copy for so long (travels), the stop itself (stopping.postmortem).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Protocol

import trio

from stepdbg.model.schedules import TurnKind, turns_of
from stepdbg.model.standard import itertools
from stepdbg.model.stops import StopKind

from .whereabouts import Whereabouts

if TYPE_CHECKING:
    from stepdbg.engine.recording.registry import Registry
    from stepdbg.engine.recording.step_log import StepLog
    from stepdbg.model.facts import TaskNumber


class LoggedRun(Protocol):
    """A run that has ended."""

    @property
    def registry(self) -> Registry: ...
    def steps(self) -> StepLog: ...


class DeadStop(Protocol):
    """The stop after the end.  owner: the task that failed, if that is known."""

    @property
    def owner(self) -> TaskNumber: ...
    def live_frames(self) -> list[FrameType]: ...


class AfterEnd:
    """A `Standpoint` after the end of a run.  stop: the stop there, with the exception."""

    def __init__(self, stop: DeadStop) -> None:
        self._stop = stop

    def frames_of(self, number: int | None) -> list[FrameType]:
        """The frames on the exception's traceback that are the task's; see `Standpoint`."""
        if number != self._stop.owner:
            return []
        # Outside the task's frames there are those that called `trio.run`.
        frames = self._stop.live_frames()
        return list(itertools.takewhile(lambda frame: frame.f_code is not _RUN, frames))

    def stop_in(self, number: int | None) -> StopKind | None:
        """`POST_MORTEM` for the task that failed; see `Standpoint`."""
        return StopKind.POST_MORTEM if number == self._stop.owner else None


_RUN = trio.run.__code__


def here_after(run: LoggedRun, stop: DeadStop) -> Whereabouts:
    """Where a failed run is, if all of its steps were logged: in the failed task's last step."""
    paths = run.registry.paths
    assert paths is not None, "its steps were logged"
    log, failed = run.steps().read(paths), paths.of_number(stop.owner)
    number = last = 0
    for turn in turns_of(log):
        if turn.kind is TurnKind.STEP:
            number += 1
            last = number if log.tasks[turn.task] == failed else last
    return Whereabouts(log, last or number + 1, bool(last), number + 1)
