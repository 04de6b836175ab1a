"""Why tasks do not go on: `why`, `deadlock`.

Owns: what the command answers.  Does not own: finding it out (engine.waits).
"""

from __future__ import annotations

from stepdbg.model.facts import TaskNumber
from stepdbg.model.replies import Deadlocks, Why

from . import task_names
from .request import Request, Result

ALL = "-a"


def why(request: Request) -> Result:
    """`why [-a] [TASK…]`."""
    inspector = request.desk.inspector
    numbers = _asked(request)
    return Why(tuple(inspector.why(number) for number in numbers))


def _asked(request: Request) -> list[TaskNumber]:
    desk = request.desk
    if ALL in request.options:
        request.words(most=0)
        return [task.label.number for task in desk.inspector.tasks()]
    words = request.words()
    if words:
        return [task_names.find_one(desk.inspector, word).label.number for word in words]
    if desk.view.task is not None:
        return [desk.view.task]
    main = desk.inspector.run().main
    return [desk.view.task_number() if main is None else main.number]


def deadlock(request: Request) -> Result:
    """`deadlock`."""
    request.words(most=0)
    found, hope = request.desk.inspector.deadlocks()
    return Deadlocks(found, hope)
