"""Random programs: before a step the past shows the same variables as the first time."""

from __future__ import annotations

import os
import random
import re
from itertools import takewhile
from pathlib import Path

import pytest

from tests.random_programs import program

from .recorded import told

EXAMPLES = int(os.environ.get("STEPDBG_EXAMPLES", "2"))
STEPS, VISITS = 14, 8


def answers(file: Path, lines: list[str]) -> list[str]:
    """What follows each line, without addresses."""
    said = re.sub("0x[0-9a-f]+", "0x…", told(file, lines, "--on-deadlock", "quit"))
    return re.split(r"^\(stepdbg(?:: past)?\) .*\n", said, flags=re.MULTILINE)[1:]


def steps_taken(stops: list[str]) -> int:
    """How many of these are before a step; a run may end, or be stuck."""
    return len(list(takewhile(lambda stop: stop.lstrip().startswith("step "), stops)))


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_a_step_has_the_same_locals_again(seed: int, tmp_path: Path) -> None:
    """`STEPDBG_EXAMPLES` says how many programs, some hundreds for the full count."""
    file = tmp_path / "program.py"
    source = re.sub(r"(sleep|after)\((\d)\)", r"\1(\2 / 200)", program(seed))
    file.write_text(f"{source}\n\ntrio.run(main)\n", "utf-8")
    count = steps_taken(answers(file, [*["step"] * STEPS, "quit!"]))
    assert count, "the program takes steps"
    visits = random.Random(seed).choices(range(1, count + 1), k=VISITS)
    forth = ["locals", *["step", "locals"] * count]
    there = [line for number in visits for line in (f"goto {number}", "locals")]
    said = answers(file, [*forth, *there, "quit!", "quit!"])
    assert steps_taken(said[1 : len(forth) : 2]) == count
    for place, number in enumerate(visits):
        stop, variables = said[len(forth) + 2 * place :][:2]
        assert f"before step {number} of {count}" in " ".join(stop.split()), stop
        assert variables == said[2 * (number - 1)], f"step {number} of program {seed}"
