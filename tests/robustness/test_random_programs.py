"""Random programs do under the debugger what they do without it, event by event."""

from __future__ import annotations

from functools import cache

import pytest

from tests.launcher.side_by_side import PROGRAMS, Outcome, debugged, plain, run

REAL = PROGRAMS.parent / "real"
PROGRAM = ("random_programs.py", "0", "40")

CONTINUE = ("-c", "continue")
WAYS = {
    "nothing set": CONTINUE,
    "recorder": ("--record", *CONTINUE),
    "never matching": ("-c", "break task nobody", "-c", "break exception ZeroDivisionError")
    + CONTINUE,
    "every step": ("-c", "break task *", "-c", "commands 1", *CONTINUE, "-c", "end", *CONTINUE),
    "every line": ("-c", "break :acts", "-c", "commands 1", *CONTINUE, "-c", "end", *CONTINUE),
}


@cache
def bare() -> Outcome:
    return run([*plain(), *PROGRAM], cwd=REAL)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_happens(way: str) -> None:
    # On a channel of its own the debugger leaves the program's output alone.
    aside = ["sh", "-c", 'exec "$@" 9>/dev/null', "sh"]
    command = [*aside, *debugged(options=("--json-fd=9", *WAYS[way])), *PROGRAM]

    assert run(command, cwd=REAL) == bare()


def test_much_happens() -> None:
    """The programs are worth comparing: they fail, are cancelled, and talk to each other."""
    text = bare().stdout.decode()

    assert text.count("\nprogram ") == 39
    for word in ("raised ExceptionGroup", "cancelled", "received", "has the lock", "caught"):
        assert text.count(word) > 10, word
