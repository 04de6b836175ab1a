"""The exception in view, of the exceptions at a stop.

Owns: which one is in view, and which task's frames those are.
Does not own: the tree (exception_tree), the stops that have one (stopping).
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
    """The exceptions at a stop after a failure.

    error: the exception that was raised.
    notes: gives what was noted of tasks that failed.
    """

    def __init__(self, error: BaseException, notes: Notes) -> None:
        self._error = error
        self._notes = notes
        self.selected = ""

    @property
    def error(self) -> BaseException:
        """The exception in view."""
        return self.tree.error(self.selected) if self.selected else self._error

    @cached_property
    def tree(self) -> ExceptionTree:
        """The numbered exceptions; made when they are first needed."""
        return ExceptionTree(self._error, self._notes())

    def nodes(self) -> tuple[ExceptionNode, ...]:
        """All exceptions, with the one in view marked."""
        return tuple(
            replace(node, in_view=node.number == self.selected) for node in self.tree.nodes()
        )

    def select(self, number: str) -> TaskNumber:
        """Put an exception in view.

        Returns:
            The task that shows its frames from now on; `NO_TASK` if it is not known which task
            failed.

        Raises:
            BadUsage: there is no exception with that number.
        """
        owner = self.tree.owner(number)
        self.selected = number
        return NO_TASK if owner is None else owner.task.number

    def frames(self, number: str) -> FailedFrames:
        """The frames of an exception.  Raises `BadUsage`: there is no such number."""
        return self.tree.frames(number)


class LiveExceptionView(ExceptionView):
    """The exceptions at a stop where a task fails, while its run is alive.

    error, notes: as of `ExceptionView`.
    failed: the frames of the task that fails.
    show: lets other frames be shown as those of that task.
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
        """Put an exception in view; all of them are shown as those of the task that fails."""
        super().select(number)
        self._show(self.frames(number))
        task: Task | None = self._failed.task
        return NO_TASK if task is None else TaskNumber(tasks.number(task))

    def frames(self, number: str) -> FailedFrames:
        """The frames of an exception; for the task's failure, those that still run as well."""
        if number == "1":
            return self._failed
        return replace(super().frames(number), task=self._failed.task)


def there(view: ExceptionView | None) -> ExceptionView:
    """The view, if there is one.  Raises `NotNow`: nothing has failed at this stop."""
    if view is None:
        raise NotNow("nothing has failed at this stop")
    return view
