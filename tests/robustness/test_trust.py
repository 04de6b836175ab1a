"""What docs/security.md says of what is not trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.launcher.side_by_side import debugged, run

HOSTILE = r"""
import trio
EVIL = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"
class Evil:
    def __repr__(self):
        return EVIL
async def child(evil):
    await trio.sleep(0)
    raise ValueError(EVIL)
async def main():
    evil = Evil()
    vars()[EVIL] = evil
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child, evil, name="child" + EVIL)
try:
    trio.run(main)
except* ValueError:
    pass
"""


@pytest.mark.parametrize("options", [("--output", "stdout"), ("--json",)], ids=["text", "json"])
def test_text_from_the_program_commands_no_terminal(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    program = tmp_path / "hostile.py"
    program.write_text(HOSTILE)
    commands = ["break task child*", "continue", "tasks", "tree", "where", "p evil", "locals"]
    commands += [
        "why",
        "p '\\x1b[31m' + EVIL",
        "clear",
        "break exception",
        "continue",
        "exceptions",
    ]
    words = [word for command in commands for word in ("-c", command)]

    done = run([*debugged(options=(*options, *words)), str(program)])

    assert b"child" in done.stdout
    assert b"]0;owned" in done.stdout  # the harmless rest is shown
    for evil in (b"\x1b", b"\x07", "\x9b".encode(), "\u202e".encode()):
        assert evil not in done.stdout + done.stderr


def test_the_working_directory_gives_no_commands(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import trio\nasync def main(): pass\ntrio.run(main)\n")
    for name in ("startup", ".stepdbgrc", "stepdbgrc", ".pdbrc"):
        (tmp_path / name).write_text("p 'obeyed'\n")

    done = run([*debugged(), str(program)], cwd=tmp_path)

    assert done.status == 0
    assert b"obeyed" not in done.stdout + done.stderr
