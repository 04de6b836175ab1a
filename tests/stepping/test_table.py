"""Every construct x `next`, `into`, `return`, `until`: exact lines, tasks and values."""

from __future__ import annotations

import os
import re

import pytest

from stepdbg.model.stops import Stop, StopKind
from tests.harness import Debugging, debugging

from .table import ROWS, Row

COMMANDS = ("next", "into", "return", "until")
_KINDS = {"next": StopKind.NEXT, "into": StopKind.NEXT, "until": StopKind.NEXT}
_WORD = re.compile(r"(?P<place>[^=!]+)(?:=(?P<value>.+)|!(?P<error>\w+))?")
_WORDS = re.compile(r"\S+?=\"[^\"]*\"|\S+")


def run_to(dbg: Debugging, row: Row) -> None:
    """Go to the place where a row begins."""
    dbg.do(f"tbreak {dbg.program.path}:{dbg.line(row.at)}")
    dbg.resume("continue")
    stop = dbg.expect_stop(kind="breakpoint", line_mark=row.at)
    assert task_of(stop) == row.task


def task_of(stop: Stop) -> str:
    """Who is stopped, in the words of the table."""
    return "-" if stop.task is None else stop.task.short


def describe(dbg: Debugging, stop: Stop) -> str:
    """A stop in the words of the table, without what came out."""
    if stop.kind is StopKind.EXIT:
        return "exit"
    place = stop.place
    if place is None:
        return "nowhere"
    if place.filename == str(dbg.program.path):
        return dbg.program.mark(place.line) or f"line {place.line}"
    return f"{os.path.basename(place.filename)}:{place.line}"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_arrives(row: Row, command: str) -> None:
    expected = _WORDS.findall(getattr(row, command if command != "return" else "return_"))
    assert expected
    with debugging(f"tests/programs/stepping/{row.program}") as dbg:
        run_to(dbg, row)
        arrived = []
        for word in expected:
            match = _WORD.fullmatch(word)
            assert match is not None, word
            dbg.resume(command)
            stop = dbg.stop
            arrived.append(describe(dbg, stop))
            assert arrived == [_WORD.fullmatch(each)["place"] for each in expected[: len(arrived)]]  # type: ignore[index]  # all match
            assert task_of(stop) == row.task
            check_kind(command, stop)
            check_result(stop, match)
            assert not stop.unfinished
            assert not stop.hits
        if stop.kind is not StopKind.EXIT and stop.task is not None:
            # Quitting amid an `async for` leaves its generator to the collector, which warns.
            dbg.resume("continue")
            dbg.expect_end()


def check_kind(command: str, stop: Stop) -> None:
    """The kind of a stop that a command has asked for."""
    if stop.kind is StopKind.EXIT:
        return
    ends_thread = stop.task is None and stop.value is not None
    assert stop.kind is (StopKind.RETURN if ends_thread else _KINDS.get(command, StopKind.RETURN))


def check_result(stop: Stop, match: re.Match[str]) -> None:
    """What came out of a function or task."""
    value = None if stop.value is None else stop.value.text
    assert value == match["value"]
    assert stop.raised.partition(":")[0].rpartition(".")[2] == (match["error"] or "")
