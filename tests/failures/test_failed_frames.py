"""Frames whose variables can no longer be read."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator

import pytest

from stepdbg.engine.failing.failed_frames import FailedFrames, frames_of_error
from stepdbg.model.errors import NoSuchFrame

CAUGHT: list[BaseException] = []


def boom() -> None:
    raise ValueError("caught")


def catches() -> Iterator[int]:
    local = "kept"
    try:
        boom()
    except ValueError as error:
        CAUGHT.append(error)
    yield len(local)


def lets_through() -> Generator[None, None, None]:
    local = "kept"
    yield
    print(local)


def frames(error: BaseException) -> FailedFrames:
    return FailedFrames(None, tuple(frames_of_error(error)), 0)


def index_of(found: FailedFrames, function: str) -> int:
    return [each.place.function for each in found.entries].index(function)


def test_a_suspended_generator_that_is_gone() -> None:
    CAUGHT.clear()
    generator = catches()
    next(generator)
    found = frames(CAUGHT[0])
    index = index_of(found, "catches")
    assert found.frame_at(index).f_locals["local"] == "kept"
    del generator
    if sys.version_info[:2] == (3, 13):
        with pytest.raises(NoSuchFrame, match="is gone"):
            found.frame_at(index)
    else:
        assert found.frame_at(index).f_locals["local"] == "kept"
    CAUGHT.clear()


def test_a_generator_that_died_of_the_exception() -> None:
    generator = lets_through()
    next(generator)
    with pytest.raises(KeyError) as caught:
        generator.throw(KeyError("through"))
    del generator
    found = frames(caught.value)
    index = index_of(found, "lets_through")
    assert found.frame_at(index).f_locals["local"] == "kept"


def test_there_are_only_so_many() -> None:
    with pytest.raises(ValueError, match="caught") as caught:
        boom()
    with pytest.raises(NoSuchFrame, match="counted from 0"):
        frames(caught.value).frame_at(99)
