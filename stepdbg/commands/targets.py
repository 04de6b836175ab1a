"""What a breakpoint can be set on, as typed.

Owns: the table of targets, and reading each kind.
Does not own: conditions (conditions), planting breakpoints (engine).

A target begins with an event word, such as ``task``.  To add a kind, add a `TargetKind` to
`KINDS`; a kind with an empty word reads whatever begins with no event word.
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.breakpoints import (
    CancelTarget,
    DeadlineTarget,
    ExceptionTarget,
    FunctionTarget,
    IdleTarget,
    LineTarget,
    SlowTarget,
    Target,
    TaskEvent,
    TaskTarget,
)
from stepdbg.model.errors import BadUsage, NoSuchTask, StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.patterns import TaskPattern, parse_pattern
from stepdbg.model.records import dataclass
from stepdbg.model.standard import re

from . import grammar
from .request import Desk, number_in


@dataclass(frozen=True, slots=True)
class TargetKind:
    """One kind of target.

    word: the event word, empty for the kind that has none.
    usage, summary: for help.
    parse: reads what follows the word.
    completes: see `CommandRow.completes`.
    """

    word: str
    usage: str
    summary: str
    parse: Callable[[Desk, str], Target]
    completes: tuple[str, ...] = ()


def parse_task(desk: Desk, text: str) -> TaskTarget:
    """Read ``PATTERN`` after ``task``.  Raises `BadUsage`, `NoSuchTask`."""
    words = list(grammar.words(text))
    event = _take_event(words)
    if not words or not words[0]:
        raise BadUsage("`task` needs the name, number or pattern of a task")
    if len(words) > 1:
        raise BadUsage(
            f"a pattern is one word, and a condition follows a comma: "
            f"`task {grammar.quoted(words[0])}, CONDITION`"
        )
    pattern = _sound_pattern(words[0])
    if pattern.number is not None:
        _refuse_exited(desk, TaskNumber(pattern.number))
    return TaskTarget(words[0], event)


def _sound_pattern(text: str) -> TaskPattern:
    """Read a task pattern that could match somebody.  Raises `BadUsage`."""
    pattern = parse_pattern(text)
    if pattern.ordinal == 0:
        raise BadUsage(f"tasks of one name are counted from 1, so there is no `{text}`")
    if pattern.glob.endswith("#"):
        raise BadUsage(f"`{text}` lacks a number after its #, as in `worker#2`")
    if pattern.ordinal is not None and pattern.glob.isdecimal():
        raise BadUsage(f"`{text}` is not a pattern: the number {pattern.glob} means one task")
    if pattern.glob.count("[") != pattern.glob.count("]"):
        raise BadUsage(f"`{text}` has a bracket without its counterpart")
    return pattern


def _take_event(words: list[str]) -> TaskEvent:
    """Take ``on EVENT`` from the end of the words after ``task``.  Raises `BadUsage`."""
    if len(words) < 3 or words[-2] != "on":
        return TaskEvent.STEP
    word = words[-1]
    del words[-2:]
    if word not in _EVENTS:
        raise BadUsage(f"a task has no event `{word}`; there are {', '.join(_EVENTS)}")
    return _EVENTS[word]


_EVENTS = {each.value: each for each in TaskEvent}


FILE_AND_LINE = re.compile(r"[^:]+:\d+")
"""A file and a line, as typed; a file's name may hold blanks."""


def parse_code(desk: Desk, text: str) -> Target:
    """Read ``LINE``, ``FILE:LINE`` or the name of a function, with ``task PATTERN``.

    Raises `BadUsage`.
    """
    place, word, pattern = text.partition(" task ")
    task = pattern.strip() if word else None
    place = place.strip()
    if task == "" or (" " in place and not FILE_AND_LINE.fullmatch(place)):
        raise BadUsage(f"`{text}` is not a place to stop; a condition follows a comma")
    if task is not None:
        _sound_pattern(task)
    if place.isdecimal():
        return LineTarget(_file_in_view(desk), number_in(place, "line number"), task)
    before, colon, after = place.rpartition(":")
    if colon and after.isdecimal() and before:
        return LineTarget(before, number_in(after, "line number"), task)
    name = after if colon and not before else place
    if not all(part.isidentifier() for part in name.split(".")):
        raise BadUsage(f"`{text}` is neither a line, a FILE:LINE nor a function")
    return FunctionTarget(name, task)


def _file_in_view(desk: Desk) -> str:
    try:
        return desk.view.frame().place.filename
    except StepdbgError:
        raise BadUsage("no file is in view; say FILE:LINE") from None


def parse_exception(desk: Desk, text: str) -> ExceptionTarget:  # noqa: ARG001 - as all kinds
    """Read ``[TYPE] [uncaught]`` after ``exception``.  Raises `BadUsage`."""
    words = list(grammar.words(text))
    uncaught = "uncaught" in words
    if uncaught:
        words.remove("uncaught")
    if len(words) > 1:
        raise BadUsage("`exception` takes one type, and `uncaught`; a condition follows a comma")
    if words and not all(part.isidentifier() for part in words[0].split(".")):
        raise BadUsage(f"`{words[0]}` is not the name of an exception")
    return ExceptionTarget(words[0] if words else None, uncaught)


