"""Orders with another result than the default one."""

from __future__ import annotations

import itertools
from collections import deque
from pathlib import Path
from typing import Any

import pytest
import trio

import stepdbg
from stepdbg.engine.describing.results import result_text, without_addresses
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.wish import wish_of
from stepdbg.model.errors import FoundFailure
from tests.explore.test_exhaustive import explored
from tests.explore.test_script import RUN, explore


class Plain:
    """Without a `repr` of its own."""

    def __init__(self, value: object) -> None:
        self.value = value


class Told:
    """With one."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Told({self.value!r})"


class Fails:
    def __repr__(self) -> str:
        raise ValueError


async def collected(make: Any) -> Any:
    """What three tasks have put together, in the order in which they came."""
    done: list[int] = []

    async def put(value: int) -> None:
        await trio.lowlevel.checkpoint()
        done.append(value)

    async with trio.open_nursery() as nursery:
        for value in range(2):
            nursery.start_soon(put, value)
    return make(done)


def test_another_value_is_a_failure() -> None:
    with pytest.raises(FoundFailure) as raised:
        stepdbg.explore(collected, list, budget=100, same_result=True)
    told = str(raised.value)
    assert "the result is not that of the default order" in told
    assert "in the default order the run returns:\n     [0, 1]" in told
    assert "in this one it returns:\n     [1, 0]" in told
    assert "20 of 20 replays failed" in told
    assert raised.value.token.startswith("stepdbg:1:")


@pytest.mark.parametrize("make", [set, sum, lambda done: Plain(dict.fromkeys(done))])
def test_equal_values_are_none(make: Any) -> None:
    verdict = explored(collected, make, same_result=True)
    assert str(verdict) == "exhausted: no failure in all 2 schedules"


def test_where_nobody_asks_nothing_is_compared() -> None:
    assert explored(collected, list).faults == ()


def test_a_result_that_is_never_the_same_is_not_compared() -> None:
    async def counts() -> int:
        await trio.lowlevel.checkpoint()
        return __import__("os").getpid()  # type: ignore[no-any-return]

    verdict = explored(counts, same_result=True, strategy="rw", budget=5)
    assert verdict.faults == ()
    assert verdict.notes == (
        "results are not compared: the default order does not give the same one each time",
    )


def test_another_output_of_a_script_is_a_failure(tmp_path: Path) -> None:
    source = """
import trio

async def main():
    print("begins", object())

    async def say(word):
        await trio.lowlevel.checkpoint()
        print(word)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(say, "one")
        nursery.start_soon(say, "two")
"""
    done = explore(tmp_path / "program.py", source + RUN, "--same-result")
    assert done.returncode == 1
    assert "1. the output is not that of the default order\n" in done.stderr
    expected = "line 2 of the output, in the default order:\n     one\n   in this one:\n     two\n"
    assert expected in done.stderr
    right = source.replace("print(word)", "pass")
    done = explore(tmp_path / "program.py", right + RUN, "--same-result", "--budget", "20")
    assert (done.returncode, done.stderr.partition(",")[0]) == (0, "budget ended after 20")


def test_an_exception_is_told_as_ever() -> None:
    async def main() -> None:
        done = await collected(list)
        assert done == [0, 1]

    wish = wish_of(100, 0, 1, "rw", same_result=True)
    (found,) = Search(stepdbg_call(main), wish, lambda *_: None).verdict().faults
    assert found.fault.title.startswith("AssertionError at ")


def stepdbg_call(main: Any) -> Any:
    from stepdbg.engine.exploring.calls import call_of

    return call_of(main, ())


def test_the_text_of_a_result() -> None:
    items = ["b", "a", (1, 2.5), None]
    for order in itertools.permutations(items):
        assert result_text(set(order)) == result_text(set(items))
        assert result_text(dict.fromkeys(order, Plain(1))) == result_text(
            dict.fromkeys(items, Plain(1))
        )
    assert result_text([1, (2,), deque([3])]) == "[1, (2), deque[3]]"
    assert result_text(Plain({"x": Told(3)})) == "Plain(value={'x': Told(3)})"
    assert result_text(Plain(1)) != result_text(Plain(2))
    assert result_text(object()) == result_text(object())
    assert result_text([Fails()]) == "[<Fails whose repr raises ValueError>]"
    around: list[Any] = []
    around.append(around)
    assert result_text(around) == "[…]"
    assert without_addresses("<a at 0x7f0012345678> 0x12") == "<a at 0x…> 0x12"
