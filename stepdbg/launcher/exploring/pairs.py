"""Finding two steps of a schedule whose order matters.

Owns: `Pair`, `Exchange`, `exchanges`.
Does not own: running schedules (explaining), moving steps (engine.exploring.deviating).

A step is moved earlier and earlier, or later and later, past one other step at a time, until the
failure does not happen.  The step that it has passed last is the other one of the pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.engine.exploring.deviating import apart, earlier, later, moments_of, together
from stepdbg.model.records import NamedTuple
from stepdbg.model.schedules import After

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stepdbg.engine.exploring.deviating import Fact
    from stepdbg.model.facts import LogicalId

    Fails = Callable[[Sequence[LogicalId], int], bool | None]
    """Given an order and how many of its steps must run in that order: whether it fails; None if
    the run does not follow so many of them."""

_NEEDED = 3
"""How many steps that others need are tried to be passed together with steps before them."""

Pair = tuple[int, int]
"""The places of two steps in a log."""


class Exchange(NamedTuple):
    """Two steps whose order matters.

    pair: their places; there is no failure if the second step runs before the first.
    order: an order in which it does.
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
        log: the task of each step of the schedule.
        facts: how it differs from the default order.
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
        found = _by_itself(log, place, fails, back=back)
        if found is not None:
            yield found
    ends = [place - 1 for place in changes] + [len(log) - 1]
    for place in sorted(ends, key=lambda place: abs(place - near)):
        if is_over():
            return
        found = _with_later_steps(log, place, fails)
        if found is not None:
            yield found
    for place in changes:
        if is_over():
            return
        found = _with_steps_that_follow(log, place, fails)
        if found is not None:
            yield found


def _by_itself(
    log: tuple[LogicalId, ...], place: int, fails: Fails, *, back: bool
) -> Exchange | None:
    """The exchange of one step that is moved back (or on) by itself; None if there is none."""
    for to, order in (earlier if back else later)(log, place):
        failed = fails(order, to + 1)
        if failed is None:
            return None  # the step that moves needs this one
        if not failed:
            return Exchange((to, place) if back else (place, to), order)
    return None


def _with_later_steps(log: tuple[LogicalId, ...], place: int, fails: Fails) -> Exchange | None:
    """The exchange of a step that is moved back together with later steps of its task, if any."""
    needed = 0
    for passed, own, orders in together(log, place):
        steps = passed + len(own) + 1
        failed = fails(orders[-1], steps)
        if failed is None:
            # The steps that move need this one, which may be the end of something that its task
            # does alone, such as holding a lock.  They may do without the beginning of that.
            needed += 1
            if needed > _NEEDED:
                return None
            continue
        if failed:
            continue
        for count in range(1, len(own)):
            if fails(orders[count], steps) is False:
                return Exchange((passed, own[count - 1]), orders[count])
        return Exchange((passed, own[-1]), orders[-1])
    return None


def _with_steps_that_follow(
    log: tuple[LogicalId, ...], place: int, fails: Fails
) -> Exchange | None:
    """The exchange of a step that is moved on together with later steps of its task, if any."""
    for passed, own, orders in apart(log, place):
        steps = passed + 1
        failed = fails(orders[0], steps)
        if failed is None:
            return None  # this step needs the steps that move
        if failed:
            continue
        for count in range(1, len(own)):
            failed = fails(orders[count], steps)
            if failed is None:
                return None
            if failed:
                return Exchange((own[count - 1], passed), orders[count - 1])
        return Exchange((own[-1], passed), orders[len(own) - 1])
    return None
