"""How many calls of Python functions a JSON client's `step` takes: no matter of the machine."""

from __future__ import annotations

import json
from pathlib import Path

from tests.frontends import children

MOST = 200
"""Calls a stop; up to 3.11 each list comprehension is one."""

FEW, MANY = 150, 350

STEPS = """
import trio

async def work():
    for _ in range(1_000):
        await trio.lowlevel.checkpoint()

async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(10):
            nursery.start_soon(work)

trio.run(main)
"""


def calls(program: Path, stops: int) -> int:
    """The calls on the main thread of a whole process with so many steps."""
    requests = [json.dumps({"id": number, "command": "step"}) for number in range(stops)]
    given = "\n".join([*requests, "quit", ""]).encode()
    child = children.run("-m", "tests.frontends.counted", "--json", program, given=given)
    kinds = [json.loads(line)["kind"] for line in child.stdout.splitlines()]
    assert kinds.count("stop") == stops + 1
    return int(child.stderr.splitlines()[-1])


def calls_each(program: Path) -> float:
    """The calls of one step; more than usual where the machine is so slow that steps are noted."""
    return (calls(program, MANY) - calls(program, FEW)) / (MANY - FEW)


def test_a_step_takes_few_calls(tmp_path: Path) -> None:
    program = tmp_path / "steps.py"
    program.write_text(STEPS)
    each = min(calls_each(program) for _ in range(3))
    assert 100 < each <= MOST
