"""What the user asked to stop at, and what became of it.

Owns: the breakpoints of the process with their hits, and matching them against tasks.
Does not own: noticing that something happens (noticing, stopping.program_lines), deciding
whether an event is a hit (hits), or stopping (stopping).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs
from stepdbg.engine.recording.registry import OTHER_NAMES, without_test_module
from stepdbg.engine.typed import conditions
from stepdbg.model import patterns
from stepdbg.model.breakpoints import (
    BreakpointHit,
    BreakpointSnapshot,
    BreakpointSpec,
    FunctionTarget,
    LineTarget,
    Target,
    TaskEvent,
    TaskHits,
    TaskTarget,
)
from stepdbg.model.errors import NoSuchBreakpoint
from stepdbg.model.facts import BreakpointNumber
from stepdbg.model.records import dataclass, field, replace
from stepdbg.model.standard import itertools, threading, weakref
from stepdbg.model.task import plain_name

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from stepdbg.engine.recording.registry import Registry
    from stepdbg.engine.typed.conditions import Condition, LogText
    from stepdbg.model.patterns import TaskPattern

    from .watched import Watched


PENDING = ": pending"
"""The end of the note for a breakpoint on something that is not loaded yet."""


class _Outside:
    """Stands for the task where hits are counted for each task and no task runs."""


_OUTSIDE: Final = _Outside()


@dataclass(slots=True)
class TaskCount:
    """What was counted in one task; `ignore` counts down, `hits` counts up."""

    hits: int
    ignore: int


@dataclass(slots=True)
class Breakpoint:
    """A breakpoint in force; `ignore` counts down, `hits` counts up.

    pattern: the tasks that it is about; None for all.
    note: what the user should know about its place (moved, pending).
    of_tasks: what was counted in each task, if the user asked for that and anything was counted.
    watched: the value that it watches, if it watches one.
    """

    number: BreakpointNumber
    spec: BreakpointSpec
    condition: Condition | None
    log: LogText | None
    pattern: TaskPattern | None
    note: str = ""
    enabled: bool = True
    hits: int = 0
    ignore: int = 0
    commands: tuple[str, ...] = ()
    of_tasks: MutableMapping[object, TaskCount] | None = None
    watched: Watched | None = None
    _names: dict[str, bool] = field(default_factory=dict)

    def may_match(self, name: str) -> bool:
        """Whether tasks of this name may match; cached, because each spawn asks.

        The user may have given some of them another name: only their labels say so.
        """
        if self.pattern is None:
            return True
        if type(name) is not str:
            name = plain_name(name)
        known = self._names.get(name)
        if known is None:
            if len(self._names) > 10_000:  # a program may make up names without end
                self._names.clear()
            pattern = self.pattern
            shown = without_test_module(name)
            fits = pattern.matches_name(name) or pattern.matches_name(shown)
            known = self._names[name] = fits or pattern.number is not None or self.by_id
        return known or OTHER_NAMES[name]

    @property
    def by_id(self) -> bool:
        """Whether it may name a task by its logical id."""
        return self.pattern is not None and self.pattern.path is not None

    def matches(self, registry: Registry, task: Task) -> bool:
        """Whether it is about this task of a run.  registry: that of the run."""
        pattern = self.pattern
        if pattern is None or pattern.matches(registry.label_of(task)):
            return True
        return self.by_id and pattern.matches_id(registry.run, registry.logical_id_of(task))

    @property
    def event(self) -> TaskEvent | None:
        """The moment in a task's life that it waits for, None for other targets."""
        target = self.spec.target
        return target.event if isinstance(target, TaskTarget) else None

    def snapshot(
        self, matching: int | None, note: str, of_tasks: tuple[TaskHits, ...] = ()
    ) -> BreakpointSnapshot:
        """Its picture."""
        spec = replace(self.spec, ignore=self.ignore)
        return BreakpointSnapshot(
            self.number, spec, self.enabled, self.hits, matching, self.commands, note, of_tasks
        )

    def let_pass(self, count: int) -> None:
        """Ignore the next `count` hits; of each task, if hits are counted for each task."""
        self.ignore = max(count, 0)
        for each in [*(self.of_tasks or {}).values()]:
            each.ignore = self.ignore

    def found(self) -> None:
        """Drop the note that its code is not loaded yet: now it is."""
        if self.note:
            parts = self.note.split("; ")
            self.note = "; ".join(part for part in parts if not part.endswith(PENDING))

    def is_watch(self) -> bool:
        """Whether it looks at a value now."""
        return self.enabled and self.watched is not None

    def counts(self, task: object | None = None) -> bool:
        """Count that it is reached and its condition holds; returns whether it is a hit.

        If this raises RecursionError, nothing was counted: it may be called again.

        Args:
            task: the task whose event it is; None: the current task.
        """
        counted = self._count_of(task) if self.spec.per_task else self
        count = self.spec.hit_count
        ignored = counted.ignore > 0
        holds = not ignored and (count is None or count.holds(counted.hits + 1))
        counted.hits += 1
        counted.ignore -= ignored
        if counted is not self:
            self.hits += 1
        return holds

    def _count_of(self, task: object | None) -> Breakpoint | TaskCount:
        whose = task or runs.current_task() or _OUTSIDE
        if self.of_tasks is None:
            self.of_tasks = weakref.WeakKeyDictionary()
        return self.of_tasks.setdefault(whose, TaskCount(0, self.ignore))

    def as_hit(self, problem: str = "") -> BreakpointHit:
        """A picture of the breakpoint for the stop that it causes."""
        return BreakpointHit(self.number, self.spec, problem, self.commands)


