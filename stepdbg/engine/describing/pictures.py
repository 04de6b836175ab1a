"""Pieces of a described object and how they are laid out.

Owns: `Group`, `flat` for one line, and `spread` for several.
Does not own: what goes into the pieces (values, walkers).
"""

from __future__ import annotations

from typing import Final, NamedTuple

CUT: Final = "…"
"""Stands for items that are left out."""

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
    """A picture over several lines: one item to a line where a container is too wide.

    width: columns of the whole text.  indent: columns that are taken on its first line.
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
