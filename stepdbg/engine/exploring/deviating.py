"""How a schedule differs from the default order, in as few facts as possible.

Owns: reading facts off a log; `FactChooser`, which chooses by them; `fewest`, which drops facts.
Does not own: facts themselves (model.schedules), following them in a debugged run
(scheduling.in_turn), the processes in which they are tried (launcher.exploring).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import After, Moment, Substitution
from stepdbg.model.standard import itertools

from .choosers import Chooser, Following

Fact = After | Substitution


def moments_of(log: Sequence[LogicalId]) -> list[Moment]:
    """The steps of a log, each with its number among the steps of its task."""
    count: Counter[LogicalId] = Counter()
    found = []
    for who in log:
        count[who] += 1
        found.append(Moment(who, count[who]))
    return found


def order_facts(log: Sequence[LogicalId]) -> tuple[Fact, ...]:
    """The facts that turn first in, first out into the order of a log, one per change of task."""
    moments = moments_of(log)
    pairs = itertools.pairwise(moments)
    return tuple(After(now, before) for before, now in pairs if before.task != now.task)


class FactChooser(Chooser):
    """Chooses the default order, except where some facts say otherwise.

    Args:
        facts: all of one kind.
        stays: see `Chooser`.
    """

    def __init__(self, facts: Sequence[Fact], *, stays: bool = False) -> None:
        super().__init__()
        self.stays = stays
        self._taken: Counter[LogicalId] = Counter()
        self._done: set[Moment] = set()
        self._after: dict[Moment, list[Moment]] = {}
        self._instead: dict[Moment, list[LogicalId]] = {}
        for fact in facts:
            if isinstance(fact, After):
                self._after.setdefault(fact.step, []).append(fact.after)
            else:
                self._instead.setdefault(fact.step, []).append(fact.task)

    def choose(self, ready: Sequence[LogicalId]) -> int:
        # If all of them wait for a step that may never come, the default is as good as any.
        may = (place for place, who in enumerate(ready) if self._may_step(who))
        place = next(may, 0)
        others = self._instead.get(self._next(ready[place]))
        if others:
            other = others.pop(0)
            return ready.index(other) if other in ready else place
        return place

    def stepped(self, who: LogicalId) -> None:
        self._taken[who] += 1
        self._done.add(Moment(who, self._taken[who]))

    def _may_step(self, who: LogicalId) -> bool:
        return self._done.issuperset(self._after.get(self._next(who), ()))

    def _next(self, who: LogicalId) -> Moment:
        return Moment(who, self._taken[who] + 1)


class FactFinder(Following):
    """Follows a log, and notes where it differs from the default order.

    Args:
        log: the task of each step.
        stays: see `Chooser`.

    Attributes:
        found: a substitution for each place where another task steps.
    """

    def __init__(self, log: Sequence[LogicalId], *, stays: bool = True) -> None:
        super().__init__(log)
        self.stays = stays
        self.found: list[Substitution] = []
        self._taken: Counter[LogicalId] = Counter()

    def choose(self, ready: Sequence[LogicalId]) -> int:
        """Follow the log, and note a substitution if the default is another task."""
        place = super().choose(ready)
        if place:
            usual = ready[0]
            self.found.append(Substitution(Moment(usual, self._taken[usual] + 1), ready[place]))
        return place

    def stepped(self, who: LogicalId) -> None:
        super().stepped(who)
        self._taken[who] += 1


def fewest(facts: tuple[Fact, ...], fails: Callable[[tuple[Fact, ...]], bool]) -> tuple[Fact, ...]:
    """Some of the facts with which the run still fails, none of which can be left out.

    By "delta debugging" (Zeller and Hildebrandt, 2002).

    Args:
        facts: with all of them the run fails.
        fails: whether the run fails with some of them; always False once the time is up.
    """
    if not facts or fails(()):
        return ()
    pieces = 2
    while True:
        size = max(1, len(facts) // pieces)
        starts = range(0, len(facts), size)
        rests = (facts[:start] + facts[start + size :] for start in starts)
        smaller = next((rest for rest in rests if rest and fails(rest)), None)
        if smaller is not None:
            facts, pieces = smaller, max(pieces - 1, 2)
        elif size == 1:
            return facts
        else:
            pieces = min(len(facts), pieces * 2)


def merged(
    facts: tuple[Fact, ...],
    fails: Callable[[tuple[Fact, ...]], bool],
    is_over: Callable[[], bool],
) -> tuple[Fact, ...]:
    """Fewer facts with which the run still fails, by replacing two with one as long as that works.

    Args:
        facts: with all of them the run fails.
        fails: see `fewest`.
        is_over: says whether the time is up, because many facts have very many pairs.
    """
    count = len(facts)
    for first, second in itertools.combinations(range(count), 2):
        if is_over():
            break
        one, other = facts[first], facts[second]
        rest = [*facts[:first], *facts[first + 1 : second], *facts[second + 1 :]]
        for each in _both(one, other):
            fewer = (*rest[:first], each, *rest[first:])
            if fails(fewer):
                return merged(fewest(fewer, fails), fails, is_over)
    return facts


def _both(one: Fact, other: Fact) -> tuple[Fact, ...]:
    """Facts each of which may do what two facts do together."""
    if isinstance(one, After) and isinstance(other, After):
        found = After(one.step, other.after), After(other.step, one.after)
        return tuple(each for each in found if each.step.task != each.after.task)
    if isinstance(one, Substitution) and isinstance(other, Substitution):
        return (one._replace(task=other.task),) if one.step.task != other.task else ()
    return ()


def earlier(log: Sequence[LogicalId], place: int) -> Iterator[tuple[int, list[LogicalId]]]:
    """The orders in which the step at a place comes earlier, by one exchange, by two, …

    Each order comes with the new place of that step, which passes no step of its own task.  An
    order is as long as the log, so each one is made only when it is asked for.
    """
    return _moved(log, place, range(place - 1, -1, -1))


def later(log: Sequence[LogicalId], place: int) -> Iterator[tuple[int, list[LogicalId]]]:
    """The orders in which the step at a place comes later; otherwise like `earlier`."""
    return _moved(log, place, range(place + 1, len(log)))


def together(
    log: Sequence[LogicalId], place: int
) -> Iterator[tuple[int, tuple[int, ...], list[list[LogicalId]]]]:
    """The orders in which a step comes earlier, with the steps of its task that it meets.

    There is one item for each step of another task that they pass: the place of that step, their
    places, and the orders in which it comes before all of them, after the first, after the first
    two, …
    """
    who, own, passed = log[place], [place], list[LogicalId]()
    for to in range(place - 1, -1, -1):
        if log[to] == who:
            own.insert(0, to)
            continue
        rest = [*passed, *log[place + 1 :]]
        orders = [
            [*log[:to], *[who] * count, log[to], *[who] * (len(own) - count), *rest]
            for count in range(len(own) + 1)
        ]
        yield to, tuple(own), orders
        passed.insert(0, log[to])


def apart(
    log: Sequence[LogicalId], place: int
) -> Iterator[tuple[int, tuple[int, ...], list[list[LogicalId]]]]:
    """The orders in which a step comes later, with the steps of its task that follow it.

    There is one item for each step of another task that they let pass: the place of that step, the
    places of the steps that come later, and the orders in which it comes before all of them, after
    the first, after the first two, …
    """
    last = len(log) - 1
    for to, own, orders in together(log[::-1], last - place):
        places = tuple(last - each for each in reversed(own))
        yield last - to, places, [order[::-1] for order in reversed(orders)]


def _moved(
    log: Sequence[LogicalId], place: int, places: Iterable[int]
) -> Iterator[tuple[int, list[LogicalId]]]:
    """The orders in which a step is at other places, up to another step of its task."""
    who, others = log[place], [*log[:place], *log[place + 1 :]]
    free = itertools.takewhile(lambda to: log[to] != who, places)
    return ((to, [*others[:to], who, *others[to:]]) for to in free)
