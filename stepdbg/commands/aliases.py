"""Aliases: the words a user made for other commands.

Owns: the commands `alias` and `unalias`, and expanding an alias.
Does not own: carrying out what it stands for (interpreter).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from stepdbg.model.errors import BadUsage, StepdbgError
from stepdbg.model.replies import AliasList, Message

from . import grammar
from .request import Request, Result

_PARAMETER = re.compile(r"%(\*|[1-9])")


def find(aliases: Mapping[str, str], text: str) -> str | None:
    """The alias that a text begins with, as a command would."""
    word, rest = grammar.first_word(text) if text.strip() else ("", "")
    return word if word in aliases and not grammar.begins_with_operator(rest) else None


def expand(aliases: Mapping[str, str], text: str) -> str:
    """What a text that begins with an alias stands for.

    Raises:
        BadUsage: the alias takes fewer or more words than the text has.
    """
    name, rest = grammar.first_word(text)
    command = aliases[name]
    given = rest.split()
    wanted = _PARAMETER.findall(command)
    numbers = [int(parameter) for parameter in wanted if parameter != "*"]
    if numbers and max(numbers) > len(given):
        raise BadUsage(f"the alias `{name}` needs {_words(max(numbers))}: {command}")
    if "*" not in wanted and len(given) > max(numbers, default=0):
        raise BadUsage(f"the alias `{name}` takes {_words(max(numbers, default=0))}: {command}")

    def argument(match: re.Match[str]) -> str:
        return rest if match.group(1) == "*" else given[int(match.group(1)) - 1]

    return _PARAMETER.sub(argument, command)


def _words(number: int) -> str:
    return {0: "no words", 1: "1 word"}.get(number, f"{number} words")


def alias(request: Request) -> Result:
    """`alias`: list them, show one, or make one."""
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
    return Message(f"`{name}` is no alias any more")
