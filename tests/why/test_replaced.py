"""What is said of a wait for an object that the line which waits names no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import Debugging, debugging

SAID = {
    "of_an_attribute": "but `gate.opened` is another Event now, which is not set",
    "set_already": "but `gate.opened` is another Event now, which is set",
    "gone": "but `gate.opened` is None now",
    "of_an_item": "but `gate.locks[0]` is another Lock now",
    "of_the_module": "but `everywhere` is another Event now, which is not set",
    "gone_through": "but `gate.receive` is another receive channel now",
    "waits_in_two_lines": "but `gate.opened` is another Event now, which is not set",
    "closed_over": "but `event` is another Event now, which is not set",
    "Gate.hidden": "but `self.__hidden` is another Event now, which is not set",
}

NOT_SAID = (
    *("of_another_type", "the_same", "called_for", "in_a_variable", "by_an_own_function"),
    "of_a_property",
)


@pytest.fixture(scope="module")
def changed() -> Iterator[Debugging]:
    with debugging("tests/programs/why/replaced") as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        yield dbg
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end()


def of(dbg: Debugging, task: str) -> list[str]:
    lines = dbg.text(f"why {task}", 300).splitlines()
    return [line.strip() for line in lines if " now" in line]


@pytest.mark.parametrize("task", SAID)
def test_the_line_names_another_one(changed: Debugging, task: str) -> None:
    assert of(changed, task) == [SAID[task]]


@pytest.mark.parametrize("task", NOT_SAID)
def test_nothing_is_said(changed: Debugging, task: str) -> None:
    assert of(changed, task) == []
