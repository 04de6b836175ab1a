"""Times, counts, tasks, places and causes in plain words.

Owns: the words for each kind of fact, so that every screen uses the same.  Does not own: screens.
"""

from __future__ import annotations

from stepdbg.model.breakpoints import BreakpointSpec, LineTarget
from stepdbg.model.facts import NotRecorded
from stepdbg.model.records import replace
from stepdbg.model.standard import math
from stepdbg.model.stops import Passed
from stepdbg.model.task import (
    Origin,
    Place,
    RunSnapshot,
    ScopeSnapshot,
    Spawn,
    TaskLabel,
    Wake,
    WakeKind,
)

from .spans import EMPTY, Line, join, text, wrap

# Numbers and times


def count(number: int, noun: str, plural: str = "") -> str:
    """``no tasks``, ``1 task``, ``3 tasks``; plural: for nouns that do not just take an s."""
    if number == 1:
        return f"1 {noun}"
    return f"{number or 'no'} {plural or noun + 's'}"


def moment(seconds: float) -> Line:
    """A point of program time to the millisecond: ``1.003 s``."""
    return text(f"{_decimal(seconds, 3)} s", "time")


def period(begun: float, ended: float) -> Line:
    """Two points of program time: ``0.023 to 3.027 s``."""
    return text(f"{_decimal(begun, 3)} to {_decimal(ended, 3)} s", "time")


def duration(seconds: float) -> Line:
    """A length of time to three digits: ``0.5 s``, ``12.3 s``, ``2 min 5 s``, ``3 h 20 min``."""
    return text(_duration(abs(seconds)), "time")


def _duration(seconds: float) -> str:
    if math.isinf(seconds):
        return "forever"
    if math.isnan(seconds):  # from a clock of the program, or from a dump
        return "nan s"
    if 0 < seconds < 0.001:
        return "less than 1 ms"
    if round(seconds, 1) < 60:
        return f"{_decimal(seconds, 3 if seconds < 1 else 2 if seconds < 10 else 1)} s"
    whole = round(seconds)
    for size, unit, smaller, part in ((60, "min", 1, "s"), (3600, "h", 60, "min")):
        if whole < size * (60 if size == 60 else 24):
            rest = whole % size // smaller
            return f"{whole // size} {unit}" + (f" {rest} {part}" if rest else "")
    return count(whole // 86400, "day")


def _decimal(number: float, digits: int) -> str:
    string = f"{number:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if string == "-0" else string


def left(seconds: float) -> Line:
    """How far away a deadline is: ``in 0.5 s``, ``now``, ``overdue by 0.1 s``, ``never``."""
    if math.isinf(seconds):
        return text("never" if seconds > 0 else "overdue", "time")
    if -0.001 < seconds < 0.0005:
        return text("now", "time")
    return text("overdue by " if seconds < 0 else "in ", "time") + duration(seconds)


def into_run(seconds: float, run: int | None) -> Line:
    """``1.003 s into the run``; run: its number if the process has had several."""
    which = text("run ") + text(str(run), "number") if run is not None else text("the run")
    return moment(seconds) + text(" into ") + which


# Tasks and places


def task(label: TaskLabel) -> Line:
    """A task as every screen names it: ``child#2 (5)``."""
    return text(str(label), "task")


NAMED = 4
"""How many tasks a sentence names at most."""


def names(labels: tuple[TaskLabel, ...], last: str = "and") -> Line:
    """``main (1), a (3) and b (4)``; it counts the tasks that are too many to name."""
    named = [task(label) for label in labels[:NAMED]]
    if len(labels) > NAMED:
        named.append(text(f"{len(labels) - NAMED} more"))
    if len(named) < 2:
        return join(named)
    return join(named[:-1]) + text(f" {last} ") + named[-1]


def short_file(place_or_name: Place | str) -> str:
    """The shortest clear name of a file.

    For a file of a library it is the path in the library folder (``trio/_timeouts.py``).  Otherwise
    it is the last part, with its folder if the last part says nothing (``echo/__main__.py``).
    """
    name = place_or_name if isinstance(place_or_name, str) else place_or_name.filename
    name = name.replace("\\", "/")
    own = isinstance(place_or_name, str) or place_or_name.origin is Origin.OWN
    parts = [part for part in name.split("/") if part]
    if len(parts) < 2 or name.startswith("<"):
        return name
    if not own:
        below = _below_library(parts)
        if below:
            return "/".join(below)
    return "/".join(parts[-2:]) if parts[-1].startswith("__") else parts[-1]


def _below_library(parts: list[str]) -> list[str]:
    """The path below ``site-packages`` or ``lib/python3.x``; empty if it is below neither."""
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] in ("site-packages", "dist-packages") or parts[index].startswith("python3"):
            return parts[index + 1 :]
    return []


