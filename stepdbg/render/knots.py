"""Sentences about tasks that wait for one another, or for something that no task will do.

Owns: the look of `Deadlocks` and `Knot`.
Does not own: the sentence of each wait (waits).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from stepdbg.model.replies import Deadlocks
from stepdbg.model.task import TaskLabel, WaitKind
from stepdbg.model.waits import CanStop, Claim, Deadlock, Grade, Knot, WaitLink, WaitState

from . import histories, surroundings, words
from .spans import EMPTY, Line, join, plain_line, text, wrap
from .waits import release, sentence


def render_deadlocks(reply: Deadlocks, width: int) -> list[Line]:
    """The deadlocks of a run, or a sentence that there is none."""
    lines = [line for each in reply.found for line in render_deadlock(each, width)]
    if not reply.found:
        lines = wrap(text("no deadlock"), width)
    if reply.hope:
        lines += wrap(text(f"the run is not stuck as a whole: {reply.hope}", "dim"), width)
    return lines


STUCK = "no task can go on any more"

_HEADINGS = {
    Claim.DEADLOCK: ("deadlock: ", "these tasks cannot go on any more"),
    Claim.UNTIL_CANCELLED: ("stuck: ", "these tasks go on only when they are cancelled"),
    Claim.UNTIL_DEADLINE: ("a knot: ", "these tasks wait for one another"),
    Claim.UNLESS: ("a knot: ", "these tasks wait for one another, as far as variables tell"),
}


def render_deadlock(deadlock: Deadlock, width: int, *, headed: bool = False) -> list[Line]:
    """Who is stuck, each with its wait, and what would let them go on.

    headed: whether a line above says already that there is a deadlock.
    """
    word, claim = _HEADINGS[deadlock.knot.claim]
    claim = STUCK if deadlock.whole else claim
    lines = [] if headed else wrap(text(word, "error") + text(claim), width)
    for link, before in zip(deadlock.links, (None, *deadlock.links), strict=False):
        lines += wrap(sentence(link, before), width, indent=6, first=2)
        for below in surroundings.of_link(link):
            lines += wrap(below, width, indent=8, first=6)
        if link.wait is not None and link.wait.told:
            lines += wrap(histories.before_wait(link.wait.told), width, indent=8, first=6)
    lines += wrap(_summed_up(deadlock), width, indent=2, first=0)
    return lines


def of_deadlock(deadlock: Deadlock) -> Line:
    """The cycle or the tasks without a waker, and what would let them go on."""
    knot = deadlock.knot
    claims = knot.claim is not Claim.DEADLOCK or bool(knot.cycle)
    claim = text(_CLAIMS[knot.claim], "error") if claims else EMPTY
    return claim + _summed_up(deadlock)


def _summed_up(deadlock: Deadlock) -> Line:
    """The same under a heading, which says what is claimed."""
    knot = deadlock.knot
    if knot.claim is not Claim.DEADLOCK:
        return _members_until(knot, _members(knot))
    missing = knot.missing
    if knot.lost:  # in the deadlock there may be others like them
        missing = tuple(each.task for each in deadlock.links if _has_no_waker(each)) or knot.lost
    elif knot.cycle:
        return _members_until(knot, _members(knot)) + _way_out(deadlock)
    if not missing:
        return text("each waits for others of them; cancelling one may let the others go on")
    releases = _releases(deadlock.links, missing)
    verb = " has nobody to wake it" if len(missing) == 1 else " have nobody to wake them"
    line = words.names(missing) + text(verb)
    return line + (text("; ") + join(releases) + text(" would") if releases else EMPTY)


def _has_no_waker(link: WaitLink) -> bool:
    """Whether no task's code does from here on what would wake a task."""
    wait = link.wait
    if wait is None or wait.kind is WaitKind.NURSERY:
        return False
    if wait.foreseen is None:
        return not (wait.holders or wait.wakers)
    return all(each.grade is Grade.HAS or each.itself for each in wait.foreseen)


def new_knot(knot: Knot) -> Line:
    """A new knot in one sentence, for places that do not show the tasks' waits."""
    if len(knot.cycle) < 2 or _is_lost(knot):
        return _claimed(knot, _members(knot))
    first, *rest = map(words.task, (*knot.cycle, knot.cycle[0]))
    return _claimed(knot, first + text(" waits for ") + join(rest, ", which waits for "))


