"""Follows a program from stop to stop until it ends.

Owns: resuming again and again, and noting what was seen at each stop.
Does not own: the rendezvous (tests.harness).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from stepdbg.model.stops import Stop
from tests.harness import Debugging

T = TypeVar("T")

ENOUGH = 500
"""Stops after which a program is taken to go on for ever."""


def stops(dbg: Debugging, line: str = "continue") -> Iterator[Stop]:
    """The stops that follow, resuming with `line` after each; ends with the program."""
    for _ in range(ENOUGH):
        dbg.resume(line)
        try:
            stop = dbg.expect_stop()
        except AssertionError:
            if dbg.ended is None:
                raise
            return
        yield stop
    raise AssertionError(f"{ENOUGH} stops and no end")


def steps(dbg: Debugging, line: str = "continue") -> list[tuple[str, int]]:
    """Whose step it is at each stop that follows, as a user says it: ``("worker#2", 1)``."""
    return [(task_of(stop), stop.step) for stop in stops(dbg, line)]


def task_of(stop: Stop) -> str:
    """The task of a stop as a user says it."""
    assert stop.task is not None, f"{stop!r} is not about a task"
    return stop.task.short


def seen(dbg: Debugging, look: Callable[[], T], line: str = "step") -> list[tuple[str, T]]:
    """What `look` gives at each stop that follows, with the task of the stop."""
    return [(task_of(stop), dbg.call(look)) for stop in stops(dbg, line)]
