"""`lost-event`: a task waits for an Event that nobody else can set any more.

Owns: its facts and its sentence.  Does not own: finding tasks that are stuck (stuck).
"""

from __future__ import annotations

from collections.abc import Iterator

from trio.lowlevel import Task

from stepdbg.model.lints import Lint, LintName
from stepdbg.model.waits import WaitKind

from .saying import at
from .stuck import Blocked, object_of, others_who_have


def look(stuck: dict[Task, Blocked]) -> Iterator[Lint]:
    """The lints about tasks that are stuck."""
    for each in stuck.values():
        why = others_who_have(each, stuck, "it") if each.kind is WaitKind.EVENT else None
        if why is not None:
            label = each.run.registry.label_of(each.task)
            text = (
                f"{label} waits{at(each.place)} for {object_of(each)}, which nobody can set "
                f"any more: {why}; keep it where it will be set, "
                "or call trio.sleep_forever() if that is what is meant"
            )
            yield Lint(LintName.LOST_EVENT, text, each.place, label, each.run.id)
