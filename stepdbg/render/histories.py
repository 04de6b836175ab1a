"""What tasks have done to an object, in words.

Owns: the look of `ObjectHistory`, and everywhere that of a deed and a party.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.deeds import Deed, DeedKind, Party, PartyKind
from stepdbg.model.history import ObjectHistory
from stepdbg.model.standard import re

from . import words
from .spans import EMPTY, Line, line_width, pad, text, wrap

_SAYS = {
    DeedKind.NOTIFIED_ALL: "all notified",
    DeedKind.STARTED: "started() was called",
    DeedKind.EXPIRED: "its deadline passed",
}
"""The words for kinds whose value is not the word itself."""


_FOR_WAITERS = (DeedKind.SET, DeedKind.NOTIFIED, DeedKind.NOTIFIED_ALL)
"""Kinds of deeds that are meant to wake tasks."""


def render_history(reply: ObjectHistory, width: int) -> list[Line]:
    """A line with the time for each deed, oldest first; then whether there is more."""
    lines: list[Line] = []
    times = [words.moment(each.time) for each in reply.deeds]
    room = max(map(line_width, times), default=0)
    if reply.earlier:
        sentence = f"{words.count(reply.earlier, 'earlier one')} not kept"
        lines += wrap(text(sentence, "dim"), width)
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
    if each.kind is DeedKind.BLOCKED:
        return _began_to_wait(each)
    line = text(f"{each.what} " * bool(each.what)) + text(_SAYS.get(each.kind, each.kind))
    if each.task is not None:
        by = ", noticed by " if each.kind is DeedKind.EXPIRED else " by "
        line += text(by) + words.task(each.task)
    if each.place is not None:
        line += text(" at ") + words.place(each.place)
    return line + _leaving(each) + _woke(each)


def _began_to_wait(each: Deed) -> Line:
    """``producer (3) began to wait at app.py:8, to send``."""
    who = text("no task") if each.task is None else words.task(each.task)
    at = text(" at ") + words.place(each.place) if each.place is not None else EMPTY
    return who + text(" began to wait") + at + text(f", to {each.what}")


_OPENS = re.compile(r"\bwith\s.*?(\w+)\(")
"""The function that a ``with`` calls."""


def caught(each: Deed) -> Line:
    """``a cancellation was caught by the `move_on_after` of app.py:13 at 0.206 s; …``."""
    called = None if each.place is None else _OPENS.search(each.place.text)
    line = text("a cancellation was caught by the ")
    line += text(f"`{called[1]}`", "key") if called else text("scope")
    if each.place is not None:
        line += text(" of ") + words.place(each.place)
    line += text(" at ") + words.moment(each.time)
    return line + text("; the function went on after the `with`")


def deed_with_time(each: Deed) -> Line:
    """The same for a sentence, with its time, and when the task that did it ended."""
    return deed(each) + text(", ") + words.moment(each.time) + _ended(each)


def party(each: Party) -> Line:
    """Who caused an error: ``the Lock is held by owner (3), acquired at app.py:4``."""
    return text("the ") + text(each.what) + _PARTIES.get(each.kind, _user)(each)


def _closer(each: Party) -> Line:
    line = text(" was closed by ") + _who(each)
    if each.deed is None:
        return line
    at = text(" at ") + words.place(each.deed.place) if each.deed.place is not None else EMPTY
    when = text(", ") + words.moment(each.deed.time)
    return line + at + _leaving(each.deed) + when


def _holder(each: Party) -> Line:
    line = text(" is held by ") + _who(each)
    if each.deed is None or each.deed.place is None:
        return line
    return line + text(", acquired at ") + words.place(each.deed.place)


def _user(each: Party) -> Line:
    where = text(", at ") + words.place(each.place) if each.place is not None else EMPTY
    return text(" is in use by ") + _who(each) + where


def _who(each: Party) -> Line:
    if each.task is None:
        return text("no task")
    return words.task(each.task) + text(" itself") * each.itself


_PARTIES: dict[PartyKind, Callable[[Party], Line]] = {
    PartyKind.CLOSED: _closer,
    PartyKind.HOLDS: _holder,
    PartyKind.USES: _user,
    PartyKind.NOBODY: lambda _: text(" is held by nobody"),
}


def before_wait(deeds: tuple[Deed, ...]) -> Line:
    """What was done to what a task waits for: ``notified once, by b (4) at app.py:8, …``."""
    last = deeds[-1]
    if last.kind not in (DeedKind.NOTIFIED, DeedKind.NOTIFIED_ALL):
        return deed_with_time(last)
    often = "once, by " if len(deeds) == 1 else f"{len(deeds)} times, last by "
    who = text("no task") if last.task is None else words.task(last.task)
    line = text(f"notified {often}") + who
    at = text(" at ") + words.place(last.place) if last.place is not None else EMPTY
    return line + at + _woke(last) + text(", ") + words.moment(last.time)


def _leaving(each: Deed) -> Line:
    if not each.leaving:
        return EMPTY
    return text(f", when {each.error or 'it'} left the `with`")


def _woke(each: Deed) -> Line:
    if each.late:
        return text(", too late: that wait had been cancelled", "warn")
    if each.woke is None:
        return EMPTY
    if not each.woke:
        return text(", when nobody waited") * (each.kind in _FOR_WAITERS)
    return text(f", waking {words.count(each.woke, 'task')}")


def _ended(each: Deed) -> Line:
    if each.ended is None:
        return EMPTY
    return text("; it ended at ") + words.moment(each.ended)
