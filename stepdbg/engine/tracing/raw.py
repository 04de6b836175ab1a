"""One run's raw trace: the calls of the nine hooks of Trio's instruments, in Trio's order.

Owns: `RawTrace`.  Does not own: the trace of what they mean (trace).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.model.history import LogEntry, LogKind

if TYPE_CHECKING:
    from stepdbg.model.patterns import TaskPattern
    from stepdbg.model.task import TaskLabel
    from stepdbg.model.trace import TraceEntry, TraceSink

    from .traceable import TraceableRun

_TOGETHER = 512
"""How many lines are handed over together if they can wait."""


class RawTrace:
    """Traces each hook that Trio calls, also for Trio's own tasks.

    Args:
        run: which run.
        sink: takes the lines.
    """

    def __init__(self, run: TraceableRun, sink: TraceSink) -> None:
        self._run, self._sink = run, sink
        self._entries: list[TraceEntry] = []
        self._is_over = False
        self._chosen: tuple[TaskPattern, ...] = ()
        self._hook = _NineHooks(self.tell, run.fail)

    def choose(self, tasks: tuple[TaskPattern, ...]) -> None:
        """Trace only these tasks; if empty, all of them."""
        self._chosen = tasks

    def begin(self) -> None:
        """Begin to trace; at the beginning of a run, the first line says that it begins."""
        if not runs.living_tasks(self._run.runner):
            self.tell("before_run")
        runs.carry(self._run.runner, self._hook)

    def end(self) -> None:
        """Stop tracing."""
        if self._run.life.end_time:
            self.tell("after_run")
        if runs.carries(self._run.runner, self._hook):
            runs.take_off(self._run.runner, self._hook)
        self._hand_over()

    def tell(self, hook: str, task: Task | None = None, timeout: float | None = None) -> None:
        """Trace one call of a hook."""
        if hook == "after_run" and self._is_over:
            return
        self._is_over = hook == "after_run"
        label: TaskLabel | None = None
        if task is not None:
            label = self._run.registry.label_of(task)
        if self._chosen and not (label and any(each.matches(label) for each in self._chosen)):
            return
        entry = LogEntry(0.0, LogKind.HOOK, label, detail=hook)
        self._entries.append((entry, self._run.life.time(), 0, timeout, 0))
        waits = hook == "before_io_wait" and bool(timeout)
        if waits or not self._sink.can_wait or len(self._entries) >= _TOGETHER:
            self._hand_over()

    def _hand_over(self) -> None:
        entries, self._entries = self._entries, []
        if entries:
            with self._run.still():
                self._sink.write(self._run.id, entries)


class _NineHooks(trio.abc.Instrument):
    """Passes each hook on.

    Args:
        tell: called for each line.
        failed: called with an exception that must not escape.
    """

    def __init__(self, tell: Callable[..., None], failed: Callable[[BaseException], None]) -> None:
        self._pass_on, self._failed = tell, failed

    def _tell(self, hook: str, *about: object) -> None:
        try:
            self._pass_on(hook, *about)
        except BaseException as error:
            self._failed(error)

    def after_run(self) -> None:
        self._tell("after_run")

    def task_spawned(self, task: Task) -> None:
        self._tell("task_spawned", task)

    def task_scheduled(self, task: Task) -> None:
        self._tell("task_scheduled", task)

    def before_task_step(self, task: Task) -> None:
        self._tell("before_task_step", task)

    def after_task_step(self, task: Task) -> None:
        self._tell("after_task_step", task)

    def task_exited(self, task: Task) -> None:
        self._tell("task_exited", task)

    def before_io_wait(self, timeout: float) -> None:
        self._tell("before_io_wait", None, timeout)

    def after_io_wait(self, timeout: float) -> None:
        self._tell("after_io_wait", None, timeout)
