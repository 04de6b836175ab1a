"""A log of many events, always the same."""

from __future__ import annotations

import random

from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.history import LogEntry, LogKind
from stepdbg.model.lane_making import lanes_of
from stepdbg.model.lanes import Lanes
from stepdbg.model.task import Origin, Place, Spawn, TaskLabel, Wake, WakeKind

PLACES = [Place("app.py", line, "worker", Origin.OWN) for line in range(1, 50)]


def many(tasks: int, events: int) -> Lanes:
    """The lanes of so many tasks, made of so many events."""
    rng, time = random.Random(1), 0.0
    labels = [
        TaskLabel(RunId(1), TaskNumber(number), "worker", number, True)
        for number in range(1, tasks + 1)
    ]
    log = [LogEntry(0.0, LogKind.SPAWNED, labels[0], spawn=Spawn(None, None))]
    for index in range(1, tasks):
        time += 1e-5
        spawn = Spawn(labels[(index - 1) // 4], rng.choice(PLACES))
        log.append(LogEntry(time, LogKind.SPAWNED, labels[index], spawn=spawn))
    steps, runnable, waiting = [0] * tasks, [*range(tasks)], list[int]()
    while len(log) < events:
        if waiting and (not runnable or rng.random() < 0.4):
            index = waiting.pop(rng.randrange(len(waiting)))
            time += rng.expovariate(1e3)
            wake = Wake(WakeKind.SLEEP)
            if runnable:
                wake = Wake(WakeKind.TASK, labels[rng.choice(runnable)], rng.choice(PLACES))
            log.append(LogEntry(time, LogKind.WOKEN, labels[index], steps[index] + 1, wake=wake))
            runnable.append(index)
            continue
        index = runnable.pop(rng.randrange(len(runnable)))
        took = rng.expovariate(1e4)
        time += took
        steps[index] += 1
        label, step, place = labels[index], steps[index], rng.choice(PLACES)
        if rng.random() < 0.7:
            wait = rng.choice(("Event.wait", "sleep"))
            log.append(LogEntry(time, LogKind.BLOCKED, label, step, took, place, detail=wait))
            waiting.append(index)
        else:
            log.append(LogEntry(time, LogKind.STEPPED, label, step, took))
            runnable.append(index)
    return lanes_of(log, now=time)
