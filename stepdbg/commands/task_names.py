"""Which tasks a user means by what was typed.

Owns: finding tasks by number, name, ``name#2``, glob.  Does not own: patterns (model).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from stepdbg.model.errors import NoSuchTask
from stepdbg.model.facts import TaskNumber
from stepdbg.model.patterns import TaskPattern, forms_of, parse_pattern
from stepdbg.model.protocols import Inspector
from stepdbg.model.task import TaskLabel, TaskSnapshot

from .suggestions import nearest

NAMED_CANDIDATES = 8
"""How many tasks a failure names."""


def matches(pattern: TaskPattern, label: TaskLabel) -> bool:
    """Whether a task matches a pattern, by any of the ways to say its name."""
    if pattern.matches(label):
        return True
    return pattern.number is None and (
        fnmatchcase(label.short, pattern.text) or pattern.text in forms_of(label)
    )


def find_one(inspector: Inspector, text: str) -> TaskSnapshot:
    """The one task that a text names.

    Trio's own tasks are found by their numbers, or where nothing else has that name.  Where the
    text is nobody's name, it may be a part of one.

    Raises:
        NoSuchTask: no task, or more than one; the sentence names the candidates.
    """
    pattern = parse_pattern(text)
    if pattern.number is not None:
        return inspector.task(TaskNumber(pattern.number))
    found = _matching(pattern, inspector.tasks())
    if not found:
        found = _matching(pattern, inspector.tasks(system=True))
    if not found:
        found = [task for task in inspector.tasks() if _is_part(text, task.label)]
    if not found:
        raise _none(inspector, text)
    if len(found) > 1:
        found = _exactly(text, found) or found
    if len(found) > 1:
        raise NoSuchTask(f"`{text}` matches {len(found)} tasks: {named(found)}; name one of them")
    return found[0]


def find_all(inspector: Inspector, text: str) -> list[TaskSnapshot]:
    """All tasks that a text names, Trio's own aside where others match; at least one.

    Raises:
        NoSuchTask: no task matches.
    """
    found = _matching(parse_pattern(text), inspector.tasks())
    return found or [find_one(inspector, text)]


def numbers_of(inspector: Inspector, words: Iterable[str]) -> list[TaskNumber]:
    """The numbers of all tasks that some words name, each once.  Raises `NoSuchTask`."""
    found: dict[TaskNumber, None] = {}
    for word in words:
        if word.isdecimal():  # it costs less than looking at all of them
            found[find_one(inspector, word).label.number] = None
        else:
            found.update(dict.fromkeys(task.label.number for task in find_all(inspector, word)))
    return [*found]


def _matching(pattern: TaskPattern, tasks: Iterable[TaskSnapshot]) -> list[TaskSnapshot]:
    return [task for task in tasks if matches(pattern, task.label)]


def _exactly(text: str, found: list[TaskSnapshot]) -> list[TaskSnapshot]:
    """Those that have the text as their name to the letter, not only as a part of it."""
    main = f"__main__.{text}"
    return [
        task
        for task in found
        if text == task.label.short or {text, main} & {task.label.name, task.label.called}
    ]


def _is_part(text: str, label: TaskLabel) -> bool:
    """Whether a text that says something is a part of what a task is called."""
    forms = (label.short, *forms_of(label))
    return any(map(str.isalnum, text)) and any(text in form for form in forms)


def named(found: Sequence[TaskSnapshot]) -> str:
    """Several tasks in a sentence, the first ones by name."""
    names = [str(task.label) for task in found[:NAMED_CANDIDATES]]
    more = len(found) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _none(inspector: Inspector, text: str) -> NoSuchTask:
    near = nearest(text, [task.label.short for task in inspector.tasks()])
    way_out = f"did you mean `{near}`?" if near else "`tasks` lists them"
    return NoSuchTask(f"no living task is called `{text}`; {way_out}")
