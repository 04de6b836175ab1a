"""Ctrl-C at random moments: each time a prompt that answers, or the program's own end by it.

The suite tries a few moments; `STEPDBG_MOMENTS` says how many of each kind, 200 for all of them.
"""

from __future__ import annotations

import os
import random
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import ROOT, user
from tests.terminal import ENTER, PATIENCE, PseudoTerminal

PROGRAM = ROOT / "tests" / "programs" / "pressed.py"
EARLY = PROGRAM.with_name("pressed_early.py")
CTRL_C = "\x03"
MOMENTS = int(os.environ.get("STEPDBG_MOMENTS", "2"))

FIRST_LINE = re.compile(
    r'File "[^"]*/stepdbg/__init__\.py", line \d+, in <module> +from __future__'
)
"""An import statement that nothing can stand before."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals")


def moments(seed: int, longest: float) -> list[float]:
    """Seconds after something has happened, the same ones in each test run."""
    draw = random.Random(seed)
    return [round(draw.uniform(0, longest), 4) for _ in range(MOMENTS)]


def terminal_with(home: Path, how: str, *options: str) -> PseudoTerminal:
    return terminal_of(home, *options, os.fspath(PROGRAM), how)


def terminal_of(home: Path, *words: str) -> PseudoTerminal:
    return PseudoTerminal(
        [sys.executable, "-m", "stepdbg", *words],
        columns=80,
        rows=40,
        cwd=ROOT,
        environment=user(home),
    )


def press(terminal: PseudoTerminal, after: float) -> None:
    """Press Ctrl-C so many seconds from now; what is shown meanwhile is read."""
    end = time.monotonic() + after
    while (left := end - time.monotonic()) > 0:
        select.select((), (), (), min(left, 0.01))
        terminal.read_what_there_is()
    terminal.type(CTRL_C)


def wait_until_begun(process: int) -> None:
    """Wait until a process runs stepdbg, and no longer what was to start that."""
    command = Path(f"/proc/{process}/cmdline")
    end = time.monotonic() + PATIENCE
    while command.read_bytes().split(b"\0")[1:3] != [b"-m", b"stepdbg"]:
        assert time.monotonic() < end


def nothing_of_ours(text: str) -> None:
    assert "bug in stepdbg" not in text, text
    assert f"{ROOT}/stepdbg/" not in text.replace("\n", "") or is_interpreters(text), text


def answers_or_is_over(terminal: PseudoTerminal) -> None:
    """A prompt comes and answers, or the program has ended by the key."""
    terminal.wait_until(lambda: terminal.at_prompt() or terminal.process.poll() is not None, "end")
    if terminal.process.poll() is None:
        terminal.type("p 'al' 'ive'" + ENTER)
        terminal.wait_for("'alive'")
        terminal.wait_for_prompt()
        terminal.type("quit!" + ENTER)
        terminal.wait_for_exit()
    else:
        ended_by_it(terminal.wait_for_exit(), terminal.text)
    nothing_of_ours(terminal.text)


def ended_by_it(returncode: int, text: str) -> None:
    """SIGINT has ended a process: the program, or the interpreter in its own start."""
    assert returncode == -signal.SIGINT or is_interpreters(text), (returncode, text)


def is_interpreters(text: str) -> bool:
    """Whether the interpreter was interrupted that had not come to the first line of stepdbg.

    To come there it has to find and to read the package, whose first line it names then.
    """
    begun = "pressed.py" in text or "stepdbg" in FIRST_LINE.sub("", text.replace("\n", ""))
    return "KeyboardInterrupt" in text and not begun


@pytest.mark.parametrize("after", moments(1, 0.5))
def test_in_the_first_half_second(after: float, tmp_path: Path) -> None:
    with terminal_with(tmp_path, "counts") as terminal:
        wait_until_begun(terminal.process.pid)
        press(terminal, after)
        answers_or_is_over(terminal)


@pytest.mark.parametrize("after", moments(2, 0.5))
def test_while_it_runs_by_itself(after: float, tmp_path: Path) -> None:
    with terminal_with(tmp_path, "counts", "-c", "continue") as terminal:
        terminal.wait_for("counts now")
        press(terminal, after)
        answers_or_is_over(terminal)


@pytest.mark.parametrize("where", [(), ("in a thread",)])
@pytest.mark.parametrize("given", [(), ("continue",), ("break task lost", "continue")])
def test_before_the_first_step(
    given: tuple[str, ...], where: tuple[str, ...], tmp_path: Path
) -> None:
    """What was given for the start is not an answer to the key: a prompt opens all the same."""
    options = [word for each in given for word in ("-c", each)]
    with terminal_of(tmp_path, *options, os.fspath(EARLY), *where) as terminal:
        terminal.wait_for_prompt()
        assert ("halt: step" in terminal.text) == bool(given), terminal.text
        terminal.do("break")
        assert ("lost" in terminal.text) == (len(given) > 1)
        answers_or_is_over(terminal)


@pytest.mark.parametrize("after", moments(3, 0.3))
def test_while_the_first_stop_opens(after: float, tmp_path: Path) -> None:
    with terminal_with(tmp_path, "counts") as terminal:
        terminal.wait_for("start: step 1")
        press(terminal, after)
        answers_or_is_over(terminal)


@pytest.mark.parametrize("after", moments(4, 0.9))
def test_while_a_failure_among_many_tasks_is_looked_at(after: float, tmp_path: Path) -> None:
    with terminal_with(tmp_path, "fails", "-c", "continue") as terminal:
        terminal.wait_for("fails now")
        press(terminal, after)
        answers_or_is_over(terminal)


@pytest.mark.parametrize("after", moments(5, 0.3))
def test_while_it_detaches(after: float, tmp_path: Path) -> None:
    with terminal_with(tmp_path, "counts") as terminal:
        terminal.wait_for_prompt()
        terminal.type("detach" + ENTER)
        terminal.wait_for("detached: the program runs on")  # before that it is a key of the prompt
        press(terminal, after)
        assert terminal.wait_for_exit() == -signal.SIGINT
        nothing_of_ours(terminal.text)


def without_a_terminal(after: float, wait_for: bytes, *words: str) -> None:
    """SIGINT so many seconds from the beginning, or from when something was written."""
    child = subprocess.Popen(
        [sys.executable, "-m", "stepdbg", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
        env=children.environment(),
        start_new_session=True,
    )
    with child:
        try:
            assert child.stdout is not None
            seen = b""
            wait_until_begun(child.pid)
            while wait_for not in seen:
                seen += child.stdout.readline()
            select.select((), (), (), after)
            child.send_signal(signal.SIGINT)
            rest, _ = child.communicate(timeout=PATIENCE)
        finally:
            child.kill()
    text = (seen + rest).decode()
    nothing_of_ours(text)
    if "ValueError: as it must" not in text:  # its failure has ended it before that
        ended_by_it(child.returncode, text)


@pytest.mark.parametrize("after", moments(6, 0.5))
def test_without_a_terminal_in_the_first_half_second(after: float) -> None:
    without_a_terminal(after, b"", "-c", "continue", os.fspath(PROGRAM), "counts")


@pytest.mark.parametrize("after", moments(7, 0.5))
def test_without_a_terminal_at_stops_that_go_on(after: float) -> None:
    commands = ("break task counts", "commands 1 ;; silent ;; continue", "continue")
    words = [word for each in commands for word in ("-c", each)]
    without_a_terminal(after, b"counts now", *words, os.fspath(PROGRAM), "counts")


@pytest.mark.parametrize("after", moments(8, 0.9))
def test_without_a_terminal_while_a_failure_is_looked_at(after: float, tmp_path: Path) -> None:
    dump = os.fspath(tmp_path / "a.dump")
    without_a_terminal(
        after, b"fails now", "--dump", dump, "-c", "continue", os.fspath(PROGRAM), "fails"
    )
