"""The tree of exceptions.

Owns: the look of `Exceptions`, and everywhere that of an exception on its way.
"""

from __future__ import annotations

from stepdbg.model.facts import NotRecorded
from stepdbg.model.failures import ExceptionNode, ExceptionRole
from stepdbg.model.replies import Exceptions
from stepdbg.model.waits import Pending, Standing

from . import histories, words
from .source import MARK
from .spans import EMPTY, Line, clean_lines, text, wrap

_DEEPEST = 8
"""From this depth on, lines are indented no further, so that there is room for words."""

_ROLES = {
    ExceptionRole.ROOT: "",
    ExceptionRole.MEMBER: "",
    ExceptionRole.CAUSE: "caused by ",
    ExceptionRole.CONTEXT: "while handling ",
}


def render_exceptions(reply: Exceptions, width: int) -> list[Line]:
    """Every exception with its number, and below it whose it was and where it was raised.

    Then the exceptions that Trio has not reported yet.
    """
    least = min((node.depth for node in reply.nodes), default=0)
    lines = [line for node in reply.nodes for line in _node(node, node.depth - least, width)]
    for each in reply.pending:
        lines += pending(each, width, whose=True)
    return lines


_WAITS = {
    Standing.ON_ITS_WAY: "its report waits for this clean-up",
    Standing.HANDLED: "",
    Standing.IN_NURSERY: "its report waits until all tasks of the nursery have ended",
}

_WAITED = {
    Standing.ON_ITS_WAY: "its report waited for this clean-up",
    Standing.HANDLED: "",
    Standing.IN_NURSERY: "its report waited for the end of all tasks of the nursery",
}


def pending(each: Pending, width: int, *, margin: int = 0, whose: bool = False) -> list[Line]:
    """An exception on its way or being handled, and below it where it was raised.

    margin: blanks before every line.
    whose: whether to name the task.
    """
    who = text(" in ") + words.task(each.task) if whose else EMPTY
    state = _standing(each) + who + text(": ")
    lines = summary(each.summary, width, margin=margin, head=text(" " * margin) + state)
    where = EMPTY if each.raised is None else text("raised at ") + words.place_in(each.raised)
    until = _until(each)
    both = where + text("; " if where and until else "") + text(until)
    return lines + wrap(both, width, indent=margin + 2) * bool(both)


def _standing(each: Pending) -> Line:
    """``on its way``; after the end ``was on its way at 0.05 s``."""
    standing = "being handled" if each.standing is Standing.HANDLED else "on its way"
    if each.then is None:
        return text(standing, "warn")
    return text(f"was {standing}", "warn") + text(" at ") + words.moment(each.then)


def _until(each: Pending) -> str:
    """What the report of an exception waits for, or waited for; empty if it is being handled."""
    if each.then is not None:
        return _WAITED[each.standing]
    return _WAITS[each.standing]


def summary(
    sentence: str, width: int, *, margin: int = 0, head: Line = EMPTY, most: int = 0
) -> list[Line]:
    """Type and message, then the rest of the message and the notes, line by line.

    head: the text before it.
    most: how many lines to show, 0 for all.
    """
    first, *rest = clean_lines(sentence)
    lines = wrap(head + text(first, "error"), width, indent=margin + 2, first=0)
    shown = rest[: most - 1] if most else rest
    for each in shown:
        blanks = len(each) - len(each.lstrip(" "))
        lines += wrap(
            text(each.lstrip(" "), "error"), width, indent=margin + 4, first=margin + 4 + blanks
        )
    if len(shown) < len(rest):
        more = words.count(len(rest) - len(shown), "more line")
        lines += wrap(text(f"{more}; `exceptions` shows all", "dim"), width, indent=margin + 4)
    return lines


def _node(node: ExceptionNode, depth: int, width: int) -> list[Line]:
    indent = text("  " * min(depth, _DEEPEST, max(width // 8, 1)))
    mark = text(f"{MARK} ", "marked") if node.in_view else text(" " * (len(MARK) + 1))
    head = mark + indent + text(f"{node.number} ", "number") + text(_ROLES[node.role], "dim")
    after = len(MARK) + 1 + 2 * min(depth, _DEEPEST, max(width // 8, 1)) + 2
    lines = summary(node.summary, width, margin=after - 2, head=head)
    for fact in _facts(node):
        lines += wrap(fact, width, indent=after)
    return lines


def _facts(node: ExceptionNode) -> list[Line]:
    """Whose it was, where that task was spawned, where it was raised, whether it was the first."""
    found = []
    if node.task is not None:
        found.append(_whose(node))
    if node.place is not None and not node.group:
        source = words.code(node.place)
        where = text("at ") + words.place_in(node.place)
        found.append(where + (text(": ") + source if source else EMPTY))
    if node.party is not None:
        found.append(histories.party(node.party))
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
