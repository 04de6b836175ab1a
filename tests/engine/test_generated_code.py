"""Code that is generated, without a file: whose it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

from stepdbg.engine.recording.step_ends import Stuck
from stepdbg.engine.stacks.frames import runs_own_code
from stepdbg.model.stops import Passed


class Pair(NamedTuple):
    left: int
    right: int


def generated(call: Callable[[], object]) -> list[bool]:
    """Of each function without a file that a call begins, whether it is the user's own code."""
    found: list[bool] = []

    def look(frame, event, argument):  # type: ignore[no-untyped-def]
        if event == "call" and frame.f_code.co_filename == "<string>":
            found.append(runs_own_code(frame))

    call()  # what is written at the first call is there then
    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call()
    finally:
        sys.setprofile(before)
    return found


def test_what_stepdbg_generates_is_not_own() -> None:
    assert generated(lambda: Stuck(None, 0, "")) == [False]
    assert generated(lambda: Passed(0, 0)) == [False]


def test_a_named_tuple_of_the_program_has_no_line_of_its_own() -> None:
    assert generated(lambda: Pair(1, 2)) == [False]


def test_what_the_program_executes_is_own() -> None:
    names: dict[str, Callable[[], object]] = {}
    exec("def made(): pass", {"__name__": "program"}, names)
    assert generated(names["made"]) == [True]
