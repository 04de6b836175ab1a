"""Tasks with their stacks and values, within one budget for all of them.

Owns: what is fetched of each task and frame, in which order, and when to stop fetching.
Does not own: the rest of a picture (picture), or which source text is kept (sources).
"""

from __future__ import annotations

from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.protocols import FrameReader, Inspector
from stepdbg.model.standard import time
from stepdbg.model.task import FrameRef, FrameSnapshot, Origin, Place, TaskSnapshot
from stepdbg.model.values import Budget, Variable
from stepdbg.model.waits import Explanation

from .secrets import leave_out, without_messages
from .shapes import FramePicture, TaskPicture
from .sources import Span

_EACH = Budget(depth=3, length=20, characters=400, seconds=0)
"""For one value: as much as `locals` shows, but without calling code of the program."""

_OF_OBJECTS = Budget(depth=2, length=20, characters=200, seconds=0)
"""For the attributes of an object: how much to show of each, and how many there are at most."""

_BARELY = Budget(depth=0, length=0, characters=20, seconds=0)
"""For variables of which only names and types are kept."""


class Allowance:
    """Seconds that may be spent on one thing, counted from the first call of `spent`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = 0.0

    def spent(self) -> bool:
        """Whether they have been spent."""
        if not self._end:
            self._end = time.perf_counter() + self._seconds
        return time.perf_counter() > self._end


class StackCamera:
    """Takes pictures of tasks for one picture of a process.

    values: whether to keep values.
    mine: the task whose values are kept at any cost.
    own_files: the files of own code that were met.
    spans: first and last lines of the functions on stacks, by file.
    """

    SECONDS_FOR_VALUES = 0.4
    SECONDS_FOR_WAITS = 0.4
    SECONDS_FOR_MEMBERS = 0.1
    CHARACTERS = 8_000_000
    CHARACTERS_OF_MEMBERS = 1_000_000
    TASKS_EXPLAINED = 5000
    """In a run of more tasks, looking through their variables takes too long."""

    def __init__(self, *, values: bool, mine: TaskNumber | None) -> None:
        self.own_files: set[str] = set()
        self.spans: dict[str, set[Span]] = {}
        self._values = values
        self._mine = mine
        self._characters = self.CHARACTERS
        self._value_time = Allowance(self.SECONDS_FOR_VALUES)
        self._member_characters = self.CHARACTERS_OF_MEMBERS
        self._member_time = Allowance(self.SECONDS_FOR_MEMBERS)
        self._wait_time = Allowance(self.SECONDS_FOR_WAITS)
        self._span_of: dict[Place, Span | None] = {}
        self._arguments_at: dict[Place, tuple[str, ...]] = {}
        self._plain_ones: dict[int, FramePicture] = {}

    def tasks(
        self, inspector: Inspector, tasks: tuple[TaskSnapshot, ...]
    ) -> tuple[TaskPicture, ...]:
        """Pictures of tasks.  One task of each different stack comes first, while time is left."""
        order = self.in_order(tasks)
        why = self._explanations(inspector, [task.label.number for task in order])
        taken = {}
        for task in order:
            self.note(task.doing)
            taken[task.label.number] = self.frames(inspector, task.label.number)
        return tuple(
            TaskPicture(task, taken[task.label.number], why.get(task.label.number))
            for task in tasks
        )

    def in_order(self, tasks: tuple[TaskSnapshot, ...]) -> list[TaskSnapshot]:
        """The tasks in the order in which to take them: one of each different stack first."""
        seen: dict[int, int] = {}
        ranks: dict[TaskNumber, int] = {}
        for task in tasks:
            rank = seen[task.stack_key] = seen.get(task.stack_key, 0) + 1
            ranks[task.label.number] = 0 if task.label.number == self._mine else rank
        return sorted(tasks, key=lambda task: ranks[task.label.number])

    def _explanations(
        self, inspector: Inspector, numbers: list[TaskNumber]
    ) -> dict[TaskNumber, Explanation]:
        """What the tasks wait for, for as many tasks as there is time for."""
        found: dict[TaskNumber, Explanation] = {}
        if len(numbers) > self.TASKS_EXPLAINED:
            numbers = [number for number in numbers if number == self._mine]
        try:
            for number, why in zip(numbers, inspector.whys(numbers), strict=False):
                found[number] = why if self._values else without_messages(why)
                if self._wait_time.spent():
                    break
        except Exception:  # a bug there must not cost the whole picture
            return found
        return found

    def frames(self, reader: FrameReader, task: TaskNumber) -> tuple[FramePicture, ...]:
        """Pictures of a task's frames, with as much in each as could be read."""
        try:
            stack = reader.frames(task)
        except StepdbgError:  # a run in another thread goes on while stepdbg reads it
            stack = ()
        return tuple([self._frame(reader, task, frame) for frame in stack])

    def take_over(self, other: StackCamera) -> None:
        """Add the files and functions that another camera has met."""
        self.own_files |= other.own_files
        for filename, spans in other.spans.items():
            self.spans.setdefault(filename, set()).update(spans)

    def note(self, place: Place | None) -> None:
        """Keep the file of a place, if it is own."""
        if place is not None and place.origin is Origin.OWN:
            self.own_files.add(place.filename)

    def _frame(self, reader: FrameReader, task: TaskNumber, frame: FrameSnapshot) -> FramePicture:
        place = frame.place
        self.note(place)
        ref = FrameRef(task, frame.index)
        span = self._span(reader, ref, place)
        if place.origin is not Origin.OWN or not self._may_fetch(task):
            return self._plain(frame, span)
        try:
            if place not in self._arguments_at:  # the same for all frames of a function
                names = tuple(each.name for each in reader.arguments(ref, _BARELY))
                self._arguments_at[place] = names
            variables = self._variables(reader, ref)
            members = self._members(reader, ref, task)
        except StepdbgError:
            return FramePicture(frame, span)
        return FramePicture(frame, span, variables, self._arguments_at[place], members)

    def _plain(self, frame: FrameSnapshot, span: Span | None) -> FramePicture:
        """A frame without its variables; all tasks that wait there share one picture of it."""
        known = self._plain_ones.get(id(frame))
        if known is None:
            # The picture keeps the frame alive, so no other frame can get the same id.
            known = self._plain_ones[id(frame)] = FramePicture(frame, span)
        return known

    def _may_fetch(self, task: TaskNumber) -> bool:
        return task == self._mine or (self._characters > 0 and not self._value_time.spent())

    def _members(
        self, reader: FrameReader, ref: FrameRef, task: TaskNumber
    ) -> tuple[Variable, ...]:
        """The attributes of objects in its variables, under an allowance of their own."""
        spent = self._member_characters <= 0 or self._member_time.spent()
        if not self._values or (spent and task != self._mine):
            return ()
        found = reader.members(ref, _OF_OBJECTS)
        self._member_characters -= sum(len(each.value.text) + len(each.name) for each in found)
        return found

    def _span(self, reader: FrameReader, ref: FrameRef, place: Place) -> Span | None:
        if place not in self._span_of:
            try:
                span: Span | None = reader.source_span(ref)
            except StepdbgError:
                span = None
            self._span_of[place] = span
            if span is not None:
                self.spans.setdefault(place.filename, set()).add(span)
        return self._span_of[place]

    def _variables(self, reader: FrameReader, ref: FrameRef) -> tuple[Variable, ...]:
        if not self._values:
            return tuple(map(leave_out, reader.locals(ref, _BARELY)))
        found = reader.locals(ref, _EACH)
        self._characters -= sum(len(each.value.text) + len(each.name) for each in found)
        return found