_UNITS = {"ms": 0.001, "s": 1.0, "us": 0.000001}
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*(us|ms|s)")


def parse_slow(desk: Desk, text: str) -> SlowTarget:  # noqa: ARG001 - as all kinds
    """Read a duration such as ``100ms`` after ``slow``.  Raises `BadUsage`."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise BadUsage("`slow` needs a duration such as 100ms or 0.5s")
    return SlowTarget(float(match[1]) * _UNITS[match[2]])


def parse_idle(desk: Desk, text: str) -> IdleTarget:  # noqa: ARG001 - as all kinds
    """Nothing may follow ``idle``.  Raises `BadUsage`."""
    if text.strip():
        raise BadUsage("`idle` takes no argument; a condition follows a comma")
    return IdleTarget()


def _of_scopes(
    word: str, make: Callable[[bool], DeadlineTarget | CancelTarget]
) -> Callable[[Desk, str], Target]:
    """Read what may follow the word of a breakpoint on scopes: ``-a``, or nothing."""

    def parse(desk: Desk, text: str) -> Target:  # noqa: ARG001 - as all kinds
        if text.strip() not in ("", "-a"):
            raise BadUsage(
                f"`{word}` takes only -a, which counts sleeps as well; a condition follows a comma"
            )
        return make(bool(text.strip()))

    return parse


def _refuse_exited(desk: Desk, number: TaskNumber) -> None:
    """Numbers are never used twice: a breakpoint on one that is gone would never be hit.

    A number that is still to come is accepted.
    """
    newest = 0
    for run in desk.home.runs():
        if run.state == "ended":
            continue
        try:
            tasks = desk.home.view(run.run).tasks(system=True)
        except StepdbgError:  # it has just ended
            continue
        if any(task.label.number == number for task in tasks):
            return
        newest = max([newest, *(task.label.number for task in tasks)])
    if number < newest:
        raise NoSuchTask(f"task {number} has exited; `tasks` lists the living tasks")


KINDS: tuple[TargetKind, ...] = (
    TargetKind(
        word="task",
        usage="task PATTERN [on EVENT]",
        summary="before each step of the tasks that match (a name, a glob, `name#2`, a number, or"
        " `main/0/2`: the third task that the first task of the main task starts), or on spawn,"
        " start, block, wake, cancel, fail, exit",
        parse=parse_task,
        completes=("pattern",),
    ),
    TargetKind(
        word="",
        usage="[FILE:]LINE | FUNCTION [task PATTERN]",
        summary="before a line runs, or at each call of a function, in any task or in those that"
        " match; write a function as you would in the program (`handle`, `client.send`,"
        " `trio.sleep`), and put a colon before a name that means something else here (`:task`)",
        parse=parse_code,
        completes=("file",),
    ),
    TargetKind(
        word="exception",
        usage="exception [TYPE] [uncaught]",
        summary="where an exception first reaches your own code: the line that raises it, or"
        " that calls or awaits what raises it; Cancelled, StopIteration and the like only if you"
        " name them; uncaught: where a task fails with it",
        parse=parse_exception,
        completes=("nothing",),
    ),
    TargetKind(
        word="cancel",
        usage="cancel [-a]",
        summary="when a cancel scope of yours is cancelled, for any reason; -a: also a scope that"
        " Trio enters for its own waits, such as a sleep that ends",
        parse=_of_scopes("cancel", CancelTarget),
        completes=("nothing",),
    ),
    TargetKind(
        word="deadline",
        usage="deadline [-a]",
        summary="when a timeout of yours expires; -a: also when a sleep ends",
        parse=_of_scopes("deadline", DeadlineTarget),
        completes=("nothing",),
    ),
    TargetKind(
        word="slow",
        usage="slow DURATION",
        summary="right after a step that took longer than DURATION, such as 100ms",
        parse=parse_slow,
        completes=("nothing",),
    ),
    TargetKind(
        word="idle",
        usage="idle",
        summary="when nothing is runnable",
        parse=parse_idle,
        completes=("nothing",),
    ),
)
"""All kinds of targets."""

BY_WORD: dict[str, TargetKind] = {kind.word: kind for kind in KINDS}


def parse_target(desk: Desk, text: str) -> Target:
    """Read a target.  Raises `BadUsage` and what the kind raises."""
    word, rest = grammar.first_word(text) if text.strip() else ("", "")
    kind = BY_WORD.get(word)
    if kind is not None and word:
        return kind.parse(desk, rest)
    if "" in BY_WORD and text.strip():
        return BY_WORD[""].parse(desk, text.strip())
    known = ", ".join(f"`{kind.usage}`" for kind in KINDS)
    raise BadUsage(f"`{text.strip()}` is not a place to stop; a breakpoint is set on {known}")
