"""Objects that go by one name are told apart by the names that others have for them."""

from __future__ import annotations

import re

import pytest

from stepdbg.model.replies import Why
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/namesakes"

TOLD = {
    "accounts": {"transfer#1": "bob.lock", "transfer#2": "alice.lock"},
    "of_a_bank": {
        "transfer#1": "self.accounts['bob'].lock",
        "transfer#2": "self.accounts['alice'].lock",
    },
    "nobody_else_has_them": {"own#1": "done", "own#2": "done"},
    "shared": {"wait#1": "event", "wait#2": "event"},
}
"""By the main function: what the objects are called for which tasks wait."""


def stuck(dbg: Debugging) -> None:
    dbg.go("continue", kind="deadlock")


def named(text: str) -> dict[str, str]:
    told = r"^\s*(\S+) \(\d+\) waits for .*?(?:Lock|Event|Condition) `(.*?)`"
    return dict(re.findall(told, text, re.MULTILINE))


@pytest.mark.parametrize("which", TOLD)
def test_by_which_names_they_are_told(which: str) -> None:
    with debugging(PROGRAM, args=[which]) as dbg:
        stuck(dbg)
        assert named(dbg.text("why -a", 300)) == TOLD[which]
        assert named(dbg.text("deadlock", 300)) == TOLD[which]


def test_one_that_is_alone_on_the_screen_goes_by_the_name_of_its_line() -> None:
    with debugging(PROGRAM, args=["nobody_else_has_them"]) as dbg:
        stuck(dbg)
        assert named(dbg.text("why own#1", 300)) == {"own#1": "done"}


def test_a_condition_and_its_lock_go_by_one_name() -> None:
    with debugging(PROGRAM, args=["a_condition"]) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        assert named(dbg.text("why -a", 300)) == {"for_notice": "ready", "for_its_lock": "ready"}


def test_one_that_stands_for_others_has_the_name_that_all_have() -> None:
    with debugging(PROGRAM, args=["crowd"]) as dbg:
        stuck(dbg)
        said = dbg.text("why -a", 300)
        assert named(said) == {"wait#1": "event"}
        assert "4 more just like it" in said
        explained = dbg.reply("why -a", Why).explanations
        apart = [
            wait.object.apart
            for each in explained
            if (wait := each.links[0].wait)
            if wait.object is not None and wait.object.type == "Event"
        ]
        assert sorted(apart) == [f"events[{index}]" for index in range(5)]
