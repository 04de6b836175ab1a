"""Who is told of a lint, when, and how often; and partial deadlocks, told at every stop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stepdbg.model.lints import LINTS
from stepdbg.model.replies import LintList, SettingList
from tests.examples.running import EXAMPLES, Finished, bare, python
from tests.harness import debugging

EVENTS = "tests/programs/lints/lost_events"
LOCKS = "tests/programs/lints/locks"


def test_a_stop_tells_it_once() -> None:
    with debugging(EVENTS, args=["forgotten"]) as dbg:
        dbg.do("break :here")
        (lint,) = dbg.go("continue", kind="breakpoint").lints
        assert lint.place is not None
        assert lint.place.line == dbg.line("waits")
        assert not dbg.go("next").lints
        assert dbg.reply("lints", LintList).lints == (lint,)
        assert "lost-event: " + lint.text[:20] in dbg.text("lints", 200)


def test_switched_off() -> None:
    with debugging(EVENTS, args=["forgotten"]) as dbg:
        dbg.do("set lint lost-event off")
        dbg.do("break :here")
        assert not dbg.go("continue", kind="breakpoint").lints
        reply = dbg.reply("lints", LintList)
        assert reply.lints == ()
        assert "lost-event" in reply.off
        dbg.do("set lint lost-event on")
        (lint,) = dbg.reply("lints", LintList).lints
        assert lint.name == "lost-event"


def test_the_setting_can_be_typed_again() -> None:
    with debugging(EVENTS, args=["held"]) as dbg:
        (setting,) = dbg.reply("set lint", SettingList).settings
        assert setting.value.count(" off") == sum(kind.costs for kind in LINTS)
        (everything,) = dbg.reply("set lint all on", SettingList).settings
        assert everything.value == "all on"
        assert dbg.reply("lints", LintList).off == ()
        (again,) = dbg.reply(f"set lint {setting.value}", SettingList).settings
        assert again.value == setting.value


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("slow", "say what to do with it: `set lint slow on` or `off`"),
        ("slow on", "there is no lint `slow`"),
        ("slow-step maybe", "a lint is on or off, not `maybe`"),
    ],
)
def test_bad_switches(typed: str, sentence: str) -> None:
    with debugging(EVENTS, args=["held"]) as dbg:
        assert sentence in dbg.failure(f"set lint {typed}")


def test_nothing_is_wrapped_after_the_session() -> None:
    from trio._core._asyncgens import AsyncGenerators

    before = AsyncGenerators._finalize_one
    with debugging(EVENTS, args=["held"]) as dbg:
        dbg.do("step")
        assert AsyncGenerators._finalize_one is not before
        dbg.do("set lint lost-generator off")
        assert AsyncGenerators._finalize_one is before
    assert AsyncGenerators._finalize_one is before


# -- partial deadlocks -----------------------------------------------------------------------


def test_a_circle_of_locks_is_told_at_the_next_stop_and_once() -> None:
    with debugging(LOCKS, args=["crossed"]) as dbg:
        dbg.do("break :here")
        stop = dbg.go("continue", kind="breakpoint")
        (knot,) = stop.knots
        assert [label.name for label in knot.cycle] in (["left", "right"], ["right", "left"])
        assert not dbg.go("continue", kind="breakpoint").knots
        assert "stuck: these tasks go on only when they are cancelled" in dbg.text("deadlock")


def test_events_and_channels_that_nobody_can_end_are_deadlocks() -> None:
    with debugging(EVENTS, args=["ring"]) as dbg:
        dbg.do("break :here")
        dbg.go("continue", kind="breakpoint")
        text = dbg.text("deadlock", 200)
        assert "stuck: these tasks go on only when they are cancelled" in text
        assert text.count("waits for Event") == 2


# -- the report ------------------------------------------------------------------------------


def report(path: Path, *arguments: str) -> tuple[Finished, list[str]]:
    """Run something under ``--lint-report``: how it went, and which lints were written."""
    done = python("-m", "stepdbg", "--lint-report", str(path), *arguments)
    lints = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return done, [each["name"] for each in lints]


def test_a_report_changes_nothing(tmp_path: Path) -> None:
    """The tasks of the example wake in an order that differs from run to run."""
    done, lints = report(tmp_path / "lints", "examples/crash.py")
    alone = bare("crash")
    assert (done.exit_code, done.stdout) == (alone.exit_code, alone.stdout)
    assert sorted(done.stderr.splitlines()) == sorted(alone.stderr.splitlines())
    assert lints == []


def test_no_example_looks_wrong(tmp_path: Path) -> None:
    """All of them in one process; how long a step takes depends on the machine."""
    quiet = ("-c", "set lint slow-step off", "-c", "continue")
    done, lints = report(tmp_path / "lints", *quiet, "-m", "tests.lints.all_examples")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("ran example ") == len(list((EXAMPLES).glob("*.py")))
    assert lints == []


def test_a_report_of_a_program_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "killed.py"
    program.write_text(
        "import os, trio\n"
        "async def main():\n"
        "    with trio.CancelScope() as scope:\n"
        "        scope.cancel()\n"
        "        try:\n"
        "            await trio.sleep(1)\n"
        "        except BaseException:\n"
        "            pass\n"
        "        with trio.CancelScope(shield=True):\n"
        "            await trio.sleep(0)\n"
        "    os._exit(3)\n"
        "trio.run(main)\n",
        encoding="utf-8",
    )
    for _ in range(2):  # the second report replaces the first one
        done, lints = report(tmp_path / "lints", str(program))
        assert done.exit_code == 3
        assert done.stdout == done.stderr == ""
        assert lints == ["swallowed-cancel"]


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    done = python("-m", "stepdbg", "--lint-report", str(tmp_path), "examples/double.py")
    assert done.exit_code == 2
    assert "--lint-report" in done.stderr


def test_a_report_replaces_no_file_of_the_users(tmp_path: Path) -> None:
    notes = tmp_path / "notes.json"
    notes.write_text('{"name": "mine"}\n')
    done = python("-m", "stepdbg", "--lint-report", str(notes), "examples/double.py")
    assert done.exit_code == 2
    assert "it is there and was not written by this option" in done.stderr
    assert notes.read_text() == '{"name": "mine"}\n'
