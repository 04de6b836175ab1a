"""How two steps affect each other, by what they read and write.

Owns: `shared_by`, `words_by_pair`, `words_without_pair`.
Does not own: noting reads and writes (engine.exploring.touching), finding the two steps
(explaining).

A wrong name for a failure is worse than none.  So each name ("lost update") has a pattern of
accesses that proves it.  Where no pattern fits, the failure has no name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.accesses import CHANGES, RECEIVES
from stepdbg.model.exploring import SharedName
from stepdbg.model.records import dataclass
from stepdbg.model.standard import itertools

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stepdbg.model.accesses import Access, Raised, Touched
    from stepdbg.model.facts import LogicalId

    from .pairs import Pair

_WAKES = ("set", "notify", "notify_all", "unpark", "unpark_all")
_KEEPS_NO_WAKE = ("Condition", "ParkingLot")
"""Classes that wake only the tasks that wait already; one that waits later needs another wake."""

_ENTERS = ("__aenter__", "acquire", "acquire_nowait")
_CLOSES = ("close", "aclose", "__exit__", "__aexit__")
_PLAIN = {
    "reads": "reads",
    "writes": "writes",
    CHANGES: CHANGES,
    "__enter__": "enters",
    "__aenter__": "enters",
    "__exit__": "leaves",
    "__aexit__": "leaves",
}
_CLOSED = "ClosedResourceError"


@dataclass(frozen=True, slots=True)
class Failed:
    """A schedule that fails.

    log: the task of each step.
    touched: what its steps do.
    key: see `Fault`.
    locks: whether it is a deadlock in which each task holds a lock for which another one waits.
    passed: for each deadline the place in the log before which it passes, and the task with it.
    """

    log: tuple[LogicalId, ...]
    touched: Touched
    key: str
    locks: bool = False
    passed: tuple[tuple[int, LogicalId], ...] = ()


def shared_by(pair: Pair, failed: Failed) -> tuple[SharedName, ...]:
    """The things that both steps touch and at least one of them writes."""
    first, then = (_by_thing(failed.touched.accesses, place) for place in pair)
    found = []
    for thing, ours in first.items():
        theirs = then.get(thing, [])
        if theirs and any(each.writes for each in (*ours, *theirs)):
            other = "" if theirs[0].name == ours[0].name else theirs[0].name
            found.append(SharedName(ours[0].name, _phrase(ours), _phrase(theirs), other))
    return tuple(found)


def _by_thing(accesses: Sequence[Access], place: int) -> dict[int, list[Access]]:
    found: dict[int, list[Access]] = {}
    for each in accesses:
        if each.place == place:
            found.setdefault(each.thing, []).append(each)
    return found


def _phrase(accesses: Sequence[Access]) -> str:
    """What a step does to a thing: each verb once, with its line."""
    lines = {_verb(each): each.line for each in reversed(accesses)}
    return ", ".join(f"{verb} it at {line}" for verb, line in reversed(lines.items()))


def _verb(access: Access) -> str:
    return _PLAIN.get(access.verb) or f"calls {access.verb}() of"


def words_without_pair(failed: Failed) -> str:
    """The kind of a failure that no pair of steps shows, in a sentence; empty if unproven."""
    if failed.locks:
        return "lock order: each of these tasks holds a lock for which another one of them waits"
    return _lost_result(failed) if failed.touched.complete else ""


def words_anyway(failed: Failed) -> str:
    """The kind of a failure that is proven whichever two steps matter, if any; empty if unproven.

    Where a task fails because something is closed, that is so.
    """
    if not failed.touched.complete:
        return ""
    return next((words for _, words in _uses_after_close(failed)), "")


def words_by_pair(failed: Failed) -> dict[Pair, str]:
    """The kind of failure that each pair of steps proves, in a sentence, if their order matters."""
    if not failed.touched.complete:
        return {}
    found: dict[Pair, str] = {}
    kinds = (_lost_updates, _checks_then_acts, _lost_wake_ups, _uses_after_close)
    for pair, words in itertools.chain.from_iterable(kind(failed) for kind in kinds):
        found.setdefault(pair, words)
    return found


def _orders(
    failed: Failed, begin: int, end: int, *, plainly: bool
) -> Iterator[tuple[Pair, LogicalId]]:
    """The pairs of steps whose order puts a write of another task between two accesses.

    Args:
        failed: the schedule.
        begin, end: the two accesses, as indexes in its list.
        plainly: whether only assignments count as writes, and calls of methods do not.

    Yields:
        A pair, and the task that writes.
    """
    accesses, log = failed.touched.accesses, failed.log
    first, last = accesses[begin], accesses[end]
    if log[first.place] != log[last.place]:
        return
    for each in accesses[begin + 1 : end]:
        if each.thing != last.thing or log[each.place] == log[last.place]:
            continue
        if not each.writes or each.verb == CHANGES or (plainly and each.verb != "writes"):
            continue
        yield (first.place, each.place), log[each.place]
        yield (each.place, last.place), log[each.place]


def _lost_updates(failed: Failed) -> Iterator[tuple[Pair, str]]:
    """A task reads a value, another one writes it, and the first writes a result of the old one."""
    accesses = failed.touched.accesses
    for end, last in enumerate(accesses):
        of = [each for each in last.of if each >= 0 and accesses[each].thing == last.thing]
        if last.verb != "writes" or not of or -1 in last.of:
            continue
        who = failed.log[last.place]
        for pair, them in _orders(failed, max(of), end, plainly=True):
            sentence = f"lost update: {who} reads `{last.name}`, {them} writes it, and then {who} "
            yield pair, sentence + "writes a value computed from the old one"


def _checks_then_acts(failed: Failed) -> Iterator[tuple[Pair, str]]:
    """A task checks something, another one changes it, and the first acts by the old answer."""
    accesses = failed.touched.accesses
    for end, last in enumerate(accesses):
        asked = [each for each in last.under if accesses[each].thing == last.thing]
        if not last.writes or last.verb == CHANGES or not asked:
            continue
        who = failed.log[last.place]
        for pair, them in _orders(failed, max(asked), end, plainly=False):
            sentence = f"check then act: {who} checks `{last.name}`, {them} changes it, "
            yield pair, sentence + f"and then {who} acts without checking it again"


def _lost_wake_ups(failed: Failed) -> Iterator[tuple[Pair, str]]:
    """A task wakes those that wait; another one begins to wait after that, and waits for ever."""
    accesses, log = failed.touched.accesses, failed.log
    if not failed.key.startswith("deadlock "):
        return
    at_end = {who: place for place, who in enumerate(log)}
    for who, place in at_end.items():
        waits = [each for each in accesses if each.place == place][-1:]
        for wait in waits if waits and waits[0].verb == "wait" else ():
            for wake in accesses:
                if wake.place >= place or wake.verb not in _WAKES or wake.kind != wait.kind:
                    continue
                words = _lost_wake_up(wake, wait, str(log[wake.place]), str(who), accesses)
                if words:
                    pairs = itertools.product(_entries(wake, failed), _entries(wait, failed))
                    yield from ((pair, words) for pair in pairs if pair[0] < pair[1])


def _entries(use: Access, failed: Failed) -> Iterator[int]:
    """The steps whose order decides when a Condition is used: that use, and entering it before.

    Only one task is within a Condition, so the order of the entries is that of the uses.
    """
    yield use.place
    entered = [
        each.place
        for each in failed.touched.accesses
        if each.thing == use.thing
        and each.verb in _ENTERS
        and each.place < use.place
        and failed.log[each.place] == failed.log[use.place]
    ]
    if use.kind == "Condition" and entered:
        yield entered[-1]


def _lost_wake_up(
    wake: Access, wait: Access, them: str, who: str, accesses: Sequence[Access]
) -> str:
    """A sentence if a wake came too early for a wait that never ends; else empty."""
    if wake.thing == wait.thing and wake.kind in _KEEPS_NO_WAKE:
        return f"lost wake-up: {them} wakes the waiters of `{wait.name}` before {who} waits for it"
    if wake.kind == "Event" and wake.thing != wait.thing and _replaces(wake, wait, accesses):
        return (
            f"lost wake-up: {them} sets and replaces `{wait.name}`, and {who} waits for the new one"
        )
    return ""


def _replaces(wake: Access, wait: Access, accesses: Sequence[Access]) -> bool:
    """Whether the waking step rebinds the variable in which the waiting step finds the event."""
    variables = {accesses[each].thing for each in wake.of if each >= 0} & {
        accesses[each].thing for each in wait.of if each >= 0
    }
    return any(
        each.place == wake.place and each.verb == "writes" and each.thing in variables
        for each in accesses
    )


def _uses_after_close(failed: Failed) -> Iterator[tuple[Pair, str]]:
    """A task closes something, and another one fails because it uses that."""
    accesses, log = failed.touched.accesses, failed.log
    if _CLOSED not in failed.key:
        return
    raised = {
        (log[each.place], each.line): each.place
        for each in failed.touched.raised
        if each.kind == _CLOSED
    }
    closed: dict[int, Access] = {}
    for use in accesses:
        close = closed.get(use.thing)
        if use.kind and use.verb in _CLOSES:
            closed.setdefault(use.thing, use)
            yield from _closed_in_use(use, accesses, raised, log)
        if close is None or log[close.place] == log[use.place]:
            continue
        if raised.get((log[use.place], use.line), -1) >= use.place:
            who, them = log[use.place], log[close.place]
            sentence = f"use after close: {them} closes `{use.name}`, and then {who} uses it"
            yield (close.place, use.place), sentence


def _closed_in_use(
    close: Access,
    accesses: Sequence[Access],
    raised: Mapping[tuple[LogicalId, str], int],
    log: Sequence[LogicalId],
) -> Iterator[tuple[Pair, str]]:
    """A task closes something, and a call of it by another task, which goes on, fails."""
    them = log[close.place]
    for use in accesses:
        who, fails = log[use.place], raised.get((log[use.place], use.line), -1)
        calls = use.verb != "reads" and not use.verb.startswith("__")
        if calls and use.thing == close.thing and who != them and use.place < close.place < fails:
            sentence = f"use after close: {them} closes `{use.name}` while {who} is in "
            yield (close.place, fails), sentence + f"{use.verb}() of it"


def _lost_result(failed: Failed) -> str:
    """A task receives something, and a deadline cancels the task before it uses that."""
    for each in failed.touched.raised:
        who = failed.log[each.place]
        over = [
            place
            for place, whose in failed.passed
            if each.got_at < place <= each.place and who.path[: len(whose.path)] == whose.path
        ]
        receives = f"result lost to a timeout: {who} receives `{each.lost}`"
        if each.lost and over:
            return f"{receives}, and its deadline passes at {each.line}, before it uses that"
        if each.lost and (each.got_at, who) in failed.passed and _is_woken_by_it(each, failed):
            return (
                f"{receives} just as its deadline passes, and is cancelled at {each.line}, before "
                "it uses that"
            )
    return ""


def _is_woken_by_it(lost: Raised, failed: Failed) -> bool:
    """Whether the task was waiting for what it then lost, so that it had no other deadline."""
    who = failed.log[lost.place]
    calls = [
        each
        for each in failed.touched.accesses
        if each.verb in RECEIVES and failed.log[each.place] == who and each.place <= lost.got_at
    ]
    return bool(calls) and calls[-1].place < lost.got_at
