"""Help: the command table as replies.

Owns: the command `help`.  Does not own: the texts (rows, topics, targets).
"""

from __future__ import annotations

from stepdbg.model.errors import StepdbgError
from stepdbg.model.replies import AliasList, CommandHelp, HelpList

from . import conditions, table, targets, topics
from .request import Request, Result
from .row import CommandRow, Repeat
from .suggestions import nearest

ALL = "all"

_FIRST = (
    *("step", "next", "into", "return", "continue", "break", "watch", "quit"),
    *("tasks", "tree", "why", "where", "list", "locals", "p"),
)
"""The commands for a beginner: one line for each, so that `help` fits on a screen."""


def help_(request: Request) -> Result:
    """`help [all | COMMAND | TOPIC]`."""
    words = request.words(most=1)
    everything = (*map(help_of, table.ROWS), *topics.TOPICS)
    if not words:
        return HelpList(everything, _FIRST)
    word = words[0]
    aliases = request.desk.aliases
    if word in aliases:
        return AliasList(((word, aliases[word]),))
    if word in table.BY_WORD:
        return help_of(table.BY_WORD[word])
    if word in topics.BY_WORD:
        return topics.BY_WORD[word]
    if word == ALL:
        return HelpList(everything)
    near = nearest(word, [ALL, *table.BY_WORD, *topics.BY_WORD])
    way_out = f"did you mean `help {near}`?" if near else "`help all` lists what there is"
    raise StepdbgError(f"there is no help on `{word}`; {way_out}")


def help_of(row: CommandRow) -> CommandHelp:
    """A row of the table as a reply."""
    text = row.text.strip("\n")
    if "target" in row.completes:
        text = f"{_target_text()}\n\n{text}"
    return CommandHelp(
        names=row.names,
        usage=row.usage,
        group=row.group,
        summary=row.summary,
        text=text,
        examples=row.examples,
        repeats=row.repeat is not Repeat.NOT,
    )


def _target_text() -> str:
    kinds = (f"`{kind.usage}`: {kind.summary}." for kind in targets.KINDS)
    modifiers = (f"`{each.usage}`: {each.summary}." for each in conditions.MODIFIERS)
    return "\n\n".join(
        (
            "TARGET is one of these.",
            *kinds,
            "MODIFIER is one of these, each after a comma.",
            *modifiers,
        )
    )
