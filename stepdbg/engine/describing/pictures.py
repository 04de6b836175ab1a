"""Pieces of a described object and how they are laid out.

Owns: `Group`, `flat` for one line, and `spread` for several.
Does not own: what goes into the pieces (values, walkers).
"""

from __future__ import annotations

from typing import Final

from stepdbg.model.records import NamedTuple

CUT: Final = "…"
"""Shown in place of items that are left out."""

_INDENT: Final = 4


class Group(NamedTuple):
    """A container: its items, each with a label such as ``'key': `` that may be empty."""

    opening: str
    items: tuple[tuple[str, Node], ...]
    closing: str


Node = str | Group
"""A finished piece of text, or a container of pieces."""


def flat(node: Node) -> str:
    """A picture in one line, unless a piece of it has several."""
    if isinstance(node, str):
        return node
    inside = ", ".join(label + flat(item) for label, item in node.items)
    return f"{node.opening}{inside}{node.closing}"


def spread(node: Node, width: int, indent: int = 0) -> str:
    """A picture over several lines: a container that is too wide gets one line for each item.

    width: columns of the whole text.
    indent: columns already used on its first line.
    """
    line = flat(node)
    margin = "\n" + " " * indent
    if isinstance(node, str):
        return margin.join(line.split("\n"))
    if not node.items or (len(line) + indent <= width and "\n" not in line):
        return line
    inner = indent + _INDENT
    lines = [node.opening]
    for label, item in node.items:
        text = spread(item, width - 1, inner)
        lines.append(" " * inner + label + text + ("" if item == CUT else ","))
    lines.append(" " * indent + node.closing.removeprefix(","))
    return "\n".join(lines)
