"""What SIGINT means at each moment: the table of docs/architecture.md, row by row."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import ROOT, debug, user
from tests.robustness.test_ctrl_c_at_stops import answers
from tests.terminal import ENTER, PseudoTerminal

PRESSED = ROOT / "tests" / "programs" / "pressed.py"
STATUS = ROOT / "tests" / "programs" / "ends_with_status.py"
CTRL_C = "\x03"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals")

KILLS_AT = """\
import os, signal, sys
def look(event, arguments):
    if event == "open" and os.environ["KILLS_AT"] in str(arguments[0]) and not done:
        done.append(True)
        getattr(os, "kill")(os.getpid(), signal.SIGINT)
done = []
sys.addaudithook(look)
"""
"""A `sitecustomize`: SIGINT comes as a certain file is opened."""

ENDS = """\
import trio
async def main():
    try:
        await trio.sleep_forever()
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep_forever()
trio.run(main)
"""


def opening(what: str, home: Path) -> str:
    """What a program under stepdbg writes to which SIGINT comes as a file is opened."""
    (home / "sitecustomize.py").write_text(KILLS_AT)
    child = children.run(
        *("-B", "-m", "stepdbg", "-c", "continue", PRESSED, "counts"),
        settings={"PYTHONPATH": f"{home}{os.pathsep}{ROOT}", "KILLS_AT": what},
    )
    text = (child.stdout + child.stderr).decode()
    assert child.returncode == -signal.SIGINT, text
    assert os.fspath(ROOT / "stepdbg") not in text
    return text


def starting(home: Path) -> None:
    assert opening("/launch.", home) == ""
    assert opening("/spares.", home) == ""  # long before that


def importing(home: Path) -> None:
    text = opening("/hooks.", home)
    assert text.endswith("KeyboardInterrupt\nstepdbg: the program ended without running Trio\n")
    assert re.search(r'pressed\.py", line \d+, in <module>\n +import trio\n', text), text


def under_stepdbg(home: Path, *words: str | Path) -> PseudoTerminal:
    command = [sys.executable, "-m", "stepdbg", *(os.fspath(each) for each in words)]
    return PseudoTerminal(command, columns=80, rows=40, cwd=ROOT, environment=user(home))


def running(home: Path) -> None:
    with under_stepdbg(home, "-c", "continue", PRESSED, "counts") as terminal:
        terminal.wait_for("counts now")
        terminal.type(CTRL_C)
        terminal.wait_for("halt: ")
        assert answers(terminal)


def stopping(home: Path) -> None:
    program = PRESSED.with_name("sigint_at.py")
    with debug(home, program, environment={"SIGINT_AT": "200"}) as terminal:
        assert answers(terminal) or terminal.process.returncode == -signal.SIGINT


def prompting(home: Path) -> None:
    with under_stepdbg(home, PRESSED, "counts") as terminal:
        terminal.wait_for_prompt()
        terminal.type("p 'never sent'")
        terminal.wait_for("p 'never sent'")
        before = terminal.prompts()
        terminal.process.send_signal(signal.SIGINT)
        terminal.wait_until(lambda: terminal.prompts() > before and terminal.at_prompt(), "prompt")
        assert answers(terminal)


def typed_code_running(home: Path) -> None:
    with under_stepdbg(home, PRESSED, "counts") as terminal:
        terminal.wait_for_prompt()
        terminal.type("import time; print('type' + 'd', flush=True); time.sleep(60)" + ENTER)
        terminal.wait_for("\ntyped")
        terminal.type(CTRL_C)
        terminal.wait_for("error: interrupted")
        terminal.wait_for_prompt()
        assert terminal.do("p __import__('os').kill(__import__('os').getpid(), 2)") == ["None"]
        assert answers(terminal)  # it is not a key
        terminal.type("continue" + ENTER)
        terminal.wait_for("KeyboardInterrupt")
        terminal.wait_for("cleaned up")


def leaving(home: Path) -> None:
    program = home / "ends.py"
    program.write_text(ENDS)
    with under_stepdbg(home, program) as terminal:
        terminal.wait_for_prompt()
        terminal.do("next")
        terminal.do("next")
        terminal.type("quit" + ENTER)
        terminal.wait_for("Ctrl-C ends it at once")
        terminal.type(CTRL_C)
        assert terminal.wait_for_exit() == 125


def detached(home: Path) -> None:
    with under_stepdbg(home, PRESSED, "counts") as terminal:
        terminal.wait_for_prompt()
        terminal.type("detach" + ENTER)
        terminal.wait_for("counts now")
        terminal.type(CTRL_C)
        assert terminal.wait_for_exit() == -signal.SIGINT
        assert "cleaned up" in terminal.text


def ended(home: Path) -> None:
    with under_stepdbg(home, "-c", "continue", STATUS, "exits") as terminal:
        terminal.wait_for("the program ends with status 3")
        terminal.wait_for_prompt()
        before = terminal.prompts()
        terminal.type(CTRL_C)
        terminal.wait_until(lambda: terminal.prompts() > before and terminal.at_prompt(), "prompt")
        assert answers(terminal)
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == 3


MOMENTS: dict[str, Callable[[Path], None]] = {
    "starting": starting,
    "importing": importing,
    "running": running,
    "stopping": stopping,
    "prompting": prompting,
    "typed code running": typed_code_running,
    "leaving": leaving,
    "detached": detached,
    "ended": ended,
}


def test_the_table_has_these_rows() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    _, _, table = text.partition("| moment | SIGINT is | owner |\n")
    rows = table.partition("\n\n")[0].splitlines()[1:]
    assert [row.split("|")[1].partition(":")[0].strip() for row in rows] == list(MOMENTS)
    for row in rows:
        for owner in re.findall(r"`([\w/]+)`", row.split("|")[3]):
            found = list((ROOT / "stepdbg").rglob(f"{owner.removeprefix('stepdbg/')}.py"))
            assert found, owner


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_each_moment(moment: str, tmp_path: Path) -> None:
    MOMENTS[moment](tmp_path)
