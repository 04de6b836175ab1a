"""Who has taken a semaphore: tasks inside a block, and not tasks that have yet to enter one."""

from __future__ import annotations

import re

import pytest

from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/semaphores"

STUCK = {
    ("entered_twice", "notes"): "taken by serves in `async with` (:{serves}), "
    "which waits here as well; 1 other task waits as well",
    ("entered_twice", "serves"): "taken by itself in `async with` (:{serves}); "
    "1 other task waits as well",
    ("never_given_back", "notes"): "never_given_back and takes have it, "
    "but do not call `release` from here on",
    ("given_back_later", "notes"): "only gives_back still calls `release` (:{releases}); "
    "given_back_later and takes just have it",
}
"""By main function and task, what is said of who could end its wait."""


def said(dbg: Debugging, task: str) -> str:
    """The end of the first sentence about a task, with names of tasks only."""
    sentence = dbg.text(f"why {task}", 300).splitlines()[0]
    found = re.search(r"whose value is 0: (.*?)( \(through \S+\))?( \[waiting since.*)?$", sentence)
    assert found is not None, sentence
    return re.sub(r" \(\d+\)", "", found[1])


@pytest.mark.parametrize("library", ["trio", "anyio"])
@pytest.mark.parametrize("which", STUCK, ids="-".join)
def test_who_has_taken_it(which: tuple[str, str], library: str) -> None:
    main, task = which
    with debugging(PROGRAM, args=[main, library]) as dbg:
        dbg.go("continue", kind="deadlock")
        lines = {mark: dbg.line(mark) for mark in ("serves", "releases")}
        assert said(dbg, task) == STUCK[which].format(**lines)


@pytest.mark.parametrize("library", ["trio", "anyio"])
def test_a_task_that_goes_on_inside_its_block(library: str) -> None:
    with debugging(PROGRAM, args=["somebody_sleeps", library]) as dbg:
        dbg.do(f"break {dbg.line('notes')}")
        dbg.go("continue", kind="breakpoint", line_mark="notes")
        dbg.do("clear 1")
        dbg.do("break deadline -a")
        dbg.go("continue", kind="breakpoint")
        assert said(dbg, "notes") == f"taken by sleeps in `async with` (:{dbg.line('sleeps')})"
        dbg.do("clear 2")
        dbg.resume()
        dbg.expect_end()
