"""A Ctrl-C while a stop is made, shown or ended: the prompt answers, or the program gets it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import debug
from tests.terminal import ENTER, PseudoTerminal, ctrl

PROGRAMS = Path(__file__).parents[1] / "programs"

STEPS = """\
import os, signal, trio
async def main():
    try:
        for number in range(1_000_000):
            await trio.sleep(0)
    finally:
        print("cleaned up", flush=True)
trio.run(main)
"""

INTERRUPTING = """\
import os, signal, trio
class Interrupting:
    def __repr__(self):
        os.kill(os.getpid(), signal.SIGINT)
        return "shown"
async def main():
    value = Interrupting()
    for number in range(1_000):
        await trio.sleep(0)
trio.run(main)
"""


def answers(terminal: PseudoTerminal) -> bool:
    """Whether the prompt answers; else the program has ended."""
    terminal.wait_until(lambda: terminal.at_prompt() or terminal.process.poll() is not None, "end")
    if terminal.process.poll() is not None:
        return False
    terminal.do("p 'al' 'ive'")
    if "error: interrupted" in terminal.transcript:  # it came while that was carried out
        terminal.do("p 'al' 'ive'")
    terminal.wait_until(lambda: "'alive'" in terminal.transcript, "alive")
    return True


def interrupted_at(event: int, home: Path) -> PseudoTerminal:
    """The program to which SIGINT comes at an audit event."""
    return debug(home, PROGRAMS / "sigint_at.py", environment={"SIGINT_AT": str(event)})


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many audit events there are from `trio.run` to the end of the first prompt."""
    with interrupted_at(0, tmp_path_factory.mktemp("home")) as terminal:
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        terminal.wait_for_exit()
    (line,) = [line for line in terminal.transcript if line.startswith("events:")]
    return int(line.split()[1])


@pytest.mark.parametrize("share", [0.02, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 0.97])
def test_while_the_first_prompt_opens(share: float, events: int, tmp_path: Path) -> None:
    """Imports, files, threads: at each of them it may come."""
    with interrupted_at(int(events * share), tmp_path) as terminal:
        if answers(terminal):
            terminal.type("quit" + ENTER)
            assert terminal.wait_for_exit() == 125
        else:
            assert terminal.process.returncode == -signal.SIGINT
        assert "bug" not in terminal.text
        assert "stepdbg/" not in terminal.text


def test_while_the_prompt_searches_its_history(tmp_path: Path) -> None:
    program = tmp_path / "steps.py"
    program.write_text(STEPS)
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        terminal.do("p 6 * 7")
        terminal.type(ctrl("r") + "p 6")
        terminal.wait_for("search")
        before = terminal.prompts()
        terminal.process.send_signal(signal.SIGINT)
        terminal.wait_until(lambda: terminal.prompts() > before and terminal.at_prompt(), "prompt")
        assert answers(terminal)
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == 125


def test_after_a_detach(tmp_path: Path) -> None:
    program = tmp_path / "steps.py"
    program.write_text(STEPS.replace("range(1_000_000)", "__import__('itertools').count()"))
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        terminal.type("detach" + ENTER)
        terminal.wait_for("detached")
        terminal.type("\x03")
        assert terminal.wait_for_exit() == -signal.SIGINT
        assert "cleaned up" in terminal.text
        assert "stepdbg/" not in terminal.text


@pytest.mark.parametrize(
    "commands",
    [
        ["break task main", "commands 1 ;; silent ;; p value ;; continue"],
        ["break interrupting.py:9", "display value", "commands 1 ;; continue"],
        ["break interrupting.py:9", "commands 1 ;; silent ;; locals ;; continue"],
        ["break interrupting.py:9", "commands 1 ;; silent ;; p 1 ;; p value ;; p 2 ;; continue"],
    ],
)
def test_without_a_terminal_the_program_gets_it(commands: list[str], tmp_path: Path) -> None:
    """Its stops go on by themselves, so nobody at a prompt can have wanted it."""
    program = tmp_path / "interrupting.py"
    program.write_text(INTERRUPTING)
    given = [each for command in [*commands, "continue"] for each in ("-c", command)]
    child = children.run("-m", "stepdbg", *given, program)
    assert child.returncode == -signal.SIGINT
    assert b"KeyboardInterrupt" in child.stderr
    assert b"bug" not in child.stderr + child.stdout
    assert b"stepdbg/" not in child.stderr
