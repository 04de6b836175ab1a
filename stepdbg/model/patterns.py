"""How a user names tasks: by number, by name, by ``name#2``, by glob, by logical id.

Owns: `TaskPattern`.  Does not own: finding the tasks (engine, commands).
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from stepdbg.model.standard import re

from .errors import NoSuchTask
from .facts import LogicalId
from .records import dataclass
from .task import TaskLabel

_MOST_DIGITS = 18
"""How many digits the number of a task has at most."""

_LOGICAL_ID = r"(?:(\d{1,9}):)?(main|system|loop)/((?:\d{1,9}(?:/\d{1,9})*)?)"
"""A logical id as typed, after the number of its run, if that is given."""


def name_forms(name: str) -> tuple[str, ...]:
    """The forms of a task's name: whole, without ``__main__.``, the last dotted part."""
    return name, name.removeprefix("__main__."), name.rpartition(".")[2]


def forms_of(label: TaskLabel) -> tuple[str, ...]:
    """The forms of all names of a task: Trio's, and the user's if that is a different one."""
    called = name_forms(label.called) if label.called else ()
    return (*called, *name_forms(label.name))


@dataclass(frozen=True, slots=True)
class TaskPattern:
    """A pattern for tasks, as typed.

    number: set if the pattern is a task number.
    glob: for the name; case matters.
    ordinal: the k of ``name#k``.
    path: set if the pattern may also be a logical id.
    run: the number of the run that has the task of this logical id; None: any run.
    """

    text: str
    number: int | None
    glob: str
    ordinal: int | None
    path: LogicalId | None = None
    run: int | None = None

    @property
    def is_glob(self) -> bool:
        """Whether it can match several names."""
        return any(character in self.glob for character in "*?[")

    def matches_name(self, name: str) -> bool:
        """Whether tasks of this name can match; False if the pattern is a number."""
        return self.number is None and any(
            fnmatchcase(form, self.glob) for form in name_forms(name)
        )

    def matches_id(self, run: int, found: object) -> bool:
        """Whether a task is meant that has this logical id, in a run of this number."""
        return found == self.path and self.run in (None, run)

    def matches(self, label: TaskLabel) -> bool:
        """Whether a task matches, by its number, or by one of its names and its ordinal."""
        if self.number is not None:
            return label.number == self.number
        if self.ordinal is not None and label.ordinal != self.ordinal:
            return False
        return self.matches_name(label.name) or (
            label.called != "" and self.matches_name(label.called)
        )


def parse_pattern(text: str) -> TaskPattern:
    """Read a pattern; an empty text matches nothing.

    Raises `NoSuchTask` for a number that is too long for a task; any other text is a pattern.
    """
    if text.isdecimal():
        return TaskPattern(text, _number(text, text), "", None)
    glob, hash_sign, ordinal = text.rpartition("#")
    if hash_sign and glob and ordinal.isdecimal():
        return TaskPattern(text, None, glob, _number(ordinal, text))
    path, run = _logical_id(text)
    return TaskPattern(text, None, text, None, path, run)


def path_text(task: LogicalId, run: int) -> str:
    """The pattern for the task of this logical id in the run of this number.

    The main task has a slash as well, because ``main`` is a name that tasks may have.
    """
    said = str(task) if task.path else f"{task}/"
    return said if run == 1 else f"{run}:{said}"


def _logical_id(text: str) -> tuple[LogicalId | None, int | None]:
    match = re.fullmatch(_LOGICAL_ID, text)
    if match is None:
        return None, None
    run, root, path = match.groups()
    places = tuple(map(int, path.split("/"))) if path else ()
    return LogicalId(root, places), None if run is None else int(run)


def _number(digits: str, text: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise NoSuchTask(f"there is no task {text[:_MOST_DIGITS]}…; `tasks` lists them")
    return int(digits)
