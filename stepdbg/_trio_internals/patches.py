"""Methods of Trio that are wrapped, while somebody waits for what they do.

Owns: `watch_exits`, `watch_cancels`; each gives the function that takes it back.
Does not own: deciding what an exit or a cancellation means.

No hook of an instrument tells these: `task_exited` comes after the parent's nursery has
been told (the siblings' waits are aborted by then) and without the outcome, and nothing at
all tells that a scope is cancelled.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from outcome import Outcome
from trio._core._ki import enable_ki_protection
from trio._core._run import CancelScope, Runner, Task

ExitWatcher = Callable[[Task, Outcome[object]], None]
CancelWatcher = Callable[[CancelScope], None]


def _replace(owner: type, name: str, wrapped: Callable[..., object]) -> Callable[[], None]:
    original = getattr(owner, name)
    functools.update_wrapper(wrapped, original)
    setattr(owner, name, wrapped)

    def restore() -> None:
        setattr(owner, name, original)

    return restore


def watch_exits(watcher: ExitWatcher) -> Callable[[], None]:
    """Call `watcher` when a task has run its last step, before anybody else learns of it.

    Returns:
        A function that takes the patch back.
    """
    original = Runner.task_exited

    def task_exited(self: Runner, task: Task, outcome: Outcome[object]) -> None:
        watcher(task, outcome)
        return original(self, task, outcome)

    return _replace(Runner, "task_exited", task_exited)


def watch_cancels(watcher: CancelWatcher) -> Callable[[], None]:
    """Call `watcher` before a scope is cancelled for the first time, for whatever reason.

    Everything goes through `CancelScope._cancel` since Trio 0.31, and through
    `CancelScope.cancel` before.
    """
    name = "_cancel" if hasattr(CancelScope, "_cancel") else "cancel"
    original: Callable[..., None] = getattr(CancelScope, name)

    def cancel(self: CancelScope, *args: object) -> None:
        if not self._cancel_called:
            watcher(self)
        return original(self, *args)

    return _replace(CancelScope, name, enable_ki_protection(cancel))
