"""Going on by lines: `next`, `into`, `return`, `until`, `resume`, `jump`, `retval`, `restart`.

Owns: what these commands ask for.  Does not own: what a resume means (engine).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.facts import NO_TASK, TaskNumber
from stepdbg.model.replies import Answer, FrameShown, Returned
from stepdbg.model.standard import shlex
from stepdbg.model.stops import (
    IntoCall,
    NextLine,
    Restart,
    ResumeStep,
    ReturnFrom,
    UntilLine,
)

from . import saving, sources
from .request import Desk, Request, Result, number_in

ALONE, ALL = "-o", "-a"


def count_of_lines(request: Request, too_few: str) -> int:
    """How many lines a command is to pass; one if its user names no number.

    too_few: says that it must be at least one.  Raises `BadUsage`.
    """
    words = request.words(most=1)
    count = number_in(words[0], "number of lines") if words else 1
    if count < 1:
        raise BadUsage(too_few)
    return count


def task_in_view(desk: Desk) -> TaskNumber | None:
    """The task in view, None where the stop lies outside of tasks.  Raises `NotNow`."""
    if desk.inspector.run_id != desk.home.run_id:
        raise NotNow("the run in view is not the one that is held; `run N` goes back to it")
    number = desk.view.task_number()
    return None if number == NO_TASK else number


def _frame(desk: Desk) -> int:
    found = desk.view.find_frame()
    return 0 if found is None else found.index


def next_(request: Request) -> Result:
    """`next [-o] [N]`."""
    count = count_of_lines(request, "a run takes at least one line")
    desk = request.desk
    desk.controller.need_lines()
    return Answer(
        resume=NextLine(task_in_view(desk), _frame(desk), count, ALONE in request.options)
    )


def into(request: Request) -> Result:
    """`into [-o] [-a]`."""
    request.words(most=0)
    desk, options = request.desk, request.options
    desk.controller.need_lines()
    return Answer(
        resume=IntoCall(task_in_view(desk), _frame(desk), ALL in options, ALONE in options)
    )


def return_(request: Request) -> Result:
    """`return`."""
    request.words(most=0)
    desk = request.desk
    desk.controller.need_lines()
    return Answer(resume=ReturnFrom(task_in_view(desk), _frame(desk)))


def until(request: Request) -> Result:
    """`until [LINE]`."""
    words = request.words(most=1)
    line = number_in(words[0], "line number") if words else None
    desk = request.desk
    here = desk.view.frame().place.line
    if line is not None and here is not None and line <= here:
        raise BadUsage(f"line {line} is not below the current line {here}")
    desk.controller.need_lines()
    return Answer(resume=UntilLine(task_in_view(desk), _frame(desk), line))


def resume(request: Request) -> Result:
    """`resume`."""
    request.words(most=0)
    stop = request.desk.stop
    if stop is None or not stop.unfinished:
        raise NotNow("no step was interrupted at this stop; `continue` goes on")
    return Answer(resume=ResumeStep())


def jump(request: Request) -> Result:
    """`jump LINE`."""
    line = number_in(request.need_rest("the number of a line"), "line number")
    desk = request.desk
    desk.controller.jump(desk.view.ref(), line)
    desk.view.listed = None
    frame = desk.view.frame()
    listing = sources.listing_around(desk.view, frame.place)
    return FrameShown(desk.view.snapshot().label, frame, listing)


def retval(request: Request) -> Result:
    """`retval`."""
    request.words(most=0)
    stop = request.desk.stop
    if stop is None or (stop.value is None and not stop.raised):
        raise NotNow("nothing has returned at this stop; `return` runs until something does")
    return Returned(stop.value, stop.raised)


def restart(request: Request) -> Result:
    """`restart [ARGUMENT…]`."""
    desk = request.desk
    try:
        arguments = tuple(shlex.split(request.rest)) if request.rest else None
    except ValueError as error:
        raise BadUsage(f"the arguments cannot be taken apart: {error}") from None
    lines = saving.lines_of(
        desk.home.breakpoints(), desk.lasting.aliases, desk.lasting.displays.expressions()
    )
    return Answer(resume=Restart(arguments, tuple(lines)))
