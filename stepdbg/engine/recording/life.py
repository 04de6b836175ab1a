"""When and where a run lives.

Owns: `RunLife`: its number, thread, clock and main task.
Does not own: whether it is held (stopping.held), what its tasks do (recorder, registry).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs
from stepdbg.engine.process import python_threads
from stepdbg.engine.process.clock import seconds_since
from stepdbg.engine.process.python_threads import current_frames
from stepdbg.model.standard import sys, threading, time

if TYPE_CHECKING:
    from stepdbg.model.facts import RunId
    from stepdbg.model.task import TaskLabel

    from .registry import Registry


class RunLife:
    """What is to be said of a run besides its tasks.

    Args:
        number: of the run.
        registry: knows what its main task is called.

    Attributes:
        runner: Trio's, from `begin` until `end`.
        thread: the name of its thread; ident: that thread's.
        guest: whether it is the guest of another loop.
        begun_at: its beginning in its clock's seconds.
        end_time: its length in program seconds, once it has ended.
        notes: what differs from a plain run, each a sentence.
    """

    def __init__(self, number: RunId, registry: Registry) -> None:
        self.id = number
        self.runner: runs.Runner
        self.thread = python_threads.name_here()
        self.ident = threading.get_ident()
        self.guest = False
        self.begun_at = 0.0
        self.end_time = 0.0
        self.notes: tuple[str, ...] = ()
        self._registry = registry
        self._main_label: TaskLabel | None = None

    def begin(self, runner: runs.Runner, since: float | None = None) -> None:
        """The run of this thread begins, or debugging it does; `since`: see `restart_time`."""
        self.runner = runner
        self.guest = runs.is_guest(runner)
        self.restart_time(since)

    def restart_time(self, since: float | None = None) -> None:
        """Time counts from now, by the clock that the run has now.

        since: an earlier moment of `perf_counter`, from which time stands still.
        """
        late = 0.0 if since is None else seconds_since(since, time.perf_counter())
        self.begun_at = self.runner.clock.current_time() - late

    def begin_elsewhere(self, runner: runs.Runner, ident: int, thread: str) -> None:
        """A run of another thread is looked at from here."""
        self.begin(runner)
        self.ident, self.thread = ident, thread

    def note(self, *sentences: str) -> None:
        """Something differs from a plain run."""
        self.notes += sentences

    def end(self) -> None:
        """The run has ended; Trio's objects are still there."""
        self.end_time = self.time()
        self._main_label = self.main_label

    def let_go(self) -> None:
        """Trio's objects are needed no more."""
        del self.runner

    @property
    def is_over(self) -> bool:
        """Whether Trio's objects are gone."""
        return not hasattr(self, "runner")

    @property
    def main_label(self) -> TaskLabel | None:
        """How the main task is called, None before there is one."""
        runner = getattr(self, "runner", None)
        if runner is None or runner.main_task is None:
            return self._main_label
        return self._registry.label_of(runner.main_task)

    def time(self) -> float:
        """Program seconds since the beginning of the run."""
        return self.runner.clock.current_time() - self.begun_at

    def now(self) -> float:
        """The same, and for a run that has ended its length."""
        return self.end_time if self.is_over else self.time()

    def loop_frame(self) -> FrameType | None:
        """The frame of Trio's loop, from whichever thread this is asked."""
        if threading.get_ident() == self.ident:
            return runs.loop_frame(sys._getframe())  # noqa: SLF001 - documented, CPython only
        return runs.loop_frame(current_frames().get(self.ident))
