"""`display` compares within one call: a later call at its place is another one."""

from __future__ import annotations

import sys

import pytest

from tests.harness import Debugging, debugging


def shown(dbg: Debugging) -> list[tuple[str, str, str | None]]:
    """Each expression at this stop with its value, and the one before where that has changed."""
    return [
        (each.expression, each.value.text, each.before.text if each.before else None)
        for each in dbg.shown.displays
        if each.value is not None
    ]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="frames cannot be told apart there")
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
