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


@pytest.mark.parametrize("way", WAYS)
def test_the_same_happens(way: str) -> None:
    assert run([*beside(WAYS[way]), *PROGRAM], cwd=REAL) == bare()


def test_much_happens() -> None:
    """The programs are worth comparing: they fail, are cancelled, and talk to each other."""
    text = bare().stdout.decode()

    assert text.count("\nprogram ") == 39
    for word in ("raised ExceptionGroup", "cancelled", "received", "has the lock", "caught"):
        assert text.count(word) > 10, word
