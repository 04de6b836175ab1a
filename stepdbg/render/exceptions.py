"""The tree of what was raised.

Owns: the look of `Exceptions`.
"""

from __future__ import annotations

from stepdbg.model.facts import NotRecorded
from stepdbg.model.failures import ExceptionNode, ExceptionRole
from stepdbg.model.replies import Exceptions

from . import words
from .source import MARK
from .spans import EMPTY, Line, clean_lines, text, wrap

_DEEPEST = 8
"""Below that, lines are indented no further: there must be room for words."""

_ROLES = {
    ExceptionRole.ROOT: "",
    ExceptionRole.MEMBER: "",
    ExceptionRole.CAUSE: "caused by ",
    ExceptionRole.CONTEXT: "while handling ",
}


def render_exceptions(reply: Exceptions, width: int) -> list[Line]:
    """Every exception with its number, below it whose it was and where it was raised."""
    least = min((node.depth for node in reply.nodes), default=0)
    return [line for node in reply.nodes for line in _node(node, node.depth - least, width)]


def _node(node: ExceptionNode, depth: int, width: int) -> list[Line]:
    indent = text("  " * min(depth, _DEEPEST, max(width // 8, 1)))
    mark = text(f"{MARK} ", "marked") if node.in_view else text(" " * (len(MARK) + 1))
    head = mark + indent + text(f"{node.number} ", "number") + text(_ROLES[node.role], "dim")
    (summary, *_) = clean_lines(node.summary) or ("",)
    after = len(MARK) + 1 + 2 * min(depth, _DEEPEST, max(width // 8, 1)) + 2
    lines = wrap(head + text(summary, "error"), width, indent=after, first=0)
    for fact in _facts(node):
        lines += wrap(fact, width, indent=after)
    return lines


def _facts(node: ExceptionNode) -> list[Line]:
    """Whose it was, where that task came from, where it was raised, whether it was the first."""
    found = []
    if node.task is not None:
        found.append(_whose(node))
    if node.place is not None and not node.group:
        source = words.code(node.place)
        where = text("at ") + words.place_in(node.place)
        found.append(where + (text(": ") + source if source else EMPTY))
    return found


def _whose(node: ExceptionNode) -> Line:
    if node.task is None or isinstance(node.task, NotRecorded):
        return text("whose task it was is not recorded", "dim")
    line = text("in ") + words.task(node.task)
    if isinstance(node.spawn, NotRecorded):
        line += text(", and where it was started is not recorded", "dim")
    elif node.spawn is not None:
        line += text(", started by ") + words.spawned(node.spawn)
    return line + (text(", the first to fail", "warn") if node.first else EMPTY)
