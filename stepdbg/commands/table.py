"""The command table: every command there is.

Owns: gathering the rows, and finding one by its word.
Does not own: the rows (rows), their code (one module per group), the grammar of a line.

To add a command, add a row to a module of `rows` and the function that its `handler` names.
"""

from __future__ import annotations

from .row import CommandRow
from .rows import (
    breaks,
    exceptions,
    frames,
    linesteps,
    running,
    session,
    steering,
    tasks,
    values,
    why,
)

ROWS: tuple[CommandRow, ...] = (
    *running.ROWS,
    *linesteps.ROWS,
    *breaks.ROWS,
    *tasks.ROWS,
    *why.ROWS,
    *frames.ROWS,
    *exceptions.ROWS,
    *values.ROWS,
    *steering.ROWS,
    *session.ROWS,
)
"""All rows, in the order in which help shows them."""

BY_WORD: dict[str, CommandRow] = {name: row for row in ROWS for name in row.names}
"""A row for every word that is a command everywhere."""


def full_names_with(prefix: str) -> tuple[str, ...]:
    """The full names that an unlisted abbreviation may stand for.

    Commands that came later take no prefix that had been clear before: `st` stays `step`.
    """
    rows = [row for row in ROWS if row.name.startswith(prefix)]
    first = [row for row in rows if not row.later]
    return tuple(row.name for row in (first if len(first) == 1 else rows))
