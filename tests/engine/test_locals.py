"""Reading and writing the locals of frames that run and of frames that are suspended."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Generator
from types import FrameType
from typing import Any

import pytest

from stepdbg.engine.typed.evaluate import evaluate
from stepdbg.engine.typed.locals import (
    argument_names,
    delete_local,
    frame_locals,
    local_names,
    set_local,
)
from stepdbg.model.errors import NotNow


class Suspend:
    def __await__(self) -> Generator[None, None, None]:
        yield


def generator(first: int, cell: int = 2) -> Generator[object, None, None]:
    plain = 3

    def inner() -> int:
        return cell

    yield None
    later = 4
    yield first, cell, plain, inner(), later


async def coroutine(first: int, cell: int = 2) -> object:
    plain = 3

    def inner() -> int:
        return cell

    await Suspend()
    later = 4
    return first, cell, plain, inner(), later


async def async_generator(first: int, cell: int = 2) -> AsyncGenerator[object, None]:
    plain = 3

    def inner() -> int:
        return cell

    await Suspend()
    later = 4
    yield first, cell, plain, inner(), later


def suspended_generator() -> tuple[FrameType, Callable[[], object]]:
    made = generator(1)
    next(made)
    return frame_of(made), lambda: next(made)


def suspended_coroutine() -> tuple[FrameType, Callable[[], object]]:
    made = coroutine(1)
    made.send(None)
    return frame_of(made), lambda: finished(lambda: made.send(None))


def suspended_async_generator() -> tuple[FrameType, Callable[[], object]]:
    made = async_generator(1)
    step = made.__anext__()
    step.__await__().__next__()
    return frame_of(made), lambda: finished(step.__await__().__next__)


def frame_of(made: object) -> FrameType:
    for attribute in ("gi_frame", "cr_frame", "ag_frame"):
        found = getattr(made, attribute, None)
        if found is not None:
            assert isinstance(found, FrameType)
            return found
    raise AssertionError(made)


def finished(step: Callable[[], object]) -> object:
    with pytest.raises(StopIteration) as stop:
        step()
    result: object = stop.value.value
    return result


SUSPENDED = pytest.mark.parametrize(
    "make", [suspended_generator, suspended_coroutine, suspended_async_generator]
)
Make = Callable[[], tuple[FrameType, Callable[[], object]]]


@SUSPENDED
def test_reading_a_suspended_frame_parameters_first(make: Make) -> None:
    frame, finish = make()
    found = frame_locals(frame)
    assert list(found)[:2] == ["first", "cell"]
    assert (found["first"], found["cell"], found["plain"]) == (1, 2, 3)
    assert "later" not in found
    assert finish() == (1, 2, 3, 2, 4)


@SUSPENDED
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("first", ("new", 2, 3, 2, 4)),
        ("cell", (1, "new", 3, "new", 4)),
        ("plain", (1, 2, "new", 2, 4)),
    ],
)
def test_writing_a_suspended_frame(make: Make, name: str, expected: object) -> None:
    frame, finish = make()
    set_local(frame, name, "new")
    assert frame_locals(frame)[name] == "new"
    assert finish() == expected


@SUSPENDED
def test_binding_a_name_that_is_not_bound_yet(make: Make) -> None:
    frame, finish = make()
    set_local(frame, "later", "early")
    assert frame_locals(frame)["later"] == "early"
    assert finish() == (1, 2, 3, 2, 4)


def test_writing_a_frame_that_has_not_begun() -> None:
    made = generator(1)
    set_local(frame_of(made), "first", "new")
    set_local(frame_of(made), "cell", "also")
    next(made)
    assert next(made) == ("new", "also", 3, "also", 4)


def test_writing_a_running_frame() -> None:
    value = cell = free = 1

    def inner() -> tuple[int, int]:
        nonlocal free
        set_local(sys._getframe(), "free", 5)
        return cell, free

    set_local(sys._getframe(), "value", 3)
    set_local(sys._getframe(), "cell", 4)
    assert inner() == (4, 5)
    assert (value, cell, free) == (3, 4, 5)


def test_writing_leaves_the_other_variables_alone() -> None:
    frame, finish = suspended_generator()
    stale = frame.f_locals
    set_local(frame, "plain", 10)
    set_local(frame, "first", 11)
    assert frame_locals(frame)["plain"] == 10
    del stale
    assert finish() == (11, 2, 10, 2, 4)


def test_a_class_body_sees_the_function_around_it() -> None:
    around = "from the function"
    frames = []

    class Body:
        own = 1
        frames.append(frame_locals(sys._getframe()))
        set_local(sys._getframe(), "grown", 2)
        used = around

    found = frames[0]
    assert (found["own"], found["around"]) == (1, "from the function")
    assert Body.grown == 2  # type: ignore[attr-defined]
    assert Body.used == around


def test_the_frame_of_a_module() -> None:
    namespace = {"set_local": set_local, "frame_locals": frame_locals, "sys": sys}
    exec(
        "x = 1; set_local(sys._getframe(), 'y', 2); found = frame_locals(sys._getframe())",
        namespace,
    )
    assert namespace["y"] == 2
    found = namespace["found"]
    assert isinstance(found, dict)
    assert (found["x"], found["y"]) == (1, 2)


def test_made_up_names_are_not_shown() -> None:
    made = (sys._getframe() for _ in (1,))
    frame = next(made)
    assert ".0" not in frame_locals(frame)
    assert ".0" not in local_names(frame.f_code)
    assert argument_names(frame.f_code) == ()


def test_a_snapshot_may_be_changed() -> None:
    value = 1
    frame_locals(sys._getframe())["value"] = 2
    assert value == 1


def test_a_function_cannot_grow_names() -> None:
    with pytest.raises(NotNow, match="has no local variable nonsense"):
        set_local(sys._getframe(), "nonsense", 1)


def test_deleting() -> None:
    frame, finish = suspended_generator()
    if sys.version_info >= (3, 12):
        with pytest.raises(NotNow, match="give it another value: plain = None"):
            delete_local(frame, "plain")
        assert finish() == (1, 2, 3, 2, 4)
        return
    delete_local(frame, "plain")
    assert "plain" not in frame_locals(frame)
    with pytest.raises(UnboundLocalError):
        finish()


def test_deleting_in_a_namespace_that_is_a_dict() -> None:
    class Body:
        gone = 1
        delete_local(sys._getframe(), "gone")

    assert not hasattr(Body, "gone")


def test_deleting_what_is_not_bound() -> None:
    frame, _ = suspended_generator()
    with pytest.raises(NotNow, match="later has no value here"):
        delete_local(frame, "later")


def test_a_trace_function_does_not_undo_what_a_nested_function_changed() -> None:
    def function() -> int:
        cell = 1

        def change() -> None:
            nonlocal cell
            cell = 2

        return cell if callable(change) else 0

    def trace(frame: FrameType, _event: str, _arg: object) -> Any:
        if frame.f_code is function.__code__ and "change" in frame_locals(frame):
            evaluate(frame, "change()")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        result = function()
    finally:
        sys.settrace(before)
    assert result == 2


def all_kinds(a, /, b, *args, c, d=1, **kwargs): ...  # type: ignore[no-untyped-def]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (all_kinds, ("a", "b", "args", "c", "d", "kwargs")),
        (lambda: 1, ()),
        (lambda *args: args, ("args",)),
        (lambda *, only: only, ("only",)),
        (lambda **kwargs: [a for a in kwargs if a], ("kwargs",)),
    ],
)
def test_arguments_come_in_the_order_of_the_def(
    function: Callable[..., object], expected: tuple[str, ...]
) -> None:
    assert argument_names(function.__code__) == expected
