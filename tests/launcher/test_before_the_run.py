"""Code before `trio.run`: `--stop-at-entry`, `restart`, and lines that have run."""

from __future__ import annotations

from pathlib import Path

import pytest

from .side_by_side import debugged, run

LIBRARY = """\
VALUE = 7
for i in range(2):
    VALUE += i

def double(n):
    return 2 * n
"""

PROGRAM = """\
import trio
import library
start = 1
def make():
    return start + 1
class Kept:
    attribute = 5
async def main(n):
    await trio.lowlevel.checkpoint()
    print("got", library.double(n))
for n in range(2):
    made = make()
    trio.run(main, n)
end = 3
"""


def session(path: Path, *lines: str, options: tuple[str, ...] = ()) -> str:
    """What the debugger and the program write."""
    (path / "library.py").write_text(LIBRARY)
    (path / "program.py").write_text(PROGRAM)
    command = [*debugged(options=options), "program.py"]
    typed = "".join(f"{line}\n" for line in lines).encode()
    return run(command, cwd=path, stdin=typed, merged=True).stdout.decode()


def stops(text: str) -> list[str]:
    """The lines at which the program has stopped, by their numbers."""
    marked = (line for line in text.splitlines() if line[4:].startswith(("->", " ->", "b->")))
    return [line.split()[0] for line in marked]


def test_stop_at_entry_stops_before_the_first_line(tmp_path: Path) -> None:
    lines = ("p 'start' in globals()", "next", "break 12", "continue", "p start", "clear 1")
    text = session(tmp_path, *lines, "step", "continue", options=("--stop-at-entry",))
    assert "\nstart: outside of any run, in thread MainThread\n" in text
    assert "(stepdbg) p 'start' in globals()\nFalse\n" in text
    assert "(stepdbg) p start\n1\n" in text
    assert "start: step 1 of main (1)" in text  # `step` goes to the run's first one
    assert stops(text) == ["1", "2", "12", "8"]
    assert text.count("got 2\n") == 1


def test_continue_from_there_stops_at_no_run(tmp_path: Path) -> None:
    text = session(tmp_path, "continue", options=("--stop-at-entry",))
    assert text.count("start: ") == 1
    assert text.count("got 2\n") == 1


def test_the_first_commands_are_for_that_stop(tmp_path: Path) -> None:
    options = ("--stop-at-entry", "-c", "p __name__", "-c", "continue")
    text = session(tmp_path, options=options)
    assert "'__main__'" in text
    assert text.count("got 2\n") == 1


@pytest.mark.parametrize("place", ["program.py:3", "program.py:5", "library.py:1", "library.py:3"])
def test_restart_sets_breakpoints_before_the_first_line(place: str, tmp_path: Path) -> None:
    text = session(tmp_path, f"break {place}", "restart", "break", "quit")
    after = text.split("(stepdbg) restart\n")[1]
    assert after.startswith(f"\nbreakpoint 1: {place}\n")
    assert "start: " not in after
    assert f"1  on  {place}  1 hit" in after
    assert "without running Trio" not in after  # the user has quit: that is no news


def test_all_of_what_was_set_up_comes_along(tmp_path: Path) -> None:
    lines = ("break program.py:3", "break program.py:12", "commands", "p start + 10", "end")
    others = ("tbreak program.py:14", "display start", "restart")
    text = session(tmp_path, *lines, *others, "continue", "break", *["continue"] * 3, "quit")
    after = text.split("(stepdbg) restart\n")[1]
    assert stops(after) == ["3", "12", "12", "14"]
    assert after.count("(stepdbg) p start + 10\n11\n") == 2
    assert "display 1: start = 1" in after


def test_without_breakpoints_there_restart_stops_at_the_start(tmp_path: Path) -> None:
    text = session(tmp_path, "break task nobody", "restart", "break", "continue")
    after = text.split("(stepdbg) restart\n")[1]
    assert after.startswith("\nstart: step 1 of main (1)")
    assert "1  on  task nobody  not hit yet" in after
    assert text.count("got 2\n") == 1


@pytest.mark.parametrize("place", ["3", "7", "library.py:1", "library.py:3"])
def test_a_line_that_is_over_says_so(place: str, tmp_path: Path) -> None:
    text = session(tmp_path, f"break {place}", "continue")
    number = place.rpartition(":")[2]
    assert f"the program is past line {number}, which runs once: after `restart`" in text


GUARDED = """\
import sys
import trio
async def main():
    await trio.lowlevel.checkpoint()
if len(sys.argv) > 5:
    print("never")
else:
    print("once")
for attempt in range(2):
    if attempt:
        print("again")
try:
    if sys.argv:
        trio.run(main)
except ValueError:
    print("caught")
while len(sys.argv) > 7:
    print("never")
"""


@pytest.mark.parametrize(
    ("line", "over"),
    [
        *((5, True), (6, True), (8, True), (9, True), (10, True), (11, True), (13, True)),
        *((16, False), (17, False), (18, False)),
    ],
)
def test_a_line_that_no_way_leads_to_any_more_is_over(
    line: int, over: bool, tmp_path: Path
) -> None:
    """A condition has code for both of its ways, and one of these may stand behind the run."""
    (tmp_path / "guarded.py").write_text(GUARDED)
    command = [*debugged(options=()), "guarded.py"]
    text = run(command, cwd=tmp_path, stdin=f"break {line}\nquit\n".encode(), merged=True).stdout
    assert b"breakpoint 1 set: " in text
    assert (b"the program is past" in text) == over


@pytest.mark.parametrize("place", ["12", "13", "14", "5", "9", "10", "library.py:6", "4", "8"])
def test_no_line_that_is_to_come_says_so(place: str, tmp_path: Path) -> None:
    """Ahead of the program, in a loop that it is in, or in a function."""
    text = session(tmp_path, f"break {place}", "quit")
    assert "breakpoint 1 set: " in text
    assert "the program is past" not in text


@pytest.mark.parametrize("place", ["3", "6", "7", "12", "14", "library.py:3"])
def test_nothing_is_over_at_the_entry(place: str, tmp_path: Path) -> None:
    text = session(tmp_path, f"break {place}", "quit", options=("--stop-at-entry",))
    assert "breakpoint 1 set: " in text
    assert "the program is past" not in text
