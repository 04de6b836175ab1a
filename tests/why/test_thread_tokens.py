"""Tokens of a limiter that threads have: who waits for which task's thread."""

from __future__ import annotations

import re

from tests.harness import debugging

SENTENCES = {
    "of_one": r"1 of 1 tokens are borrowed, by the thread of first \(\d+\)",
    # The task whose thread has the other token has given it up.
    "of_two": r"2 of 2 tokens are borrowed, by the thread of back \(\d+\), "
    "1 of them on behalf of no task",
    "of_four": r"4 of 4 tokens are borrowed, by borrower \(\d+\) and the threads of left \(\d+\) "
    r"and right \(\d+\), 1 of them on behalf of no task",
}

FOLLOWED = {"of_one": ["first"], "of_two": ["back"], "of_four": ["borrower", "left", "right"]}


def test_the_tasks_of_the_threads_are_named_and_followed() -> None:
    with debugging("tests/programs/why/thread_tokens") as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        told = {task: dbg.text(f"why {task}", 400) for task in SENTENCES}
        cycle = dbg.text("why has_token", 400)
        dbg.resume("continue")
        dbg.expect_end()
    for task, text in told.items():
        first, *others = text.splitlines()
        assert re.search(rf": {SENTENCES[task]}( \[|;|$)", first), text
        assert [line.split()[0] for line in others] == FOLLOWED[task], text
    # Somebody who is no task may give a token back.
    assert cycle.startswith("has_token (")
    assert "a knot" not in cycle, cycle
