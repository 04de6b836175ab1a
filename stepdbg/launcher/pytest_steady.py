"""Makes pytest-trio start the fixtures of a test in the same order each time.

Owns: `order_fixtures`.
Does not own: when that is needed (pytest_plugin: for exploring and replays).

pytest-trio starts a task for each fixture of a test.  It takes them from a set, whose order depends
on the addresses of the fixtures.  A schedule names tasks by the order in which they were started:
without `order_fixtures` no other process could follow it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stepdbg.model.standard import sys, zlib

_ABSENT: Final = object()

_in_force: dict[type, _Order] = {}
"""What is changed now, by the class of pytest-trio; several test runs may need it at once."""


class _InOrder(list[object]):
    """Takes the place of a set, and keeps its order."""

    def add(self, item: object) -> None:
        """Put an item at the end, if it is new."""
        if item not in self:
            self.append(item)


class _Order:
    """The change of a class of pytest-trio, for as long as somebody needs it.

    fixture: the class.
    """

    def __init__(self, fixture: Any) -> None:
        self._fixture, self.users = fixture, 0
        original = fixture.__init__

        def init(made: Any, *arguments: Any, **more: Any) -> None:
            original(made, *arguments, **more)
            if self.users and isinstance(getattr(made, "user_done_events", None), set):
                made.user_done_events = _InOrder()

        # The order of a set depends only on the hashes of its objects and the order in which they
        # were added.
        self._ours = {"__init__": init, "__hash__": _hash_of_name}
        self._before = {name: vars(fixture).get(name, _ABSENT) for name in self._ours}
        for name, value in self._ours.items():
            setattr(fixture, name, value)

    def take_back(self) -> None:
        """Put back what was there, except where somebody else has changed it meanwhile."""
        for name, value in self._before.items():
            if vars(self._fixture).get(name) is not self._ours[name]:
                continue
            if value is _ABSENT:
                delattr(self._fixture, name)
            else:
                setattr(self._fixture, name, value)


def _hash_of_name(fixture: Any) -> int:
    return zlib.crc32(str(fixture.name).encode())


def order_fixtures() -> Callable[[], None]:
    """Let pytest-trio start fixtures and end them in the same order each time.

    Returns:
        A function that takes it back, once all who have asked for it have taken it back.  It may be
        called more than once.
    """
    plugin = sys.modules.get("pytest_trio.plugin")
    fixture: Any = getattr(plugin, "TrioFixture", None)
    if fixture is None:
        return lambda: None
    order = _in_force.get(fixture)
    if order is None:
        order = _in_force[fixture] = _Order(fixture)
    order.users += 1
    waiting = [order]  # emptied by the first call

    def restore() -> None:
        if not waiting:
            return
        ours = waiting.pop()
        ours.users -= 1
        if not ours.users:
            del _in_force[fixture]
            ours.take_back()

    return restore
