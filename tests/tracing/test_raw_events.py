"""`--raw-events` tells what an instrument of nine hooks is told, event by event."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.debuggee import HERE
from tests.frontends import children

EXAMPLES = HERE.parent / "examples"
BESIDE = HERE / "programs" / "beside_hooks.py"


@pytest.mark.parametrize("name", ["tasks", "echo", "pipeline"])
def test_as_a_hand_written_instrument_beside_it(name: str, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    options = ("--raw-events", f"--trace={ours}", "--trace-format", "jsonl", "-c", "continue")
    done = children.run("-m", "stepdbg", *options, BESIDE, theirs, EXAMPLES / f"{name}.py")
    assert done.returncode == 0, done.stderr
    expected = [json.loads(line) for line in theirs.read_text(encoding="utf-8").splitlines()]
    told: list[list[object]] = []
    numbers: dict[int, int] = {}
    for line in ours.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)["entry"]
        task = entry["task"]
        number = None if task is None else numbers.setdefault(task["number"], len(numbers))
        told.append([entry["detail"], task and task["name"], number, entry["seconds"]])
    assert len(told) > 50
    assert {hook for hook, *_ in told} == {
        *("before_run", "after_run", "task_spawned", "task_scheduled", "task_exited"),
        *("before_task_step", "after_task_step", "before_io_wait", "after_io_wait"),
    }
    assert told == expected
