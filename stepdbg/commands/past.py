"""Earlier moments of a run: `back`, `goto`, `rnext`, `rwatch`, `rcontinue`.

Owns: what these commands ask for.
Does not own: how a moment is shown (engine.rewinding), `at` of a recording (history).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.recording import REPLAY_ANYWAY, Sought, SoughtKind
from stepdbg.model.records import replace
from stepdbg.model.replies import Answer
from stepdbg.model.stops import Moved
from stepdbg.model.task import FrameRef

from . import saving, task_names
from .linesteps import count_of_lines, task_in_view
from .request import Desk, Request, Result, number_in

NOW = "now"


def back(request: Request) -> Result:
    """`back [TASK] [N]`."""
    words, desk = request.words(most=2), request.desk
    if len(words) == 2 or (words and not words[0].isdecimal()):
        task = task_names.find_one(desk.home, words[0])
        count = number_in(words[1], "number of steps") if len(words) == 2 else 1
        sought = Sought(desk.home.run_id, step=-count, task=task.label.number)
    else:
        count = number_in(words[0], "number of steps") if words else 1
        sought = Sought(desk.home.run_id, step=-count, relative=True)
    return _go(desk, sought, request)


def goto(request: Request) -> Result:
    """`goto STEP`, `goto now`."""
    text = " ".join(request.words(most=1)) or request.need_rest(f"a step, or `{NOW}`")
    run = request.desk.home.run_id
    step = None if text == NOW else number_in(text, "number of a step")
    return _go(request.desk, Sought(run, step=step), request)


def rnext(request: Request) -> Result:
    """`rnext [N]`."""
    count = count_of_lines(request, "`rnext` goes back by at least one line")
    desk = request.desk
    task, frame = task_in_view(desk), desk.view.find_frame()
    ref = None if frame is None or task is None else FrameRef(task, frame.index)
    desk.controller.need_lines()
    sought = Sought(desk.home.run_id, count, kind=SoughtKind.LINE, task=task, frame=ref)
    return _go(desk, sought, request)


def rwatch(request: Request) -> Result:
    """`rwatch EXPRESSION`."""
    desk, text = request.desk, request.rest
    anyway = text.startswith(f"{REPLAY_ANYWAY} ")
    expression = text.removeprefix(REPLAY_ANYWAY).strip() if anyway else text
    if not expression:
        raise BadUsage("`rwatch` needs an expression")
    frame = desk.view.ref()
    kind = SoughtKind.CHANGE
    sought = Sought(desk.home.run_id, kind=kind, expression=expression, frame=frame)
    return _moved(desk, sought, anyway=anyway)


def rcontinue(request: Request) -> Result:
    """`rcontinue`."""
    request.words(most=0)
    return _go(request.desk, Sought(request.desk.home.run_id, kind=SoughtKind.HIT), request)


def _go(desk: Desk, sought: Sought, request: Request) -> Result:
    return _moved(desk, sought, anyway=REPLAY_ANYWAY in request.options)


def _moved(desk: Desk, sought: Sought, *, anyway: bool) -> Result:
    setup = saving.lines_of(
        desk.home.breakpoints(), desk.lasting.aliases, desk.lasting.displays.expressions()
    )
    desk.controller.go_to(replace(sought, anyway=anyway, setup=tuple(setup)))
    return Answer(resume=Moved())
