"""Who asks for a line of a library looks at that line, not at the own code that called it."""

from __future__ import annotations

import textwrap

import pytest

from stepdbg.model.replies import FrameShown, Stack
from stepdbg.model.stops import Stop
from stepdbg.model.task import Origin
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/stepping/calls_library"


def in_the_library(dbg: Debugging, stop: Stop) -> None:
    """A stop in `dedent`, whose frame is in view."""
    assert stop.place is not None
    assert (stop.place.filename, stop.place.origin) == (textwrap.__file__, Origin.LIBRARY)
    shown = dbg.reply("where", Stack)
    assert (shown.selected, shown.frames[0].place) == (0, stop.place)
    assert dbg.text("p type(text).__name__") == "'str'"


def test_into_anything() -> None:
    with debugging(PROGRAM) as dbg:
        dbg.do(f"break {dbg.program.path}:{dbg.line('call')}")
        dbg.go("continue", kind="breakpoint", line_mark="call")
        stop = dbg.go("into -a", kind="next")
        in_the_library(dbg, stop)
        before = stop.place
        stop = dbg.go("next", kind="next")
        in_the_library(dbg, stop)
        assert stop.place != before
        assert dbg.reply("up", FrameShown).frame.place.origin is Origin.OWN
        assert dbg.reply("down", FrameShown).frame.place == stop.place
        stop = dbg.go("return", kind="return", line_mark="call")
        assert stop.value is not None
        assert stop.value.text == "'a'"
        assert dbg.reply("where", Stack).selected == 0


def test_a_breakpoint_on_a_function() -> None:
    """In a task, and in a thread that is outside of the run."""
    with debugging(PROGRAM) as dbg:
        dbg.do("break textwrap.dedent")
        for text in "' a'", "' b'":
            in_the_library(dbg, dbg.go("continue", kind="breakpoint"))
            assert dbg.text("p text") == text
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.usefixtures("all_in_sight")
def test_a_breakpoint_on_a_line() -> None:
    with debugging(PROGRAM) as dbg:
        line = textwrap.dedent.__code__.co_firstlineno + 12
        dbg.do(f"tbreak {textwrap.__file__}:{line}")
        in_the_library(dbg, dbg.go("continue", kind="breakpoint"))
        dbg.resume("continue")
        dbg.expect_end()