def place(where: Place) -> Line:
    """``tasks.py:12``, or only the file if there is no line."""
    line = "" if where.line is None else f":{where.line}"
    return text(short_file(where) + line, "place")


def place_in(where: Place) -> Line:
    """``tasks.py:12 in child``."""
    name = where.function.removesuffix("()")
    if name in ("", "<module>"):
        return place(where) + text(" at module level" if name else "")
    return place(where) + text(" in ") + text(name, "key")


def code(where: Place | None) -> Line:
    """The source of a line; empty if there is none."""
    return text(where.text, "source") if where else EMPTY


def library(where: Place) -> str:
    """The top-level package or module of a frame that is not the user's own."""
    if where.origin is Origin.TRIO:
        return "trio"
    first = short_file(where).split("/")[0]
    return first.removesuffix(".py") if not first.startswith("<") else "generated code"


# Causes


_WOKEN = {
    WakeKind.ITSELF: "it only passed a checkpoint",
    WakeKind.SLEEP: "its sleep ended",
    WakeKind.DEADLINE: "a timeout expired",
    WakeKind.CANCELLED: "it was cancelled",
    WakeKind.IO: "what it reads or writes became ready",
    WakeKind.THREAD: "a call from another thread woke it",
    WakeKind.IDLE: "nothing else could run",
    WakeKind.DEBUGGER: "you woke it",
}
_DETAILS = {
    WakeKind.ITSELF: "it did not have to wait",
    WakeKind.IDLE: "wait_all_tasks_blocked",
}


def why(wake: Wake | NotRecorded) -> Line:
    """What made a task runnable, in words that follow "because"."""
    if isinstance(wake, NotRecorded):
        return text("what woke it was not recorded", "dim")
    if wake.kind in (WakeKind.SLEEP, WakeKind.DEADLINE) and wake.place is not None:
        return _by_time(wake, wake.place)
    tail = _at(wake.place)
    detail = wake.detail or _DETAILS.get(wake.kind, "")
    if detail:
        tail += text(f" ({detail})")
    if wake.kind is WakeKind.STARTED:
        if wake.by is None:
            return text("it has just been started") + tail
        return task(wake.by) + text(" started it") + tail
    if wake.by is None:
        woken = "something woke it" if wake.kind is WakeKind.TASK else _WOKEN[wake.kind]
        return text(woken) + tail
    if wake.kind is WakeKind.CANCELLED:
        return text("it was cancelled by ") + task(wake.by) + tail
    if wake.kind is WakeKind.TASK:
        return task(wake.by) + text(" woke it") + tail
    return text(f"{_WOKEN[wake.kind]}, by ") + task(wake.by) + tail


def _by_time(wake: Wake, where: Place) -> Line:
    """``its sleep(0.3) at app.py:12 ended``, ``the timeout of app.py:25 (0.5 s) expired``."""
    detail = text(f" ({wake.detail})" if wake.detail else "")
    if wake.kind is WakeKind.SLEEP:
        seconds = "" if wake.seconds is None else f"({wake.seconds:g})"
        return text(f"its sleep{seconds}") + _at(where) + text(" ended") + detail
    if detail:
        return text("a timeout") + _at(where) + text(" expired") + detail
    return text("the timeout of ") + place(where) + given(wake.seconds) + text(" expired")


def given(seconds: float | None) -> Line:
    """How long a timeout was, in parentheses after its line; empty if that is not known."""
    if seconds is None:
        return EMPTY
    exact = text(f"{seconds:g} s", "time") if seconds < 1 else duration(seconds)
    return text(" (") + exact + text(")")


