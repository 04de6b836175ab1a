"""Lines asked for one by one: in frames that begin, run, or are suspended, on any thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from types import FrameType
from typing import cast

import pytest

from tests.engine.lines.recording import Namespace, load, watching

LOOP = """
def main(n=3):
    total = 0
    for i in range(n):
        total += i
        if total < 0:
            total = 1
    return total
"""


def function(namespace: Namespace, name: str = "main") -> Callable[..., object]:
    return cast(Callable[..., object], namespace[name])


def test_only_the_lines_asked_for() -> None:
    namespace, codes = load(LOOP)
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {4})
        assert function(namespace)() == 3
        assert recorder.take() == ["line main 4"] * 3
        events.break_lines(codes["main"], {6})
        function(namespace)()
        assert recorder.take() == []


def test_a_line_that_was_passed_before_can_be_asked_for_later() -> None:
    namespace, codes = load(LOOP)
    main = function(namespace)
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {2})
        main()
        main()
        events.break_lines(codes["main"], {2, 7})
        recorder.take()
        main()
        main()
        assert recorder.take() == ["line main 2", "line main 7"] * 2
        events.break_lines(codes["main"], {7})
        main()
        assert recorder.take() == ["line main 7"]
        events.break_lines(codes["main"], ())
        main()
        assert recorder.take() == []


@pytest.mark.parametrize("source", ["def main(): return 1", "main = lambda: 1"])
def test_one_line_functions_are_reported_every_time(source: str) -> None:
    namespace, codes = load(source)
    code = codes.get("main") or codes["<lambda>"]
    with watching() as (events, recorder):
        events.break_lines(code, {1})
        for _ in range(3):
            function(namespace)()
        assert recorder.take() == [f"line {code.co_name} 1"] * 3
        events.watch_calls(lambda _code: False)
        function(namespace)()
        events.watch_calls(None)
        function(namespace)()
        assert recorder.take() == [f"line {code.co_name} 1"] * 2


def test_a_loop_that_stays_on_its_line() -> None:
    namespace, codes = load("""
def main(left):
    while left: left.pop()
    for i in range(2): [j for j in range(3)]
""")
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {2, 3})
        function(namespace)([1, 2])
        # From 3.14 on the jump back comes before the condition is asked, as `sys.settrace` tells.
        asked = 3 if sys.version_info >= (3, 14) else 2
        assert recorder.take() == ["line main 2"] * asked + ["line main 3"] * 3


def test_a_frame_that_runs_already() -> None:
    namespace, codes = load("""
def main(hook):
    x = 1
    hook()
    y = 2
    return x + y
""")
    main = function(namespace)
    main(lambda: None)
    with watching() as (events, recorder):
        main(lambda: events.break_lines(codes["main"], {5}))
        assert recorder.take() == ["line main 5"]


def test_a_frame_that_is_suspended() -> None:
    namespace, codes = load("""
def main():
    yield 1
    x = 2
    yield x

async def coro():
    await Once()
    return 1

class Once:
    def __await__(self): yield
""")
    generator = cast(Generator[int], function(namespace)())
    next(generator)
    coro = cast("Generator[object, None, int]", function(namespace, "coro")())
    coro.send(None)
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {3})
        events.break_lines(codes["coro"], {8})
        assert next(generator) == 2
        with pytest.raises(StopIteration):
            coro.send(None)
        assert recorder.take() == ["line main 3", "line coro 8"]


def test_a_thread_that_runs_already() -> None:
    namespace, codes = load("""
stop = False
def main(started):
    started.set()
    while not stop:
        x = 1
