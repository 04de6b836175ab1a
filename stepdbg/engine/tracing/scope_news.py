"""Cancel scopes and nurseries in a trace: entered, left, cancelled, expired.

Owns: `ScopeNews`, which notes that for one run; what such a note holds.
Does not own: noticing it (_trio_internals.scope_moves, _trio_internals.patches), or its line
(making).

A scope that Trio enters for a wait of its own, such as a sleep, is left out: the wait shows.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import patches, runs, scope_moves, scopes, tasks
from stepdbg.engine.cancelling import happening
from stepdbg.engine.cancelling.entered import Scopes
from stepdbg.engine.stacks import scope_places
from stepdbg.engine.stacks.frames import first_own_caller, line_of, origin_of, place_of_code
from stepdbg.model.history import LogEntry, LogKind, ScopeTold
from stepdbg.model.records import NamedTuple, replace
from stepdbg.model.standard import math, sys
from stepdbg.model.task import Origin, Place, TaskLabel

if TYPE_CHECKING:
    from stepdbg._trio_internals.runs import CancelScope

    from .traceable import TraceableRun

ENTERED, LEFT, CANCELS, EXPIRES = range(104, 108)
"""Notes about scopes; see `making.IO_BEGAN`."""

_BY = {
    runs.EXITED_CODE: "a task that failed",
    runs.ADD_ERROR_CODE: "an exception in its block",
}
"""What cancels a nursery, by the function of Trio that is running."""


class Line(NamedTuple):
    """An instruction, whose line is worked out when it is needed."""

    code: CodeType
    instruction: int

    @property
    def place(self) -> Place:
        """Its line."""
        return place_of_code(self.code, line_of(self.code, self.instruction))


class ScopeNote(NamedTuple):
    """The note about a scope.

    entered: the line that entered it.
    nursery, within: as in `ScopeTold`.
    timed: whether it has a deadline.
    line: the line that cancels it.
    how: the reason in words, if no line cancels it.
    """

    entered: Line | Place | None
    nursery: bool
    within: str
    timed: bool = False
    line: Line | None = None
    how: str = ""


class _Known(NamedTuple):
    """A scope around a task: the number of the task, and the note about the scope."""

    task: int
    note: ScopeNote


class Notes(Protocol):
    """Takes notes of scopes."""

    def note(
        self, kind: int, number: int, step: int = 0, seconds: float = 0.0, more: object = None
    ) -> None: ...


class ScopeNews:
    """Notes what happens to the scopes of one run.

    Args:
        run: which run.
        notes: takes the notes.
    """

    def __init__(self, run: TraceableRun, notes: Notes) -> None:
        self._run, self._notes = run, notes
        self._known: dict[int, _Known] = {}
        self._ends: tuple[Callable[[], None], ...] = ()

    def begin(self, living: list[Task]) -> None:
        """Begin to note.  living: tasks that may be inside scopes already."""
        for task in living:
            self._take_in(task)
        self._ends = scope_moves.watch_scopes(self), patches.watch_cancels(self._cancelled)

    def end(self) -> None:
        """Stop noting."""
        ends, self._ends = self._ends, ()
        for end in ends:
            end()

    def _take_in(self, task: Task) -> None:
        around = Scopes(self._run)
        own = scope_places.scopes_of_trio(task)
        nurseries = {id(nursery.cancel_scope) for nursery in tasks.nurseries_of(task)}
        for scope in scopes.scopes_around(task):
            if id(scope) not in own or id(scope) in nurseries:
                note = ScopeNote(around.place(scope, task), id(scope) in nurseries, "")
                self._known[id(scope)] = _Known(tasks.number(task), note)

    # -- scope_moves.ScopeWatcher -----------------------------------------------------

    def entered(self, task: Task, scope: CancelScope, caller: FrameType) -> None:
        """Note that a task has entered a scope, and at which line."""
        if tasks.runner_of(task) is self._run.runner:
            try:
                self._enter(task, scope, caller)
            except BaseException as error:  # Trio is the caller
                self._run.fail(error)

    def left(self, task: Task, scope: CancelScope) -> None:
        """Note that a task has left a scope."""
        known = self._known.pop(id(scope), None)
        if known is not None:
            try:
                self._note(LEFT, task, more=known.note)
            except BaseException as error:  # Trio is the caller
                self._run.fail(error)

    def _enter(self, task: Task, scope: CancelScope, caller: FrameType) -> None:
        opener = scope_moves.opens_nursery(caller)
        if opener is None and happening.is_wait_of_trio(caller):
            return
        within = ""
        if opener is not None and origin_of(opener.f_code.co_filename) is Origin.TRIO:
            within = opener.f_code.co_qualname
        own = first_own_caller(opener or caller)
        where = None if own is None else Line(own.f_code, own.f_lasti)
        note = ScopeNote(where, opener is not None, within)
        self._known[id(scope)] = _Known(tasks.number(task), note)
        deadline, left = scopes.deadline(scope), 0.0
        timed = not math.isinf(deadline)
        if timed:
            left = max(deadline - self._run.runner.clock.current_time(), 0.0)
        self._note(ENTERED, task, left, note._replace(timed=timed))
        if timed and not left and scopes.is_cancel_called(scope):
            self._note(EXPIRES, task, more=note)

    def _cancelled(self, scope: CancelScope) -> None:
        if runs.current_runner() is self._run.runner:
            try:
                self._note_cancel(scope, sys._getframe(1))  # noqa: SLF001 - documented, CPython only
            except BaseException as error:  # Trio or the program is the caller
                self._run.fail(error)

    def _note_cancel(self, scope: CancelScope, here: FrameType) -> None:
        if scopes.is_effectively_cancelled(scope):
            return  # it was already cancelled
        known = self._known.get(id(scope))
        seen = happening.happening(scope, here)
        if seen.source == "deadline":
            if known is not None:
                self._notes.note(EXPIRES, known.task, more=known.note)
            return
        how = next((how for code, how in _BY.items() if runs.is_called_by(here, code)), "")
        line = None if seen.frame is None else Line(seen.frame.f_code, seen.frame.f_lasti)
        note = ScopeNote(None, False, "") if known is None else known.note
        more = note._replace(line=None if how else line, how=how)
        if seen.by is None:
            self._notes.note(CANCELS, -1, more=more)
        else:
            self._note(CANCELS, seen.by, more=more)

    def _note(self, kind: int, task: Task, seconds: float = 0.0, more: object = None) -> None:
        self._notes.note(kind, tasks.number(task), tasks.steps_taken(task) + 1, seconds, more)


_KINDS = {
    (ENTERED, False): LogKind.SCOPE_ENTERED,
    (ENTERED, True): LogKind.NURSERY_OPENED,
    (LEFT, False): LogKind.SCOPE_LEFT,
    (LEFT, True): LogKind.NURSERY_CLOSED,
}


def entry_of(kind: int, note: ScopeNote, label: TaskLabel | None) -> LogEntry:
    """Make an entry from a note, without its time.  label: the task of the note."""
    entered = note.entered.place if isinstance(note.entered, Line) else note.entered
    entry = LogEntry(
        0.0,
        _KINDS.get((kind, note.nursery), LogKind.CANCELLED),
        label,
        scope=ScopeTold(entered, note.nursery, note.within),
    )
    if kind == ENTERED:
        return replace(entry, place=entered)
    if kind == EXPIRES:
        return replace(entry, kind=LogKind.SCOPE_EXPIRED)
    if kind == CANCELS:
        return replace(entry, place=None if note.line is None else note.line.place, detail=note.how)
    return entry
