"""What has become of a cancellation: delivered how often, swallowed by what, or why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.harness import Debugging, debugging

from .trio_says import TELLS

PROGRAM = "tests/programs/why/fates"

FATES = {
    "poll": "delivered * times and swallowed by the `except BaseException:` at <poll>",
    "once": "delivered once and swallowed by the `except:` at <once>",
    "may_raise": "delivered once",
    "cleans_up": "it was delivered, and the task is cleaning up",
    "shielded": "not delivered since *, because the shield of <shielded> keeps it off",
    "block": "not delivered since *, because the shield of <block> keeps it off",
    "thread": (
        "not delivered since *, because the wait is for a thread, and abandon_on_cancel is False"
    ),
    "nursery": "not delivered since *, because the end of a nursery waits for its children first",
    "computes": "not delivered since *, because it has not reached a checkpoint",
    "empty": (
        "not delivered since *, because the end of an empty nursery is a checkpoint that "
        "cannot be cancelled"
    ),
}
"""By the method that the task is in: what `why` says, with the marks of lines."""

UNRECORDED = {
    **dict.fromkeys(("poll", "once", "computes", "empty", "thread", "may_raise"), ""),
    "once": "the shield of <after once> keeps it off",
    "may_raise": "the shield of <after may_raise> keeps it off",
    "cleans_up": FATES["cleans_up"],
    "shielded": "the shield of <shielded> keeps it off",
    "block": "the shield of <block> keeps it off",
    "nursery": "the end of a nursery waits for its children first",
}
"""The same without the recorder: nothing that may not be so."""

AT_ONCE = ("computes", "empty")
"""Those that cancel themselves."""


@contextmanager
def at_look(kind: str, *more: str, record: bool = True) -> Iterator[Debugging]:
    """The program where it looks; it goes on to its end, since a shield would keep a quit off."""
    with debugging(PROGRAM, args=[kind, *more], record=record) as dbg:
        go_to_look(dbg, kind)
        try:
            yield dbg
        finally:
            dbg.do("clear 1")
            dbg.resume("continue")
            dbg.expect_end()


def placed(dbg: Debugging, sentence: str) -> str:
    """A sentence with the lines that its marks stand for."""
    return re.sub("<(.*?)>", lambda mark: f"fates.py:{dbg.line(mark[1])}", sentence)


def go_to_look(dbg: Debugging, kind: str) -> None:
    if kind == "empty":
        dbg.do("break task Runner.work")
        dbg.go("continue", kind="breakpoint", step=1)
        dbg.go("continue", kind="breakpoint", step=2)
        return
    dbg.do("break :look")
    dbg.go("continue", kind="breakpoint", line_mark="look")


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("kind", FATES)
def test_what_has_become_of_it(kind: str, record: bool) -> None:
    wanted = FATES[kind] if record else UNRECORDED[kind]
    with at_look(kind, record=record) as dbg:
        lines = map(str.strip, dbg.text("why *work", 400).splitlines())
        told = next(line for line in lines if line.startswith("cancel scope"))
        scope = rf"cancel scope \d+ at fates\.py:{dbg.line('scope')} is cancelled"
        pattern = re.escape(placed(dbg, wanted)).replace(r"\*", r"\S.*?")
        because = r".*(because|,) its cancel\(\) was called" if TELLS else r".*?"
        assert re.fullmatch(rf"{scope}{because}{'; ' * bool(wanted)}{pattern}", told), told


@pytest.mark.parametrize("how", [[], ["expires"]])
def test_how_often(how: list[str]) -> None:
    with at_look("poll", *how) as dbg:
        told = re.search(r"; delivered (\d+) times", dbg.text("why *work", 400))
        tasks = dbg.call(dbg.inspector.tasks)
        (steps,) = [each.steps for each in tasks if each.label.short == "Runner.work"]
        assert told is not None
        # Its first step was none of them, and the next one is still to come.
        assert int(told[1]) == steps - 1


@pytest.mark.parametrize("kind", FATES)
def test_the_mended_ones_are_cancelled(kind: str) -> None:
    with debugging(PROGRAM, args=[kind, "mended"]) as dbg:
        dbg.do("break :look")
        if kind not in AT_ONCE:
            dbg.go("continue", kind="breakpoint", line_mark="look")
            assert "cancelled" not in dbg.text("why -a", 400)
        dbg.resume("continue")
        dbg.expect_end()
