"""What was done to an object, in words.

Owns: the look of `ObjectHistory`, and of one deed wherever it is told.
"""

from __future__ import annotations

from stepdbg.model.history import ObjectHistory
from stepdbg.model.waits import Deed, DeedKind

from . import words
from .spans import EMPTY, Line, line_width, pad, text, wrap

_SAYS = {
    DeedKind.NOTIFIED_ALL: "all notified",
    DeedKind.STARTED: "started() was called",
    DeedKind.EXPIRED: "its deadline passed",
}
"""What is said of a kind that does not say it itself."""


_FOR_WAITERS = (DeedKind.SET, DeedKind.NOTIFIED, DeedKind.NOTIFIED_ALL)
"""What is done for the sake of those who wait."""


def render_history(reply: ObjectHistory, width: int) -> list[Line]:
    """A line for each deed, oldest first, each with its time; then whether there is more."""
    lines: list[Line] = []
    times = [words.moment(each.time) for each in reply.deeds]
    room = max(map(line_width, times), default=0)
    if reply.earlier:
        told = f"{words.count(reply.earlier, 'earlier one')} not kept"
        lines += wrap(text(told, "dim"), width)
    for time, each in zip(times, reply.deeds, strict=True):
        margin = pad(time, room, right=True) + text("  ")
        lines += wrap(margin + deed(each), width, indent=min(room + 4, width // 3), first=0)
    if not reply.deeds:
        about = text("nothing was noted of ") + text(f"`{reply.expression}`", "key")
        lines = wrap(about + text(f", {_a(reply.type)}"), width)
    if not reply.on:
        lines += wrap(text("nothing more is noted (`set record on`)", "dim"), width)
    return lines


def _a(what: str) -> str:
    return f"{'an' if what.startswith(('A', 'E', 'I', 'O')) else 'a'} {what}"


def deed(each: Deed) -> Line:
    """``closed by consumer (4) at app.py:13, when it left the `with```."""
    line = text(f"{each.what} " * bool(each.what)) + text(_SAYS.get(each.kind, each.kind))
    if each.task is not None:
        line += text(" by ") + words.task(each.task)
    if each.place is not None:
        line += text(" at ") + words.place(each.place)
    return line + _leaving(each) + _woke(each)


def told(each: Deed) -> Line:
    """The same with its time, and the end of who did it, for a sentence."""
    return deed(each) + text(", ") + words.moment(each.time) + _ended(each)


def _leaving(each: Deed) -> Line:
    if not each.leaving:
        return EMPTY
    return text(f", when {each.error or 'it'} left the `with`")


def _woke(each: Deed) -> Line:
    if each.late:
        return text(", too late: it had been cancelled", "warn")
    if each.woke is None:
        return EMPTY
    if not each.woke:
        return text(", when nobody waited") * (each.kind in _FOR_WAITERS)
    return text(f", waking {words.count(each.woke, 'task')}")


def _ended(each: Deed) -> Line:
    if each.ended is None:
        return EMPTY
    return text("; it ended at ") + words.moment(each.ended)
