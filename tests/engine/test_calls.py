"""What a frame is in the middle of calling, read off its instruction."""

from __future__ import annotations

import dis
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from stepdbg.engine.process.calls import call_under_way, called_at


def names_in(function: Callable[..., object]) -> list[str]:
    """What each call of a function is read as, in the order of the instructions."""
    code = function.__code__
    offsets = [each.offset for each in dis.get_instructions(code) if each.opname.startswith("CALL")]
    found = [".".join(called_at(code, each)) for each in offsets]
    return [each for each in dict.fromkeys(found) if each]


def of_a_module() -> None:
    os.path.join("a", "b")


def of_an_attribute_of_a_result(data: dict[str, Any]) -> None:
    data["x"].close(1)


def of_a_result(get: Callable[[], Callable[[], None]]) -> None:
    get()()


def of_a_method(data: list[int]) -> None:
    data.sort(key=str)


def over_lines(data: list[int]) -> None:
    data.append(
        max(
            1,
            2,
        )
    )


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (of_a_module, ["os.path.join"]),
        (of_an_attribute_of_a_result, ["close"]),
        (of_a_method, ["data.sort"]),
        (over_lines, ["max", "data.append"]),
    ],
)
def test_names(function: Callable[..., object], names: list[str]) -> None:
    assert names_in(function) == names


def test_no_call_has_no_name() -> None:
    code = of_a_module.__code__
    calls = {each.offset for each in dis.get_instructions(code) if "CALL" in each.opname}
    others = [each.offset for each in dis.get_instructions(code) if each.offset not in calls]
    assert others
    assert {called_at(code, each) for each in others} == {()}


def in_c() -> str:
    found: list[str] = []

    def key(_: int) -> int:
        found.append(call_under_way(sys._getframe(1)))
        return 0

    sorted([1], key=key)
    return found[0]


def in_python() -> str:
    found: list[str] = []
    calls_back(lambda: found.append(call_under_way(sys._getframe(2))))
    return found[0]


def calls_back(function: Callable[[], None]) -> None:
    function()


def test_only_what_is_written_in_c_is_named() -> None:
    assert in_c() == "sorted"
    assert in_python() == ""
