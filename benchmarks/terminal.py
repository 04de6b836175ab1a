"""What a prompt takes in a terminal, beside a bare prompt_toolkit prompt inside Trio.

Owns: both programs, driven in turn over a pseudo-terminal.  Needs pexpect.
Does not own: stops without a terminal (`stopped`).
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

import pexpect

LATER = 20
"""How many prompts follow the first one in each dialogue."""

PROMPT = "(stepdbg)"
SHOWN = "runs because"

STEPPED = """
import trio

async def main():
    for _ in range(1_000):
        await trio.lowlevel.checkpoint()

trio.run(main)
"""

BARE = """
import trio

class Asks(trio.abc.Instrument):
    session = None

    def before_task_step(self, task):
        from prompt_toolkit import PromptSession

        if self.session is None:
            self.session = PromptSession()
        print("runs because of", task.name)
        self.session.prompt("(stepdbg) ", in_thread=True)

async def main():
    for _ in range(1_000):
        await trio.lowlevel.checkpoint()

trio.run(main, instruments=[Asks()])
"""


def dialogue(command: list[str], answer: str) -> tuple[float, float]:
    """Seconds from the start to the first prompt, and the median from an answer to the next."""
    begun = time.perf_counter()
    child = pexpect.spawn(command[0], command[1:], encoding="utf-8", dimensions=(24, 80))
    child.delaybeforesend = None
    try:
        see_prompt(child)
        first = time.perf_counter() - begun
        later = []
        for _ in range(LATER):
            begun = time.perf_counter()
            child.send(answer + "\r")
            child.expect_exact(SHOWN, timeout=30)
            see_prompt(child)
            later.append(time.perf_counter() - begun)
    finally:
        child.close(force=True)
    return first, statistics.median(later)


def see_prompt(child: pexpect.spawn[str]) -> None:
    """Wait for the next prompt."""
    while True:
        if child.expect_exact([PROMPT, "\x1b[6n"], timeout=30) == 0:
            return
        child.send("\x1b[1;1R")  # where the cursor is: prompt_toolkit asks


def rows(count: int) -> Iterator[str]:
    """The lines of the table."""
    os.environ["TERM"] = "xterm-256color"
    with tempfile.TemporaryDirectory() as folder:
        for name, source in (("bare.py", BARE), ("stepped.py", STEPPED)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(source)
        bare = [sys.executable, os.path.join(folder, "bare.py")]
        ours = [sys.executable, "-m", "stepdbg", os.path.join(folder, "stepped.py")]
        # The first pair writes bytecode.
        taken = [(dialogue(bare, "x"), dialogue(ours, "s")) for _ in range(count + 1)][1:]
    yield "| prompt in a terminal | bare, ms | stepdbg, ms | ratio: median | quartiles |"
    yield "|---|--:|--:|--:|--:|"
    for which, title in enumerate(
        ("from the start to the first one", "from an answer to the next")
    ):
        alone = statistics.median(pair[0][which] for pair in taken) * 1000
        other = statistics.median(pair[1][which] for pair in taken) * 1000
        ratios = [pair[1][which] / pair[0][which] for pair in taken]
        first, median, third = statistics.quantiles(ratios, n=4, method="inclusive")
        yield f"| {title} | {alone:.1f} | {other:.1f} | {median:.2f} | {first:.2f} to {third:.2f} |"
