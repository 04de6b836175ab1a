"""Letting the run go on, and ending it: `step`, `continue`, `halt`, `quit`.

Owns: what these commands ask for.  Does not own: what a resume means (engine).
"""

from __future__ import annotations

from functools import cache

from stepdbg.model.errors import BadUsage, NotNow, StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.records import replace
from stepdbg.model.replies import Answer, Message, Reply
from stepdbg.model.stops import Continue, Detach, Quit, StepTask, StopKind

from . import task_names
from .request import Desk, Request, Result, number_in


def step(request: Request) -> Result:
    """`step [-o] [TASK] [N]`."""
    if not request.rest:
        return _one_step() if request.word != "s" else _pdbs_word(request.desk)
    words, alone = request.words(most=2), "-o" in request.options
    if not words:
        return Answer(resume=StepTask(alone=alone))
    if len(words) == 1 and words[0].isdecimal():
        count = _steps(words[0])
        return Answer(_ambiguity(request.desk, count), StepTask(count=count, alone=alone))
    found = task_names.find_all(request.desk.home, words[0])
    count = _steps(words[1]) if len(words) == 2 else 1
    if alone and len(found) > 1:
        names = task_names.named(found)
        raise BadUsage(f"only one task can run alone, and `{words[0]}` means {names}")
    return Answer(resume=StepTask(tuple(each.label.number for each in found), count, alone))


def _pdbs_word(desk: Desk) -> Answer:
    """`s`, which means something else in pdb: at a line that is said once."""
    stop, answer = desk.stop, _one_step()
    if stop is None or not stop.in_step or desk.lasting.told_of_into:
        return answer
    desk.lasting.told_of_into = True
    note = "`s` goes to the next step of any task; to go into a call, as pdb's `s` does, type `i`"
    return replace(answer, replies=(Message(note, "note"),))


@cache
def _one_step() -> Answer:
    """What most resumes are; a client asks for thousands."""
    return Answer(resume=StepTask())


def _steps(word: str) -> int:
    count = number_in(word, "number of steps")
    if count < 1:
        raise BadUsage("a run takes at least one step")
    return count


def _ambiguity(desk: Desk, count: int) -> tuple[Reply, ...]:
    """A note where a count is the number of a task as well."""
    try:
        task = desk.home.task(TaskNumber(count))
    except StepdbgError:
        return ()
    if task.system or count == 1:
        return ()
    text = f"counted {count} steps; `step {count} 1` is one step of {task.label}"
    return (Message(text, "note"),)


_STUCK = "no task can go on by itself any more; Ctrl-C comes back to the prompt"


def continue_(request: Request) -> Result:
    """`continue`."""
    request.words(most=0)
    desk = request.desk
    stuck = desk.stop is not None and desk.stop.kind is StopKind.DEADLOCK
    messages = (Message(_STUCK),) if stuck and desk.lasting.asks else ()
    return Answer(messages, resume=Continue())


def halt(request: Request) -> Result:
    """`halt`, which only counts while nothing is held."""
    request.words(most=0)
    if not request.desk.running:
        raise NotNow("the run is held already")
    request.desk.controller.halt(tells=True)
    return Message("the run stops at its next chance")


def detach(request: Request) -> Result:
    """`detach`."""
    request.words(most=0)
    return Answer(resume=Detach())


def quit_hard(request: Request) -> Result:
    """`quit!`."""
    request.words(most=0)
    if request.desk.running:
        request.desk.controller.quit_soon(hard=True)
        return Message("the program ends now")
    return Answer(resume=Quit(hard=True))


def quit_(request: Request) -> Result:
    """`quit`: the first one with the program's cleanup, the next one without."""
    request.words(most=0)
    desk = request.desk
    hard, desk.lasting.quitting = desk.lasting.quitting, True
    if not desk.running:
        return Answer(resume=Quit(hard))
    desk.controller.quit_soon(hard=hard)
    if hard:
        return Message("the program ends now")
    return Message("the program ends after its cleanup; another `quit` ends it at once")
