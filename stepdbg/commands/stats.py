"""`stats`: what tasks and the loop have done in all.

Owns: what the command answers.  Does not own: counting (engine).
"""

from __future__ import annotations

from stepdbg.model.errors import NoSuchTask
from stepdbg.model.history import StatsShown, summary
from stepdbg.model.patterns import parse_pattern
from stepdbg.model.records import replace

from . import grammar, task_names
from .request import Request, Result

_ALL = "-a"


def stats(request: Request) -> Result:
    """`stats [-a] [TASK…]`."""
    names, found = request.words(), request.desk.inspector.stats()
    if not names:
        return summary(found, system=_ALL in request.options)
    chosen = []
    for name in names:
        pattern = parse_pattern(name)
        named = [each for each in found.tasks if task_names.matches(pattern, each.label)]
        if not named:
            raise NoSuchTask(f"nothing was counted for a task called {grammar.quoted(name)}")
        chosen += [each for each in named if each not in chosen]
    chosen.sort(key=lambda each: (-each.ran, each.label.number))
    return StatsShown(replace(found, tasks=tuple(chosen)), chosen=True)
