"""Going back when the program has failed: its run has ended, and what is left is the exception.

Owns: `AfterEnd`, from where an earlier moment is looked for then; `here_after`, where that is.
Does not own: keeping the copy for so long (travels), the stop itself (stopping.postmortem).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Protocol

import trio

from stepdbg.model.schedules import TurnKind, turns_of
from stepdbg.model.standard import itertools
from stepdbg.model.stops import StopKind

from .whereabouts import Here

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
    """The stop after the end.  owner: the task that has failed, as far as that is known."""

    @property
    def owner(self) -> TaskNumber: ...
    def live_frames(self) -> list[FrameType]: ...


class AfterEnd:
    """A `Standpoint` behind the end of a run.  Args: stop: what was raised there."""

    def __init__(self, stop: DeadStop) -> None:
        self._stop = stop

    def frames_of(self, number: int | None) -> list[FrameType]:
        """See `Standpoint`: those of the exception, as far as they are of the task."""
        if number != self._stop.owner:
            return []
        # Around the task there is who has called `trio.run`.
        frames = self._stop.live_frames()
        return list(itertools.takewhile(lambda frame: frame.f_code is not _RUN, frames))

    def stop_in(self, number: int | None) -> StopKind | None:
        """See `Standpoint`."""
        return StopKind.POST_MORTEM if number == self._stop.owner else None


_RUN = trio.run.__code__


def here_after(run: LoggedRun, stop: DeadStop) -> Here:
    """Where a run is that has failed, all of whose steps were logged: in the last step of the task
    that has failed.
    """
    paths = run.registry.paths
    assert paths is not None, "its steps were logged"
    log, failed = run.steps().read(paths), paths.of_number(stop.owner)
    number = last = 0
    for turn in turns_of(log):
        if turn.kind is TurnKind.STEP:
            number += 1
            last = number if log.tasks[turn.task] == failed else last
    return Here(log, last or number + 1, bool(last), number + 1)
