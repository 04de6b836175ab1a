"""Line events under Trio: many tasks in one function, told apart by frame alone."""

from __future__ import annotations

import threading
from types import FrameType

import trio

from tests.engine.lines.recording import Recorder, watching


async def worker(number: int, turns: int) -> int:
    total = 0
    for _ in range(turns):
        await trio.lowlevel.checkpoint()
        total += number
    return total


FIRST = worker.__code__.co_firstlineno


class OneFrame(Recorder):
    """Records the first frame that comes to a line, and counts what it refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen: FrameType | None = None
        self.refused = 0

    def on_line(self, frame: FrameType, line: int) -> None:
        if self.chosen is None:
            self.chosen = frame
        if frame is self.chosen:
            self.words.append(str(line - FIRST))
        else:
            self.refused += 1


def test_stepping_stays_in_one_of_many_tasks() -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for number in range(10):
                nursery.start_soon(worker, number, 100)

    sink = OneFrame()
    with watching(sink) as (events, _):
        events.follow([worker.__code__])
        trio.run(main)
    steps = ["1", *["2", "3", "4"] * 100, "2", "5"]
    assert [word for word in sink.words if word.isdigit()] == steps
    assert sink.refused == 9 * len(steps)


def test_cancellation_at_an_await() -> None:
    async def sleeper() -> str:
        try:
            await trio.sleep_forever()
        finally:
            done.append(1)
        return "never"

    async def main() -> None:
        with trio.move_on_after(0):
            await sleeper()

    done: list[int] = []
    first = sleeper.__code__.co_firstlineno
    with watching() as (events, recorder):
        events.follow([sleeper.__code__])
        trio.run(main)
        assert recorder.take() == [
            "start sleeper",
            f"line sleeper {first + 1}",
            f"line sleeper {first + 2}",
            "resume sleeper",
            f"line sleeper {first + 4}",
            "unwind sleeper Cancelled",
        ]


def test_worker_threads() -> None:
    def in_thread() -> int:
        return trio.from_thread.run_sync(called_back)

    def called_back() -> int:
        return threading.get_ident()

    async def main() -> None:
        await trio.to_thread.run_sync(lambda: None)  # so that the thread is there already
        events.break_lines(in_thread.__code__, {in_thread.__code__.co_firstlineno + 1})
        events.break_lines(called_back.__code__, {called_back.__code__.co_firstlineno + 1})
        assert await trio.to_thread.run_sync(in_thread) == threading.get_ident()

    with watching() as (events, recorder):
        trio.run(main)
        lines = [word.rsplit(" ", 1)[0] for word in recorder.take()]
        assert lines == ["line in_thread", "line called_back"]
        assert len(recorder.threads) == 2


def test_lines_asked_for_from_another_thread() -> None:
    rounds = 0
    stop = False

    async def main() -> None:
        nonlocal rounds
        while not stop:
            rounds += 1
            await trio.lowlevel.checkpoint()

    def end(_frame: FrameType) -> None:
        nonlocal stop
        stop = True

    line = main.__code__.co_firstlineno + 3
    with watching() as (events, recorder):
        recorder.reactions[f"line main {line}"] = end
        thread = threading.Thread(target=events.break_lines, args=(main.__code__, {line}))
        thread.start()
        trio.run(main)  # which goes on until the line has been met
        thread.join()
        assert recorder.take() == [f"line main {line}"]
