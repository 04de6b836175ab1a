"""Stepping goes over the code that Python makes for named tuples, and into lambdas."""

from __future__ import annotations

from collections import namedtuple
from typing import NamedTuple

import pytest

from stepdbg.engine.stopping.stepping import is_own_code
from tests.harness import debugging


def test_into_goes_over_a_named_tuple() -> None:
    with debugging("named_tuples") as dbg:
        line = dbg.line("point")
        dbg.do(f"break named_tuples.py:{line}")
        dbg.go("continue", kind="breakpoint", line_mark="point")
        dbg.go("into", kind="next", line_mark="pair")
        stop = dbg.go("into", kind="next")
        assert stop.place is not None
        assert stop.place.line == dbg.line("pair") + 1
        dbg.go("next", kind="next", line_mark="double")
        inside = dbg.go("into", kind="next")
        assert inside.place is not None
        assert inside.place.function.endswith("<lambda>")


class Point(NamedTuple):
    x: int
    y: int = 0


@pytest.mark.parametrize(
    "made",
    [Point, namedtuple("Pair", "first second"), namedtuple("Nothing", ())],  # noqa: PYI024
)
def test_its_lines_are_not_own_lines(made: type) -> None:
    """Else `rnext` would count those of stepdbg's own named tuples, which its hooks make."""
    assert not is_own_code(made.__new__.__code__)


def test_the_lines_of_a_lambda_are_own_lines() -> None:
    assert is_own_code(eval("lambda: Point", {}).__code__)
    assert is_own_code((lambda: Point(1)).__code__)
