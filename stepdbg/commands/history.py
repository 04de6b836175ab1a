"""What has happened: `log`, and the ended ones of `tasks`.

Owns: what these commands answer.  Does not own: recording (engine).
"""

from __future__ import annotations

from stepdbg.model.errors import NoSuchTask
from stepdbg.model.patterns import parse_pattern
from stepdbg.model.protocols import Inspector
from stepdbg.model.replies import EndedTasks, LogShown
from stepdbg.model.task import TaskLabel

from . import task_names
from .request import Request, Result, number_in

ALL = "-a"
ENDED = "--ended"

_SHOWN = 20
"""How many events or tasks are shown unless somebody says how many."""


def log(request: Request) -> Result:
    """`log [-a] [TASK] [N]`."""
    words, system = request.words(most=2), ALL in request.options
    inspector = request.desk.inspector
    if not words or (len(words) == 1 and words[0].isdecimal()):
        most = number_in(words[0], "number of events") if words else _SHOWN
        return LogShown(inspector.log(None, most, system=system))
    most = number_in(words[1], "number of events") if len(words) == 2 else _SHOWN
    label = _living_or_ended(inspector, words[0])
    return LogShown(inspector.log(label.number, most, system=True), label)


def _living_or_ended(inspector: Inspector, text: str) -> TaskLabel:
    """The task that a text names; of ended ones the last.  Raises `NoSuchTask`."""
    try:
        return task_names.find_one(inspector, text).label
    except NoSuchTask:
        pattern = parse_pattern(text)
        for task in reversed(inspector.ended(system=True)):
            if task_names.matches(pattern, task.label):
                return task.label
        raise


def ended(request: Request) -> Result:
    """`tasks --ended [-a] [N]`."""
    words = request.words(most=1)
    most = number_in(words[0], "number of tasks") if words else _SHOWN
    known = request.desk.inspector.ended(system=ALL in request.options)
    shown = known[max(len(known) - most, 0) :]
    return EndedTasks(shown, len(known) - len(shown))
