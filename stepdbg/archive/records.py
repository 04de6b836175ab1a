"""The flight recorder's part of a picture.

Owns: taking the log and the ended tasks; cutting a log.
Does not own: the rest of a picture (picture, viewing).
"""

from __future__ import annotations

from collections.abc import Collection, Container

from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.history import EndedTask, Log, LogEntry, LogKind
from stepdbg.model.protocols import Inspector
from stepdbg.model.records import replace

_ENTRIES = 1_000
"""How many entries of the log a picture keeps; each takes some 50 bytes of a file."""


def take_records(inspector: Inspector, *, values: bool) -> tuple[Log | None, tuple[EndedTask, ...]]:
    """The end of the log and the tasks that ended last; None and () if nothing was recorded.

    values: whether to keep the messages of exceptions; else only their types.
    """
    try:
        log = inspector.log(None, _ENTRIES, system=True)
        ended = inspector.ended(system=True)
    except StepdbgError:  # no recorder was on, which the picture need not note
        return None, ()
    if not values:
        log = replace(log, entries=tuple(map(_without_message, log.entries)))
        ended = tuple(replace(each, detail=each.detail.partition(":")[0]) for each in ended)
    return log, ended


def _without_message(entry: LogEntry) -> LogEntry:
    if entry.kind is not LogKind.EXITED:
        return entry
    return replace(entry, detail=entry.detail.partition(":")[0])


def excerpt(
    log: Log,
    tasks: Collection[TaskNumber] | None,
    most: int | None,
    hidden: Container[TaskNumber],
) -> Log:
    """The last entries of a log about some tasks.

    Args:
        log: the whole log.
        tasks: the tasks; None: all that are not hidden.
        most: how many entries at most; None: all.
        hidden: tasks to leave out if `tasks` is None.
    """
    found: list[LogEntry] = []
    for entry in log.entries:
        if entry.task is None:  # in the log of some tasks, a gap counts only after the first entry
            wanted = tasks is None or (entry.kind is LogKind.RECORDING and bool(found))
        else:
            number = entry.task.number
            wanted = number not in hidden if tasks is None else number in tasks
        if wanted:
            found.append(entry)
    shown = found if most is None else found[len(found) - min(most, len(found)) :]
    return replace(log, entries=tuple(shown), earlier=len(found) - len(shown))
