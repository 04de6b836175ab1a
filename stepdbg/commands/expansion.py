"""Expand aliases.

Owns: finding and expanding aliases.  Does not own: making them (aliases).
"""

from __future__ import annotations

from collections.abc import Mapping

from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import re

from . import grammar

_PARAMETER = r"%(\*|[1-9])"


def find(aliases: Mapping[str, str], text: str) -> str | None:
    """The alias with which a text begins; the word ends as that of a command would."""
    if not aliases or not text.strip():
        return None
    word, rest = grammar.first_word(text)
    return word if word in aliases and not grammar.begins_with_operator(rest) else None


def expand(aliases: Mapping[str, str], text: str) -> str:
    """Expand a text that begins with an alias.

    Raises:
        BadUsage: the alias takes fewer or more words than the text has.
    """
    name, rest = grammar.first_word(text)
    command = aliases[name]
    given = rest.split()
    wanted = re.findall(_PARAMETER, command)
    needed = max((int(parameter) for parameter in wanted if parameter != "*"), default=0)
    if needed > len(given) or ("*" not in wanted and needed < len(given)):
        raise BadUsage(f"the alias `{name}` takes {_words(needed)}: it stands for `{command}`")

    def argument(match: re.Match[str]) -> str:
        return rest if match.group(1) == "*" else given[int(match.group(1)) - 1]

    return re.sub(_PARAMETER, argument, command)


def _words(number: int) -> str:
    return {0: "no words", 1: "one word"}.get(number, f"{number} words")
