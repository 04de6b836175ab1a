"""Help on commands, settings, and the user's aliases.

Owns: the look of the command table.  Does not own: its rows (commands.table).
"""

from __future__ import annotations

from stepdbg.model.replies import AliasList, CommandHelp, HelpList, SettingList

from .spans import EMPTY, Line, clip, text, wrap
from .tables import pair_blocks, pairs, wrapped_rows

_LEAST_FOR_COLUMNS = 60
"""The width from which on three columns have room for more than a few letters each."""


def render_help_list(reply: HelpList, width: int) -> list[Line]:
    """The command table by group: all of it, or only the part that fits on a screen."""
    if reply.first:
        return _first_rows(reply, width)
    groups: dict[str, list[CommandHelp]] = {}
    for row in reply.rows:
        groups.setdefault(row.group, []).append(row)
    # All groups share one layout, so that all summaries are in one column.
    rows = [_summary(row) for members in groups.values() for row in members]
    blocks = iter(pair_blocks(rows, width))
    lines: list[Line] = []
    for group, members in groups.items():
        lines += [*([EMPTY] if lines else []), *wrap(text(group, "title"), width)]
        for _ in members:
            lines += next(blocks)
    return [*lines, EMPTY, *wrap(text("`help COMMAND` says more about one of them", "dim"), width)]


def _first_rows(reply: HelpList, width: int) -> list[Line]:
    rows = [row for row in reply.rows if not set(reply.first).isdisjoint(row.names)]
    more = text("`help all` lists everything, `help COMMAND` says more about one", "dim")
    return [*pairs([_summary(row) for row in rows], width), EMPTY, *wrap(more, width)]


def _summary(row: CommandHelp) -> tuple[Line, Line]:
    return text(", ".join(row.names), "key"), text(row.summary)


def render_help(row: CommandHelp, width: int) -> list[Line]:
    """One command: usage, what it does, examples."""
    lines = wrap(text(row.usage, "key"), width, indent=4, first=0)
    if len(row.names) > 1:
        lines += wrap(text("short: ") + text(", ".join(row.names[1:]), "key"), width)
    lines += [EMPTY, *wrap(text(row.summary), width)]
    if row.text.strip():
        lines += [EMPTY, *_prose(row.text, width)]
    if row.examples:
        lines += [EMPTY, text("examples", "title")]
        for example in row.examples:
            lines += wrap(text(example, "source"), width, indent=2)
    if row.repeats:
        lines += [EMPTY, *wrap(text("an empty line repeats the command", "dim"), width)]
    return lines


def _prose(prose: str, width: int) -> list[Line]:
    """Paragraphs filled to the width; indented lines stay as they are."""
    lines: list[Line] = []
    paragraph: list[str] = []
    for line in [*prose.strip("\n").split("\n"), ""]:
        if line.strip() and not line.startswith(" "):
            paragraph.append(line.strip())
            continue
        if paragraph:
            lines += wrap(text(" ".join(paragraph)), width)
            paragraph = []
        lines.append(clip(text(line.rstrip()), width))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def render_settings(reply: SettingList, width: int) -> list[Line]:
    """Settings, with columns for the name, the value and the meaning."""
    rows = [
        (text(each.name, "key"), text(each.value), text(each.summary, "dim"))
        for each in reply.settings
    ]
    if width < _LEAST_FOR_COLUMNS:
        return pairs([(name + text(" ") + value, about) for name, value, about in rows], width)
    return [line for block in wrapped_rows(rows, width, indent=2) for line in block]


def render_aliases(reply: AliasList, width: int) -> list[Line]:
    """Aliases and what they stand for."""
    if not reply.aliases:
        return wrap(text("no aliases; `alias NAME COMMAND` makes one"), width)
    return pairs(
        [(text(name, "key"), text(command, "source")) for name, command in reply.aliases], width
    )
