"""The beginning, the end, the thread and the clock of a run.

Owns: `RunLife`: its number, thread, clock and main task; how code on other threads reaches it.
Does not own: whether the run is held (stopping.held), what its tasks do (recorder, registry).
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
    from collections.abc import Callable

    from stepdbg.model.facts import RunId
    from stepdbg.model.task import TaskLabel

    from .registry import Registry


class RunLife:
    """The facts about a run besides its tasks.

    Args:
        number: the run's number.
        registry: knows the label of its main task.

    Attributes:
        runner: Trio's, from `begin` until `end`.
        thread: the name of its thread.
        ident: the thread's identity, as `threading.get_ident` gives it.
        guest: whether it is the guest of another loop.
        begun_at: its beginning in its clock's seconds.
        end_time: its length in program seconds, once it has ended.
        notes: how it differs from an ordinary run, each a sentence.
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
        """Begin to count time now, by the clock that the run has now.

        since: an earlier moment of `perf_counter`, from which on time stands still.
        """
        late = 0.0 if since is None else seconds_since(since, time.perf_counter())
        self.begun_at = self.runner.clock.current_time() - late

    def begin_elsewhere(self, runner: runs.Runner, ident: int, thread: str) -> None:
        """Begin the life of a run in another thread, seen from this one."""
        self.begin(runner)
        self.ident, self.thread = ident, thread

    def note(self, *sentences: str) -> None:
        """Add notes on how it differs from an ordinary run."""
        self.notes += sentences

    def end(self) -> None:
        """Note that the run has ended; Trio's objects still exist."""
        self.end_time = self.time()
        self._main_label = self.main_label

    def let_go(self) -> None:
        """Drop Trio's objects, which are not needed any more."""
        del self.runner

    @property
    def is_over(self) -> bool:
        """Whether Trio's objects were dropped."""
        return self.living_runner() is None

    def living_runner(self) -> runs.Runner | None:
        """Trio's runner; None unless the run goes on.

        The run can end between any two lines of code on another thread.  So such code asks once,
        and keeps the answer for a moment.
        """
        return getattr(self, "runner", None)

    def call_soon(self, callback: Callable[[], None]) -> bool:
        """Call something on the run's thread soon; safe from threads and signal handlers.

        Returns:
            Whether it will happen: False once the run has ended.
        """
        runner = self.living_runner()
        return runner is not None and runs.call_soon(runner, callback)

    @property
    def main_label(self) -> TaskLabel | None:
        """The label of the main task; None before it exists."""
        runner = self.living_runner()
        if runner is None or runner.main_task is None:
            return self._main_label
        return self._registry.label_of(runner.main_task)

    def time(self) -> float:
        """Program seconds since the beginning of the run."""
        return self.runner.clock.current_time() - self.begun_at

    def now(self) -> float:
        """The same; for a run that has ended, its length."""
        return self.end_time if self.is_over else self.time()

    def loop_frame(self) -> FrameType | None:
        """The frame of Trio's loop; may be called in any thread."""
        if threading.get_ident() == self.ident:
            return runs.loop_frame(sys._getframe())  # noqa: SLF001 - documented, CPython only
        return runs.loop_frame(current_frames().get(self.ident))
