"""Random programs do under the debugger what they do without it, event by event."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from tests.launcher.side_by_side import PROGRAMS, Outcome, debugged, plain, run

REAL = PROGRAMS.parent / "real"
PROGRAM = ("random_programs.py", "0", "40")

CONTINUE = ("-c", "continue")


def stopping(breakpoint_: str) -> tuple[str, ...]:
    """Options to stop at a breakpoint, each time to continue at once."""
    commands = (breakpoint_, "commands 1", "continue", "end", "continue")
    return tuple(word for command in commands for word in ("-c", command))


WAYS = {
    "nothing set": CONTINUE,
    "recorder": ("--record", *CONTINUE),
    "never matching": ("-c", "break task nobody ;; break exception OSError", *CONTINUE),
    "every step": stopping("break task *"),
    "a function": stopping("break :acts"),
}


@cache
def bare() -> Outcome:
    return run([*plain(), *PROGRAM], cwd=REAL)


def beside(options: Sequence[str]) -> list[str]:
    """The command of the debugger that speaks on a channel of its own, for nobody to hear."""
    aside = ["sh", "-c", 'exec "$@" 9>/dev/null', "sh"]
    return [*aside, *debugged(options=("--json-fd=9", *options))]


def happened(outcome: Outcome) -> dict[str, list[str]]:
    """The events of each program, by its first line: who did what, when, and how it ended."""
    programs: dict[str, list[str]] = {}
    for line in outcome.stdout.decode().splitlines():
        if line.startswith("program "):
            events = programs[line] = []
        else:
            events.append(line)
    return programs


@pytest.mark.parametrize("way", WAYS)
def test_the_same_happens(way: str) -> None:
    held = run([*beside(WAYS[way]), *PROGRAM], cwd=REAL)

    expected = happened(bare())
    for program, events in happened(held).items():
        for event, as_bare in zip(events, expected[program], strict=False):
            assert event == as_bare, program
        assert len(events) == len(expected[program]), program
    assert held == bare()


def test_much_happens() -> None:
    """The programs are worth comparing: they fail, are cancelled, and talk to each other."""
    programs = happened(bare())

    assert len(programs) == 40
    assert len({tuple(events) for events in programs.values()}) == 40, "no two are alike"
    assert sum(len(events) > 30 for events in programs.values()) > 30
    text = bare().stdout.decode()
    for word in ("cancelled", "received", "has the lock", "caught", "started", "heard", "got"):
        assert text.count(word) > 20, word
    assert text.count("\nraised ") > 5
