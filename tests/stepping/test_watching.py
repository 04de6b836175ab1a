"""`watch EXPR`: who changes a value, seen at lines and steps, without running code for it."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from trio._core._run import GLOBAL_RUN_CONTEXT

from stepdbg.engine.breaking import line_breaks
from stepdbg.engine.stacks import frames
from stepdbg.model.replies import BreakpointList
from stepdbg.model.stops import Note
from tests import harness, mainthread
from tests.harness import Debugging, debugging


@pytest.fixture(autouse=True)
def tests_are_no_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a line of the test, in its own thread, may be the first to see a change."""
    for filename in (__file__, harness.__file__, mainthread.__file__):
        monkeypatch.setitem(frames.OWN_FILES, filename, False)


def watching(dbg: Debugging, *expressions: str) -> None:
    """Go to where all tasks wait, and watch from there."""
    dbg.go(f"until {dbg.line('waits')}", line_mark="waits")
    for each in expressions:
        assert f"set: watch {each}" in dbg.text(f"watch {each}", 200)


def change(dbg: Debugging) -> str:
    """Go on to the next change; what the stop says of it."""
    (hit,) = dbg.go("continue", kind="breakpoint").hits
    return hit.change


def carried() -> set[str]:
    """What is paid for at this moment: Trio's hooks, and functions whose lines are reported."""
    run = GLOBAL_RUN_CONTEXT.runner
    hooks = {hook for hook, instruments in run.instruments.items() if instruments}
    assert run.main_task is not None
    frame = run.main_task.coro.cr_frame
    assert frame is not None
    code = frame.f_globals["add"].__code__
    if sys.version_info >= (3, 12):
        watching = [
            tool
            for tool in range(6)
            if sys.monitoring.get_tool(tool) is not None
            and sys.monitoring.get_local_events(tool, code)
        ]
        hooks |= {f"lines of add for {tool}" for tool in watching}
    return hooks


def test_a_line_of_another_task() -> None:
    with debugging("watched") as dbg:
        watching(dbg, "account.balance")
        where = f"watched.py:{dbg.line('balance')}"
        said = change(dbg)
        assert said.startswith("account.balance: from 0 to 1 in step 2 of worker#1 (")
        assert f") at {where}, while main (" in said
        assert said.endswith(f" was suspended at :{dbg.line('nursery')}")
        assert dbg.stop.place is not None
        assert dbg.stop.place.line == dbg.line("history")
        assert "from 1 to 3 in step 2 of worker#2 (" in change(dbg)
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("account.history", "from [] to [1] in step 2 of worker#1"),
        ("total", "from 0 to 1 in step 2 of worker#1"),
        ("jobs['open']", "from 3 to 2 in step 2 of main"),
        ("ready._flag", "from False to True in step 2 of main"),
        ("outer['inner'][-1].balance", "from 0 to 1 in step 2 of worker#1"),
    ],
)
def test_what_can_be_watched(expression: str, first: str) -> None:
    with debugging("watched") as dbg:
        watching(dbg, expression)
        assert f"{expression}: {first}" in change(dbg)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("account.doubled", "only code of the program could tell"),
        ("account.add", "there is no `account.add` here"),
        ("nosuch", "there is no `nosuch` here"),
        ("account.history[0]", "there is no `account.history[0]` here"),
        ("len(jobs)", "would run code"),
        ("total + 1", "would run code"),
        ("jobs[total]", "would run code"),
        ("jobs[", "would run code"),
    ],
)
def test_what_cannot_be_watched_is_refused(expression: str, why: str) -> None:
    with debugging("watched") as dbg:
        dbg.go(f"until {dbg.line('waits')}")
        assert why in dbg.failure(f"watch {expression}")
        assert dbg.reply("break", BreakpointList).breakpoints == ()


def test_a_value_that_stays_what_it_is_stops_nobody() -> None:
    with debugging("watched") as dbg:
        watching(dbg, "account")  # an object of the program: which one it is
        dbg.resume("continue")
        dbg.expect_end()


def test_conditions_counts_and_clearing() -> None:
    with debugging("watched") as dbg:
        watching(dbg, "account.balance")
        dbg.do("condition 1 amount == 2")
        assert "from 1 to 3" in change(dbg)
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end()


def test_a_library_changes_it_within_a_step() -> None:
    """No line of one's own follows in that step: it is told when the step is over."""
    with debugging("watched") as dbg:
        watching(dbg, "semaphore._value")
        said = change(dbg)
        # `Semaphore.acquire` takes it before it passes its checkpoint.
        assert said.startswith("semaphore._value: from 1 to 0 in step 1 of ")
        assert "acquire" in said
        assert " at " not in said.partition(", while main")[0]


def test_it_ends_with_its_function(monkeypatch: pytest.MonkeyPatch) -> None:
    stood = []
    plants = line_breaks.plant

    def plant(*args: Any) -> None:
        stood.append(type(GLOBAL_RUN_CONTEXT.runner.clock).__name__ == "_StandingClock")
        plants(*args)

    monkeypatch.setattr(line_breaks, "plant", plant)
    with debugging("watched") as dbg:
        dbg.do("break :add")
        dbg.go("continue", kind="breakpoint")
        dbg.do("clear 1")
        dbg.do("watch amount")
        dbg.resume("continue")
        dbg.expect_end()
        told = [event.text for event in dbg.events if isinstance(event, Note)]
        assert "breakpoint 2 is cleared: add has ended" in told
    assert len(stood) > 3
    assert all(stood), "setting the others again takes no time of the program's"


def test_what_the_user_changes_is_no_news() -> None:
    with debugging("watched") as dbg:
        watching(dbg, "account.balance")
        dbg.do("account.balance = 100")
        assert "from 100 to 101" in change(dbg)


def test_steps_and_lines_are_free_before_and_afterwards() -> None:
    with debugging("watched", record=False) as dbg:
        before = dbg.call(carried)
        watching(dbg, "account.balance", "jobs['open']")
        assert dbg.call(carried) > before
        dbg.do("clear 1 2")
        assert dbg.call(carried) == before
        dbg.resume("continue")
        dbg.expect_end()


def test_a_variable_of_that_name_is_shown() -> None:
    with debugging("watched") as dbg:
        dbg.do("global watch; watch = 7")
        assert dbg.text("watch").strip().endswith("7")


def test_a_change_while_two_threads_run_is_either_ones() -> None:
    """The other thread looks first, while the line that has changed the value goes on."""
    with debugging("watched_in_threads") as dbg:
        dbg.go(f"until {dbg.line('begins')}")
        assert "set: watch box" in dbg.text("watch box['number']", 200)
        said = change(dbg)
        assert said.startswith("box['number']: from 0 to 1 in thread helper")
        assert ", or in step 2 of main (" in said
        assert said.endswith(f") at watched_in_threads.py:{dbg.line('changes')}")
        dbg.resume("continue")
        dbg.expect_end()
