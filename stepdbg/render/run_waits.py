"""What a run itself waits for: files, deadlines, threads, processes, signals.

Owns: the look of `RunWaits`.  Does not own: the sentence of a task's wait (waits), the list of
deadlines (schedule).
"""

from __future__ import annotations

from collections.abc import Sequence

from stepdbg.model.records import replace
from stepdbg.model.task import WaitKind
from stepdbg.model.waits import RunWaits, WaitLink

from . import words
from .schedule import Kind, kinds_of
from .spans import EMPTY, Line, text, wrap
from .tables import pair_blocks
from .tasks import more_alike
from .waits import nameless, sentence

_KEYS = {
    WaitKind.THREAD: "thread",
    WaitKind.PROCESS: "process",
    WaitKind.SIGNAL: "signal",
    WaitKind.ENTRY_QUEUE: "calls",
    WaitKind.IDLE: "idleness",
}
"""The words before a wait that is not for a file or a time; for kinds not listed: ``unknown``."""

_FILES = (WaitKind.READABLE, WaitKind.WRITABLE)


def render_run_waits(reply: RunWaits, width: int) -> list[Line]:
    """Until when the run waits, then each thing that would wake it, with the task that goes on."""
    order = (*_FILES, *_KEYS)
    files = [link for link in reply.links if _kind(link) in _FILES]
    others = sorted(
        (link for link in reply.links if _kind(link) not in _FILES),
        key=lambda link: order.index(_kind(link)) if _kind(link) in order else len(order),
    )
    kinds = [*_waits(files), *_deadlines(reply), *_waits(others)]
    lines = [*words.run_heading(reply.run, width), *wrap(_heading(reply, bool(kinds)), width)]
    blocks = pair_blocks([(kind.cells[0], kind.cells[1]) for kind in kinds], width)
    for block, kind in zip(blocks, kinds, strict=True):
        lines += block
        if kind.others:
            lines.append(more_alike(kind.others, width, indent=4, until=kind.until))
    return lines


def _heading(reply: RunWaits, anything: bool) -> Line:
    if reply.able:
        able = words.count(reply.able, "task")
        line = text(f"trio.run does not wait now, as {able} can go on")
        return line + text("; after that, for the first of:") * anything
    if not anything:
        return text("trio.run waits for nothing: no file, time, thread, process or signal wakes it")
    line = text("trio.run waits for the first of these, ")
    if reply.run.next_deadline is None:
        return line + text("for as long as it takes:")
    return line + text("for ") + words.duration(max(reply.run.next_deadline, 0)) + text(" at most:")


def _kind(link: WaitLink) -> WaitKind:
    return WaitKind.CUSTOM if link.wait is None else link.wait.kind


def _key(link: WaitLink) -> Line:
    kind = _kind(link)
    if kind not in _FILES:
        return text(_KEYS.get(kind, "unknown"), "key")
    fd = None if link.wait is None else link.wait.number("fd")
    return text("a file", "key") if fd is None else text("fd ", "key") + text(str(fd), "number")


def _waits(links: Sequence[WaitLink]) -> list[Kind]:
    """A sentence for each wait; equal tasks at one line that wait for the same kind share it."""
    groups: dict[object, list[WaitLink]] = {}
    for link in map(nameless, links):
        wait = link.wait
        about = None if wait is None else (wait.place, wait.through, wait.object)
        key = _kind(link), about, link.task.name, link.task.called
        groups.setdefault(key, []).append(link)
    return [
        Kind((_key(first), _sentence(first)), [link.task for link in others])
        for first, *others in groups.values()
    ]


def _sentence(link: WaitLink) -> Line:
    """The sentence of `why` without its beginning time, since only the end of the wait matters."""
    wait = link.wait
    return sentence(link if wait is None else replace(link, wait=replace(wait, since=None)))


def _deadlines(reply: RunWaits) -> list[Kind]:
    """A row for each group of deadlines: when, the tasks under it, the line that set it."""
    kinds = []
    for kind in kinds_of(reply.timers):
        left, tasks, where, source = kind.cells
        facts = tasks + text(", ") + where + (text(": ") + source if source else EMPTY)
        kinds.append(kind._replace(cells=(left, facts)))
    return kinds
