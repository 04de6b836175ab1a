"""`display` compares within one call: a later call at its place is another one."""

from __future__ import annotations

import pytest

from tests.harness import Debugging, debugging


def shown(dbg: Debugging) -> list[tuple[str, str, str | None]]:
    """Each expression at this stop with its value, and the one before where that has changed."""
    return [
        (each.expression, each.value.text, each.before.text if each.before else None)
        for each in dbg.shown.displays
        if each.value is not None
    ]


@pytest.mark.parametrize("function", ["plain", "waiting"])
def test_a_call_is_not_compared_with_the_one_before(function: str) -> None:
    with debugging("tests/programs/stepping/calls_at_one_depth") as dbg:
        dbg.do(f"break {dbg.line(function)}")
        dbg.do("display number")
        dbg.do("display total")
        for number in range(3):
            dbg.go("continue", line_mark=function)
            assert shown(dbg) == [("number", f"{number}", None)]
            total = 2 * number
            dbg.go("next")
            assert shown(dbg) == [("number", f"{number}", None), ("total", f"{total}", None)]
            dbg.go("until {}".format(dbg.line(f"{function} returns")))
            assert ("total", f"{total + 1}", f"{total}") in shown(dbg)


def test_the_program_is_traced_as_without_a_display(capfd: pytest.CaptureFixture[str]) -> None:
    """Where the program has its own trace function, it gets the events that it gets bare."""
    with debugging("tests/programs/stepping/traces_itself") as dbg:
        dbg.do(f"break {dbg.line('traced')}")
        dbg.do("display number")
        dbg.go("continue", line_mark="traced")
        assert shown(dbg) == [("number", "1", None)]
        dbg.resume("continue")
        dbg.expect_end()
    assert capfd.readouterr().out == "['call', 'line', 'line', 'return']\n"
