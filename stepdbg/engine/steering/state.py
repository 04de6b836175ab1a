"""What the user has laid down for the steps to come of one run.

Owns: `Steered`.  Does not own: carrying any of it out (the other modules here).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trio.lowlevel import Task

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun


class Steered:
    """What is laid down for one run; empty unless the user steers.

    Attributes:
        later: what to do before the next step of a task.
        at_line: held at a line, where an exception can be raised.
        throw_here: the exception to raise there when the run goes on.
    """

    def __init__(self, run: DebuggedRun) -> None:
        self.later: dict[Task, list[Callable[[], None]]] = {}
        self.at_line = False
        self.throw_here: BaseException | None = None
        self._run = run

    def do_later(self, task: Task, work: Callable[[], None]) -> None:
        """Do something before the next step of a task, on the run's thread."""
        self.later.setdefault(task, []).append(work)
        self._run.carried.consider(task)

    def before_step(self, task: Task) -> None:
        """A task is about to step: do what was left for this moment."""
        waiting = self.later.pop(task, None)
        if waiting is not None:
            self._run.carried.look_again()
            for work in waiting:
                work()

    def mark(self, task: Task) -> None:
        """The user has a hand in the next step of a task: note it as the cause."""
        recorder = self._run.recorder
        if recorder is not None:
            recorder.note_debugger(task)

    def raise_here(self) -> None:
        """Raise what was thrown at the line at which the run was held, if anything was."""
        error, self.throw_here = self.throw_here, None
        if error is not None and not self._run.quitting:
            raise error

    def forget(self, task: Task) -> None:
        """A task has exited."""
        self.later.pop(task, None)
