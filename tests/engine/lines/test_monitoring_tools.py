"""Tool ids and other tools of `sys.monitoring` (3.12 and later)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import CodeType
from typing import cast

import pytest

from stepdbg.engine.lines.interface import LinesUnavailable, open_line_events
from tests.engine.lines.recording import Recorder, load, watching

if sys.version_info < (3, 12):
    pytest.skip("needs sys.monitoring", allow_module_level=True)

monitoring = sys.monitoring
IDS = range(6)
PROGRAM = """
def main():
    x = 1
    return x
"""


@pytest.fixture
def taken() -> Iterator[list[int]]:
    """Ids to hold during a test."""
    held: list[int] = []
    yield held
    for tool in held:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)


def hold(taken: list[int], tool: int) -> None:
    monitoring.use_tool_id(tool, f"tool {tool}")
    taken.append(tool)


def test_the_debuggers_id_when_it_is_free() -> None:
    with watching() as (events, _recorder):
        assert monitoring.get_tool(monitoring.DEBUGGER_ID) == "stepdbg"
        events.discover(lambda _code: None)
        assert monitoring.get_tool(4) == "stepdbg discovery"
        events.discover(None)
        assert monitoring.get_tool(4) is None


def test_another_id_when_it_is_not(taken: list[int]) -> None:
    hold(taken, monitoring.DEBUGGER_ID)
    namespace, codes = load(PROGRAM)
    with watching() as (events, recorder):
        assert monitoring.get_tool(3) == "stepdbg"
        events.break_lines(codes["main"], {2})
        cast(Callable[[], object], namespace["main"])()
        assert recorder.take() == ["line main 2"]


def test_a_sentence_when_none_is_free(taken: list[int]) -> None:
    for tool in range(6):
        hold(taken, tool)
    held = "tool 0, tool 1, tool 2, tool 3, tool 4, tool 5"
    with pytest.raises(LinesUnavailable, match=held):
        open_line_events(Recorder())


def test_what_another_tool_gave_up_stays_given_up(taken: list[int]) -> None:
    hold(taken, 3)
    namespace, codes = load(PROGRAM)
    main = cast(Callable[[], object], namespace["main"])
    theirs: list[int] = []

    def once(_code: CodeType, line: int) -> object:
        theirs.append(line)
        return monitoring.DISABLE

    line_event = monitoring.events.LINE
    monitoring.register_callback(3, line_event, once)
    monitoring.set_local_events(3, codes["main"], line_event)
    main()
    assert theirs == [2, 3]
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {2})
        main()
        # CPython forgets who gave up what when code gets its second tool: once, not again.
        theirs.clear()
        events.break_lines(codes["main"], {3})
        events.follow([codes["main"]])
        events.watch_calls(lambda _code: True)
        main()
        events.follow([])
        main()
        assert "line main 3" in recorder.take()
    main()
    assert theirs == []


def test_places_that_another_tool_wakes_are_given_up_again() -> None:
    namespace, codes = load(PROGRAM)
    with watching() as (events, recorder):
        events.break_lines(codes["main"], {2})
        cast(Callable[[], object], namespace["main"])()
        monitoring.restart_events()
        cast(Callable[[], object], namespace["main"])()
        assert recorder.take() == ["line main 2"] * 2