def timeout_of(scope: ScopeSnapshot) -> Line:
    """A scope with a deadline: ``the timeout of app.py:25 (0.5 s)``."""
    if scope.place is None:
        return text("a deadline")
    return text("the timeout of ") + place(scope.place) + given(scope.seconds)


def because(wake: Wake | NotRecorded) -> Line:
    """`why` as a whole phrase: ``because main (1) woke it``, or that it is not known."""
    return why(wake) if isinstance(wake, NotRecorded) else text("because ") + why(wake)


def spawned(spawn: Spawn | NotRecorded) -> Line:
    """Which task started a task and where, in words that follow "started by"."""
    if isinstance(spawn, NotRecorded):
        return text("not recorded", "dim")
    # Trio's root task has no line of the user's, and starts the main task for `trio.run`.
    rooted = spawn.by is None or (spawn.place is None and spawn.by.name == "<init>")
    by = text("trio.run") if rooted or spawn.by is None else task(spawn.by)
    return by + _at(spawn.place)


def _at(where: Place | None) -> Line:
    return text(" at ") + place(where) if where else EMPTY


def passed(meanwhile: Passed) -> Line:
    """What ran between a resume and the next stop."""
    if not meanwhile.steps:
        return text("no other task ran meanwhile")
    steps, tasks = count(meanwhile.steps, "step"), count(meanwhile.tasks, "other task")
    return text(f"meanwhile {steps} of {tasks} ran")


# The run around a task


def around(queue_length: int, task_count: int, next_deadline: float | None) -> list[Line]:
    """``1 more runnable``, ``3 tasks``, ``next deadline in 0.5 s``."""
    more = f"{queue_length} more runnable" if queue_length else "nothing else runnable"
    return [text(more), text(count(task_count, "task")), next_timer(next_deadline)]


def next_timer(next_deadline: float | None) -> Line:
    """``next deadline in 0.5 s`` or ``no deadline``."""
    if next_deadline is None:
        return text("no deadline")
    return text("next deadline ") + left(next_deadline)


def run_heading(run: RunSnapshot, width: int) -> list[Line]:
    """``run 2, running``, or of which moment a picture is; empty for the only run, held now."""
    if run.moment:
        title = text(f"run {run.run}", "title") + text(" as it was ")
        return wrap(title + into_run(run.time, None) + text(f", {run.moment}"), width)
    if run.run == 1 and run.state == "stopped":
        return []
    return [text(f"run {run.run}", "title") + text(f", {run.state}")]


# Scopes and breakpoints


def scope_facts(scope: ScopeSnapshot) -> Line:
    """The deadline, shield and cancellation of a scope; empty if it has none of them."""
    facts: list[Line] = []
    if scope.deadline is not None:
        facts.append(text("deadline ") + left(scope.deadline))
    if scope.shield:
        facts.append(text("shielded", "marked"))
    if scope.cancel_called:
        reason = f" ({scope.reason})" if scope.reason else ""
        facts.append(text(f"cancelled{reason}", "warn"))
    elif scope.effectively_cancelled:
        facts.append(text("cancelled from outside", "warn"))
    return join(facts)


def target(spec: BreakpointSpec) -> Line:
    """The target of a breakpoint: ``task child*``, ``tasks.py:12``."""
    wanted = spec.target
    if isinstance(wanted, LineTarget):
        wanted = replace(wanted, filename=short_file(wanted.filename))
    return text(str(wanted), "key")


def terms(spec: BreakpointSpec) -> list[Line]:
    """The other terms of a breakpoint: which hits count, a condition, and what it logs."""
    wanted: list[Line] = []
    which = "" if spec.hit_count is None else f"on hits {spec.hit_count}"
    if which or spec.per_task:
        wanted.append(text(" ".join(filter(None, (which, "per task" * spec.per_task)))))
    if spec.condition is not None:
        wanted.append(text("if ") + text(spec.condition, "source"))
    if spec.log is not None:
        wanted.append(text("log ") + text(spec.log, "value"))
    return wanted


def wish(spec: BreakpointSpec) -> Line:
    """The target and the terms of a breakpoint: ``task child*, if n > 2``."""
    return join((target(spec), *terms(spec)))
