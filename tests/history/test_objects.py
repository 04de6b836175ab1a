"""`history`: what was done to one object, by whom, where, and whether that woke anybody."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Iterator

import pytest
import trio

from stepdbg.engine.histories.noting import KEPT, Histories
from stepdbg.engine.running.run_book import RunBook
from stepdbg.model.history import ObjectHistory
from stepdbg.model.ours import OurReference
from tests.harness import Debugging, debugging

from .deeds import lines_and_patterns

PROGRAM = "tests/programs/histories/deeds"

DEEDS = {
    "board.ready": ["set by sets (*) at {set}, waking 1 task"],
    "board.news": [
        "notified by notifies (*) at {notify}, when nobody waited",
        "all notified by notifies (*) at {notify_all}, when nobody waited",
    ],
    "board.lock": ["acquired by holds (*) at {acquire}"],
    "board.scope": [
        "cancelled by cancels (*) at {cancel}",
        "caught by cancels (*) at *, when Cancelled left the `with`",
    ],
    "board.timeout": [
        "its deadline passed",
        "caught by expires (*) at *, when Cancelled left the `with`",
    ],
    "board.status": ["started() was called by starts (*) at {started}, waking 1 task"],
    "out": [
        "opened by main (*) at {open}",
        "send channel closed by closes (*) at {close}",
        "receive channel closed by fails (*) at {fails}, when ValueError left the `with`",
    ],
    "spare": ["opened by main (*) at *", "send channel closed by leaves (*) at {leave}, when it *"],
    "client": ["closed by serve (*) at {aclose}"],
    "listener": ["closed by serve (*) at {aclose}"],
    "inner": ["cancelled *"],
}
"""What stands behind the times, oldest first; ``*`` is anything."""


@pytest.fixture(scope="module")
def at_end() -> Iterator[Debugging]:
    with debugging(PROGRAM) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        dbg.do("up")
        yield dbg


@pytest.mark.parametrize("expression", DEEDS)
def test_what_was_done(at_end: Debugging, expression: str) -> None:
    told = lines_and_patterns(at_end, expression, DEEDS[expression])
    assert told
    for line, wanted in told:
        assert re.fullmatch(rf" *\d+(\.\d+)? s  {wanted}", line), line


def test_both_ends_of_a_channel_have_one_history(at_end: Debugging) -> None:
    there, here = (at_end.reply(f"history {end}", ObjectHistory) for end in ("out", "into"))
    assert there.deeds == here.deeds
    assert there.type == "MemorySendChannel"


def test_an_object_that_nobody_touched(at_end: Debugging) -> None:
    assert at_end.text("history board.fresh") == "nothing was noted of `board.fresh`, an Event"


def test_what_has_no_history(at_end: Debugging) -> None:
    assert at_end.failure("history 5 + 1").startswith("`5 + 1` is of type int; only an Event, ")
    assert "NameError" in at_end.failure("history nobody")


def test_without_the_recorder() -> None:
    with debugging(PROGRAM, record=False) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        dbg.do("up")
        assert "`set record on` begins now" in dbg.failure("history board.ready")


# What noting leaves of Trio's functions


def functions() -> list[object]:
    return [
        trio.Event.set,
        trio.Condition.notify,
        trio.MemorySendChannel.close,
        trio.SSLStream.aclose,
    ]


def test_functions_stay_the_same_objects() -> None:
    before, codes = functions(), [each.__code__ for each in functions()]  # type: ignore[attr-defined]
    histories = Histories(RunBook())
    histories.record(True)
    try:
        during = functions()
        assert all(one is other for one, other in zip(before, during, strict=True))
        for code, each in zip(codes, during, strict=True):
            now = each.__code__  # type: ignore[attr-defined]
            assert now.co_varnames == code.co_varnames
            assert now.co_flags == code.co_flags
            assert {line for *_, line in now.co_lines() if line} == {
                line for *_, line in code.co_lines() if line
            }
    finally:
        histories.record(False)
    assert [each.__code__ for each in functions()] == codes  # type: ignore[attr-defined]


async def refused(condition: trio.Condition) -> list[tuple[str, int | None]]:
    try:
        condition.notify()
    except RuntimeError as error:
        entry = error.__traceback__
        found: list[tuple[str, int | None]] = []
        while entry is not None:
            found.append((entry.tb_frame.f_code.co_name, entry.tb_lineno))
            entry = entry.tb_next
        return found
    return []


def test_tracebacks_are_as_bare() -> None:
    bare = trio.run(refused, trio.Condition())
    histories = Histories(RunBook())
    histories.record(True)
    try:
        noted = trio.run(refused, trio.Condition())
    finally:
        histories.record(False)
    assert [name for name, _ in bare] == ["refused", "notify"]
    assert noted == bare


@pytest.fixture
def histories() -> Iterator[Histories]:
    made = Histories(RunBook())
    made.record(True)
    yield made
    made.record(False)


async def set_many(count: int) -> list[trio.Event]:
    events = [trio.Event() for _ in range(count)]
    for each in events:
        each.set()
    return events


def test_nothing_is_kept_alive(histories: Histories) -> None:
    events = trio.run(set_many, 3)
    assert all(histories.of(each) is not None for each in events)
    gone = [weakref.ref(each) for each in events]
    del events
    gc.collect()
    assert [each() for each in gone] == [None] * 3


def test_a_new_object_in_the_place_of_an_old_one_has_no_history(histories: Histories) -> None:
    for _ in range(200):
        (event,) = trio.run(set_many, 1)
        assert histories.of(event) is not None
        del event
        assert histories.of(trio.Event()) is None


def test_notes_about_objects_that_are_gone_are_swept_out(histories: Histories) -> None:
    for _ in range(3):
        trio.run(set_many, 900)
        gc.collect()  # Trio itself leaves a cycle around what a run gave
    assert len(histories._notes) < 2_000


def test_our_references_have_no_call_back(histories: Histories) -> None:
    (event,) = trio.run(set_many, 1)
    assert histories.of(event) is not None
    ours = weakref.getweakrefs(event)
    assert {(type(each), each.__callback__) for each in ours} == {(OurReference, None)}


async def notify_often(condition: trio.Condition, times: int) -> None:
    async with condition:
        for _ in range(times):
            condition.notify()


def test_of_each_object_the_last_ones_are_kept(histories: Histories) -> None:
    condition = trio.Condition()
    trio.run(notify_often, condition, KEPT + 5)
    notes = histories.of(condition)
    assert notes is not None
    assert (len(notes.kept), notes.count) == (KEPT, KEPT + 5)


def test_two_sessions_note_beside_one_another(histories: Histories) -> None:
    other = Histories(RunBook())
    other.record(True)
    try:
        (event,) = trio.run(set_many, 1)
        assert histories.of(event) is not None
        assert other.of(event) is not None
    finally:
        other.record(False)
    (event,) = trio.run(set_many, 1)
    assert histories.of(event) is not None
    assert other.of(event) is None
