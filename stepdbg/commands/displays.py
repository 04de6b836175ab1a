"""Expressions shown at every stop.

Owns: the list of them with their last values, in each frame of each task.
Does not own: evaluating (engine), or the commands that change the list (values).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.errors import EvaluationError, StepdbgError
from stepdbg.model.records import dataclass, field
from stepdbg.model.replies import Displayed
from stepdbg.model.task import FrameRef
from stepdbg.model.values import Budget, Value

if TYPE_CHECKING:
    from .request import Desk


KEPT = 500
"""For how many frames an expression remembers its value: those that showed it last."""

_Where = tuple[int, int, int, str, str]
"""Run, task, how many frames are outside this one (0: the outermost), its file and function."""


def _where(desk: Desk, index: int) -> _Where:
    frames = desk.view.frames()
    place = frames[index].place
    depth = len(frames) - 1 - index
    return desk.inspector.run_id, desk.view.task_number(), depth, place.filename, place.function


@dataclass(slots=True)
class _Display:
    """last: its last value in each frame.

    failed: the name of the type of the exception that it raised the last time, empty without one.
    """

    number: int
    expression: str
    last: dict[_Where, Value] = field(default_factory=dict)
    failed: str = ""

    def look(self, desk: Desk) -> Displayed:
        """Evaluate it in the frame in view, and remember the value for this frame."""
        self.failed = ""
        try:
            frame = desk.view.ref()
            desk.run_live()
            value = desk.controller.evaluate(frame, self.expression, Budget())
        except StepdbgError as error:
            self.failed = error.kind if isinstance(error, EvaluationError) else ""
            return Displayed(self.number, self.expression, None, problem=str(error))
        except KeyboardInterrupt:
            return Displayed(self.number, self.expression, None, problem="interrupted")
        where = _where(desk, frame.index)
        before = self.last.pop(where, None)
        self.last[where] = value
        if len(self.last) > KEPT:
            del self.last[next(iter(self.last))]
        return Displayed(self.number, self.expression, value, None if before == value else before)


class Displays:
    """All displayed expressions, in the order in which the user gave them."""

    def __init__(self) -> None:
        self._all: list[_Display] = []
        self._given = 0

    def expressions(self) -> tuple[str, ...]:
        """The texts of the expressions, in their order."""
        return tuple(expression for _, expression in self.named())

    def __len__(self) -> int:
        return len(self._all)

    def add(self, desk: Desk, expression: str) -> Displayed:
        """Show an expression from now on.

        Raises:
            EvaluationError: it is not an expression, so it could never be shown.
        """
        self._forget_all_but_living(desk)
        made = _Display(self._given + 1, expression)
        shown = made.look(desk)
        if made.failed == SyntaxError.__name__:
            raise EvaluationError(shown.problem, kind=made.failed)
        self._given += 1
        self._all.append(made)
        return shown

    def at_stop(self, desk: Desk) -> tuple[Displayed, ...]:
        """Show the expressions at a stop, except those with names that its frame does not have."""
        if not self._all or desk.view.task is None:
            return ()
        if not self._forget_all_but_living(desk):  # an ending task has no variables any more
            return ()
        looked = [(each, each.look(desk)) for each in self._all]
        return tuple(shown for each, shown in looked if each.failed != NameError.__name__)

    def _forget_all_but_living(self, desk: Desk) -> int:
        """Forget the values of frames of the task in view that have returned.

        Returns:
            How many frames the task has now.
        """
        try:
            frames = desk.view.frames()
        except StepdbgError:
            return 0
        here = desk.inspector.run_id, desk.view.task_number()
        # A frame that is new at this stop may be at the position of an earlier one.
        met = {
            _where(desk, index)
            for index in range(len(frames))
            if not desk.inspector.is_first_look(FrameRef(here[1], index))
        }
        for each in self._all:
            gone = [where for where in each.last if where[:2] == here and where not in met]
            for where in gone:
                del each.last[where]
        return len(frames)

    def all(self, desk: Desk) -> tuple[Displayed, ...]:
        """Show all expressions in the frame in view."""
        self._forget_all_but_living(desk)
        return tuple(each.look(desk) for each in self._all)

    def named(self) -> tuple[tuple[int, str], ...]:
        """The expressions with their numbers."""
        return tuple((each.number, each.expression) for each in self._all)

    def remove(self, which: str) -> str | None:
        """Forget one, by number or text; return its text, or None if there is none."""
        for each in self._all:
            if which in (str(each.number), each.expression):
                self._all.remove(each)
                return each.expression
        return None

    def remove_all(self) -> int:
        """Forget all of them; return how many there were."""
        count = len(self._all)
        self._all.clear()
        return count
