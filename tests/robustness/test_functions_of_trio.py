"""A breakpoint on a function of Trio's that ours call stops only where the program calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frontends import children

PROGRAM = children.ROOT / "tests/programs/edge/trios.py"
ASKED = "where|why|why child#1|tasks|tree|scopes|locals|timers|queue|runs|log|dump {folder}/d.dump"


@pytest.mark.parametrize(
    "name",
    [
        "trio.lowlevel.current_task",
        "trio.Event.is_set",
        "trio.current_time",
        "trio._core._run.Nursery.child_tasks",
        "trio._core._run.Task.child_nurseries",
        "trio._core._run.Task.parent_nursery",
        "trio._core._instrumentation.Instruments.add_instrument",
        "trio._core._instrumentation.Instruments.remove_instrument",
    ],
)
def test_ours_stop_nowhere_in_it(name: str, tmp_path: Path) -> None:
    asked = ASKED.format(folder=tmp_path).split("|")
    lines = ["continue", f"break {name}", *asked, "hold child#2", "release", *asked]
    words = [word for line in lines for word in ("-c", line)]
    words += ["-c", "continue"] * 40
    done = children.run("-m", "stepdbg", "--record", *words, PROGRAM, merged=True)
    shown = done.stdout.decode()
    assert "bug in stepdbg" not in shown
    before, _, after = shown.partition("(stepdbg) release\n")
    assert f"breakpoint 1 set: {name}" in before
    assert "\nbreakpoint 1: " not in before
    asked_again, _, gone_on = after.partition("(stepdbg) continue\n")
    assert "\nbreakpoint 1: " not in asked_again
    # Where it is hit then, it is the program or Trio that calls it.
    assert "/stepdbg/" not in gone_on
    assert "end True __main__.main True\n" in gone_on
    assert done.returncode == 0
