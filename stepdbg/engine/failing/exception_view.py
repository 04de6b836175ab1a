"""Looking at one exception of a tree after the other.

Owns: which one is in view, and whose frames those are.
Does not own: the tree (exception_tree), the stops where there is one (stopping).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg.model.errors import NotNow
from stepdbg.model.facts import NO_TASK, TaskNumber
from stepdbg.model.failures import ExceptionNode
from stepdbg.model.records import replace

from .exception_tree import ExceptionTree
from .failed_frames import FailedFrames
from .failures import FailureNote

Notes = Callable[[], Sequence[FailureNote]]


class ExceptionView:
    """The exceptions behind a stop.

    error: what has been raised.  notes: gives what is known of tasks that failed.
    """

    def __init__(self, error: BaseException, notes: Notes) -> None:
        self._error = error
        self._notes = notes
        self.selected = ""

    @property
    def error(self) -> BaseException:
        """The one in view."""
        return self.tree.error(self.selected) if self.selected else self._error

    @cached_property
    def tree(self) -> ExceptionTree:
        """The numbered exceptions; made when somebody asks."""
        return ExceptionTree(self._error, self._notes())

    def nodes(self) -> tuple[ExceptionNode, ...]:
        """All exceptions; the one in view says so."""
        return tuple(
            replace(node, in_view=node.number == self.selected) for node in self.tree.nodes()
        )

    def select(self, number: str) -> TaskNumber:
        """Look at one of them.

        Returns:
            The task whose frames are its frames now, `NO_TASK` where that is not known.

        Raises:
            BadUsage: there is none of that number.
        """
        owner = self.tree.owner(number)
        self.selected = number
        return NO_TASK if owner is None else owner.task.number

    def frames(self, number: str) -> FailedFrames:
        """The frames of one exception.  Raises `BadUsage`."""
        return self.tree.frames(number)


class LiveExceptionView(ExceptionView):
    """The exceptions behind a stop where a task fails, while the run is alive.

    failed: the task with its frames.  show: lets the frames of that task be others.
    """

    def __init__(
        self,
        error: BaseException,
        notes: Notes,
        failed: FailedFrames,
        show: Callable[[FailedFrames], None],
    ) -> None:
        super().__init__(error, notes)
        self._failed = failed
        self._show = show
        self.selected = "1"

    def select(self, number: str) -> TaskNumber:
        """Look at one of them; all are of the task that fails."""
        super().select(number)
        self._show(self.frames(number))
        task: Task | None = self._failed.task
        return NO_TASK if task is None else TaskNumber(tasks.number(task))

    def frames(self, number: str) -> FailedFrames:
        """The frames of one exception; for the task's failure, also the frames that still run."""
        if number == "1":
            return self._failed
        return replace(super().frames(number), task=self._failed.task)


def there(view: ExceptionView | None) -> ExceptionView:
    """The exceptions behind a stop, if it has any.  Raises `NotNow`."""
    if view is None:
        raise NotNow("nothing has failed at this stop")
    return view
