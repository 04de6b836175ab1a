"""What one line means: a command or Python.

Owns: splitting a line at ``;;``, telling a command from Python, splitting arguments.
Does not own: what a command does, aliases, blocks of Python over several lines.

A word is a command only before a blank or the end of the line, and not when an operator
follows: ``args[0]``, ``task.name``, ``queue.put_nowait(1)``, ``task = 3``, ``n == 3`` are
Python.  Otherwise commands win over names of the program.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Collection

from stepdbg.model.records import dataclass
from stepdbg.model.standard import itertools, re

from .row import CommandRow
from .table import BY_WORD, full_names_with

# `re` compiles a pattern when a line first needs it, and caches it: `continue` needs none.

# A string literal that ends on this line; a single apostrophe is not a string.
_STRING = (
    r"""'''(?:\\.|[^\\])*?'''|\"{3}(?:\\.|[^\\])*?\"{3}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""
)
_PIECES = rf"({_STRING}|;;)"
_COMMA = rf"{_STRING}|[(\[{{]|[)\]}}]|,"
_WORD = r"""("[^"]*"|'[^']*')(?=\s|$)|\S+"""

# What cannot begin the argument of a command, so that the word before it is a name.  A unary
# sign or a star can begin one, so it is an operator only if a blank follows it.
_OPERATOR = r"""
      =                                        # assignment and comparison
    | (?: \*\* | // | << | >> | [-+*/%@&|^] ) =    # augmented assignment
    | != | > | < (?! \w+ > )                   # comparison; <init> is a name of Trio's
    | [,;]
    | (?: \*\* | // | >> | << | [-+*/%@&|^] ) \s
    | (?: and | or | is | in | if | not\s+in ) \s
"""
_SIGN = r"[-+]\s"
_ANY_NAME = r"\*\s"


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A command with its argument; `word` is the name that was typed."""

    row: CommandRow
    word: str
    rest: str


@dataclass(frozen=True, slots=True)
class PythonText:
    """Python to run in the frame in view; `explicit` if it began with ``!``."""

    source: str
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """An abbreviation that could mean several commands."""

    word: str
    candidates: tuple[str, ...]


Meaning = CommandCall | PythonText | Unclear


def split_joined(line: str) -> tuple[str, str]:
    """The part before the first ``;;`` that is not inside a string, and the part after it."""
    if ";;" not in line:
        return line, ""
    for match in re.finditer(_PIECES, line, re.DOTALL):
        if match.group() == ";;":
            return line[: match.start()].rstrip(), line[match.end() :].lstrip()
    return line, ""


def first_word(text: str) -> tuple[str, str]:
    """The text up to the first blank, and what follows the blanks."""
    word, _, rest = text.strip().partition(" ")
    if "\t" in word or "\n" in word:  # other white space, which is rare
        parts = text.split(maxsplit=1)
        return parts[0], parts[1] if len(parts) > 1 else ""
    return word, rest.strip()


def begins_with_operator(rest: str, row: CommandRow | None = None) -> bool:
    """Whether the text after a word makes that word a Python name.

    row: the command that the word would be; some take an argument that begins like an operator.
    """
    if not rest or re.match(_OPERATOR, rest, re.VERBOSE) is None:
        return False
    if row is None:
        return True
    if row.python:
        return re.match(_SIGN, rest) is None
    # `tasks * blocked`: any name, in the state blocked.
    return not ("pattern" in row.completes and re.match(_ANY_NAME, rest))


def meaning(
    text: str, *, abbreviations: bool = False, is_name: Callable[[str], bool] = lambda _: False
) -> Meaning:
    """Decide what a text without ``;;`` means.

    Args:
        text: the text, which must not be blank.
        abbreviations: whether unique prefixes of full names are commands as well.
        is_name: tells whether a word is a name in the frame in view; such a name wins over an
            abbreviation that is not listed in the table.
    """
    # An empty line at the end is kept: it ends a block of Python.
    source = text.lstrip().rstrip(" \t")
    if source.startswith("!"):
        return PythonText(source[1:].lstrip(), explicit=True)
    word, rest = first_word(source)
    if source[0] == "?":  # no Python begins with it
        return CommandCall(BY_WORD["?"], "?", source[1:].strip())
    row = BY_WORD.get(word)
    if row is not None and row.statement and rest and not rest.startswith("--"):
        return PythonText(source)
    if row is not None and row.wants_more and not rest:
        return PythonText(source)
    if row is not None and not (rest and begins_with_operator(rest, row)):
        return CommandCall(row, word, rest)
    if row is None and abbreviations and _may_abbreviate(word, rest) and not is_name(word):
        names = full_names_with(word)
        if len(names) > 1:
            return Unclear(word, names)
        if names:
            return CommandCall(BY_WORD[names[0]], word, rest)
    return PythonText(source)


def _may_abbreviate(word: str, rest: str) -> bool:
    return word.isidentifier() and not keyword.iskeyword(word) and not begins_with_operator(rest)


def words(text: str) -> tuple[str, ...]:
    """The words of an argument; a quoted word may hold blanks, and loses its quotes."""
    return tuple(
        match.group()[1:-1] if match.group(1) else match.group()
        for match in (re.finditer(_WORD, text) if text else ())
    )


def first_quoted_word(text: str) -> tuple[str, str]:
    """The first word, which may be quoted, and the text after it without leading blanks."""
    match = re.search(_WORD, text)
    if match is None:
        return "", ""
    word = match.group()[1:-1] if match.group(1) else match.group()
    return word, text[match.end() :].strip()


def after_words(text: str, count: int) -> str:
    """The text after the first `count` words, without leading blanks."""
    end = 0
    for match in itertools.islice(re.finditer(_WORD, text), count):
        end = match.end()
    return text[end:].lstrip()


def quoted(word: str) -> str:
    """Quote a word so that `words` reads it back."""
    if not word or any(blank in word for blank in " \t,") or word[0] in "'\"":
        return f"'{word}'" if '"' in word else f'"{word}"'
    return word


def take_options(arguments: tuple[str, ...], known: Collection[str]) -> tuple[set[str], list[str]]:
    """Separate the options from the other words of an argument."""
    found = {word for word in arguments if word in known}
    return found, [word for word in arguments if word not in known]


def split_condition(text: str) -> tuple[str, str | None]:
    """The target of ``TARGET, [if] EXPR`` or ``TARGET if EXPR``, and the text after it.

    The text is None if there is neither a comma nor an ``if``.
    """
    comma = _first_comma(text)
    target = text if comma is None else text[:comma]
    found = _IF.search(target)
    if found is not None:
        return target[: found.start()].strip(), text[found.end() :].strip()
    return target.strip(), None if comma is None else text[comma + 1 :].strip()


_IF = re.compile(r"(?<=\S)\s+if(?:\s+|$)")


def split_at_comma(text: str) -> tuple[str, str]:
    """The part before the first comma outside of brackets and strings, and the part after it."""
    comma = _first_comma(text)
    if comma is None:
        return text.strip(), ""
    return text[:comma].strip(), text[comma + 1 :].strip()


def _first_comma(text: str) -> int | None:
    depth = 0
    for match in re.finditer(_COMMA, text, re.DOTALL):
        token = match.group()
        if token == "," and depth <= 0:
            return match.start()
        depth += token in "([{"
        depth -= token in ")]}"
    return None


def without_if(condition: str) -> str:
    """A condition without the word ``if`` in front of it."""
    word, rest = first_word(condition)
    return rest if word == "if" else condition
