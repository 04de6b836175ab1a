"""Lines of styled text, measured in columns of a terminal.

Owns: `Span`, `Line`, and cutting, wrapping and padding them by display width; cleaning text
that comes from the program.  Does not own: the words (the other modules of render), or how a
style looks (frontends).

Styles: ``""``, title, task, state, place, number, time, marked, source, dim, good, warn, error,
value, key, rule.  A ``source`` span is Python source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from stepdbg.model.records import NamedTuple
from stepdbg.model.values import harmless

CUT = "…"
"""Marks a place where text was left out."""

STYLES = frozenset(
    {
        "",
        "title",
        "task",
        "state",
        "place",
        "number",
        "time",
        "marked",
        "source",
        "dim",
        "good",
        "warn",
        "error",
        "value",
        "key",
        "rule",
        "copied",
    }
)
"""All styles that a span may have."""

COPIED = "copied"
"""The style of text for copying: a line with it may have any width."""

_EMOJI_PRESENTATION = "\ufe0f"  # by number, because \N{} loads unicodedata at compile time
_WIDE = frozenset("WF")
_WITHOUT_WIDTH = frozenset(("Mn", "Me"))


class Span(NamedTuple):
    """A piece of a line in one style."""

    style: str
    text: str


Line: TypeAlias = tuple[Span, ...]
"""One line of a screen, without its line end."""

EMPTY: Line = ()


def text(string: str, style: str = "") -> Line:
    """A line of one span, its text cleaned; empty for an empty string."""
    return (Span(style, clean(string)),) if string else EMPTY


def plain(lines: Iterable[Line]) -> str:
    """The lines without their styles, joined by newlines."""
    return "\n".join(plain_line(line) for line in lines)


def plain_line(line: Line) -> str:
    """One line without its styles."""
    return "".join([string for _, string in line])


def join(parts: Iterable[Line], separator: str = ", ") -> Line:
    """The parts that are not empty, with an unstyled separator between them."""
    joined: Line = EMPTY
    for part in parts:
        if part:
            joined += (Span("", separator), *part) if joined else part
    return joined


# Cleaning


def clean(string: str) -> str:
    """`string` as one line that a terminal shows and never obeys.

    Control and format characters (escapes, bidirectional overrides, lone surrogates) are escaped
    as in ``repr``; a line end becomes a blank, a tab becomes blanks.
    """
    if string.isprintable():  # true for the empty string and for nearly all others
        return string
    return harmless(string.expandtabs(4).replace("\r\n", " ").replace("\n", " "))


def clean_lines(string: str) -> list[str]:
    """The cleaned lines of a text; only newlines end a line."""
    return [clean(line.removesuffix("\r")) for line in string.split("\n")]


# Measuring


def width_of(string: str) -> int:
    """How many columns a cleaned string takes.

    East Asian wide and full-width characters (Unicode Standard Annex 11) take two, combining
    marks none.  Terminals disagree about emoji presentation, so it counts as one more column,
    which is never too few.
    """
    if string.isascii():
        return len(string)
    return sum(map(_character_width, string))


def _character_width(character: str) -> int:
    if character < "\u0300" or character == _EMOJI_PRESENTATION:
        return 1
    from stepdbg.model.standard import unicodedata

    if unicodedata.category(character) in _WITHOUT_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def line_width(line: Line) -> int:
    """How many columns a line takes."""
    width = 0
    for _, string in line:
        width += len(string) if string.isascii() else width_of(string)
    return width


# Cutting


def clip_text(string: str, width: int, *, keep_end: bool = False) -> str:
    """Cut `string` to at most `width` columns, with "…" where something was left out.

    keep_end: cut off the beginning, for names and paths, whose end says most.
    """
    if width_of(string) <= width:
        return string
    if width <= 0:
        return ""
    if keep_end:
        return CUT + _head(string[::-1], width - 1)[::-1]
    return _head(string, width - 1) + CUT


def _head(string: str, width: int) -> str:
    """The longest beginning of `string` that fits."""
    if string.isascii():
        return string[:width]
    used = 0
    for index, character in enumerate(string):
        used += _character_width(character)
        if used > width:
            return string[:index]
    return string


def clip(line: Line, width: int, *, keep_end: bool = False) -> Line:
    """Cut a line to at most `width` columns, with "…" where something was left out.

    The number of a task, by which users find it, is shown whole or not at all.
    """
    if line_width(line) <= width:
        return line
    kept: list[Span] = []
    left = width
    for style, string in reversed(line) if keep_end else line:
        taken = width_of(string)
        # After a span that exactly fills the line there is no room for the mark.
        if taken >= left:
            cut = _cut_task if style == "task" else _marked_cut
            kept.append(Span(style, cut(string, left, keep_end)))
            break
        kept.append(Span(style, string))
        left -= taken
    return tuple(reversed(kept)) if keep_end else tuple(kept)


def _marked_cut(string: str, width: int, keep_end: bool) -> str:
    """Cut a string to at most `width` columns, including the mark."""
    longer = CUT + string if keep_end else string + CUT
    return clip_text(longer, width, keep_end=keep_end)


def _cut_task(string: str, width: int, keep_end: bool) -> str:
    """The same for a task: cut its name first, and drop a number that does not fit."""
    name, blank, number = string.rpartition(" ")
    if not number.endswith(")"):
        return _marked_cut(string, width, keep_end)
    room = width - len(blank + number)
    return _marked_cut(name, room, keep_end) + blank + number if room > 0 else CUT


def trimmed(line: Line) -> Line:
    """The line without blanks at its end."""
    while line:
        style, string = line[-1]
        kept = string.rstrip(" ")
        if kept:
            return line if kept == string else (*line[:-1], Span(style, kept))
        line = line[:-1]
    return line


def pad(line: Line, width: int, *, right: bool = False) -> Line:
    """The line filled with blanks to `width` columns; `right`: its text is at the right."""
    missing = width - line_width(line)
    if missing <= 0:
        return line
    blanks = Span("", " " * missing)
    return (blanks, *line) if right else (*line, blanks)


# Wrapping


def wrap(line: Line, width: int, *, indent: int = 0, first: int | None = None) -> list[Line]:
    """Break a line at blanks so that no part is wider than `width`.

    Words wider than a line are cut into pieces.

    indent: how many blanks come before every part except the first.
    first: how many come before the first one; as `indent` if None.
    """
    indent = min(indent, width // 2)
    first = indent if first is None else min(first, width // 2)
    if first + line_width(line) <= width:  # true for nearly every line
        return [text(" " * first) + trimmed(line)]
    lines: list[Line] = []
    current: Line = text(" " * first)
    begun = False
    for blanks, word in _words(line):
        gap = text(" " * blanks) if begun or not lines else EMPTY
        if line_width(current + gap + word) <= width:
            current += gap + word
            begun = True
            continue
        if begun:
            lines.append(current)
            current = text(" " * indent)
        *full, rest = _pieces(word, width - line_width(current), width - indent)
        for piece in full:
            lines.append(current + piece)
            current = text(" " * indent)
        current += rest
        begun = True
    if begun or not lines:
        lines.append(current)
    return lines


def flow(parts: Iterable[Line], width: int) -> list[Line]:
    """Join parts by commas, and break lines between two parts rather than inside one."""
    parts = tuple(parts)
    everything = join(parts)
    if line_width(everything) < width:  # nearly always
        return [trimmed(everything)]
    lines: list[Line] = []
    current: Line = EMPTY
    for part in filter(None, parts):
        longer = join((current, part))
        if current and line_width(longer) > width - 1:  # a comma may have to follow
            lines += wrap(current + text(","), width, indent=2, first=0)
            longer = part
        current = longer
    return lines + wrap(current, width, indent=2, first=0)


def _words(line: Line) -> Iterator[tuple[int, Line]]:
    """The words of a line, each with the number of blanks before it."""
    blanks = 0
    word: Line = EMPTY
    for style, string in line:
        for index, part in enumerate(string.split(" ")):
            if index:
                if word:
                    yield blanks, word
                    blanks, word = 0, EMPTY
                blanks += 1
            if part:
                word += (Span(style, part),)
    if word:
        yield blanks, word


def _pieces(word: Line, first: int, width: int) -> list[Line]:
    """Cut a word into pieces of at most `width` columns, the first of at most `first`."""
    pieces: list[Line] = []
    piece: Line = EMPTY
    room = max(first, 1)
    for style, string in word:
        rest = string
        while rest:
            # At least one character, because a wide one would never fit into one column.
            head = _head(rest, room) or ("" if piece else rest[0])
            piece += text(head, style)
            rest = rest[len(head) :]
            room -= width_of(head)
            if rest:
                pieces.append(piece)
                piece, room = EMPTY, max(width, 1)
    return [*pieces, piece]
