"""The chains of waits that `why` shows: each task once, and only the beginning of a long chain.

Owns: which tasks of the chains get a sentence, and which task stands for others like it.
Does not own: the sentences (waits, surroundings), or those about several tasks (knots).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from stepdbg.model.facts import TaskNumber
from stepdbg.model.records import replace
from stepdbg.model.replies import Why
from stepdbg.model.task import TaskLabel, WaitKind
from stepdbg.model.waits import Explanation, Knot, WaitLink

from . import knots, mechanics, words
from .spans import Line, text, wrap
from .tasks import more_alike
from .waits import margin_of, nameless, render_link

_LINES = 6
"""How many lines `why` uses for one task at the usual width, unless the user asks for more."""

_USUAL_WIDTH = 100

_LIKE = 3
"""Up to this number, each of several tasks that are alike gets a sentence; else only the first."""

_AT_ITS_LINE = "at the same line (`why -v` examines each)"
"""Of tasks that nobody has looked at one by one, nothing else is known."""

_DEEPEST = 10**6
"""Deeper than any chain."""


def render_why(reply: Why, width: int) -> list[Line]:
    """Each task that the user named, and indented below it the tasks that could end its wait."""
    page = _Page(reply, width)
    unexamined = {each.example.label.number: each.labels for each in reply.unexamined}
    lines: list[Line] = []
    for group in _groups(each for each in reply.explanations if each.links):
        for explanation in group if len(group) <= _LIKE else [_one_for_all(group[0])]:
            lines += page.explanation(explanation)
        if len(group) > _LIKE:
            others = tuple(each.links[0].task for each in group[1:])
            lines.append(more_alike(others, width, indent=2))
        for each in group:
            labels = unexamined.get(each.links[0].task.number)
            if labels is not None:
                lines.append(more_alike(labels, width, indent=2, like=_AT_ITS_LINE))
    return lines


class _Page:
    """What one answer has shown so far.

    Args:
        reply: the answer.
        width: in columns.
    """

    def __init__(self, reply: Why, width: int) -> None:
        self._verbose, self._width = reply.verbose, width
        self._asked = {each.links[0].task.number for each in reply.explanations if each.links}
        self._told: set[TaskNumber] = set()
        self._taught: set[object] = set()
        self._claimed: set[Hashable] = set()
        knots_of_all = {knot for each in reply.explanations for knot in each.knots}
        self._of_several = [each for each in knots_of_all if len(each.missing) > 1]

    def explanation(self, explanation: Explanation) -> list[Line]:
        """One task, then the tasks of its chain that nothing else shows, if there is room."""
        first, *inner = explanation.links
        fresh = list(self._fresh(inner))
        claims = [line for each in explanation.knots for line in self._claim(each)]
        most = _LINES * _USUAL_WIDTH // min(self._width, _USUAL_WIDTH)
        lines, before = self._link(first, None), first
        lines += self._elsewhere(first)
        rest = [*fresh]
        while rest:
            block = self._link(rest[0], before)
            left_out = len(rest) > 1
            if not self._verbose and len(lines) + len(block) + len(claims) + left_out > most:
                break
            before = rest.pop(0)
            lines += block
        if rest:
            them = "it" if len(rest) == 1 else "them"
            more = f"{words.count(len(rest), 'more task')} in this chain; `why -v` shows {them}"
            lines += wrap(text(more, "dim"), self._width, indent=4, first=2)
        self._told.update(each.task.number for each in (first, *fresh[: len(fresh) - len(rest)]))
        return lines + claims

    def _fresh(self, inner: Iterable[WaitLink]) -> Iterator[WaitLink]:
        """The links of tasks that no other part shows; chains below other tasks are skipped."""
        left_out = _DEEPEST
        for link in inner:
            if link.depth > left_out:
                continue
            elsewhere = link.task.number in self._asked or link.task.number in self._told
            left_out = link.depth if elsewhere else _DEEPEST
            if not elsewhere:
                yield link

    def _link(self, link: WaitLink, before: WaitLink | None) -> list[Line]:
        lines = render_link(link, self._width, before)
        kind = link.state if link.wait is None else link.wait.kind
        if self._verbose and kind not in self._taught:
            self._taught.add(kind)
            margin = margin_of(link, self._width) + 6
            lines += wrap(mechanics.how(link), self._width, indent=margin)
        return lines

    def _elsewhere(self, first: WaitLink) -> list[Line]:
        """Where to find the children that a nursery waits for; its sentence names none of them."""
        if first.wait is None or first.wait.kind is not WaitKind.NURSERY:
            return []
        lines: list[Line] = []
        children = first.wait.wakers
        above = tuple(each for each in children if each.number in self._told)
        below = tuple(each for each in children if each.number in self._asked - self._told)
        for labels, where in ((above, "above"), (below, "below")):
            if labels:
                line = words.names(labels) + text(f": see {where}", "dim")
                lines += wrap(line, self._width, indent=6, first=4)
        return lines

    def _claim(self, knot: Knot) -> list[Line]:
        """The sentence about several tasks, unless this answer has one about more of them."""
        if any(_covers(each, knot) for each in self._of_several):
            return []
        key = knot.claim, frozenset(knot.cycle), frozenset(knot.missing)
        if key in self._claimed:
            return []
        self._claimed.add(key)
        return wrap(knots.claimed(knot), self._width, indent=4, first=2)


def _covers(knot: Knot, other: Knot) -> bool:
    """Whether a knot says everything that another says about fewer tasks without a waker."""
    if knot.claim is not other.claim or knot.cycle or other.cycle or not other.missing:
        return False
    return set(knot.missing) > set(other.missing)


def _groups(explanations: Iterable[Explanation]) -> list[list[Explanation]]:
    """Group explanations of tasks that are alike, each group at the place of its first task."""
    found: dict[Hashable, list[Explanation]] = {}
    others = _Others()
    for each in explanations:
        found.setdefault(_alike(each.links[0], others), []).append(each)
    return list(found.values())


def _one_for_all(explanation: Explanation) -> Explanation:
    first, *inner = explanation.links
    return replace(explanation, links=(nameless(first), *inner))


class _Others:
    """Who else could end a wait: very many tasks may wait for the same."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[TaskLabel, ...], Counter[str], frozenset[str]]] = {}

    def names(self, labels: tuple[TaskLabel, ...], task: TaskLabel) -> frozenset[str]:
        """The names of some tasks, a certain task left out."""
        if id(labels) not in self._known:
            counted = Counter(each.name for each in labels)
            self._known[id(labels)] = labels, counted, frozenset(counted)
        _, counted, names = self._known[id(labels)]
        return names - {task.name} if counted[task.name] == 1 and task in labels else names


def _alike(link: WaitLink, known: _Others) -> Hashable:
    """What is said of a wait, without whose it is, since when, how often, and until when."""
    link = nameless(link)
    wait, around = link.wait, link.around
    if wait is not None:
        until = wait.deadline is not None
        others = [known.names(each, link.task) for each in (wait.holders, wait.wakers)]
        named = *others, wait.replaced
        said: Hashable = wait.kind, wait.place, wait.object, wait.through, until, named
    else:
        said = link.doing, None if link.wake is None else str(link.wake)
    block = None if around is None else around.block
    caught = None if link.caught is None else link.caught.place
    return link.task.name, link.state, said, link.cancelling, link.held, block, link.pending, caught