_CLAIMS = {
    Claim.DEADLOCK: "a deadlock: ",
    Claim.UNTIL_CANCELLED: "stuck until cancelled: ",
    Claim.UNTIL_DEADLINE: "a knot: ",
    Claim.UNLESS: "a knot, as far as variables tell: ",
}


def claimed(knot: Knot) -> Line:
    """The sentence about a knot below the sentences of its tasks' waits."""
    return _claimed(knot, _members(knot))


def _claimed(knot: Knot, line: Line) -> Line:
    """What is said of tasks, with how much of it is certain."""
    return text(_CLAIMS[knot.claim], "error") + _members_until(knot, line)


def _members_until(knot: Knot, line: Line) -> Line:
    return line + _until(knot) + _stoppers(knot)


def _members(knot: Knot) -> Line:
    """Which task waits for which, for places that already show each wait."""
    if len(knot.cycle) == 1:
        return words.task(knot.cycle[0]) + text(" waits for itself")
    if _is_lost(knot):
        rest = tuple(each for each in knot.cycle if each not in knot.lost)
        lost = text("nobody can wake ") + words.names(knot.lost) + text(" any more")
        return lost + (_wait_for(rest, knot.lost) if rest else EMPTY)
    if knot.cycle:
        each = "each other" if len(knot.cycle) == 2 else "one another"
        return words.names(knot.cycle) + text(f" wait for {each}")
    if knot.missing:
        return text("nobody can wake ") + words.names(knot.missing) + text(" any more")
    return text("each waits for others that are stuck")


def _is_lost(knot: Knot) -> bool:
    """Whether it is certain that some tasks of a cycle are not woken any more."""
    return bool(knot.lost) and knot.claim in (Claim.DEADLOCK, Claim.UNTIL_CANCELLED)


def _wait_for(others: tuple[TaskLabel, ...], lost: tuple[TaskLabel, ...]) -> Line:
    verb = " waits for " if len(others) == 1 else " wait for "
    return text(", and ") + words.names(others) + text(verb + ("it" if len(lost) == 1 else "them"))


def _until(knot: Knot) -> Line:
    if knot.deadline is None or knot.whose is None:
        return EMPTY
    line = text(" until a deadline, ") + words.left(knot.deadline)
    return line + text(", ends the wait of ") + words.task(knot.whose)


def _stoppers(knot: Knot) -> Line:
    """Which tasks could cancel them: by a line that says so, or by failing."""
    if not knot.stoppers:
        return EMPTY
    named = [_stopper(each) for each in knot.stoppers]
    if knot.more_stoppers:
        named.append(text(f"{knot.more_stoppers} more"))
    line = join(named[:-1]) + text(" or ") + named[-1] if len(named) > 1 else named[0]
    able = " could cancel" if knot.stoppers[0].place else " could, by failing"
    return text("; ") + line + text(able)


def _stopper(each: CanStop) -> Line:
    line = words.task(each.task)
    return line + text(" (") + words.place(each.place) + text(")") if each.place else line


def _releases(links: Iterable[WaitLink], missing: tuple[TaskLabel, ...]) -> list[Line]:
    """What would end the waits of some tasks; once for all objects of the same name."""
    waits = [link.wait for link in links if link.wait and link.task in missing]
    several = [(release(each), each.waiters) for each in waits]
    known = {plain_line(line): (line, waiters) for line, waiters in several}
    often = Counter(plain_line(line) for line, _ in several)
    return [
        # Fewer tasks may wait for the same object than for all those of its name.
        line + (text(" of each") if often[key] > waiters else EMPTY)
        for key, (line, waiters) in known.items()
    ]


def _way_out(deadlock: Deadlock) -> Line:
    """What would open the cycle."""
    cycle = [link for link in deadlock.links if link.task in deadlock.knot.cycle]
    shielded = [
        release(link.wait) for link in cycle if link.wait and link.state is WaitState.SHIELDED
    ]
    if not shielded:
        ends = [link.wait for link in cycle if link.wait and link.wait.kind is WaitKind.NURSERY]
        if any(each.number("children") != 1 for each in ends):
            return EMPTY  # a nursery waits for its other children as well
        return text("; cancelling any of them would let the others go on")
    line = text("; no cancellation gets through the shield, but ")
    return line + join(shielded, " or ") + text(" would let them go on")
