"""Programs with a bug each, and how somebody who has read the README finds it.

Each takes five commands at most.  Where tasks take their turns by chance, only what cannot differ
is expected.
"""

from __future__ import annotations

import re

import pytest

from .running import ROOT, python

Commands = tuple[tuple[str, ...], ...]

SOLVED: dict[str, tuple[tuple[str, ...], Commands]] = {
    # Nobody closes `cooked`, of which `kitchen` gives the original to main.
    "hang": (
        (),
        (
            ("continue", "deadlock", "held by main (1)", "1 sender open", "has nobody to wake it"),
            ("why serve", "serve (6) waits to receive from channel `dishes`", "hang.py:34"),
            ("quit",),
        ),
    ),
    # One order is for less than nothing.
    "one_of_ten": (
        (),
        (
            ("watch store.left, store.left > 1000", "breakpoint 1 set: watch store.left"),
            ("continue", "of clerk#7 (9) at one_of_ten.py:38", "store.take(order.amount)"),
            ("p order", "Order(amount=-90, goods='crates')"),
            ("quit",),
        ),
    ),
    # A station says that it has no reading.
    "crash": (
        ("--stop-on-failure",),  # as at a terminal
        (
            ("continue", "failure: after step 4 of read#2 (4)", "float: 'n/a'", "return float(te"),
            ("where", "parsed", "read", "readings.append(parsed(text))"),
            ("up", "crash.py:28 in read"),
            ("p station", "'hill'"),
            ("quit",),
        ),
    ),
}


def solve(program: str, commands: Commands, *options: str) -> tuple[str, int]:
    """Type the commands, and look at the answers; what came before them, and the exit code."""
    assert len(commands) <= 5
    path = f"tests/programs/solved/{program}.py"
    assert 40 <= len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 120
    typed = "".join(f"{line}\n" for line, *_ in commands)
    finished = python("-m", *options, path, stdin=typed, merged=True)
    begin, *answers = (re.sub(r"\s+", " ", each) for each in finished.stdout.split("(stepdbg) "))
    assert len(answers) == len(commands), finished.stdout
    for (line, *expected), answer in zip(commands, answers, strict=True):
        assert answer.startswith(line), finished.stdout
        assert [text for text in expected if text not in answer] == [], answer
    return begin, finished.exit_code


@pytest.mark.parametrize("program", SOLVED)
def test_the_bug_is_found(program: str) -> None:
    options, commands = SOLVED[program]
    _, exit_code = solve(program, commands, "stepdbg", *options)
    assert exit_code == 125


SOLVED_TESTS: dict[str, tuple[tuple[str, ...], Commands]] = {
    # All jobs are to be submitted before the first result is taken.
    "tests_hanging": (
        (
            "deadlock: no task can go on any more",
            "squares (8) waits to send into channel `self.to_workers`",
            "tests_hanging.py:37",
            "buffer 10/10",
            "waits to send into channel `to_caller`",
            "buffer 0/0",
            "(:60)",
        ),
        (("list 50,62", "await pool.submit(squared(number))", "in pool.results"), ("quit",)),
    ),
    # The page may have been fetched while its reader waited for the lock.
    "tests_failing": (
        ("AssertionError: {", "'/home': 2"),
        (
            (
                "log reader#4",
                "blocked in Lock.acquire at tests_failing.py:36",
                "blocked in sleep at tests_failing.py:20",
            ),
            ("list 32,39", "if path in self.kept", "async with lock", "self.pages.fetch(path)"),
            ("quit",),
        ),
    ),
}


@pytest.mark.parametrize("program", SOLVED_TESTS)
def test_the_bug_is_found_under_pytest(program: str) -> None:
    first, commands = SOLVED_TESTS[program]
    options = ("-q", "-p", "no:cacheprovider", "--stepdbg")
    begin, exit_code = solve(program, commands, "pytest", *options)
    assert [text for text in first if text not in begin] == [], begin
    assert exit_code == 2
