"""What the user asked to stop at, and what became of it.

Owns: the breakpoints of the process with their hits, and matching them against tasks.
Does not own: noticing that something happens (hooks, watch), evaluating conditions
(conditions), or stopping (stopping).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from stepdbg.model.breakpoints import (
    BreakpointHit,
    BreakpointSnapshot,
    BreakpointSpec,
    TaskEvent,
    TaskTarget,
)
from stepdbg.model.errors import NoSuchBreakpoint
from stepdbg.model.facts import BreakpointNumber
from stepdbg.model.patterns import TaskPattern, parse_pattern
from stepdbg.model.task import TaskLabel

from .conditions import Condition, compile_condition


@dataclass(slots=True)
class Breakpoint:
    """A breakpoint in force; `ignore` counts down, `hits` counts up."""

    number: BreakpointNumber
    spec: BreakpointSpec
    condition: Condition | None
    pattern: TaskPattern
    enabled: bool = True
    hits: int = 0
    ignore: int = 0
    commands: tuple[str, ...] = ()
    _names: dict[str, bool] = field(default_factory=dict)

    def may_match(self, name: str) -> bool:
        """Whether tasks of this name may match; cached, since it is asked at each spawn."""
        known = self._names.get(name)
        if known is None:
            if len(self._names) > 10_000:  # a program may make up names without end
                self._names.clear()
            pattern = self.pattern
            known = self._names[name] = pattern.number is not None or pattern.matches_name(name)
        return known

    def matches(self, label: TaskLabel) -> bool:
        """Whether it is about this task."""
        return self.pattern.matches(label)

    @property
    def event(self) -> TaskEvent:
        """The moment in a task's life that it waits for."""
        return self.spec.target.event

    def snapshot(self, matching: int | None = None, note: str = "") -> BreakpointSnapshot:
        """Its picture."""
        spec = replace(self.spec, ignore=self.ignore)
        return BreakpointSnapshot(
            self.number, spec, self.enabled, self.hits, matching, self.commands, note
        )

    def as_hit(self, problem: str = "") -> BreakpointHit:
        """The picture of its having stopped the run."""
        return BreakpointHit(self.number, self.spec, problem, self.commands)


class BreakpointTable:
    """All breakpoints of the process.

    Changed on the thread of a held run, or by a front end's thread while nothing is held;
    the dictionary is replaced as a whole, so that a hook never sees half a change.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._all: dict[BreakpointNumber, Breakpoint] = {}

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def add(self, spec: BreakpointSpec) -> Breakpoint:
        """Set a breakpoint.  Raises `BadUsage` when its condition does not compile."""
        condition = None if spec.condition is None else compile_condition(spec.condition)
        pattern = parse_pattern(spec.target.pattern)
        number = BreakpointNumber(next(self._numbers))
        made = Breakpoint(number, spec, condition, pattern, ignore=spec.ignore)
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
        gone = self.get(number)
        self._all = {key: kept for key, kept in self._all.items() if key != number}
        return gone

    def set_condition(self, number: BreakpointNumber, source: str | None) -> Breakpoint:
        """Change or drop a condition.  Raises `NoSuchBreakpoint`, `BadUsage`."""
        found = self.get(number)
        found.condition = None if source is None else compile_condition(source)
        found.spec = replace(found.spec, condition=source)
        return found

    def on_tasks(self) -> tuple[Breakpoint, ...]:
        """The enabled breakpoints on tasks."""
        return tuple(
            each for each in self if each.enabled and isinstance(each.spec.target, TaskTarget)
        )


def count_hit(found: Breakpoint) -> bool:
    """Count a hit whose condition held; returns whether it stops the run."""
    found.hits += 1
    if found.ignore > 0:
        found.ignore -= 1
        return False
    return True
