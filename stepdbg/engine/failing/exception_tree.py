"""The tree of an exception: members of groups, causes and contexts, numbered.

Owns: numbering, which exceptions belong to the tree, and which task failed with each.
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
"""The most exceptions in a tree: a chain of contexts may grow for as long as a program runs."""


class ExceptionTree:
    """An exception with its members, causes and contexts, and those of each of these.

    root: the exception.
    notes: what was noted of tasks that have failed.
    """

    def __init__(self, root: BaseException, notes: Sequence[FailureNote]) -> None:
        self._notes = notes_by_id(notes)
        self._errors: dict[str, BaseException] = {}
        self._roles: dict[str, ExceptionRole] = {}
        for number, role, error in _walk(root):
            self._errors[number] = error
            self._roles[number] = role

    def nodes(self) -> tuple[ExceptionNode, ...]:
        """All exceptions, each before its members, causes and contexts."""
        return tuple(self._node(number) for number in self._errors)

    def error(self, number: str) -> BaseException:
        """The exception with this number.  Raises `BadUsage`: there is none."""
        if number not in self._errors:
            raise BadUsage(f"there is no exception {number}; `exceptions` lists them")
        return self._errors[number]

    def note(self, number: str) -> FailureNote | None:
        """What was noted of the task that failed with this exception; None for nothing."""
        return note_of(self._notes, self.error(number))

    def frames(self, number: str) -> FailedFrames:
        """The frames of an exception's traceback.  Raises `BadUsage`: there is no such number."""
        entries = tuple(frames_of_error(self.error(number)))
        return FailedFrames(None, entries, len(entries))

    def first(self) -> str:
        """The number of the exception to look at first.

        It is the first failure if that is known, else the first exception with own frames.
        """
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
        """What was noted of the task that failed with this exception, or while handling it."""
        note = self.note(number)
        group = isinstance(self._errors[number], BaseExceptionGroup)
        return note if note is not None or group else self._handler(number)

    def _handler(self, number: str) -> FailureNote | None:
        """What was noted of the task that failed while it handled a cause or context.

        A traceback begins where its exception was caught.  If the exception above it also went
        through that frame, the same task raised both.
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
    # A stack, instead of recursion; the exception to visit next is its last entry.
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
