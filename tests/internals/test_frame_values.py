"""Reading the variables of a frame leaves nothing behind on it."""

from __future__ import annotations

import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Generator
from types import FrameType, GeneratorType

import pytest

from stepdbg._trio_internals.frame_values import peek, peek_at


class Thing:
    """Something that can be seen to be gone."""


def test_a_running_frame_keeps_nothing() -> None:
    thing = Thing()
    gone = weakref.ref(thing)

    assert peek(sys._getframe())["thing"] is peek_at(sys._getframe(), "thing") is thing
    assert peek_at(sys._getframe(), "nothing") is None
    del thing

    assert gone() is None


def test_a_suspended_frame_keeps_nothing() -> None:
    def works() -> Generator[weakref.ref[Thing], None, None]:
        thing = Thing()
        yield weakref.ref(thing)
        del thing
        yield weakref.ref(Thing())

    generator = works()
    assert isinstance(generator, GeneratorType)
    frame = generator.gi_frame
    assert frame is not None
    gone = next(generator)
    assert peek_at(frame, "thing") is gone() is not None
    next(generator)

    assert gone() is None


def test_an_ended_frame_keeps_nothing() -> None:
    things: list[weakref.ref[Thing]] = []

    def fails() -> None:
        thing = Thing()
        things.append(weakref.ref(thing))
        raise ValueError("told")

    with pytest.raises(ValueError, match="told") as caught:
        fails()
    assert caught.value.__traceback__ is not None
    frame = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)][-1]
    assert "thing" in peek(frame)
    traceback.clear_frames(caught.value.__traceback__)

    assert things[0]() is None


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="each call of locals() gives a new dict")
def test_the_dict_that_the_program_has_stays() -> None:
    first = 1
    names = locals()
    peek(sys._getframe())

    assert names["first"] == first


def test_a_namespace_stays() -> None:
    names: dict[str, object] = {"peek": peek, "frame": sys._getframe}
    exec("found = peek(frame())\nclass Body:\n    x = 1\n    inner = peek(frame())", names)

    assert "peek" in names
    body = names["Body"]
    assert isinstance(body, type)
    assert vars(body)["x"] == vars(body)["inner"]["x"] == 1


def _counts(base: int) -> tuple[int, int, int]:
    first = base + 1

    def inner() -> int:
        return base

    base = 10
    return first, base, inner()


@pytest.mark.parametrize("last", ["return", "call", "line"])
@pytest.mark.parametrize("put", [sys.settrace, sys.setprofile])
def test_who_is_traced_keeps_its_variables(put: Callable[[object], None], last: str) -> None:
    """Also when the trace function is no longer in when it is asked."""
    last = "call" if put is sys.setprofile and last == "line" else last
    seen: list[tuple[str, object]] = []

    def looks(frame: FrameType, event: str, _arg: object) -> object:
        if frame.f_code is _counts.__code__:
            if event == last:
                put(None)  # as who lets its program go does
            seen.append((event, peek(frame).get("base")))
        return looks

    before = sys.gettrace()
    put(looks)
    try:
        found = _counts(1)
    finally:
        put(None)
        sys.settrace(before)

    assert found == (2, 10, 10)
    assert seen[0] == ("call", 1)
    assert seen[-1][0] == last


def test_what_runs_in_another_thread_keeps_its_variables() -> None:
    inside, go_on = threading.Event(), threading.Event()
    found: list[object] = []

    def holds(frame: FrameType, _event: str, _arg: object) -> None:
        if frame.f_code is works.__code__ and not inside.is_set():
            found.append(frame)
            inside.set()
            go_on.wait()

    def works(value: int) -> None:
        found.append(value + 1)

    def starts() -> None:
        sys.settrace(holds)
        works(1)

    thread = threading.Thread(target=starts)
    thread.start()
    inside.wait()
    frame = found[0]
    assert isinstance(frame, FrameType)
    assert peek(frame) | {"found": 0} == {"value": 1, "found": 0}
    go_on.set()
    thread.join()

    assert found[1:] == [2]
