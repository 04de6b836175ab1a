"""An `except` that does not catch the group of what it names is told of at the failure, once."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from stepdbg.render.spans import plain
from stepdbg.render.stops import render_stop
from tests.harness import debugging

PROGRAM = "tests/programs/failing_fetch"
MISSES = {
    "meant": "`except PageError` at :{meant} {verb} the group; `except* PageError` would",
    "meant_in_a_block": "`except PageError` at :{block} {verb} the group; `except* PageError` "
    "would",
    "meant_among_others": "`except (OSError, Names.Missing)` at :{others} {verb} the group; "
    "`except* (OSError, Names.Missing)` would",
}
"""By function, what is said of its handler."""

FINE = ["by_star", "anything", "meant_for_another", "not_in_a_group", "computed"]
"""Functions of whose handlers there is nothing to say."""


@pytest.mark.parametrize("case", MISSES)
def test_before_the_group_gets_there(case: str) -> None:
    with debugging(PROGRAM, args=[case], stops_on_failure=True) as dbg:
        stop = dbg.go("continue", kind="failure", line_mark="raise")
        assert stop.missed is not None
        told = MISSES[case].format(verb="is not going to catch", **dbg.program.marks)
        assert told in plain(render_stop(dbg.shown, 400))
        dbg.resume()
        dbg.expect_end(exit_code=1)


@pytest.mark.parametrize("case", FINE)
def test_where_there_is_nothing_to_say(case: str) -> None:
    with debugging(PROGRAM, args=[case], stops_on_failure=True) as dbg:
        assert dbg.go("continue", kind="failure").missed is None


def test_what_is_caught_before_it_comes_to_a_nursery() -> None:
    with debugging(PROGRAM, args=["within"], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_end()


def after_the_end(case: str, *options: str) -> str:
    """What a run shows that ends in a post-mortem stop."""
    command = [sys.executable, "-m", "stepdbg", "--pm", *options, "-c", "continue", "-c", "quit"]
    ran = subprocess.run(
        [*command, f"{PROGRAM}.py", case], capture_output=True, text=True, timeout=60, check=False
    )
    return re.sub(r"\s+", " ", ran.stderr)


def test_after_the_end() -> None:
    told = after_the_end("meant")
    assert len(re.findall(r"`except PageError` at \S+ does not catch the group", told)) == 1
    assert "does not catch" not in after_the_end("meant_for_another")


def test_it_is_told_once() -> None:
    told = after_the_end("meant", "--stop-on-failure", "-c", "continue")
    assert told.count("`except* PageError` would") == 1
