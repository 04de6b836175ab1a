"""The settings: one home, one picture, told when they change."""

from __future__ import annotations

from dataclasses import replace

import pytest
import trio

from stepdbg.engine.process.settings import Choice, Settings
from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.errors import BadUsage
from stepdbg.model.lints import LINTS
from tests.harness import debugging


def test_each_setting_reads_back_what_it_shows() -> None:
    settings = Settings()
    assert len(settings.all()) == 11
    for choice in settings.all():
        before = choice.picture()
        choice.change(before.value)
        assert replace(choice.picture(), typed=()) == before


def test_who_goes_by_a_setting_is_told_after_each_change_and_only_then() -> None:
    settings = Settings()
    told: list[int] = []
    settings.record_size.tell(told.append)
    settings.record_size.change("0020")
    with pytest.raises(BadUsage, match="from 10 to 1000000, not 9"):
        settings.record_size.change("9")
    settings.record_size.change("1000000")
    assert told == [20, 1_000_000]


@pytest.mark.parametrize("text", ["9" * 5_000, "0" * 5_000, "²", "-20", "", "20.0", "１２"])
def test_a_size_that_is_no_number_in_its_range_is_refused(text: str) -> None:
    settings = Settings()
    with pytest.raises(BadUsage, match="takes a number from 10"):
        settings.record_size.change(text)
    assert settings.record_size.value == 5_000


def test_what_a_setting_leaves_open_is_shown_as_it_is_in_force() -> None:
    choice: Choice[bool | None] = Settings().record
    choice.tell(lambda _: None, in_force=lambda: True)
    assert choice.value is None
    assert choice.picture().value == "on"


def test_switches_of_lints_add_up() -> None:
    settings = Settings()
    settings.lint.change("all on")
    settings.lint.change("busy-loop off slow-step off busy-loop on")
    assert len(settings.lint.value) == len(LINTS)
    assert settings.lint.picture().value == "slow-step off"


def test_own_code_is_forgotten_with_its_session() -> None:
    with debugging("ping_pong") as dbg:
        dbg.expect_stop(kind="start")
        dbg.do("set own trio")
        assert "own  trio" in dbg.text("set own")
        assert is_own(trio.__file__)
        dbg.leave()
    with debugging("ping_pong") as dbg:
        dbg.expect_stop(kind="start")
        assert "own  none" in dbg.text("set own")
        assert not is_own(trio.__file__)
        dbg.leave()


def test_what_was_typed_is_kept_to_be_typed_again() -> None:
    settings = Settings()
    for name, text in (
        ("own", "a"),
        ("own", "b c"),
        ("record-size", "500"),
        ("record-size", "5000"),
        ("lint", "all off"),
        ("lint", "slow-step on"),
        ("lint", "slow-step off"),
    ):
        settings.get(name).change(text)
    typed = {each.name: each.picture().typed for each in settings.all() if each.picture().typed}
    assert typed == {"own": ("b c",), "lint": ("all off", "slow-step off")}
