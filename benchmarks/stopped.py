"""What a stop takes, from one prompt to the next: scripted, and as JSON through a pipe.

Owns: programs that are stepped many times, and the processor's time for one stop: that of a
long dialogue less that of a short one, so that starting and ending do not count.
Does not own: the prompt in a terminal (`terminal`).
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

FEW, MANY = 100, 1_100

STEPS = """
import trio

async def work():
    for _ in range(10_000):
        await trio.lowlevel.checkpoint()

async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(10):
            nursery.start_soon(work)

trio.run(main)
"""

LINES = """
import trio

async def main():
    x = 0
    for number in range(10_000):
        x += number
        x ^= 3

trio.run(main)
"""

AMONG_BUSY = """
import trio

async def work():
    while True:
        await trio.lowlevel.checkpoint()

async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(100):
            nursery.start_soon(work)
        for _ in range(10_000):
            await trio.lowlevel.checkpoint()

trio.run(main)
"""


@dataclass(frozen=True)
class Case:
    """A dialogue.  before: commands up to the first of those that are repeated."""

    title: str
    program: str
    command: str
    before: tuple[str, ...] = ()
    json: bool = False


CASES = (
    Case("`step`, scripted", STEPS, "step"),
    Case("`next` on a plain line, scripted", LINES, "next", ("until 6",)),
    Case("`step`, JSON, requests sent ahead", STEPS, "step", json=True),
    Case(
        "`step`, JSON, requests sent ahead, subscribed to `stop` alone",
        *(STEPS, "step", ('{"subscribe": ["stop"]}',)),
        json=True,
    ),
    Case(
        "`next` over an await, 100 other tasks busy, JSON",
        *(AMONG_BUSY, "next", ("until 12",)),
        json=True,
    ),
)


def talk(case: Case, script: str, stops: int) -> tuple[float, str]:
    """The seconds of the processor that a dialogue takes, and what comes out."""
    lines = [*case.before, *[case.command] * stops, "quit!"]
    options = ["--json"] if case.json else ["--output", "stdout", "--commands", "/dev/stdin"]
    command = [sys.executable, "-m", "stepdbg", *options, script]
    begun = _used_by_children()
    child = subprocess.run(
        command, input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=False
    )
    return _used_by_children() - begun, child.stdout


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def other_tasks(output: str) -> int:
    """How many of the stops in JSON lines are in another task than most."""
    stops = [
        each["stop"] for each in map(json.loads, output.splitlines()) if each["kind"] == "stop"
    ]
    numbers = [stop["task"]["number"] for stop in stops]
    return len(numbers) - numbers.count(statistics.mode(numbers))


def rows(count: int) -> Iterator[str]:
    """The lines of the table."""
    yield "| from one prompt to the next | ms CPU: median | quartiles | stops a second of CPU |"
    yield "|---|--:|--:|--:|"
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        for case in CASES:
            file.seek(0)
            file.truncate()
            file.write(case.program)
            file.flush()
            yield _row(case, file.name, count)


def _row(case: Case, script: str, count: int) -> str:
    taken = []
    for _ in range(count):
        few, _ = talk(case, script, FEW)
        many, output = talk(case, script, MANY)
        taken.append((many - few) / (MANY - FEW) * 1000)
    note = ""
    if case.command == "next" and case.json:
        note = f", {other_tasks(output)} of {MANY} in another task"
    first, median, third = statistics.quantiles(taken, n=4, method="inclusive")
    rate = 1000 / median
    return f"| {case.title}{note} | {median:.3f} | {first:.3f} to {third:.3f} | {rate:,.0f} |"
