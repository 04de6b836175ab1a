"""What a breakpoint can be set on, as typed.

Owns: the table of targets, and reading each kind.
Does not own: conditions (breaks), planting breakpoints (engine).

A target begins with an event word, such as ``task``.  To add a kind, add a `TargetKind` to
`KINDS`; a kind with an empty word reads whatever begins with no event word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepdbg.model.breakpoints import Target, TaskTarget
from stepdbg.model.errors import BadUsage, NoSuchTask, StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.patterns import parse_pattern

from . import grammar
from .request import Desk


@dataclass(frozen=True, slots=True)
class TargetKind:
    """One kind of target.

    word: the event word, empty for the kind that has none.  usage, summary: for help.
    parse: reads what stands behind the word.  completes: see `CommandRow.completes`.
    """

    word: str
    usage: str
    summary: str
    parse: Callable[[Desk, str], Target]
    completes: tuple[str, ...] = ()


def parse_task(desk: Desk, text: str) -> TaskTarget:
    """Read ``PATTERN`` behind ``task``.  Raises `BadUsage`, `NoSuchTask`."""
    words = grammar.words(text)
    if not words or not words[0]:
        raise BadUsage("`task` needs the name, number or pattern of a task")
    if len(words) > 1:
        raise BadUsage(
            f"a pattern is one word, and a condition follows a comma: "
            f"`task {grammar.quoted(words[0])}, CONDITION`"
        )
    pattern = parse_pattern(words[0])
    if pattern.ordinal == 0:
        raise BadUsage(f"tasks of one name are counted from 1, so there is no `{words[0]}`")
    if pattern.number is not None:
        _refuse_exited(desk, TaskNumber(pattern.number))
    return TaskTarget(words[0])


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
        raise NoSuchTask(f"task {number} has exited; `tasks` lists those that live")


KINDS: tuple[TargetKind, ...] = (
    TargetKind(
        word="task",
        usage="task PATTERN",
        summary="before each step of the tasks that match: a name, a glob, `name#2` or a number",
        parse=parse_task,
        completes=("pattern",),
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
    raise BadUsage(f"`{text.strip()}` is nothing to stop at; a breakpoint is set on {known}")
