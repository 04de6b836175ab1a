"""Programs that close every descriptor that they do not know, as daemons do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.debuggee import Program
from tests.frontends import children
from tests.frontends.at_terminal import debug

DAEMON = Program.load("tests/programs/edge/daemon")
STOPS = f"break {DAEMON.path}:{DAEMON.line('stop')}"
LINES = (STOPS, "continue", "p number + 39", "next", "p number + 66", "continue")


def by_words(_: Path) -> tuple[list[str], bytes]:
    return [word for line in LINES for word in ("-c", line)], b""


def by_a_file(folder: Path) -> tuple[list[str], bytes]:
    file = folder / "commands"
    file.write_text("\n".join(LINES), encoding="utf-8")
    return ["--commands", str(file)], b""


def by_input(_: Path) -> tuple[list[str], bytes]:
    return [], "\n".join([*LINES, ""]).encode()


@pytest.mark.parametrize("reuses", [False, True], ids=["closes", "reuses"])
@pytest.mark.parametrize("way", [by_words, by_a_file, by_input])
def test_commands_go_on(
    way: Callable[[Path], tuple[list[str], bytes]], reuses: bool, tmp_path: Path
) -> None:
    options, given = way(tmp_path)
    program = [str(DAEMON.path), *([str(tmp_path)] if reuses else [])]
    done = children.run("-m", "stepdbg", *options, *program, given=given, merged=True)
    shown, left = done.stdout.decode(), 150 if reuses else 0
    assert done.returncode == 0, shown
    assert "\n42\n" in shown
    assert "\n70\n" in shown
    assert f"\nresult 4 {left}\n" in shown
    assert f"\nafter {left}\n" in shown
    assert "bug in stepdbg" not in shown


@pytest.mark.parametrize("reuses", [False, True], ids=["closes", "reuses"])
def test_the_prompt_opens_once_more(reuses: bool, tmp_path: Path) -> None:
    settings = {"FILES": str(tmp_path)} if reuses else {}
    with debug(tmp_path, DAEMON.path, environment=settings) as terminal:
        terminal.wait_for_prompt()
        for line in LINES[:2]:
            terminal.type(line + "\r")
        terminal.wait_for("breakpoint 1:")
        terminal.type("p number + 39\r")
        terminal.wait_for("42")
        terminal.type("continue\r")
        terminal.wait_for("after 150" if reuses else "after 0")
        assert terminal.wait_for_exit() == 0
        assert "bug in stepdbg" not in terminal.text


def test_typed_code_closes_them() -> None:
    lines = (STOPS, "continue", "import os; os.closerange(3, 2000)", "p number + 39", "continue")
    words = [word for line in lines for word in ("-c", line)]
    done = children.run("-m", "stepdbg", *words, DAEMON.path, merged=True)
    shown = done.stdout.decode()
    assert "\n42\n" in shown
    assert "a bug in stepdbg" not in shown
