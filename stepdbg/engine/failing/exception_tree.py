"""The tree of an exception: members of groups, causes and contexts, numbered.

Owns: numbering, which exceptions belong, and what is known of the tasks behind them.
Does not own: frames (failed_frames), noting failures (failures).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stepdbg.engine.describing.values import describe_whole
from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import NOT_RECORDED
from stepdbg.model.failures import ExceptionNode, ExceptionRole

from .failed_frames import FailedFrames, frames_of_error
from .failures import FailureNote, note_of, notes_by_id

MOST_NODES = 1_000
"""A chain of contexts can be as long as a program has run."""


class ExceptionTree:
    """An exception with everything that hangs on it.

    root: the exception.  notes: what is known of tasks that have failed.
    """

    def __init__(self, root: BaseException, notes: Sequence[FailureNote]) -> None:
        self._notes = notes_by_id(notes)
        self._errors: dict[str, BaseException] = {}
        self._roles: dict[str, ExceptionRole] = {}
        for number, role, error in _walk(root):
            self._errors[number] = error
            self._roles[number] = role

    def nodes(self) -> tuple[ExceptionNode, ...]:
        """All exceptions, each before what hangs on it."""
        return tuple(self._node(number) for number in self._errors)

    def error(self, number: str) -> BaseException:
        """One exception.  Raises `BadUsage`."""
        if number not in self._errors:
            raise BadUsage(f"there is no exception {number}; `exceptions` lists them")
        return self._errors[number]

    def note(self, number: str) -> FailureNote | None:
        """What is known of the task that failed with it."""
        return note_of(self._notes, self.error(number))

    def frames(self, number: str) -> FailedFrames:
        """The frames of one exception's traceback.  Raises `BadUsage`."""
        entries = tuple(frames_of_error(self.error(number)))
        return FailedFrames(None, entries, len(entries))

    def first(self) -> str:
        """The exception to look at first: where it began, else the first with own frames."""
        numbers = list(self._errors)
        for number in numbers:
            note = self.note(number)
            if note is not None and note.first:
                return number
        plain = [n for n in numbers if not isinstance(self._errors[n], BaseExceptionGroup)]
        for number in plain or numbers:
            if any(is_own(each.frame.f_code.co_filename) for each in self.frames(number).entries):
                return number
        return numbers[0]

    def _node(self, number: str) -> ExceptionNode:
        error, note = self._errors[number], self.note(number)
        group = isinstance(error, BaseExceptionGroup)
        of_a_task = self._roles[number] is ExceptionRole.MEMBER and not group
        owner = self.owner(number)
        unknown = NOT_RECORDED if of_a_task and owner is None else None
        return ExceptionNode(
            number=number,
            role=self._roles[number],
            summary=describe_whole(error),
            place=self.frames(number).doing(),
            group=group,
            task=unknown if owner is None else owner.task,
            spawn=unknown if owner is None else owner.spawn,
            first=note is not None and note.first,
            party=None if note is None else note.party,
        )

    def owner(self, number: str) -> FailureNote | None:
        """What is known of the task that failed with it, or handled it and failed over that."""
        note = self.note(number)
        group = isinstance(self._errors[number], BaseExceptionGroup)
        return note if note is not None or group else self._handler(number)

    def _handler(self, number: str) -> FailureNote | None:
        """What is known of the task that handled a cause or context, and failed over it.

        A traceback begins where its exception was caught.  If the exception above it also went
        through that frame, both were on their way in the same task.
        """
        role, (above, _, _) = self._roles[number], number.rpartition(".")
        if role not in (ExceptionRole.CAUSE, ExceptionRole.CONTEXT):
            return None
        entries = self.frames(number).entries
        here = {id(each.frame) for each in self.frames(above).entries}
        if not entries or id(entries[-1].frame) not in here:
            return None
        return self.note(above) or self._handler(above)


def _walk(root: BaseException) -> Iterator[tuple[str, ExceptionRole, BaseException]]:
    """Number, role and exception, in the order of the numbers; each exception once."""
    seen: set[int] = set()
    # The last one first, so that nothing recurses.
    waiting = [("1", ExceptionRole.ROOT, root)]
    while waiting and len(seen) < MOST_NODES:
        number, role, error = waiting.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield number, role, error
        below = [pair for pair in _below(error) if id(pair[1]) not in seen]
        numbered = [(f"{number}.{at}", *pair) for at, pair in enumerate(below, start=1)]
        waiting.extend(reversed(numbered))


def _below(error: BaseException) -> Iterable[tuple[ExceptionRole, BaseException]]:
    if isinstance(error, BaseExceptionGroup):
        yield from ((ExceptionRole.MEMBER, member) for member in error.exceptions)
    if error.__cause__ is not None:
        yield ExceptionRole.CAUSE, error.__cause__
    elif error.__context__ is not None and not error.__suppress_context__:
        yield ExceptionRole.CONTEXT, error.__context__
