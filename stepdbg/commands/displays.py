"""Expressions shown at every stop.

Owns: the list of them with their last values.
Does not own: evaluating (engine), or the commands that change the list (values).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.errors import EvaluationError, StepdbgError
from stepdbg.model.records import dataclass
from stepdbg.model.replies import Displayed
from stepdbg.model.values import Budget, Value

if TYPE_CHECKING:
    from .request import Desk


@dataclass(slots=True)
class _Display:
    """failed: the name of the type of what it raised the last time, empty when nothing."""

    number: int
    expression: str
    last: Value | None = None
    failed: str = ""

    def look(self, desk: Desk) -> Displayed:
        """Evaluate it in the frame in view; the value becomes the last one."""
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
        before = self.last if self.last is not None and self.last != value else None
        self.last = value
        return Displayed(self.number, self.expression, value, before)


class Displays:
    """The expressions, in the order in which they were given."""

    def __init__(self) -> None:
        self._all: list[_Display] = []
        self._given = 0

    def expressions(self) -> tuple[str, ...]:
        """The expressions alone, in the order in which they were asked for."""
        return tuple(expression for _, expression in self.named())

    def __len__(self) -> int:
        return len(self._all)

    def add(self, desk: Desk, expression: str) -> Displayed:
        """Show an expression from now on.

        Raises:
            EvaluationError: it is no expression, so that it could never be shown.
        """
        made = _Display(self._given + 1, expression)
        shown = made.look(desk)
        if made.failed == SyntaxError.__name__:
            raise EvaluationError(shown.problem, kind=made.failed)
        self._given += 1
        self._all.append(made)
        return shown

    def at_stop(self, desk: Desk) -> tuple[Displayed, ...]:
        """The expressions at a stop, without those whose names its frame does not know."""
        if not self._all or desk.view.task is None:
            return ()
        looked = [(each, each.look(desk)) for each in self._all]
        return tuple(shown for each, shown in looked if each.failed != NameError.__name__)

    def all(self, desk: Desk) -> tuple[Displayed, ...]:
        """All of them in the frame in view."""
        return tuple(each.look(desk) for each in self._all)

    def named(self) -> tuple[tuple[int, str], ...]:
        """Numbers and expressions."""
        return tuple((each.number, each.expression) for each in self._all)

    def remove(self, which: str) -> str | None:
        """Forget one, by number or expression; its expression, None when there is none."""
        for each in self._all:
            if which in (str(each.number), each.expression):
                self._all.remove(each)
                return each.expression
        return None

    def remove_all(self) -> int:
        """Forget all of them; how many there were."""
        count = len(self._all)
        self._all.clear()
        return count
