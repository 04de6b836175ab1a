"""Errors about a resource name who closed, uses or holds it; waits tell what was done before.

Each sentence with the program that makes the mistake, and its mended twin, which must not have it.
"""

from __future__ import annotations

import re

import pytest

from stepdbg.model.replies import Exceptions, Why
from tests.harness import Debugging, debugging

SHOP = "tests/programs/histories/shop"

ERRORS = {
    "broken": "the receive channel was closed by guarded (*) at {kitchen}, when ValueError left "
    "the `with`, * s",
    "closed": "the send channel was closed by tidies (*) at {tidies}, * s",
    "closed_stream": "the SocketStream was closed by hangs_up (*) at {hangs_up}, * s",
    "busy": "the SocketStream is in use by listens (*), at {listens}",
    "not_its_lock": "the Lock is held by bakes (*), acquired at parts.py:*",
    "again": "the Lock is held by again (*) itself, acquired at {again}",
    "nobodys": "the Lock is held by nobody",
}
"""By the mistake, what the failure says of the other party; ``*`` is anything."""

WAITS = {
    "missed": (
        "reads",
        "notified once, by *write (*) at parts.py:*, when nobody waited, * s",
    ),
    "late": (
        "late",
        "started() was called by opens_late (*) at {late}, too late: that wait had been cancelled*",
    ),
}
"""By the mistake, the task that waits, and what its `why` says of what was done before."""

PARTY = re.compile(r"was closed by|is in use by|is held by")
BEFORE = re.compile(r"notified once|started\(\) was called")


def pattern(dbg: Debugging, sentence: str) -> str:
    marks = {mark: f"shop.py:{line}" for mark, line in dbg.program.marks.items()}
    return re.escape(sentence.format(**marks)).replace(r"\*", "[^\n]*")


@pytest.mark.parametrize("mistake", ERRORS)
def test_an_error_names_the_other_party(mistake: str) -> None:
    with debugging(SHOP, args=[mistake], stops_on_failure=True) as dbg:
        dbg.go("continue", kind="failure")
        wanted = pattern(dbg, ERRORS[mistake])
        party = dbg.stop.party
        assert party is not None
        for command in ("exceptions", "why"):
            assert re.search(wanted, dbg.text(command, 200)), dbg.text(command, 200)
        (first, *_) = dbg.reply("exceptions", Exceptions).nodes
        assert first.party is not None
        failed = dbg.reply("why", Why).explanations[0].links[0].failed
        assert failed is not None
        assert failed.party == party


def test_an_error_of_the_same_type_that_is_about_nothing() -> None:
    with debugging(SHOP, args=["another"], stops_on_failure=True) as dbg:
        dbg.go("continue", kind="failure")
        assert "RuntimeError: of another kind" in dbg.text("why", 200)
        assert dbg.stop.party is None
        assert not PARTY.search(dbg.text("exceptions"))


@pytest.mark.parametrize("task", ["channel", "stream", "lock"])
def test_the_mended_shop_names_nobody(task: str) -> None:
    with debugging(f"{SHOP}_mended", args=[task], stops_on_failure=True) as dbg:
        dbg.go("continue", kind="failure")
        assert dbg.stop.party is None
        assert not PARTY.search(dbg.text("exceptions") + dbg.text("why -a"))


def test_without_the_recorder_what_nobody_knows_is_left_out() -> None:
    with debugging(SHOP, args=["broken"], record=False, stops_on_failure=True) as dbg:
        dbg.go("continue", kind="failure")
        assert dbg.stop.party is None
    with debugging(SHOP, args=["not_its_lock"], record=False, stops_on_failure=True) as dbg:
        dbg.go("continue", kind="failure")
        told = dbg.text("why", 200)
        assert re.search(r"the Lock is held by bakes \(\d+\)$", told), told


@pytest.mark.parametrize("mistake", WAITS)
def test_a_wait_tells_what_was_done_before(mistake: str) -> None:
    task, sentence = WAITS[mistake]
    with debugging(SHOP, args=[mistake]) as dbg:
        dbg.do(f"break {dbg.line('after')}")  # the other one ends in a deadlock
        dbg.resume("continue")
        told = dbg.text(f"why {task}", 200)
        assert re.search(rf"^ +{pattern(dbg, sentence)}$", told, re.MULTILINE), told


@pytest.mark.parametrize("task", ["board", "started"])
def test_the_mended_shop_has_nothing_to_tell(task: str) -> None:
    with debugging(f"{SHOP}_mended", args=[task]) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        assert not BEFORE.search(dbg.text("why -a"))
        dbg.do("clear")
        dbg.resume("continue")
        dbg.expect_end()
