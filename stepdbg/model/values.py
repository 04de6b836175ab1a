"""Pictures of Python objects, and of child processes.

Owns: `Value`, the description of an object under a budget; which characters of the program's may
reach a terminal; `ChildProcess`, the state of a process.
Does not own: the describing (engine.describing.values); nothing here ever holds the object.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from .records import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of an object a picture may show.

    depth: nested containers.
    length: items of one container.
    characters: of the whole text.
    seconds: the time for code of the program (``__repr__``); with 0, stepdbg calls none.
    pretty: spread containers that do not fit on a line over several lines (`pp`).
    """

    depth: int = 4
    length: int = 50
    characters: int = 1000
    seconds: float = 0.5
    pretty: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A described object.

    text: its picture, one or more lines, free of control characters except newlines.
    type: the qualified name of its type.
    truncated: whether the budget cut something off.
    problem: why its own ``__repr__`` could not describe the object; empty if it could.
    """

    text: str
    type: str
    truncated: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name in a frame with its described value."""

    name: str
    value: Value


def value_named(variables: Iterable[Variable], source: str) -> Value | None:
    """The value of an expression if no code can run: the variable of that name, or None."""
    name = source.strip()
    return next((each.value for each in variables if each.name == name), None)


def harmless(text: str) -> str:
    r"""Return text without any character that a terminal would obey; newlines stay.

    Control and format characters (escapes, tabs, bidirectional overrides) and lone surrogates
    come out as Python would escape them (``\x1b``).
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return character if _is_blank(character) else ascii(character)[1:-1]


def _is_blank(character: str) -> bool:
    if not character.isspace():
        return False
    from stepdbg.model.standard import (
        unicodedata,  # its tables are large, and a program in ASCII must not pay for them
    )

    return unicodedata.category(character) == "Zs"


class ChildState(enum.StrEnum):
    """The state of a child process."""

    RUNS = "runs"
    SLEEPS = "sleeps"
    STOPPED = "stopped"  # by a signal
    TRACED = "traced"  # held by a debugger
    ENDED = "ended"  # and the program has not asked for its status


@dataclass(frozen=True, slots=True)
class Pipe:
    """A pipe between a child and this process.

    name: the child's name for it: ``stdin``, ``stdout``, ``stderr``.
    ours: the program's name for its own end.
    used: how many bytes are in it.
    size: how many it can hold; None if the system does not say.
    watched: whether a task waits at the program's end.
    """

    name: str
    used: int
    size: int | None
    ours: str = ""
    watched: bool = False


@dataclass(frozen=True, slots=True)
class ChildProcess:
    """A child process: a task waits for its end, or at one of its pipes.

    state: None if that cannot be read.
    does: in which system call it sleeps; empty if that cannot be read.
    """

    pid: int
    state: ChildState | None
    does: str = ""
    pipes: tuple[Pipe, ...] = ()
