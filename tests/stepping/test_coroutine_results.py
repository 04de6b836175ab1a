"""Coroutine objects as results of what is typed: nothing of them has run, and nothing warns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frontends import children

PROGRAM = """
import trio

async def work(number):
    await trio.sleep(0)
    return number

async def main():
    made = work(7)
    kept = [made]
    await trio.sleep(0)
    print("program:", await kept.pop())

trio.run(main)
"""

HINT = "nothing has run; `await` runs it"


def told(folder: Path, *commands: str) -> str:
    """What a session shows that stops where a coroutine has been made, in both streams."""
    (folder / "prog.py").write_text(PROGRAM)
    lines = ["break 11", "continue", *commands, "continue"]
    given = [part for line in lines for part in ("-c", line)]
    child = children.run("-W", "always", "-m", "stepdbg", *given, folder / "prog.py")
    return (child.stdout + child.stderr).decode()


@pytest.mark.parametrize(
    "commands",
    [
        ("p work(1)",),
        ("p work(1)", "p 2", "p 3"),
        ("work(1)", "work(2)"),
        ("fresh = work(1)", "p fresh"),
        ("display work(1)", "next"),
        ("p work(1)", "p _"),
    ],
)
def test_it_says_what_runs_it_and_nothing_warns(commands: tuple[str, ...], tmp_path: Path) -> None:
    shown = told(tmp_path, *commands)
    assert HINT in shown
    assert "never awaited" not in shown
    assert "program: 7" in shown


@pytest.mark.parametrize("command", ["p [work(1), (work(2),)]", "whatis work(1)", "p {1: work(1)}"])
def test_nothing_warns_of_one_inside_a_container_either(command: str, tmp_path: Path) -> None:
    assert "never awaited" not in told(tmp_path, command, "p 1")


def test_the_programs_own_is_left_alone(tmp_path: Path) -> None:
    shown = told(tmp_path, "p made", "p kept", "p kept[0]", "p 1")
    assert HINT in shown
    assert "program: 7" in shown


def test_what_was_made_can_be_awaited_later(tmp_path: Path) -> None:
    shown = told(tmp_path, "fresh = work(5)", "p fresh", "await fresh")
    assert "(stepdbg) await fresh\n5\n" in shown
    assert "never awaited" not in shown
