"""Makes pytest-trio start the fixtures of a test in the same order each time.

Owns: `order_fixtures`.
Does not own: when that is needed (pytest_plugin: for exploring and replays).

pytest-trio starts a task for each fixture of a test.  It takes them from a set, whose order depends
on the addresses of the fixtures.  A schedule names tasks by the order in which they were started:
without `order_fixtures` no other process could follow it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepdbg.model.standard import sys, zlib


class _InOrder(list[object]):
    """Takes the place of a set, and keeps its order."""

    def add(self, item: object) -> None:
        """Put an item at the end, if it is new."""
        if item not in self:
            self.append(item)


def order_fixtures() -> Callable[[], None]:
    """Let pytest-trio start fixtures and end them in the same order each time.

    Returns:
        A function that takes it back.
    """
    plugin = sys.modules.get("pytest_trio.plugin")
    fixture: Any = getattr(plugin, "TrioFixture", None)
    if fixture is None:
        return lambda: None
    original = fixture.__init__

    def init(self: Any, *arguments: Any, **more: Any) -> None:
        original(self, *arguments, **more)
        if isinstance(getattr(self, "user_done_events", None), set):
            self.user_done_events = _InOrder()

    # The order of a set depends only on the hashes of its objects and the order in which they were
    # added.
    fixture.__hash__ = lambda self: zlib.crc32(str(self.name).encode())
    fixture.__init__ = init

    def restore() -> None:
        fixture.__init__ = original
        del fixture.__hash__

    return restore
