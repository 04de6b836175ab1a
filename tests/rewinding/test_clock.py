"""The clock of the run says the same in the past as the first time."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stepdbg.engine.rewinding import beforehand
from stepdbg.model.facts import RunId
from stepdbg.model.schedules import Logged
from stepdbg.model.stops import Event, Note
from stepdbg.model.uncontrolled import Touch, Uncontrolled

from .recorded import told

PROGRAM = """\
import trio

async def worker(number):
    begun = trio.current_time()
    with trio.move_on_after(5) as scope:
        await trio.sleep(0.002 * number)
        took = trio.lowlevel.current_clock().current_time() - begun
        left = scope.deadline - trio.current_time()
        await trio.lowlevel.checkpoint()

async def main():
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(worker, number)

trio.run(main)
"""

LOOK = "p [begun, took, left, scope.deadline, trio.current_effective_deadline()]"


@pytest.mark.parametrize("options", [(), ("--tape",)], ids=["no tape", "a tape"])
def test_times_are_the_same_again(tmp_path: Path, options: tuple[str, ...]) -> None:
    program = tmp_path / "timed.py"
    program.write_text(PROGRAM, "utf-8")
    reads = "break timed.py:8 if trio.current_time() < 0"  # which the past does not read
    stop = [reads, "break timed.py:9", "continue", "continue", "continue", LOOK]
    said = told(program, [*stop, "next", "back worker#3", LOOK, "goto now", LOOK, "quit"], *options)
    shown = re.findall(r"\[[\d.,\s]+\]", said)
    assert len(shown) == 3, said
    assert len({" ".join(each.split()) for each in shown}) == 1, said
    assert "warning" not in said


def warnings(*, full: bool) -> list[Event]:
    """What is said before going back in a run that has read its clock.  full: too often."""
    touch = Touch(Uncontrolled.CLOCK)
    told: list[Event] = []
    run: Any = SimpleNamespace(
        id=RunId(1),
        registry=SimpleNamespace(paths=None),
        steered=SimpleNamespace(tape=None),
        steps=lambda: SimpleNamespace(clock_log=SimpleNamespace(full=full)),
        tell=told.append,
        touches=SimpleNamespace(of=lambda _: (touch,)),
    )
    beforehand.look(run, Logged(), None, set())
    return told


def test_a_run_that_reads_too_often_is_warned() -> None:
    assert warnings(full=False) == []
    said = "a re-execution does not control the exact time of the run's clock"
    assert warnings(full=True) == [Note(said, "warning")]
