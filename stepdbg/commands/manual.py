"""The manual page of the commands, made from the table.

Owns: `docs/commands.md`, written by ``python -m stepdbg.commands.manual docs/commands.md``.
Does not own: any text in it (rows, targets, topics).
"""

from __future__ import annotations

from collections.abc import Iterator

from stepdbg.model.replies import CommandHelp
from stepdbg.model.standard import re

from . import table, topics
from .help import help_of

INTRODUCTION = """\
# Command reference

<!-- Made from the command table by `python -m stepdbg.commands.manual docs/commands.md`. -->

These commands work at the prompt, in `-c`, in a file of commands and in JSON. The grammar and most
names are those of pdb; the nouns are Trio's. The line below a command's name shows its arguments.
You may leave out what is in brackets.
"""


def manual_page() -> str:
    """The page, in Markdown."""
    rows = [help_of(row) for row in table.ROWS]
    groups = list(dict.fromkeys(row.group for row in rows))
    parts = [INTRODUCTION, *_overview(rows)]
    for group in groups:
        parts += [f"\n## {group.capitalize()}\n"]
        parts += [_section(row) for row in rows if row.group == group]
    parts += [f"\n## {topics.GROUP.capitalize()}\n"]
    parts += [_section(topic) for topic in topics.TOPICS]
    return "\n".join(parts).rstrip("\n") + "\n"


def _overview(rows: list[CommandHelp]) -> Iterator[str]:
    yield "| command | short | does |\n|---|---|---|"
    for row in rows:
        name, *short = row.names
        shorter = ", ".join(f"`{word}`" for word in short)
        yield f"| [`{name}`](#{name}) | {shorter} | {_cell(row.summary)} |"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _section(row: CommandHelp) -> str:
    lines = [f"### {row.names[0]}", "", f"    {row.usage}", "", _sentence(row.summary)]
    if len(row.names) > 1 and row.group != topics.GROUP:
        lines += ["", "Short: " + ", ".join(f"`{name}`" for name in row.names[1:]) + "."]
    if row.text:
        lines += ["", _markdown(row.text)]
    if row.repeats:
        lines += ["", "At a terminal an empty line repeats the command."]
    if row.examples:
        lines += ["", "For example:", "", *(f"    {example}" for example in row.examples)]
    return "\n".join([*lines, ""])


def _sentence(summary: str) -> str:
    return summary[0].upper() + summary[1:] + "."


def _markdown(text: str) -> str:
    """Help text as Markdown: its indented lines become code blocks."""
    return re.sub(r"^  (?=\S)", "    ", text.strip("\n"), flags=re.MULTILINE)


def _main() -> None:
    from pathlib import Path

    from stepdbg.model.standard import sys

    Path(sys.argv[1]).write_text(manual_page(), encoding="utf-8")


if __name__ == "__main__":
    _main()
