"""Aliases: the user's own words for commands.

Owns: the commands `alias` and `unalias`.  Does not own: what an alias stands for (expansion).
"""

from __future__ import annotations

from stepdbg.model.errors import StepdbgError
from stepdbg.model.replies import AliasList, Message

from . import grammar
from .request import Request, Result


def alias(request: Request) -> Result:
    """`alias [NAME [COMMAND]]`: list the aliases, show one, or make one."""
    aliases = request.desk.aliases
    name, command = grammar.first_word(request.rest) if request.rest else ("", "")
    if not name:
        return AliasList(tuple(sorted(aliases.items())))
    if command:
        aliases[name] = command
        return Message(f"`{name}` stands for `{command}`")
    if name not in aliases:
        raise StepdbgError(f"there is no alias `{name}`")
    return AliasList(((name, aliases[name]),))


def unalias(request: Request) -> Result:
    """`unalias NAME`."""
    request.need_rest("the name of an alias")
    (name,) = request.words(most=1)
    if request.desk.aliases.pop(name, None) is None:
        raise StepdbgError(f"there is no alias `{name}`")
    return Message(f"`{name}` is not an alias any more")
