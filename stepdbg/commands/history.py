"""What has happened: `log`, `at`, `history`, and `tasks --ended`.

Owns: what these commands answer.  Does not own: recording (engine).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage, NotNow, StepdbgError
from stepdbg.model.history import EndedTasks, LogShown
from stepdbg.model.patterns import parse_pattern
from stepdbg.model.protocols import Inspector
from stepdbg.model.recording import Sought
from stepdbg.model.replies import Answer
from stepdbg.model.standard import contextlib, re
from stepdbg.model.stops import Moved
from stepdbg.model.task import TaskLabel

from . import durations, grammar, task_names
from .request import Request, Result, number_in

ALL = "-a"
ENDED = "--ended"

_SHOWN = 20
"""How many events or tasks are shown if the user gives no number."""


def log(request: Request) -> Result:
    """`log [-a] [TASK] [N]`."""
    words, system = request.words(most=2), ALL in request.options
    inspector = request.desk.inspector
    if not words or (len(words) == 1 and words[0].isdecimal()):
        most = number_in(words[0], "number of events") if words else _SHOWN
        return LogShown(inspector.log(None, most, system=system))
    most = number_in(words[1], "number of events") if len(words) == 2 else _SHOWN
    labels = living_and_ended(inspector, words[0])
    found = inspector.log({label.number for label in labels}, most, system=True)
    if len(labels) == 1:
        return LogShown(found, labels[0])
    return LogShown(found, pattern=grammar.quoted(words[0]))


def living_and_ended(inspector: Inspector, text: str) -> list[TaskLabel]:
    """The tasks that a text names: living ones, and ended ones for a pattern or if none lives.

    If several ended tasks have a name, the name means the last one.

    Raises:
        StepdbgError: no task has this name, or it has ended and was not recorded.
    """
    pattern = parse_pattern(text)
    ended: list[TaskLabel] = []
    with contextlib.suppress(NotNow):  # the recorder is off
        known = reversed(inspector.ended(system=True))
        ended = [task.label for task in known if task_names.matches(pattern, task.label)]
    try:
        living = [task.label for task in task_names.find_all(inspector, text)]
    except StepdbgError:  # no living task has the name, or the run has ended
        if not ended:
            raise
        return ended if pattern.is_glob else ended[:1]
    return [*living, *(ended if pattern.is_glob else ())]


_MOMENT = re.compile(r"([+-]?)(\d+)")
_NO_MOMENT = "is neither a step nor a time; say 120, +1, 0.5s, +20ms or end"


def at(request: Request) -> Result:
    """`at STEP`, `at TIME`, `at end`; with a sign, they count from the moment that is shown."""
    text = request.need_rest("a step or a time")
    desk = request.desk
    run, number = desk.inspector.run_id, _MOMENT.fullmatch(text)
    if text == "end":
        sought = Sought(run)
    elif number is not None:
        steps = number_in(number[2], "number of a step")
        sought = Sought(run, -steps if number[1] == "-" else steps, relative=bool(number[1]))
    else:
        seconds = durations.seconds(text, _NO_MOMENT)
        if not text[-1].isalpha():
            raise BadUsage(f"a time needs a unit: `at {text}s`")
        sought = Sought(run, seconds=seconds, relative=text[0] in "+-")
    desk.controller.go_to(sought)
    return Answer(resume=Moved())


def of_object(request: Request) -> Result:
    """`history EXPRESSION`."""
    desk = request.desk
    expression = request.need_rest("an expression")
    frame = desk.view.ref()
    desk.read_values()
    return desk.controller.history_of(frame, expression)


def ended(request: Request) -> Result:
    """`tasks --ended [-a] [N]`."""
    words = request.words(most=1)
    most = number_in(words[0], "number of tasks") if words else _SHOWN
    known = request.desk.inspector.ended(system=ALL in request.options)
    shown = known[max(len(known) - most, 0) :]
    return EndedTasks(shown, len(known) - len(shown))
