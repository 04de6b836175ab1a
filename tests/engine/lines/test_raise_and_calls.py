"""Raises are told once, where they happen; calls are told where they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import CodeType
from typing import cast

import pytest

from tests.engine.lines.recording import load, watching

RAISES = [
    pytest.param(
        """
def inner():
    raise KeyError
def main():
    try: inner()
    finally: pass
""",
        ["raise inner KeyError"],
        id="passes through a caller with a finally",
    ),
    pytest.param(
        """
def main():
    try: {}[1]
    except KeyError: pass
    int("x")
""",
        ["raise main KeyError", "raise main ValueError"],
        id="raised by C code, caught or not",
    ),
    pytest.param(
        """
def inner():
    try: 1 / 0
    except ZeroDivisionError: raise
def main():
    try: inner()
    except ZeroDivisionError as error: raise error
""",
        ["raise inner ZeroDivisionError"],
        id="raised again",
    ),
    pytest.param(
        """
def main():
    try: 1 / 0
    except ZeroDivisionError as error: raise KeyError from error
""",
        ["raise main ZeroDivisionError", "raise main KeyError"],
        id="raised from another",
    ),
    pytest.param(
        """
def main():
    try: 1 / 0
    except ZeroDivisionError as error: kept = error
    raise kept.with_traceback(None)
""",
        ["raise main ZeroDivisionError", "raise main ZeroDivisionError"],
        id="raised again without its traceback",
    ),
    pytest.param(
        """
def gen():
    try: yield 1
    except ValueError: yield 2
def main():
    for x in gen(): pass
    g = gen()
    next(g)
    g.throw(ValueError)
    for x in g: pass
""",
        ["raise gen ValueError"],
        id="thrown into a generator, which ends in silence",
    ),
    pytest.param(
        """
async def inner(): return 1
async def outer(): return await inner()
def main():
    try: outer().send(None)
    except StopIteration: pass
""",
        ["raise main StopIteration"],
        id="the end of a coroutine is told only to who drives it",
    ),
]


def is_program(code: CodeType) -> bool:
    return code.co_filename == "program.py"


@pytest.mark.parametrize(("source", "expected"), RAISES)
def test_raise(source: str, expected: list[str]) -> None:
    namespace, _codes = load(source)
    main = cast(Callable[[], object], namespace["main"])

    def call() -> None:
        with suppress(KeyError, ValueError, ZeroDivisionError):
            main()

    with watching() as (events, recorder):
        events.watch_raise(is_program)
        call()
        events.watch_raise(None)
        assert recorder.take() == expected
        call()
        assert recorder.take() == []


def test_raise_in_a_frame_that_runs_already() -> None:
    namespace, _codes = load("""
def main(hook):
    hook()
    raise KeyError
""")
    main = cast(Callable[[object], object], namespace["main"])
    with watching() as (events, recorder):
        with pytest.raises(KeyError):
            main(lambda: events.watch_raise(is_program))
        assert recorder.take() == ["raise main KeyError"]


CALLS = """
class K:
    @property
    def p(self):
        return 1
    def __add__(self, other):
        return 2
def gen():
    yield 1
def plain():
    return 1
def main():
    plain()
    K().p + (K() + K())
    sorted([1, 2], key=lambda x: x)
    list(gen())
"""
STARTED = [
    "start main",
    "start plain",
    "start p",
    "start __add__",
    "start <lambda>",
    "start <lambda>",
    "start gen",
    "resume gen",
]


def test_calls() -> None:
    namespace, codes = load(CALLS)
    main = cast(Callable[[], object], namespace["main"])

    with watching() as (events, recorder):
        events.watch_calls(is_program)
        main()
        assert recorder.take() == STARTED
        events.watch_calls(None)
        main()
        assert recorder.take() == []
        # Places of code with a breakpoint are given up one by one: they must come back.
        events.break_lines(codes["plain"], {10})
        main()
        main()
        recorder.take()
        events.watch_calls(is_program)
        main()
        words = recorder.take()
        words.remove("line plain 10")
        assert words == STARTED
        events.follow([codes["plain"]])
        main()
        assert recorder.take().count("start plain") == 1, "followed and wanted: told once"


def test_the_callee_can_be_followed_from_its_start() -> None:
    namespace, codes = load(CALLS)
    main = cast(Callable[[], object], namespace["main"])
    with watching() as (events, recorder):
        events.watch_calls(lambda code: code is codes["plain"])
        recorder.reactions["start plain"] = lambda frame: events.follow([frame.f_code])
        main()
        assert recorder.take() == ["start plain", "line plain 10", "return plain"]
