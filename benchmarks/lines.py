"""What line events cost: ``python -m benchmarks.lines [PAIRS]`` prints a Markdown table.

Each row is a workload and something that is watched, measured bare and watched in turn
(A B A B) in one process; the medians of the pairs' ratios and of the nanoseconds added to
each round.  The row ``nothing`` is the control: what the machine alone adds.

Owns: workloads and settings of line events.  Does not own: whole runs (`benchmarks.pairs`).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType

import trio

from stepdbg.engine.breaking.breakpoints import BreakpointTable
from stepdbg.engine.breaking.line_breaks import LineBreaks, plant
from stepdbg.engine.lines.interface import LineEvents, open_line_events
from stepdbg.model.breakpoints import BreakpointSpec, FunctionTarget, LineTarget

ROUNDS = 100_000
Workload = Callable[[int], object]


class RefusingSink:
    """Says no to everything, after the look that a breakpoint of another task needs."""

    def __init__(self) -> None:
        self.task = object()
        self.asked = 0

    def on_line(self, frame: FrameType, line: int) -> None:  # noqa: ARG002 -- the protocol's
        """Refuse."""
        if frame is self.task:
            self.asked += 1

    def on_start(self, frame: FrameType) -> None:
        """Refuse."""

    def on_resume(self, frame: FrameType) -> None:
        """Refuse."""

    def on_return(self, frame: FrameType, value: object) -> None:
        """Refuse."""

    def on_unwind(self, frame: FrameType, error: BaseException) -> None:
        """Refuse."""

    def on_raise(self, frame: FrameType, error: BaseException) -> None:
        """Refuse."""


def codes(rounds: int) -> None:
    """Code objects that run once, one in ten rounds."""
    code = compile("1 + 1", "<string>", "eval")
    for number in range(rounds // 10):
        eval(code.replace(co_firstlineno=number + 1))


FUNCTIONS = 1_000


@functools.cache
def long_file() -> str:
    """The path of a loaded file with many functions, of four lines each."""
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
        file.writelines(f"def f{n}(x):\n    x += 1\n    return x\n\n" for n in range(FUNCTIONS))
    atexit.register(os.unlink, file.name)
    text = Path(file.name).read_text(encoding="utf-8")
    exec(compile(text, file.name, "exec"), loaded.setdefault(file.name, {}))
    return file.name


loaded: dict[str, dict[str, object]] = {}


def _planted(events: LineEvents, targets: Iterable[LineTarget | FunctionTarget]) -> None:
    table = BreakpointTable()
    for target in targets:
        table.add(BreakpointSpec(target))
    plant(LineBreaks(), events, table.on_lines)


def break_long_file(events: LineEvents) -> None:
    """One breakpoint in a long file."""
    _planted(events, [LineTarget(long_file(), 2)])


def break_many(events: LineEvents) -> None:
    """A breakpoint in each function of a long file."""
    _planted(events, [LineTarget(long_file(), 4 * n + 2) for n in range(FUNCTIONS)])


def break_functions(events: LineEvents) -> None:
    """As many breakpoints on functions."""
    _planted(events, [FunctionTarget(f"module.f{n}") for n in range(FUNCTIONS)])


def cold() -> int:
    """Never run."""
    return 1


def lines(rounds: int) -> int:
    """Plain lines."""
    x = 0
    for i in range(rounds):
        x += i  # the line that is met
        x ^= 3
        if x < 0:
            x = 1  # the line that never is
    return x


def calls(rounds: int) -> int:
    """Calls of a small function."""
    x = 0
    for _ in range(rounds):
        x = called(x)
    return x


def called(x: int) -> int:
    """The small function."""
    if x < 0:
        x = 1  # the line that never is
    return x + 1


def raises(rounds: int) -> None:
    """Exceptions, one in ten rounds."""
    for _ in range(rounds // 10):
        with contextlib.suppress(KeyError):
            fails()


def fails() -> None:
    """Raises."""
    raise KeyError


def checkpoints(rounds: int) -> None:
    """Steps of a Trio task, one in ten rounds."""
    trio.run(storm, rounds // 10)


async def storm(rounds: int) -> None:
    """The task."""
    for _ in range(rounds):
        await trio.lowlevel.checkpoint()


def first(function: Callable[..., object]) -> int:
    """The line of a function's ``def``."""
    return function.__code__.co_firstlineno


