"""`!x = 3` in any frame of any task, suspended or not: the program goes on with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.harness import Debugging, debugging

AS_WRITTEN = ["'own'", "'cell'", "'fast'", "'cell'", "0", "[1, 2]", "[1, 2]", "2"]
"""What the program prints where nobody interferes, value by value."""


@contextmanager
def at_look() -> Iterator[Debugging]:
    """Held in a function that a class body of the main task calls; all others are suspended."""
    with debugging("variables") as dbg:
        dbg.do(f"tbreak {dbg.line('look')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="look")
        yield dbg


def go_to(dbg: Debugging, task: str, function: str) -> None:
    """Look at a function's frame, wherever in the task's stack it is."""
    dbg.do(f"task {task}")
    for _ in range(5):
        in_view = next(row for row in dbg.text("where").splitlines() if row.startswith("->"))
        if in_view.split()[2].rpartition(".")[2] == function:
            return
        dbg.do("up")
    raise AssertionError(f"no frame of {function}: {dbg.text('where')}")


def printed(*changes: tuple[int, str]) -> str:
    values = list(AS_WRITTEN)
    for place, value in changes:
        values[place] = value
    return f"[{', '.join(values[:5])}] [{values[5]}] [{values[6]}] {values[7]}\n"


@pytest.mark.parametrize(
    ("task", "function", "line", "changes"),
    [
        pytest.param("outer", "outer", "!fast = 3", [(2, "3")], id="fast, in an outer frame"),
        pytest.param("outer", "outer", "!cell = 3", [(1, "3"), (3, "3")], id="cell"),
        pytest.param("outer", "inner", "!own = 3", [(0, "3")], id="fast, between others"),
        pytest.param("outer", "inner", "!cell = 3", [(1, "3"), (3, "3")], id="free"),
        pytest.param("outer", "outer", "!global counted; counted = 3", [(4, "3")], id="global"),
        pytest.param("outer", "inner", "!fast = 3", [], id="a name of another frame"),
        pytest.param("comprehends", "numbers", "!step = 3", [(5, "[3, 4]")], id="async generator"),
        pytest.param(
            "comprehends", "<genexpr>", "!factor = 3", [(5, "[3, 6]")], id="generator expression"
        ),
        pytest.param("comprehends", "comprehends", "!factor = 3", [(5, "[3, 6]")], id="its cell"),
        pytest.param(
            "listens", "listens", "!factor = 3", [(6, "[3, 6]")], id="what a comprehension uses"
        ),
        pytest.param(
            "listens",
            "<listcomp>" if sys.version_info < (3, 12) else "listens",
            "!factor = 3",
            [(6, "[3, 6]")],
            id="within a comprehension",
        ),
        pytest.param("main", "Made", "!value = 3", [(7, "4")], id="class body"),
    ],
)
def test_the_program_sees_what_is_assigned(
    task: str,
    function: str,
    line: str,
    changes: list[tuple[int, str]],
    capfd: pytest.CaptureFixture[str],
) -> None:
    with at_look() as dbg:
        go_to(dbg, task, function)
        assert dbg.do(line).replies == ()
        name = line.removeprefix("!").rpartition(";")[2].split()[0]
        assert dbg.text(f"p {name}").endswith("3")
        dbg.resume("continue")
        dbg.expect_end()
    assert capfd.readouterr().out == printed(*changes)