""")
    started = threading.Event()
    thread = threading.Thread(target=function(namespace), args=(started,))
    thread.start()
    started.wait()

    def end(_frame: FrameType) -> None:
        namespace["stop"] = True

    with watching() as (events, recorder):
        recorder.reactions["line main 5"] = end
        try:
            events.break_lines(codes["main"], {5})
            thread.join(10)
        finally:
            namespace["stop"] = True
            thread.join()
        assert recorder.take() == ["line main 5"]
        assert recorder.threads == {thread.ident}


def test_a_thread_that_starts_later() -> None:
    namespace, codes = load(LOOP)
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {7})
        thread = threading.Thread(target=function(namespace))
        thread.start()
        thread.join()
        assert recorder.take() == ["line main 7"]


def test_equal_code_of_two_files_is_kept_apart() -> None:
    one, one_codes = load(LOOP, "one.py")
    two, two_codes = load(LOOP, "two.py")
    assert one_codes["main"] == two_codes["main"], "CPython compares without the file"
    with watching() as (events, recorder):
        events.break_lines(one_codes["main"], {7})
        events.break_lines(two_codes["main"], {2})
        function(one)()
        assert recorder.take() == ["line main 7"]
        function(two)()
        assert recorder.take() == ["line main 2"]
        events.follow([one_codes["main"], two_codes["main"]])
        function(one)(0)
        function(two)(0)
        assert recorder.take().count("start main") == 2


def test_followed_lines_and_lines_asked_for_are_reported_once() -> None:
    namespace, codes = load(LOOP)
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {2})
        events.follow([codes["main"]])
        function(namespace)(0)
        assert [word for word in recorder.take() if word.startswith("line")] == [
            "line main 2",
            "line main 3",
            "line main 7",
        ]
        events.follow([])
        function(namespace)(0)
        assert recorder.take() == ["line main 2"]
        events.follow([codes["main"]])
        function(namespace)(0)
        assert len(recorder.take()) == 5, "places given up are back"


def test_what_is_watched_may_change_at_a_line() -> None:
    namespace, codes = load(LOOP)
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {4})
        recorder.reactions["line main 4"] = lambda _frame: events.break_lines(codes["main"], {5, 7})
        recorder.reactions["line main 7"] = lambda _frame: events.break_lines(codes["main"], ())
        function(namespace)()
        function(namespace)()
        assert recorder.take() == ["line main 4"] + ["line main 5"] * 3 + ["line main 7"]


def test_follow_begins_in_a_frame_and_reaches_its_caller() -> None:
    namespace, codes = load("""
def inner():
    x = 1
    return x
def main():
    y = inner()
    return y
""")
    with watching() as (events, recorder):
        events.break_lines(codes["inner"], {2})
        recorder.reactions["line inner 2"] = lambda _frame: events.follow(
            [codes["inner"], codes["main"]]
        )
        function(namespace)()
        assert recorder.take() == [
            "line inner 2",
            "line inner 3",
            "return inner",
            "line main 6",
            "return main",
        ]


class Quit(BaseException):
    """What a sink raises into the program."""


def test_an_exception_raised_at_a_line_is_the_programs_and_lines_go_on() -> None:
    namespace, codes = load("""
done = []
def helper():
    return len(done)
def main():
    try:
        done.append("ran")
    finally:
        helper()
        done.append("cleaned")
""")

    def quit_now(_frame: FrameType) -> None:
        raise Quit

    with watching() as (events, recorder):
        events.break_lines(codes["main"], {6, 9})
        events.break_lines(codes["helper"], {3})
        recorder.reactions["line main 6"] = quit_now
        with pytest.raises(Quit):
            function(namespace)()
        assert namespace["done"] == ["cleaned"]
        words = recorder.take()
        assert words[0] == "line main 6"
        assert words[-1] == "line main 9"
        recorder.reactions.clear()
        function(namespace)()
        assert recorder.take() == ["line main 6", "line helper 3", "line main 9"]


def test_an_exception_raised_at_the_start_is_the_callers() -> None:
    namespace, codes = load("""
def inner():
    return 1
def main():
    try:
        inner()
    except KeyError:
        return 2
""")

    def fail(_frame: FrameType) -> None:
        raise KeyError

    with watching() as (events, recorder):
        events.follow([codes["inner"]])
        recorder.reactions["start inner"] = fail
        assert function(namespace)() == 2


def test_code_evaluated_at_a_line_is_not_watched() -> None:
    namespace, codes = load(LOOP + "\ndef other():\n    return 1\n")
    other = function(namespace, "other")
    results: list[object] = []
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {2})
        events.break_lines(codes["other"], {10})
        recorder.reactions["line main 2"] = lambda _frame: results.append(other())
        function(namespace)()
        assert recorder.take() == ["line main 2"]
        assert results == [1]
        assert other() == 1
        assert recorder.take() == ["line other 10"]


def test_nothing_is_left_after_close() -> None:
    namespace, codes = load(LOOP)
    before = sys.gettrace(), sys.settrace, threading.gettrace(), sys.getprofile()
    with watching() as (events, recorder):
        events.follow([codes["main"]])
        events.break_lines(codes["main"], {2})
        events.watch_raise(lambda _code: True)
        events.watch_calls(lambda code: code is codes["main"])
        events.close()
        events.close()
        function(namespace)()
        assert recorder.take() == []
    assert (sys.gettrace(), sys.settrace, threading.gettrace(), sys.getprofile()) == before
    if sys.version_info >= (3, 12):
        assert [sys.monitoring.get_tool(tool) for tool in (0, 3, 4, 5)] == [None] * 4
