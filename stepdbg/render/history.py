"""The log and ended tasks, line by line.

Owns: the look of `LogShown` and `EndedTasks`, and of what happened between two stops.
"""

from __future__ import annotations

from stepdbg.model.history import (
    END_OF_NURSERY,
    EndedTask,
    EndedTasks,
    LogEntry,
    LogKind,
    LogShown,
    LookBack,
    Meanwhile,
    awaited_name,
)
from stepdbg.model.lints import LONG_STEP
from stepdbg.model.stops import Stop
from stepdbg.model.task import WakeKind

from . import scope_news, words
from .spans import EMPTY, Line, join, line_width, pad, text, wrap
from .tables import Column, table

_FEW = 10
"""From how many steps a second on a rate is shown."""


def render_log(reply: LogShown, width: int) -> list[Line]:
    """The entries, oldest first, each with its time and task; then whether there are more."""
    log = reply.log
    lines: list[Line] = []
    times = [words.moment(entry.time) for entry in log.entries]
    room = max(map(line_width, times), default=0)
    for time, entry in zip(times, log.entries, strict=True):
        margin = pad(time, room, right=True) + text("  ")
        lines += wrap(margin + _entry(entry), width, indent=min(room + 4, width // 3), first=0)
    if not log.entries:
        whom = "it" if reply.task else "them"
        asked = reply.task is not None or bool(reply.pattern)
        lines = wrap(text(f"nothing was recorded of {whom}" if asked else "nothing yet"), width)
    return lines + _ending(reply, width)


def _ending(reply: LogShown, width: int) -> list[Line]:
    log, facts = reply.log, []
    if log.earlier:
        number = len(log.entries) + log.earlier
        asked = str(reply.task.number) if reply.task else reply.pattern
        whose = f" {asked}" if asked else ""
        facts.append(
            f"{words.count(log.earlier, 'earlier event')} (`log{whose} {number}` shows all)"
        )
    if not log.on:
        facts.append("the recorder is off (`set record on`)")
    return wrap(text("; ".join(facts), "dim"), width) if facts else []


def _entry(entry: LogEntry) -> Line:
    line = without_task(entry)
    if entry.task is not None:
        line = words.task(entry.task) + text(" ") + line
    return line + (text(f" (steered: {entry.steered})", "warn") if entry.steered else EMPTY)


def without_task(entry: LogEntry) -> Line:
    """What has happened, in words that follow the name of the task."""
    return _SAYS[entry.kind](entry)


def end_of_step(entry: LogEntry, of: Line = EMPTY) -> Line:
    """How a step has ended, in words that follow "ends:".

    of: the object whose method the task awaits, if it has blocked; empty if that is not known.
    """
    if entry.kind is LogKind.BLOCKED:
        function = awaited_name(entry.detail)
        blocked = text("blocked", "state")
        what = text(" in ") + text(function, "key") if function else EMPTY
        return blocked + what + (text(" of ") + of if function and of else EMPTY) + _at(entry)
    if entry.kind is LogKind.EXITED:
        outcome, _, detail = entry.detail.partition(" ")
        return _outcome(outcome) + (text(f" {detail}") if detail else EMPTY)
    return text("passed a checkpoint", "dim")


def _step(entry: LogEntry) -> Line:
    took = EMPTY if entry.seconds is None else text(" in ") + text(took_time(entry.seconds), "time")
    return text("step ") + text(str(entry.step), "number") + took


def took_time(seconds: float) -> str:
    """How long a step took: ``12 µs``, ``1.2 ms``, ``3.4 s``."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return (
                f"{seconds / size:.3g} {unit}"
                if seconds < 100 * size
                else f"{seconds / size:.0f} {unit}"
            )
    return f"{max(seconds, 0) * 1e6:.0f} µs"


def _at(entry: LogEntry) -> Line:
    return text(" at ") + words.place(entry.place) if entry.place else EMPTY


def _stepped(entry: LogEntry) -> Line:
    return _step(entry) + text(", then ", "dim") + end_of_step(entry)


def _ended_step(entry: LogEntry) -> Line:
    return _step(entry) + text(", then ") + end_of_step(entry)


def _outcome(outcome: str) -> Line:
    return text(outcome, {"raised": "error", "cancelled": "warn"}.get(outcome, "good"))


def _woken(entry: LogEntry) -> Line:
    if entry.wake is None:
        return text("was woken")
    step = text(str(entry.step), "number")
    return text("woken for step ") + step + text(": ") + words.why(entry.wake)


def _spawned(entry: LogEntry) -> Line:
    if entry.spawn is None:
        return text("was spawned")
    return text("was spawned by ") + words.spawned(entry.spawn)


def _cancelled(entry: LogEntry) -> Line:
    if entry.scope is not None:
        return scope_news.cancelled(entry, entry.scope)
    if entry.detail:
        return text("a cancel scope was cancelled by ") + text(entry.detail) + _at(entry)
    return text("cancelled", "warn") + text(" a cancel scope") + _at(entry)


def _says(entry: LogEntry) -> Line:
    return text("you: ") + text(entry.detail, "key")


def _idle(entry: LogEntry) -> Line:
    length = EMPTY if entry.seconds is None else text(" for ") + words.duration(entry.seconds)
    return text("nothing ran", "dim") + length + _waited_for(entry)


_NOUNS = {WakeKind.SLEEP: "sleep", WakeKind.DEADLINE: "timeout"}


def _waited_for(entry: LogEntry) -> Line:
    """What ended an idle time."""
    if entry.wake is None:
        return EMPTY
    whose = words.names(entry.woken)
    if entry.wake.kind in _NOUNS:
        noun = _NOUNS[entry.wake.kind] + "s" * (len(entry.woken) > 1)
        return text(f": waited for the {noun} of ") + whose
    if entry.wake.kind is WakeKind.THREAD:
        return text(": waited for a call from another thread")
    return text(": waited for the I/O of ") + whose


def render_meanwhile(meanwhile: Meanwhile, stop: Stop, width: int) -> list[Line]:
    """What a run has done since its last stop, including idle times; in one line if it fits."""
    ran, idle = _what_ran(meanwhile, stop), _what_did_not(meanwhile, stop)
    waited = EMPTY if meanwhile.idle is None else _waited_for(meanwhile.idle)
    for together in (join((ran, idle + waited), "; "), join((ran, idle), "; ")):
        if line_width(together) <= width:
            return [together] if together else []
    fits = line_width(idle + waited) <= width
    return [part for part in (ran, idle + waited if fits else idle) if part]


def render_look_back(back: LookBack, width: int) -> tuple[list[Line], list[Line]]:
    """How busy a run was lately, with which tasks, and its longest step; the best lines first."""
    busy = wrap(_how_busy(back), width, indent=2, first=0)
    longest = wrap(_longest(back), width, indent=2, first=0)
    return (longest, busy) if back.longest.seconds >= LONG_STEP else (busy, longest)


def _how_busy(back: LookBack) -> Line:
    steps = f"{_rounded(back.rate)} steps a second"
    if not back.exact:
        steps = f"about {steps}"
    elif back.rate < _FEW:
        count = f"{back.rate * back.seconds:.0f}"
        steps = "1 step" if count == "1" else f"{count} steps"
    ran = (
        text("; ") + words.task(back.busiest) + text(f" ran for {back.busiest_ran:.0%} of the time")
    )
    line = text("in the last ") + words.duration(back.seconds) + text(f" {steps}") + ran
    if back.ready:
        others = "another task" if back.ready == 1 else f"{back.ready:,} other tasks"
        return line + text(f", {others} could run now")
    return line + text(", no other could run" if back.tasks == 1 else "")


def _rounded(rate: float) -> str:
    """A number to two digits: ``8``, ``37``, ``180,000``."""
    return f"{round(rate, 2 - len(f'{rate:.0f}')):,.0f}"


def _longest(back: LookBack) -> Line:
    step = back.longest
    took = text(took_time(step.seconds), "time") + text(" so far" if step.under_way else "")
    whose = text(f"the longest step was {step.step} of ") + words.task(step.task) + text(", ")
    where = EMPTY
    if step.where:
        where = text(", most of it at ") + text(step.where, "place")
    elif step.place is not None:
        where = text(", which ended at ") + words.place(step.place)
    return whose + took + where


def _what_ran(meanwhile: Meanwhile, stop: Stop) -> Line:
    if stop.passed is not None:
        return words.passed(stop.passed)
    if meanwhile.step is not None:
        return _only_step(meanwhile, meanwhile.step, stop)
    if not meanwhile.steps:
        return EMPTY
    more = "" if meanwhile.complete else "more than "
    of = words.count(meanwhile.tasks, "task")
    return text(f"{more}{words.count(meanwhile.steps, 'step')} of {of}")


def _what_did_not(meanwhile: Meanwhile, stop: Stop) -> Line:
    """How long no task ran."""
    if stop.task is None and meanwhile.quiet_since is not None:
        return text("nothing has run since ") + words.moment(meanwhile.quiet_since)
    if meanwhile.idle is not None:
        begun, length = meanwhile.idle.time, meanwhile.idle.seconds or 0.0
        when = words.period(begun, begun + length)
        return text("nothing ran from ") + when
    if meanwhile.idle_seconds:
        return text("nothing ran for ") + words.duration(meanwhile.idle_seconds) + text(" of it")
    return EMPTY


def _only_step(meanwhile: Meanwhile, entry: LogEntry, stop: Stop) -> Line:
    """``main (1) ran 3 ms: started a, b; now waits for its children at :18``."""
    who = words.task(entry.task) if entry.task else text("a task")
    took = EMPTY if entry.seconds is None else text(f" {took_time(entry.seconds)}", "time")
    started = [
        text(each.task.short, "task")
        for each in meanwhile.done
        if each.kind is LogKind.SPAWNED and each.task
    ]
    parts = [text("started ") + join(started)] if started else []
    parts += [
        text(f"a scope was cancelled by {each.detail}" if each.detail else "cancelled a scope")
        + _here(each, stop)
        for each in meanwhile.done
        if each.kind is LogKind.CANCELLED
    ]
    end = _end_of(entry, "now waits" if meanwhile.waits else "then waited")
    parts.append(end + _here(entry, stop))
    return who + text(" ran") + took + text(": ") + join(parts, "; ")


def _here(entry: LogEntry, stop: Stop) -> Line:
    """Where something happened; without the file if that is the stop's file."""
    where, here = entry.place, stop.place
    if where is None or here is None or where.filename != here.filename or where.line is None:
        return _at(entry)
    return text(" at ") + text(f":{where.line}", "place")


def _end_of(entry: LogEntry, how: str) -> Line:
    """How the only step ended."""
    if entry.kind is not LogKind.BLOCKED:
        return end_of_step(entry)
    if entry.detail == END_OF_NURSERY:
        return text(f"{how} for its children")
    function = awaited_name(entry.detail)
    return text(how) + (text(" in ") + text(function, "key") if function else EMPTY)


def _recording(entry: LogEntry) -> Line:
    return text(f"recording {entry.detail}", "dim")


def _begins(entry: LogEntry) -> Line:
    return text("step ") + text(str(entry.step), "number") + text(" begins")


def _run(entry: LogEntry) -> Line:
    return text(f"the run {entry.detail}", "title")


def _waits_for_io(entry: LogEntry) -> Line:
    return text("waits for I/O" if entry.kind is LogKind.IO_BEGAN else "waited for I/O", "dim")


def _hook(entry: LogEntry) -> Line:
    return text(entry.detail)


_SAYS = {
    LogKind.SPAWNED: _spawned,
    LogKind.WOKEN: _woken,
    LogKind.STEPPED: _stepped,
    LogKind.BLOCKED: _ended_step,
    LogKind.EXITED: _ended_step,
    LogKind.CANCELLED: _cancelled,
    LogKind.STEERED: _says,
    LogKind.IDLE: _idle,
    LogKind.RECORDING: _recording,
    LogKind.BEGAN: _begins,
    LogKind.IO_BEGAN: _waits_for_io,
    LogKind.IO_ENDED: _waits_for_io,
    LogKind.RUN: _run,
    LogKind.HOOK: _hook,
    LogKind.SCOPE_ENTERED: scope_news.entered,
    LogKind.SCOPE_LEFT: scope_news.left,
    LogKind.SCOPE_EXPIRED: scope_news.expired,
    LogKind.NURSERY_OPENED: scope_news.opened,
    LogKind.NURSERY_CLOSED: scope_news.closed,
}

_ENDED_COLUMNS = (
    Column(right=True),
    Column(right=True),
    Column(least=8, rank=2, keep_end=True, comfortable=24),
    Column(),
    Column(least=16, rank=0, optional=True),
    Column(least=12, rank=1, optional=True),
)
_HEADINGS = tuple(
    text(each, "dim") for each in ("ended", "no.", "name", "outcome", "", "started by")
)


def render_ended(reply: EndedTasks, width: int) -> list[Line]:
    """The ended tasks, one row each: when, how, and where they came from."""
    if not reply.tasks:
        return wrap(text("no task has ended while the recorder was on"), width)
    rows = [_HEADINGS, *map(_ended, reply.tasks)]
    lines = table(rows, _ENDED_COLUMNS, width)
    if reply.earlier:
        number = len(reply.tasks) + reply.earlier
        more = f"{words.count(reply.earlier, 'earlier one')} (`tasks --ended {number}` shows all)"
        lines += wrap(text(more, "dim"), width)
    return lines


def _ended(task: EndedTask) -> tuple[Line, ...]:
    after = text(f"after {words.count(task.steps, 'step')}")
    return (
        words.moment(task.time),
        text(str(task.label.number), "number"),
        text(task.label.short, "task"),
        _outcome(task.outcome),
        join((text(task.detail), after)) if task.detail else after,
        words.spawned(task.spawn),
    )
