"""A recorded program in a child process, given commands by `-c`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.frontends import children


def told(program: Path, lines: Iterable[str], *options: str, stdin: str = "") -> str:
    """What stepdbg says while it carries out these lines; the program's output goes elsewhere."""
    commands = [word for line in lines for word in ("-c", line)]
    fixed = ("-m", "stepdbg", "--record", "--seed", "1")
    child = children.run(*fixed, *options, *commands, program, given=stdin.encode())
    said = child.stderr.decode()
    assert "a bug in stepdbg" not in said, said
    return said
