"""What tasks wait for, in sentences.

Owns: one sentence for each task of a chain, indented by its distance from the task that the user
asked about.  Does not own: sentences about several tasks (knots).
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.breakpoints import ScopeCancelled
from stepdbg.model.facts import NotDelivered, NotRecorded
from stepdbg.model.history import LogEntry, LogKind
from stepdbg.model.lints import LONG_STEP
from stepdbg.model.records import replace
from stepdbg.model.standard import re
from stepdbg.model.task import Fate, Origin, Place, WaitKind
from stepdbg.model.wait_kinds import WAITS
from stepdbg.model.waits import (
    Afterwards,
    Cancelling,
    Moment,
    Wait,
    WaitLink,
    WaitState,
)

from . import exceptions, foreseen, histories, history, surroundings, words
from .spans import EMPTY, Line, join, text, wrap


def nameless(link: WaitLink) -> WaitLink:
    """The link without the name of its object, because it stands for links with other names."""
    wait = link.wait
    if wait is None or wait.object is None or not wait.object.apart:
        return link
    return replace(link, wait=replace(wait, object=replace(wait.object, apart="")))


def render_link(link: WaitLink, width: int, before: WaitLink | None = None) -> list[Line]:
    """One task with its wait, the cancellation under way, and the exceptions on their way.

    before: the link shown just before it.
    """
    margin = margin_of(link, width)
    lines = wrap(sentence(link, before, alone=False), width, indent=margin + 4, first=margin)
    for line in surroundings.of_link(link):
        lines += wrap(line, width, indent=margin + 6, first=margin + 4)
    if link.wait is not None and link.wait.told:
        lines += wrap(
            histories.before_wait(link.wait.told), width, indent=margin + 6, first=margin + 4
        )
    if link.failed is not None and link.failed.party is not None:
        lines += wrap(
            histories.party(link.failed.party), width, indent=margin + 6, first=margin + 4
        )
    if link.cancelling is not None:
        lines += wrap(cancellation(link.cancelling), width, indent=margin + 4, first=margin + 4)
    if link.caught is not None:
        told_of_it = histories.caught(link.caught)
        lines += wrap(told_of_it, width, indent=margin + 6, first=margin + 4)
    for each in link.pending:
        lines += exceptions.pending(each, width, margin=margin + 4)
    return lines


def margin_of(link: WaitLink, width: int) -> int:
    """How many blanks are before the sentence of a link."""
    return min(2 * link.depth, width // 3)


def release(wait: Wait) -> Line:
    """What would end a wait, as a noun: setting an Event, with its name between backticks."""
    return text(f"{WAITS[wait.kind].release} ") + _object(wait, "the")


def sentence(link: WaitLink, before: WaitLink | None = None, *, alone: bool = True) -> Line:
    """What one task waits for, or why it does not wait.

    alone: no further lines about it follow.
    before: the link shown just before it, whose beginning is not repeated if both are equal.
    """
    who = words.task(link.task)
    if link.wait is None:
        return who + _not_waiting(link)
    line = who + text(" ") + _what_it_does(link.wait) + _tail(link, before, alone=alone)
    if link.unlisted:
        verb = "is" if link.unlisted == 1 else "are"
        line += text(f"; {link.unlisted} of them {verb} not followed here")
    return line


def _not_waiting(link: WaitLink) -> Line:
    sentence = {
        WaitState.NOT_STARTED: " has not started yet",
        WaitState.RUNNABLE: " does not wait, it is runnable",
        WaitState.CURRENT: " does not wait, it is the current task",
        WaitState.HELD: " does not wait, it is held: `release` lets it run",
        WaitState.EXITED: " has exited",
    }.get(link.state, f" is {link.state}")
    if link.failed is not None:
        line = text(" has failed") if link.state is WaitState.EXITED else text(" fails")
        at = (
            EMPTY if link.failed.place is None else text(" at ") + words.place_in(link.failed.place)
        )
        return line + at + text(": ") + text(link.failed.summary.partition("\n")[0], "error")
    line = text(sentence)
    if link.calling:
        line += text(", in a call of ") + text(f"{link.calling}()", "key")
    if link.doing is not None and link.state is not WaitState.HELD:
        line += text(" at " if link.calling else ", at ") + words.place_in(link.doing)
    if link.lasted is not None and link.lasted >= LONG_STEP:
        line += text("; it has not yielded for ") + words.duration(link.lasted)
    if link.wake is not None and not isinstance(link.wake, NotRecorded):
        line += text(": ") + words.why(link.wake)
    return line + (EMPTY if link.state is WaitState.HELD else _held(link))


def _held(link: WaitLink) -> Line:
    return text("; it is also held: `release` lets it run", "warn") * link.held


def _tail(link: WaitLink, before: WaitLink | None, *, alone: bool) -> Line:
    wait = link.wait
    assert wait is not None
    tail: Line = EMPTY
    tail += _timeout(wait) * (link.cancelling is None)
    if wait.through:
        tail += text(f" (through {wait.through})", "dim")
    fate = None if link.cancelling is None else link.cancelling.fate
    says_shield = not alone and fate is not None and fate.shield is not None
    if link.state is WaitState.SHIELDED and not says_shield:
        tail += text("; shielded from a cancellation already asked for", "warn")
    known = None if before is None or before.wait is None else before.wait.since
    return tail + _held(link) + _waiting_since(wait.since, known)


def _timeout(wait: Wait) -> Line:
    """The timeout that ends the wait, if there is one before its own end."""
    if wait.timeout is not None and wait.timeout.deadline is not None:
        left, what = wait.timeout.deadline, words.timeout_of(wait.timeout)
    elif wait.deadline is not None and wait.kind is not WaitKind.SLEEP:
        left, what = wait.deadline, text("a deadline")
    else:
        return EMPTY
    if wait.kind is WaitKind.SLEEP and wait.deadline is not None and wait.deadline < left:
        return EMPTY  # it wakes before
    return text("; ") + what + text(" ends it ") + words.left(max(left, 0))


def _waiting_since(moment: Moment | NotRecorded | None, known: Moment | NotRecorded | None) -> Line:
    """``[waiting since 1.003 s, step 4]``; empty if it was not recorded or is `known` already."""
    if moment is None or isinstance(moment, NotRecorded):
        return EMPTY
    if isinstance(known, Moment) and round(known.time, 2) == round(moment.time, 2):
        return EMPTY
    step = text("step ") + text(str(moment.step), "number")
    inside = text("waiting since ") + words.moment(moment.time) + text(", ") + step
    return text(" [", "dim") + inside + text("]", "dim")


# Parts of sentences


def _at(where: Place | None) -> Line:
    return text(" at ") + words.place(where) if where else EMPTY


def _object(wait: Wait, article: str = "") -> Line:
    """``Lock `db_lock```, or ``a Lock`` if no name is known."""
    what = wait.object.type if wait.object else "something"
    article = article or ("an" if what.startswith(("A", "E", "I", "O")) else "a")
    return _named(f"{what} ", wait, f"{article} {what}")


def _recorded(moment: Moment | NotRecorded | None, word: str) -> Line:
    """``[since step 17, app.py:28]`` if it was recorded, else empty."""
    if moment is None or isinstance(moment, NotRecorded):
        return EMPTY
    where = words.place(moment.place) if moment.place else EMPTY
    if word == "since":
        inside = join((text("since step ") + text(str(moment.step), "number"), where))
    else:
        inside = text(f"{word} at ") + where if where else EMPTY
    return text(" [", "dim") + inside + text("]", "dim") if inside else EMPTY


def _others(wait: Wait) -> Line:
    more = wait.waiters - 1
    return text(f"; {words.count(more, 'other task')} wait{'s' * (more == 1)} as well") * (more > 0)


def _held_by(wait: Wait) -> Line:
    return words.names(wait.holders) if wait.holders else text("no task")


def _lock_of_condition(wait: Wait) -> Line:
    return text("; its lock is held by ") + words.names(wait.holders) if wait.holders else EMPTY


def _tokens(wait: Wait) -> Line:
    borrowed, total = wait.number("borrowed"), wait.number("total")
    of = f" of {total}" if total is not None else ""
    threads = wait.number("threads") or 0
    own = wait.holders[: len(wait.holders) - threads]
    by = text(", by ") + words.names(own) if own else EMPTY
    if threads:
        of_whom = words.names(wait.holders[len(own) :])
        by += text(f"{' and' if own else ', by'} the thread{'s' * (threads > 1)} of ") + of_whom
    others = wait.number("other borrowers")
    by += text(f", {others} of them on behalf of no task") if others else EMPTY
    return text(f"{borrowed}{of} tokens are borrowed") + by


def _name(wait: Wait) -> Line:
    name = "" if wait.object is None else wait.object.apart or wait.object.name
    return text(f"`{name}`", "key") if name else EMPTY


def _named(what: str, wait: Wait, without: str) -> Line:
    name = _name(wait)
    return text(what) + name if name else text(without)


def _buffer(wait: Wait) -> Line:
    size = wait.number("buffer size")
    return text(f"{wait.number('buffer used')}/{'no limit' if size is None else size}")


def _peers(wait: Wait, peer: str) -> Line:
    count = wait.number(f"open {peer}s") or 0
    line = text(f"{words.count(count, peer)} open")
    if wait.holders or not count:
        many = len(wait.holders) > words.NAMED and wait.foreseen
        who = text(f"{len(wait.holders)} tasks") if many else words.names(wait.holders)
        held = text(" (held by ") + who + text(")")
        return line + held * bool(count)
    whose = "in no task's variables" if wait.everybody_asked else "too many tasks to find whose"
    return line + text(f" ({whose})")


def _children(wait: Wait) -> Line:
    starting = wait.number("starting")
    running = words.count(wait.number("children") or 0, "child", "children")
    return text(f"{running} still running" + f", {starting} not yet started()" * bool(starting))


def _until(wait: Wait) -> Line:
    return (
        EMPTY if wait.deadline is None else text(", to wake ") + words.left(max(wait.deadline, 0))
    )


def _file(wait: Wait) -> Line:
    fd = wait.number("fd")
    facts = [text(wait.detail)]
    if fd is not None:
        facts.append(text("file descriptor ") + text(str(fd), "number"))
    line = join(facts)
    return text(": ") + line if line else EMPTY


def _thread_at(wait: Wait) -> Line:
    if wait.thread is None or not wait.thread.stack:
        return EMPTY
    own = [place for place in wait.thread.stack if place.origin is Origin.OWN]
    return text(", which is at ") + words.place_in((own or wait.thread.stack)[0])


_PIECES: dict[str, Callable[[Wait], Line]] = {
    "at": lambda wait: _at(wait.place),
    "object": _object,
    "name": lambda wait: _named(" ", wait, ""),
    "channel": lambda wait: _named("channel ", wait, "a channel"),
    "could": foreseen.could,
    "left": foreseen.left,
    "others": _others,
    "holder": _held_by,
    "since": lambda wait: _recorded(wait.held_since, "since"),
    "lock": _lock_of_condition,
    "tokens": _tokens,
    "opened": lambda wait: _recorded(wait.made, "opened"),
    "senders": lambda wait: _peers(wait, "sender"),
    "receivers": lambda wait: _peers(wait, "receiver"),
    "buffer": _buffer,
    "children": _children,
    "starting": lambda wait: words.names(wait.wakers) if wait.wakers else text("a task"),
    "until": _until,
    "file": _file,
    "pid": lambda wait: text(str(wait.number("pid"))),
    "signals": lambda wait: text(wait.detail or "a signal"),
    "thread": lambda wait: text(wait.thread.name if wait.thread else wait.detail, "key"),
    "thread at": _thread_at,
    "function": lambda wait: text(wait.detail or "code of a library", "key"),
}
"""The pieces for the braces in the sentences of the kinds (`model.wait_kinds`)."""


def _what_it_does(wait: Wait) -> Line:
    """The sentence of its kind, with the braces filled in."""
    if wait.afterwards is not None:
        return _as_recorded(wait, wait.afterwards)
    line = EMPTY
    for index, part in enumerate(re.split(r"{([^}]*)}", WAITS[wait.kind].sentence)):
        line += _PIECES[part](wait) if index % 2 else text(part)
    return line


def _as_recorded(wait: Wait, afterwards: Afterwards) -> Line:
    """``is blocked in Event.wait of `done` at app.py:7; 0.05 s later: main (1) woke it``."""
    entry = LogEntry(0.0, LogKind.BLOCKED, None, place=wait.place, detail=wait.detail)
    line = text("is ") + history.end_of_step(entry, _name(wait)) + text("; ")
    if afterwards.wake is None:
        return line + text("nothing had woken it when the recording ended")
    return line + words.duration(afterwards.seconds) + text(" later: ") + words.why(afterwards.wake)


# Cancellations

_SOURCES = {
    "deadline": "its deadline passed",
    "nursery": "its nursery failed",
    "explicit": "its cancel() was called",
    "shutdown": "the run is ending",
    "KeyboardInterrupt": "of a KeyboardInterrupt",
}


def scope_cancelled(seen: ScopeCancelled) -> Line:
    """A scope that is being cancelled, and the tasks inside."""
    scope = seen.scope
    if seen.source == "deadline" and scope.place is not None:
        line = words.timeout_of(scope) + text(" expires", "warn")
    else:
        line = text("cancel scope ") + text(str(scope.number), "number") + _at(scope.place)
        line += text(" is being cancelled", "warn")
        line += text(f", because {_SOURCES.get(seen.source, seen.source)}")
    inside = [words.task(label) for label in seen.inside[: words.NAMED]]
    if seen.count > len(inside):
        inside.append(text(f"{seen.count - len(inside)} more"))
    return line + (text("; inside: ") + join(inside) if inside else text("; no task is inside"))


def cancellation(cancelling: Cancelling) -> Line:
    """Which scope was cancelled, by which task, where and why."""
    scope = cancelling.scope
    line = text("cancel scope ") + text(str(scope.number), "number")
    line += _at(scope.place) + words.given(scope.seconds) + text(" is cancelled", "warn")
    who = EMPTY if cancelling.by is None else text(" by ") + words.task(cancelling.by)
    if cancelling.place is not None and not isinstance(cancelling.place, NotRecorded):
        who += text(" [", "dim") + words.place(cancelling.place) + text("]", "dim")
    because = None
    if not isinstance(cancelling.source, NotRecorded):
        because = f" because {_SOURCES.get(cancelling.source, cancelling.source)}"
    if cancelling.source == "deadline":
        line += text(because or "") + (text(", noticed") + who) * bool(who)
    else:
        line += who + text(f"{',' * (cancelling.by is not None)}{because}") * bool(because)
    if cancelling.reason:
        line += text(f"{':' if because else ','} {cancelling.reason}")
    return line + (EMPTY if cancelling.fate is None else _fate(cancelling, cancelling.fate))


_WHY_NOT = {
    NotDelivered.SHIELD: "a shield keeps it off",
    NotDelivered.THREAD: "the wait is for a thread, and abandon_on_cancel is False",
    NotDelivered.CHILDREN: "the end of a nursery waits for its children first",
    NotDelivered.EMPTY_NURSERY: (
        "the end of an empty nursery is a checkpoint that cannot be cancelled"
    ),
    NotDelivered.SHIELDED_CHECKPOINT: "it is at a checkpoint that cannot be cancelled",
    NotDelivered.NO_CHECKPOINT: "it has not reached a checkpoint",
    NotDelivered.NOT_STARTED: "it has not started yet",
    NotDelivered.NO_ABORT: "what it waits for cannot be cancelled",
}


def _fate(cancelling: Cancelling, fate: Fate) -> Line:
    """What has happened to a cancellation."""
    if fate.unwinds:
        return text("; it was delivered, and the task is cleaning up")
    if fate.why_not is not None:
        since = EMPTY
        if cancelling.since is not None:
            since = text(" since ") + words.moment(cancelling.since)
        why = text(_WHY_NOT[fate.why_not])
        if fate.shield is not None:
            why = text("the shield of ") + words.place(fate.shield) + text(" keeps it off")
        if fate.times != 0:  # it may have been delivered before
            return text("; ") + why
        return text("; not delivered", "warn") + since + text(", because ") + why
    if isinstance(fate.times, NotRecorded) or not fate.times:
        return EMPTY
    once = fate.times == 1
    line = text("; delivered ") + text("once" if once else f"{fate.times:,} times", "number")
    if fate.handler is None:
        return line
    by = text(f" and swallowed by the `{fate.written}:` at ", "warn")
    return line + by + words.place(fate.handler)
