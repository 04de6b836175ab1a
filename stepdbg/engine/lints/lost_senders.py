"""`lost-sender`: a task receives from a channel with a send end that nobody will close.

Owns: its facts and its sentences.  Does not own: finding tasks that are stuck (stuck).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trio.lowlevel import Task

from stepdbg.model.lints import Lint, LintName
from stepdbg.model.waits import WaitKind

from .saying import at
from .stuck import Blocked, dropped_ends, may_wait_for_ever, others_who_have


def look(seen: Iterable[Blocked], stuck: dict[Task, Blocked]) -> Iterator[Lint]:
    """The lints about tasks that receive, stuck or not."""
    for each in seen:
        if each.kind is not WaitKind.RECEIVE:
            continue
        if each.dropped and may_wait_for_ever(each):
            yield _lint(each, "from a channel that never ends: " + _dropped(each.dropped))
        elif each.task in stuck:
            dropped = dropped_ends(each)
            if dropped:
                yield _lint(each, "from a channel that never ends: " + _dropped(dropped))
                continue
            who = others_who_have(each, stuck, "a send end of it")
            if who is None:
                continue
            yield _lint(
                each,
                f"from a channel that nobody will send into or close: {who}; close a send end as "
                "soon as nothing more is to be sent",
            )


def _dropped(count: int) -> str:
    what = "a send end of it was" if count == 1 else f"{count} send ends of it were"
    return f"{what} dropped without being closed; close every clone, best by `async with`"


def _lint(each: Blocked, what: str) -> Lint:
    label = each.run.registry.label_of(each.task)
    text = f"{label} waits{at(each.place)} to receive {what}"
    return Lint(LintName.LOST_SENDER, text, each.place, label, each.run.id)
