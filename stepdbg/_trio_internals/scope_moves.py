"""Cancel scopes and nurseries that are entered and left, while something needs to know.

Owns: `watch_scopes`; telling a nursery from a scope as it is entered.
Does not own: what follows from that (engine.tracing.scope_news), cancellations (patches).

`CancelScope.__enter__` and ``_close`` are not wrapped themselves.  They raise if a program misuses
a scope, and that traceback would then show our frame.  Both call ``Task._activate_cancel_status``
with the task's new surroundings.  That method raises nothing, so we wrap it; its caller's frame
shows which of the two called it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Protocol

from trio._core import _run
from trio._core._run import CancelScope, CancelStatus, Task

from stepdbg.model.depth import missed
from stepdbg.model.standard import functools, sys

from . import runs
from .patches import replace_method

_CLOSE = "CancelScope._close"
"""By name and not by code: on 3.11 it has other code while stepdbg listens to it (`doings`)."""

_NURSERY_CODE = runs.code_of(getattr(_run, "NurseryManager", None), "__aenter__")


class ScopeWatcher(Protocol):
    """Receives the scopes that tasks enter and leave."""

    def entered(self, task: Task, scope: CancelScope, caller: FrameType) -> None:
        """A task has entered a scope.  caller: the frame that has called its ``__enter__``."""

    def left(self, task: Task, scope: CancelScope) -> None:
        """A task has left a scope."""


class _Watchers:
    """The watchers of scopes in the whole process, which share one wrapped method.

    restore: undoes the wrapping; None while nothing is wrapped.
    """

    def __init__(self) -> None:
        self.all: list[ScopeWatcher] = []
        self.restore: Callable[[], None] | None = None

    def add(self, watcher: ScopeWatcher) -> None:
        """Add a watcher; for the first one, wrap the methods."""
        self.all.append(watcher)
        self.restore = self.restore or _wrap(self)

    def remove(self, watcher: ScopeWatcher) -> None:
        """Remove a watcher; after the last one, the methods are Trio's own again."""
        self.all.remove(watcher)
        if not self.all and self.restore is not None:
            self.restore()
            self.restore = None


_watchers = _Watchers()


def watch_scopes(watcher: ScopeWatcher) -> Callable[[], None]:
    """Call a watcher for each scope that a task enters or leaves, in any run.

    Returns:
        A function that ends it.
    """
    _watchers.add(watcher)
    return functools.partial(_watchers.remove, watcher)


def opens_nursery(caller: FrameType) -> FrameType | None:
    """The frame that opens a nursery; None if the entered scope does not belong to a nursery.

    caller: as in `ScopeWatcher.entered`.
    """
    return caller.f_back if caller.f_code is _NURSERY_CODE else None


def _wrap(watchers: _Watchers) -> Callable[[], None]:
    original: Callable[..., None] | None = getattr(Task, "_activate_cancel_status", None)
    if original is None:
        return lambda: None  # `names.check` has warned already

    def activate_cancel_status(self: Task, status: CancelStatus | None) -> None:
        before: CancelStatus | None = self._cancel_status
        original(self, status)
        # Trio also calls this for a task that is spawned or moves into another nursery.
        here = sys._getframe(1)
        try:
            if here.f_code is runs.ENTER_CODE and status is not None and here.f_back is not None:
                for watcher in tuple(watchers.all):
                    watcher.entered(self, status._scope, here.f_back)
            elif here.f_code.co_qualname == _CLOSE:
                # There are several if scopes are left in the wrong order.
                while before is not None and before is not status:
                    for watcher in tuple(watchers.all):
                        watcher.left(self, before._scope)
                    before = before._parent
        except RecursionError:
            missed.append("watching a scope being entered or left")

    return replace_method(Task, "_activate_cancel_status", activate_cancel_status)
