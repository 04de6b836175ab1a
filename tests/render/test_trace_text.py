"""The text of a trace: words that tasks share are right for each of them."""

from __future__ import annotations

from itertools import product

from stepdbg.model.facts import NOT_RECORDED, NotRecorded, RunId, TaskNumber
from stepdbg.model.history import LogEntry, LogKind
from stepdbg.model.task import Origin, Place, Spawn, TaskLabel
from stepdbg.model.trace import TraceEntry
from stepdbg.render.trace import TraceText

RUN = RunId(1)
LABELS = [TaskLabel(RUN, TaskNumber(each), f"__main__.w%{each}", each, True) for each in (3, 4)]
LINES = [Place("/app/app.py", line, "main", Origin.OWN, "start_soon(w)") for line in (7, 9)]
SPAWNS: list[Spawn | NotRecorded] = [
    Spawn(None, None),
    NOT_RECORDED,
    *(Spawn(*each) for each in product(LABELS, LINES)),
]


def entries() -> list[LogEntry]:
    said = [LogEntry(0.0, LogKind.BEGAN, label) for label in LABELS]
    said += [LogEntry(0.0, LogKind.STEPPED, label) for label in LABELS]
    said += [
        LogEntry(0.0, LogKind.EXITED, label, detail=how)
        for label, how in product(LABELS, ("returned", "raised ValueError: 100 %", "cancelled"))
    ]
    said += [
        LogEntry(0.0, kind, label, place=line, detail="Event.wait")
        for kind, label, line in product((LogKind.BLOCKED, LogKind.CANCELLED), LABELS, LINES)
    ]
    said += [
        LogEntry(0.0, LogKind.SPAWNED, label, spawn=spawn)
        for label, spawn in product(LABELS, SPAWNS)
    ]
    return said


def test_each_line_is_as_if_it_came_alone() -> None:
    told: list[TraceEntry] = [
        (each, 0.25, 3, 0.0002 * index, index % 3) for index, each in enumerate(entries())
    ]
    lines = TraceText()(RUN, told + told).splitlines()
    alone = [TraceText()(RUN, [each]).removesuffix("\n") for each in told]
    assert lines == alone + alone
    assert len(set(alone)) == len(alone) > 25
