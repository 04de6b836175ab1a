"""What is not controlled on a way back, said before anything is executed.

Owns: `look`.
Does not own: noticing what a run touches (histories.uncontrolled), what the tape lacks (taping),
deeds that end the way back when the program is about to do them (deeds).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from stepdbg.engine.scheduling.writing_down import LoggedRun, not_controlled
from stepdbg.model.schedules import Logged, TurnKind, turns_of
from stepdbg.model.stops import Note
from stepdbg.model.uncontrolled import Touch, Uncontrolled

if TYPE_CHECKING:
    from stepdbg.model.stops import Event

_AS_BEFORE = (Uncontrolled.RANDOM, Uncontrolled.FILE)
"""Kinds that need no warning: a copy has the same random numbers, and reading a file once more does
no harm.  The clock needs none as long as all that was read on it is known."""


class Ahead(LoggedRun, Protocol):
    """A run whose user is about to go back."""

    @property
    def tell(self) -> Callable[[Event], None]: ...


def look(run: Ahead, log: Logged, step: int | None, said: set[Touch]) -> None:
    """Say what is not controlled on the way back that the user is about to take.

    Args:
        run: the run, as it was the first time.
        log: what has happened in it.
        step: the step before which the sought moment is; None: that is not known yet.
        said: what was said before; this adds to it.
    """
    clock = () if run.steps().clock_log.full else (Uncontrolled.CLOCK,)
    touched = [each for each in not_controlled(run) if each.kind not in (*_AS_BEFORE, *clock)]
    if step is not None and touched:
        before = _before(run, log, step)
        touched = [each for each in touched if before(each)]
    news = [each for each in touched if each not in said]
    if news:
        said.update(news)
        taped = run.steered.tape is not None
        lacks = "the tape does not hold" if taped else "a re-execution does not control"
        run.tell(Note(f"{lacks} {', '.join(map(str, news))}", "warning"))


def _before(run: Ahead, log: Logged, step: int) -> Callable[[Touch], bool]:
    """Give the function that says whether a touch came before a step; yes if that is not known."""
    paths, touches, taken = run.registry.paths, run.touches, Counter[int]()
    turns = (turn.task for turn in turns_of(log) if turn.kind is TurnKind.STEP)
    for _, task in zip(range(1, step), turns, strict=False):
        taken[task] += 1
    known = {} if touches is None else touches.steps_of(run.id)

    def is_before(touch: Touch) -> bool:
        number, nth = known.get(touch.kind, (0, 0))
        task = None if paths is None else paths.of_number(number)
        return task not in log.tasks or nth <= taken[log.tasks.index(task)]

    return is_before
