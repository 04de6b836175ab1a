"""`rnext`: the lines of a task, backwards."""

from __future__ import annotations

import re

from tests.debuggee import Program

from .recorded import told

PROGRAM, FAILING = Program.load("lines_back"), Program.load("lines_back_failing")

MOST = 60
"""Lines that the program runs at most; the number depends on the version of Python."""


def places(program: Program, *lines: str, options: tuple[str, ...] = ()) -> list[int]:
    """At which line each stop is, 0 at the exit of the task."""
    said = told(program.path, lines, *options)
    found = re.findall(rf"^exit:|^{program.path.name}:(\d+) in ", said, re.MULTILINE)
    return [int(each or 0) for each in found]


def test_it_comes_back_over_all_lines_in_their_reverse_order() -> None:
    """A stride of five is as five of one line, so that few of them pass all lines."""
    begin = ("tbreak :main", "continue")
    forth = places(PROGRAM, *begin, *["next"] * MOST, "quit!")
    lines = forth[1:]
    assert (lines[0], lines[-1]) == (PROGRAM.line("first"), 0)
    count, strides, left = len(lines) - 1, [], len(lines) - 1
    for stride in range(1, MOST):
        strides.append(min(stride, left))
        left -= strides[-1]
        if not left:
            break
    back = [f"rnext {stride}" for stride in strides]
    there = places(PROGRAM, *begin, *["next"] * count, *back, "rnext", "rnext", "quit!", "quit!")
    expected = [lines[count - sum(strides[: at + 1])] for at in range(len(strides))]
    shown = there[len(forth) :]
    assert shown[: len(strides)] == expected
    before_first = forth[0]
    assert shown[len(strides) : len(strides) + 2] == [before_first, before_first]


def test_a_call_is_left_by_its_line_and_the_frame_in_view_counts() -> None:
    callee, end = PROGRAM.line("callee"), PROGRAM.line("callee end")
    calls = PROGRAM.line("calls")
    in_call = ("rnext", "rnext", "rnext", "next", "goto now")
    around_it = ("up", "rnext", "rnext", "quit", "quit!")
    there = places(PROGRAM, f"break {end}", "continue", *in_call, *around_it)
    assert there[1:5] == [end, end - 1, callee, calls]
    up = calls
    assert there[6:] == [end, up, calls, calls - 1, end]


def test_it_begins_at_a_pause_a_failure_and_in_another_task() -> None:
    lines = (
        *("continue", "rnext", "goto now", "continue"),
        *("rnext", "rnext", "p 'last', number", "rnext 2", "p 'earlier', number", "goto now"),
        *("task waits", "rnext", "rnext", "quit", "quit!"),
    )
    said = told(FAILING.path, lines, "--stop-on-failure")
    stops = re.findall(rf"^{FAILING.path.name}:(\d+) in ", said, re.MULTILINE)
    marks = [FAILING.mark(int(line)) for line in stops[1:]]
    failure = ["divides", "divides", "rest", "loop", "divides"]
    assert marks == ["pause", "pause", "pause", *failure, "waits", "before", "divides"]
    assert said.index("('last', 1)") < said.index("('earlier', 2)")
    assert "breakpoint()" in said