def break_cold(events: LineEvents) -> None:
    """A breakpoint in a function that never runs."""
    events.break_lines(cold.__code__, {first(cold) + 2})


def break_never(events: LineEvents) -> None:
    """Breakpoints on lines of hot functions that never run."""
    events.break_lines(lines.__code__, {first(lines) + 7})
    events.break_lines(called.__code__, {first(called) + 3})


def break_met(events: LineEvents) -> None:
    """Breakpoints on lines that run each round."""
    events.break_lines(lines.__code__, {first(lines) + 4})
    events.break_lines(called.__code__, {first(called) + 2})
    events.break_lines(storm.__code__, {first(storm) + 3})


def discover(events: LineEvents) -> None:
    """New code is told of."""
    events.discover(lambda _code: None)


def follow_cold(events: LineEvents) -> None:
    """A `next` of a function that is not running."""
    events.follow([cold.__code__])


def watch_calls(events: LineEvents) -> None:
    """An `into` that waits."""
    events.watch_calls(lambda _code: False)


def watch_raise(events: LineEvents) -> None:
    """A breakpoint on exceptions."""
    events.watch_raise(lambda _code: True)


def nothing(_events: LineEvents) -> None:
    """The control."""


ROWS: tuple[tuple[str, Workload, Callable[[LineEvents], None]], ...] = (
    ("lines: nothing", lines, nothing),
    ("lines: breakpoint in cold function", lines, break_cold),
    ("lines: breakpoint never met, hot function", lines, break_never),
    ("lines: breakpoint met and refused", lines, break_met),
    ("calls: nothing", calls, nothing),
    ("calls: breakpoint in cold function", calls, break_cold),
    ("calls: breakpoint never met, hot function", calls, break_never),
    ("calls: breakpoint met and refused", calls, break_met),
    ("calls: discovery on", calls, discover),
    ("calls: another function followed", calls, follow_cold),
    ("calls: `into` waits for another call", calls, watch_calls),
    ("new code (each of 10): nothing", codes, nothing),
    ("new code (each of 10): breakpoint in a file of 1,000 functions", codes, break_long_file),
    ("new code (each of 10): 1,000 breakpoints there", codes, break_many),
    ("new code (each of 10): 1,000 breakpoints on functions", codes, break_functions),
    ("raises (each of 10): another function followed", raises, follow_cold),
    ("raises (each of 10): raises watched", raises, watch_raise),
    ("checkpoints (each of 10): nothing", checkpoints, nothing),
    ("checkpoints (each of 10): breakpoint in cold function", checkpoints, break_cold),
    ("checkpoints (each of 10): breakpoint met and refused", checkpoints, break_met),
    ("checkpoints (each of 10): discovery on", checkpoints, discover),
)


def seconds(workload: Workload) -> float:
    """The CPU seconds of one run."""
    gc.collect()
    began = time.process_time()
    workload(ROUNDS)
    return time.process_time() - began


def pair(workload: Workload, watch: Callable[[LineEvents], None]) -> tuple[float, float]:
    """CPU seconds of a workload, bare and watched."""
    bare = seconds(workload)
    events = open_line_events(RefusingSink())
    try:
        watch(events)
        return bare, seconds(workload)
    finally:
        events.close()


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"Python {platform.python_version()}, {count} pairs\n")
    print("| workload: what is watched | ratio | added ns a round |\n| --- | ---: | ---: |")
    for title, workload, watch in ROWS:
        pairs = [pair(workload, watch) for _ in range(count + 1)][1:]
        ratio = statistics.median(watched / bare for bare, watched in pairs)
        added = statistics.median(watched - bare for bare, watched in pairs) / ROUNDS * 1e9
        print(f"| {title} | {ratio:.2f} | {added:+.0f} |", flush=True)


if __name__ == "__main__":
    main()
