"""Python that was typed: whether it is finished, whether it was meant, and running it.

Owns: that judgement, made by the compiler and by the names in view.
Does not own: evaluating (engine), telling commands from Python (grammar).
"""

from __future__ import annotations

import enum
import keyword
import warnings

from stepdbg.model.errors import BadUsage, EvaluationError, StepdbgError
from stepdbg.model.replies import Answer, Evaluated, Failure
from stepdbg.model.standard import ast
from stepdbg.model.values import Budget
from stepdbg.sealed import show, undisturbed

from . import faults, grammar
from .request import Desk
from .table import BY_WORD

_COMPILER_ERRORS = (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError)


class Shape(enum.Enum):
    """What the compiler says of a text."""

    WHOLE = "whole"
    UNFINISHED = "unfinished"
    BROKEN = "broken"


def shape(text: str) -> Shape:
    """Judge a text of one or more lines.

    A statement with a body is whole on one line (``for x in y: print(x)``); over several lines
    an empty one ends it, as at Python's own prompt.
    """
    from stepdbg.model.standard import codeop

    # Only blanks do not end a block for `codeop`, but they do for a user who presses Enter there.
    lines = [line if line.strip() else "" for line in text.split("\n")]
    ending = "\n" if len(lines) == 1 else ""
    show("warnings")  # `codeop` looks for it in `sys.modules`
    with undisturbed(), warnings.catch_warnings(module=warnings):
        warnings.simplefilter("ignore")  # the engine compiles it once more to run it
        try:
            compiler = codeop.CommandCompiler()
            compiler.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compiler("\n".join(lines) + ending, "<typed>", "single")
        except _COMPILER_ERRORS:
            return Shape.BROKEN
    return Shape.UNFINISHED if code is None else Shape.WHOLE


def is_unfinished(text: str) -> bool:
    """Whether a text is the beginning of something longer."""
    return shape(text) is Shape.UNFINISHED


def is_comment(text: str) -> bool:
    """Whether a text holds nothing but a comment."""
    return text.lstrip().startswith("#") and "\n" not in text


def is_name(desk: Desk, word: str) -> bool:
    """Whether a word is a name in the frame in view; taken for one where that cannot be told."""
    if desk.view.task is None:
        return False
    try:
        return word in desk.inspector.names(desk.view.ref())
    except StepdbgError:
        return True


def run(desk: Desk, text: grammar.PythonText) -> Answer:
    """Run a statement in the frame in view, or say what else may have been meant."""
    source = text.source.rstrip()
    word = "" if text.explicit else _first_name(source)
    if desk.running or desk.view.task is None:
        near = _nearest_command(desk, word)
        if near is not None:
            return Answer((_no_command(word, near),))
    if desk.running:
        return Answer((faults.needs_stop("Python"),))
    if not source:
        raise BadUsage("`!` needs a statement")
    if word != source and not is_name(desk, word) and shape(source) is Shape.BROKEN:
        near = _nearest_command(desk, word)
        if near is not None:
            return Answer((_no_command(word, near),))
    return _executed(desk, source, word)


def _executed(desk: Desk, source: str, word: str) -> Answer:
    """Run it; a lone word that is not a name may have been meant as a command."""
    frame = desk.view.ref()
    desk.read_values()
    try:
        value = desk.controller.execute(frame, source, Budget())
    except EvaluationError as error:
        if word != source or error.kind != NameError.__name__:
            raise
        if word in BY_WORD:  # a command that wants more
            row = BY_WORD[word]
            return Answer((Failure(f"`{word}` needs an argument", f"usage: {row.usage}"),))
        return Answer((_no_command(word, _nearest_command(desk, word), or_name=True),))
    return Answer(() if value is None else (Evaluated(source, value),))


def _first_name(source: str) -> str:
    """The word that may be a mistyped command; empty where it cannot be one."""
    if not source or "\n" in source:
        return ""
    word, rest = grammar.first_word(source)
    if not word.isidentifier() or keyword.iskeyword(word) or grammar.begins_with_operator(rest):
        return ""
    return word


def _no_command(word: str, near: str | None, *, or_name: bool = False) -> Failure:
    said = "is neither a command nor a name here" if or_name else "is not a command"
    way_out = f"did you mean `{near}`?" if near else "`help` lists the commands"
    return Failure(f"`{word}` {said}", way_out)


_ELSEWHERE = {
    "delete": "clear",
    "del": "clear",
    "info": "help",
    "backtrace": "where",
    "run": "restart",
}
"""Commands of other debuggers (gdb, lldb, Delve), and what they are called here."""


def _nearest_command(desk: Desk, word: str) -> str | None:
    from .suggestions import nearest

    if not word:
        return None
    if word in _ELSEWHERE:
        return _ELSEWHERE[word]
    # One and two letters look like everything.
    return nearest(word, [name for name in (*BY_WORD, *desk.aliases) if len(name) > 2])


def unclear(found: grammar.Unclear) -> Failure:
    """The failure for an abbreviation of several commands."""
    names = ", ".join(f"`{name}`" for name in found.candidates)
    return Failure(f"`{found.word}` may be {names}", "type more of it")