def _pattern_of(target: Target) -> TaskPattern | None:
    match target:
        case TaskTarget(pattern=text):
            return patterns.parse_pattern(text)
        case LineTarget(task=str(text)) | FunctionTarget(task=str(text)):
            return patterns.parse_pattern(text)
    return None


_EVENTS = tuple(TaskEvent)


class _ByName(dict[str, tuple[Breakpoint, ...]]):
    """Which breakpoints may be about tasks of a name, computed when first asked."""

    def __init__(self, waiting: Iterable[Breakpoint]) -> None:
        super().__init__()
        self.waiting = tuple(waiting)

    def __missing__(self, name: str) -> tuple[Breakpoint, ...]:
        if len(self) > 10_000:  # a program may make up names without end
            self.clear()
        found = self[name] = tuple(each for each in self.waiting if each.may_match(name))
        return found


class BreakpointTable:
    """All breakpoints of the process.

    Any thread may change it: the prompt's, a front end's that receives commands while the program
    runs, or the program's thread that is first at a temporary breakpoint.  The dictionary is
    replaced as a whole, so no thread ever sees half a change.

    Attributes:
        on_tasks: whether any enabled breakpoint is on tasks, which makes spawns interesting.
        by_name: see `about_task`; asked at each spawn.
    """

    def __init__(self) -> None:
        self._changing = threading.RLock()  # a signal handler may meet a stop in the middle of it
        self._numbers = itertools.count(1)
        self._all: dict[BreakpointNumber, Breakpoint] = {}
        self.by_name = _ByName(())
        self.on_tasks = False

    def __iter__(self) -> Iterator[Breakpoint]:
        """All of them by number."""
        return iter(self._all.values())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all)

    def add(self, spec: BreakpointSpec, note: str = "") -> Breakpoint:
        """Set a breakpoint.  Raises `BadUsage` when its condition or log text is wrong."""
        condition = None if spec.condition is None else conditions.compile_condition(spec.condition)
        log = None if spec.log is None else conditions.compile_log(spec.log)
        pattern = _pattern_of(spec.target)
        number = BreakpointNumber(next(self._numbers))
        made = Breakpoint(
            number, spec, condition, log, pattern, note, spec.enabled, ignore=spec.ignore
        )
        with self._changing:
            self._all = {**self._all, number: made}
        return made

    def get(self, number: BreakpointNumber) -> Breakpoint:
        """A breakpoint.  Raises `NoSuchBreakpoint`."""
        found = self._all.get(number)
        if found is None:
            raise NoSuchBreakpoint(f"there is no breakpoint {number}; `break` lists them")
        return found

    def remove(self, number: BreakpointNumber) -> Breakpoint:
        """Clear a breakpoint.  Raises `NoSuchBreakpoint`."""
        with self._changing:
            gone = self.get(number)
            self._all = {key: kept for key, kept in self._all.items() if key != number}
        return gone

    def holds(self, each: Breakpoint) -> bool:
        """Whether a breakpoint has not been cleared."""
        return self._all.get(each.number) is each

    def claim(self, each: Breakpoint) -> bool:
        """Clear a temporary breakpoint that is hit; returns True only to the first thread."""
        with self._changing:
            if not (each.enabled and self.holds(each)):
                return False
            self.remove(each.number)
        return True

    def set_condition(self, number: BreakpointNumber, source: str | None) -> Breakpoint:
        """Change or drop a condition.  Raises `NoSuchBreakpoint`, `BadUsage`."""
        found = self.get(number)
        found.condition = None if source is None else conditions.compile_condition(source)
        found.spec = replace(found.spec, condition=source)
        return found

    def changed(self) -> None:
        """Tell the listeners that something about a breakpoint has changed."""
        with self._changing:  # so the last change is reported last
            self.by_name = _ByName(self.waiting_for(*_EVENTS))
            self.on_tasks = bool(self.by_name.waiting)

    def about_task(self, name: str) -> tuple[Breakpoint, ...]:
        """The enabled breakpoints that may be about tasks of this name."""
        return self.by_name[name if type(name) is str else plain_name(name)]

    def enabled(self, *kinds: type[Target]) -> list[Breakpoint]:
        """The enabled breakpoints on such targets."""
        return [each for each in self if each.enabled and isinstance(each.spec.target, kinds)]

    def on_lines(self) -> list[Breakpoint]:
        """The enabled breakpoints on lines and functions."""
        return self.enabled(LineTarget, FunctionTarget)

    def waiting_for(self, *events: TaskEvent) -> list[Breakpoint]:
        """The enabled breakpoints on these moments in a task's life."""
        return [each for each in self if each.enabled and each.event in events]
