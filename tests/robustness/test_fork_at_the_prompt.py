"""A fork that is typed at the prompt: the prompt and its input stay the parent's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import debug
from tests.frontends.test_json_programs import on_standard_streams
from tests.terminal import ENTER

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

FORKED = """\
import os, trio
parent = os.getpid()
async def main():
    breakpoint()
    breakpoint()
    await trio.lowlevel.checkpoint()
    if os.getpid() != parent:
        os._exit(7)
    print("the child has ended with", os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
trio.run(main)
"""
ENDED = "the child has ended with 7"
TYPED = ("p os.fork() >= 0", "!os.fork()")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "forked.py"
    path.write_text(FORKED)
    return path


@pytest.mark.parametrize("typed", TYPED)
def test_piped(typed: str, program: Path) -> None:
    lines = f"{typed}\np 6 * 7\ncontinue\np 'again'\ncontinue\n"
    done = children.run(
        "-m", "stepdbg", "-c", "continue", program, given=lines.encode(), merged=True
    )

    assert done.returncode == 0
    rows = done.stdout.decode().splitlines()
    assert done.stdout.decode().count(ENDED) == 1  # two processes write there
    assert rows.count("(stepdbg) p 6 * 7") == rows.count("42") == 1
    assert rows.count("(stepdbg) p 'again'") == rows.count("'again'") == 1
    assert sum(row.startswith("pause: ") for row in rows) == 2
    assert sum(row.startswith("(stepdbg)") for row in rows) == 5


def test_at_a_terminal(program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program, "-c", "continue") as terminal:
        terminal.wait_for_prompt()
        terminal.do("p os.fork() >= 0")
        assert terminal.do("p 6 * 7") == ["42"]
        terminal.do("continue")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert terminal.text.count(ENDED) == 1
        assert terminal.text.count("True") == 1
        assert terminal.modes == terminal.modes_before


def test_as_json(program: Path) -> None:
    with on_standard_streams("-c", "continue", program) as debuggee:
        debuggee.says("p os.fork() >= 0", "p 6 * 7", "continue", "continue")
        end = debuggee.until(kind="program_ended")["event"]
        assert end["exit_code"] == 0, (end, debuggee.output("stderr"))
        assert debuggee.ends() == 0
        replies = [each["request"] for each in debuggee.seen if each["kind"] == "reply"]
        assert len(replies) == len(set(replies)) >= 4
        assert ENDED in debuggee.output()
