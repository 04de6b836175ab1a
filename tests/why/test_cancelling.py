"""Who cancelled a task that goes on for a while: with and without the recorder."""

from __future__ import annotations

import re

import pytest

from tests.harness import debugging

from .trio_says import TELLS

PROGRAM = "tests/programs/why/cancelling"

CASES = {
    "by_deadline": ("deadline", "(0.02 s) is cancelled because its deadline passed", None),
    "by_call": (
        "entered",
        "is cancelled by caller (*)@, because its cancel() was called",
        "cancels",
    ),
    "sibling": (
        "siblings",
        (
            "is cancelled by fails (*), because its nursery failed: "
            "child task raised exception ValueError('first')"
        ),
        None,
    ),
    "child": (
        "block",
        (
            "is cancelled by quiet#2 (*)@, because its nursery failed: "
            "Code block inside nursery contextmanager raised exception KeyError('own')"
        ),
        "block",
    ),
}
"""By the task: the mark of the scope, the sentence, and the mark of the line for the ``@``."""


@pytest.mark.skipif(not TELLS, reason="Trio 0.30 does not say it")
@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("task", CASES)
def test_who_and_where_and_why(task: str, record: bool) -> None:
    mark, sentence, by = CASES[task]
    with debugging(PROGRAM, record=record) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        text = dbg.text(f"why {task}", 400)
        place = f" [cancelling.py:{dbg.line(by)}]" if by and record else ""
        wanted = sentence.replace("@", place)
        if not record:
            # Trio remembers who cancelled by a text, in which an ended task cannot be found.
            wanted = wanted.replace(" by fails (*),", "").replace(" by caller (*),", "")
        pattern = re.escape(wanted).replace(r"\*", r"\d+")
        where = f"cancelling.py:{dbg.line(mark)}"
        off = f"the shield of cancelling.py:{dbg.line('shielded')} keeps it off"
        since = r"not delivered since \S+ m?s, because " if record else ""
        kept = (
            rf"; {since}{re.escape(off)}|; not delivered since .*, because the end of a nursery .*"
        )
        assert re.search(rf"\n *cancel scope \d+ at {where} {pattern}({kept})\n", text), text
        assert "shielded from a cancellation already asked for" not in text.splitlines()[0]


@pytest.mark.skipif(TELLS, reason="Trio says it itself")
def test_an_older_trio_with_the_recorder() -> None:
    with debugging(PROGRAM, record=True) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        line = dbg.line("cancels")
        assert re.search(
            rf"is cancelled by caller \(\d+\) \[cancelling.py:{line}\]",
            dbg.text("why by_call", 400),
        )
        assert "(0.02 s) is cancelled because its deadline passed" in dbg.text(
            "why by_deadline", 400
        )
        assert re.search(r"is cancelled by fails \(\d+\)", dbg.text("why sibling", 400))
