"""Whatever is typed at the prompt: it is answered, nothing breaks, the terminal comes back."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.frontends.at_terminal import debug
from tests.terminal import DOWN, ENTER, ESCAPE, LEFT, RIGHT, TAB, UP, PseudoTerminal, ctrl

PROGRAM = """\
import trio
async def worker(number):
    while True:
        await trio.sleep(0.01)
async def main():
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(worker, number)
trio.run(main)
"""

# Not ctrl("d") and "quit", which end the program, nor ctrl("z"), which stops the debugger.
KEYS = [UP, DOWN, LEFT, RIGHT, TAB, ESCAPE, *(ctrl(letter) for letter in "abcefghklnprtuwy_")]
COMMANDS = ["tasks", "tree", "where", "step", "next", "p 1 +", "why 99", "list", "b nowhere:1"]
COMMANDS += ["break task worker", "clear", "up", "down", "locals", "timers", "p [" * 40, "help x"]


def typed(chance: random.Random) -> str:
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(KEYS)
    if kind == 1:
        return chance.choice(COMMANDS) + ENTER
    if kind == 2:
        return "".join(chr(chance.randrange(32, 0x2FF)) for _ in range(chance.randrange(1, 12)))
    # Bytes that mean something to a terminal, in an order that does not.
    return "".join(chance.choice("\x1b[]OP;?<0123456789~mM\x7f") for _ in range(5))


def answers(terminal: PseudoTerminal, number: int) -> None:
    """Get out of any search, block and line, and ask something until it is answered.

    More than once, as Ctrl-C throws away what was typed behind it while a command ran.
    """
    due = 0.0

    def is_answered() -> bool:
        nonlocal due
        if time.monotonic() > due:
            due = time.monotonic() + 1
            terminal.type(ESCAPE + ctrl("c") + f"p 'all is ' 'well {number}'{ENTER}")
        return f"all is well {number}" in terminal.text

    terminal.wait_until(is_answered, f"answer to the question {number}")


@pytest.mark.parametrize("seed", range(2))
def test_it_is_answered(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        for number in range(6):
            terminal.type("".join(typed(chance) for _ in range(8)))
            answers(terminal, number)
        assert "a bug in stepdbg" not in terminal.text
        terminal.type(f"quit{ENTER}")
        assert terminal.wait_for_exit() == 125
        assert terminal.modes == terminal.modes_before
