"""Starts stepdbg in a pseudo-terminal, with folders for its user's files.

Owns: the command line and the environment.  Does not own: the terminal (`tests.terminal`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.terminal import PseudoTerminal

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SEEDED = ROOT / "tests" / "examples" / "seeded"


def debug(
    home: Path,
    program: str | os.PathLike[str],
    *options: str,
    columns: int = 80,
    rows: int = 40,
    screen_columns: int | None = None,
    environment: Mapping[str, str | None] | None = None,
) -> PseudoTerminal:
    """A program under stepdbg, in a terminal.

    home: where the user's files lie.  screen_columns: how wide the screen really is, to see
    what does not keep to `columns`.
    """
    terminal = PseudoTerminal(
        [sys.executable, "-m", "stepdbg", *options, os.fspath(program)],
        columns=columns,
        rows=rows,
        cwd=ROOT,
        environment=user(home) | dict(environment or {}),
    )
    if screen_columns is not None:
        terminal.screen.resize(rows, screen_columns)
    return terminal


def user(home: Path) -> dict[str, str | None]:
    """The environment of a user whose files lie in `home`; Trio's coin is seeded."""
    return {
        "HOME": str(home),
        "XDG_STATE_HOME": None,
        "XDG_CONFIG_HOME": None,
        "PYTHONPATH": str(SEEDED),
    }
