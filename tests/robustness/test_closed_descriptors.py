"""Programs that close every descriptor that they do not know, as daemons do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.debuggee import Program
from tests.frontends import children
from tests.frontends.at_terminal import debug
from tests.frontends.test_json_programs import on_descriptor, on_standard_streams

DAEMON = Program.load("tests/programs/edge/daemon")
LATER = Program.load("tests/programs/edge/closes_later")
STOPS_LATER = f"break {LATER.path}:{LATER.line('stop')}"
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


def arguments(lowest: int, reuses: bool, folder: Path) -> list[str]:
    return [str(LATER.path), str(lowest), *([str(folder)] if reuses else [])]


def nothing_is_written(folder: Path) -> bool:
    return sum(each.stat().st_size for each in folder.iterdir()) == 0


@pytest.mark.parametrize("reuses", [False, True], ids=["closes", "reuses"])
@pytest.mark.parametrize("lowest", [0, 3])
def test_a_json_client_hears_the_end(lowest: int, reuses: bool, tmp_path: Path) -> None:
    """The second run comes to the breakpoint, where nobody can be asked."""
    with on_standard_streams(*arguments(lowest, reuses, tmp_path)) as debuggee:
        debuggee.stops()
        debuggee.says(STOPS_LATER, "continue", "continue")
        assert debuggee.ends() == 125
    with on_descriptor(*arguments(lowest, reuses, tmp_path)) as (debuggee, _):
        debuggee.stops()
        debuggee.says(STOPS_LATER, "continue", "continue")
        assert debuggee.ends() == 125
        assert debuggee.process.stderr is not None
        told = debuggee.process.stderr.read().decode()
        assert ("has closed the descriptor of the JSON client" in told) == bool(lowest)
    assert nothing_is_written(tmp_path)


def test_without_a_stop_the_program_ends_as_bare(tmp_path: Path) -> None:
    with on_descriptor(*arguments(3, True, tmp_path)) as (debuggee, _):
        debuggee.stops()
        debuggee.says("continue")
        assert debuggee.ends() == 0
        assert debuggee.process.stderr is not None
        assert debuggee.process.stderr.read().decode().splitlines()[-1] == "after"
    assert nothing_is_written(tmp_path)


@pytest.mark.parametrize("lowest", [0, 3])
def test_a_named_file_is_opened_once_more(lowest: int, tmp_path: Path) -> None:
    text, folder = tmp_path / "text", tmp_path / "files"
    folder.mkdir()
    lines = (STOPS_LATER, "continue", "continue", "p 39 + 3", "continue")
    words = ["--output", str(text), *(word for line in lines for word in ("-c", line))]
    children.run("-m", "stepdbg", *words, *arguments(lowest, True, folder))
    assert "\n42\n" in text.read_text(encoding="utf-8")
    assert nothing_is_written(folder)


def test_a_descriptor_that_is_named_cannot_be_had_again(tmp_path: Path) -> None:
    with (tmp_path / "text").open("w", encoding="utf-8") as text:
        number = text.fileno()
        words = ["--output", f"fd:{number}", "-c", "continue", "-c", "tasks", "-c", "continue"]
        process = children.start(
            "-m", "stepdbg", *words, *arguments(3, False, tmp_path), pass_fds=(number,)
        )
        _, told = process.communicate(timeout=children.PATIENCE)
    assert "has closed the descriptor that --output names" in told.decode()
