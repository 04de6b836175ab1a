"""Where another thread is, without frame objects that keep its variables alive."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from stepdbg.engine.process import python_threads
from stepdbg.engine.process.python_threads import FrameLine, stack_of

CALLS = 20_000


class Thing:
    """A variable of a frame that returns."""


def has_thing(depth: int) -> weakref.ref[Thing]:
    """Return only what does not keep the thing alive."""
    if depth:
        return has_thing(depth - 1)
    thing = Thing()
    return weakref.ref(thing)


@contextmanager
def looking(look: Callable[[int], object]) -> Iterator[None]:
    """Another thread looks at this one all the time, and they take turns as often as they can."""
    over, here, interval = threading.Event(), threading.get_ident(), sys.getswitchinterval()

    def looks() -> None:
        while not over.is_set():
            look(here)

    thread = threading.Thread(target=looks)
    sys.setswitchinterval(1e-6)
    try:
        thread.start()
        yield
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(interval)


def test_what_a_frame_had_is_gone_when_it_returns() -> None:
    seen: set[str] = set()

    def look(ident: int) -> None:
        seen.update(each.f_code.co_name for each in stack_of(ident))

    with looking(look):
        alive = [has_thing(8)() for _ in range(CALLS)]
        while "has_thing" not in seen:  # the other thread may have had no turn yet
            alive.append(has_thing(8)())

    assert set(alive) == {None}


def test_a_frame_that_is_kept_would_keep_it() -> None:
    """Else the test before this one shows nothing."""
    at, go, things = threading.Event(), threading.Event(), []

    def waits() -> None:
        thing = Thing()
        things.append(weakref.ref(thing))
        at.set()
        go.wait()

    thread = threading.Thread(target=waits)
    thread.start()
    at.wait()
    assert thread.ident is not None
    frame = python_threads.current_frames()[thread.ident]
    go.set()
    thread.join()
    assert things[0]() is not None
    del frame
    assert things[0]() is None


def test_each_line_innermost_first() -> None:
    go, at = threading.Event(), threading.Event()

    def inner() -> None:
        at.set()
        go.wait()

    def outer() -> None:
        inner()

    thread = threading.Thread(target=outer)
    thread.start()
    at.wait()
    try:
        assert thread.ident is not None
        found = stack_of(thread.ident)
    finally:
        go.set()
        thread.join()
    own = [each for each in found if each.f_code.co_filename == __file__]
    first = inner.__code__.co_firstlineno
    assert own[0].f_code is inner.__code__
    assert own[0].f_lineno in (first + 1, first + 2)
    assert own[1] == FrameLine(outer.__code__, outer.__code__.co_firstlineno + 1)


def test_no_such_thread() -> None:
    assert stack_of(1) == []


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_as_before(on: bool) -> None:
    was_on = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        stack_of(threading.get_ident())
        assert gc.isenabled() is on
    finally:
        (gc.enable if was_on else gc.disable)()
