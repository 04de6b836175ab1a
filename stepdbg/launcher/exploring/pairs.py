"""Finding two steps of a schedule whose order matters.

Owns: `Pair`, `Exchange`, `exchanges`.
Does not own: running schedules (explaining), moving steps (engine.exploring.deviating).

A step comes earlier and earlier, or later and later, one exchange at a time, until the failure does
not come.  The step that it has passed last is the other one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stepdbg.engine.exploring.deviating import earlier, later, moments_of, together
from stepdbg.model.schedules import After

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stepdbg.engine.exploring.deviating import Fact
    from stepdbg.model.facts import LogicalId

    Fails = Callable[[Sequence[LogicalId], int], bool | None]
    """Given an order and how many of its steps have to come like that: whether it fails; None where
    it does not go like that."""

Pair = tuple[int, int]
"""The places of two steps in a log."""


class Exchange(NamedTuple):
    """Two steps whose order matters.

    pair: their places; the failure goes when the second one comes before the first.
    order: one in which it does.
    """

    pair: Pair
    order: Sequence[LogicalId]


def exchanges(
    log: tuple[LogicalId, ...],
    facts: Sequence[Fact],
    fails: Fails,
    is_over: Callable[[], bool],
    near: int,
) -> Iterator[Exchange]:
    """The exchanges that are found, those of the facts first.

    Args:
        log: who steps in the schedule.
        facts: what it changes of the default order.
        fails: tries an order.
        is_over: tells whether no try is left.
        near: the place of the step that fails; those nearest to it are tried first.
    """
    places = {moment: place for place, moment in enumerate(moments_of(log))}
    by_fact: list[tuple[int, bool]] = []
    for fact in facts:
        if isinstance(fact, After) and fact.step in places and fact.after in places:
            by_fact += (places[fact.step], True), (places[fact.after], False)
    changes = [place for place in range(1, len(log)) if log[place] != log[place - 1]]
    changes.sort(key=lambda place: abs(place - near))
    others = [(place, back) for place in changes for back in (True, False)]
    for place, back in dict.fromkeys((*by_fact, *others)):
        if is_over():
            return
        found = _alone(log, place, fails, back=back)
        if found is not None:
            yield found
    ends = [place - 1 for place in changes] + [len(log) - 1]
    for place in sorted(ends, key=lambda place: abs(place - near)):
        if is_over():
            return
        found = _with_others(log, place, fails)
        if found is not None:
            yield found


def _alone(log: tuple[LogicalId, ...], place: int, fails: Fails, *, back: bool) -> Exchange | None:
    """A step that goes back or on by itself."""
    for to, order in (earlier if back else later)(log, place):
        failed = fails(order, to + 1)
        if failed is None:
            return None  # it waits for that step
        if not failed:
            return Exchange((to, place) if back else (place, to), order)
    return None


def _with_others(log: tuple[LogicalId, ...], place: int, fails: Fails) -> Exchange | None:
    """A step that goes back and takes those of its own task along."""
    for passed, own, orders in together(log, place):
        steps = passed + len(own) + 1
        failed = fails(orders[-1], steps)
        if failed is None:
            return None  # they wait for that step
        if failed:
            continue
        for count in range(1, len(own)):
            if fails(orders[count], steps) is False:
                return Exchange((passed, own[count - 1]), orders[count])
        return Exchange((passed, own[-1]), orders[-1])
    return None
