"""Python that was typed: whether it is finished, whether it was meant, and running it.

Owns: that judgement, made by the compiler and by the names in view.
Does not own: evaluating (engine), telling commands from Python (grammar).
"""

from __future__ import annotations

import enum
import keyword
import warnings

from stepdbg.model.errors import BadUsage, StepdbgError
from stepdbg.model.replies import Answer, Evaluated, Failure
from stepdbg.model.values import Budget

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
    import codeop

    # Blanks alone do not end a block for `codeop`, but they do for whoever presses Enter there.
    lines = [line if line.strip() else "" for line in text.split("\n")]
    ending = "\n" if len(lines) == 1 else ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the engine compiles it once more to run it
        try:
            code = codeop.compile_command("\n".join(lines) + ending, "<typed>", "single")
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
    if desk.running:
        mistake = _mistyped(desk, text)
        near = mistake is not None and "did you mean" in mistake.way_out
        return Answer((mistake if mistake and near else faults.needs_stop("Python"),))
    if not text.source:
        raise BadUsage("`!` needs a statement")
    mistake = _mistyped(desk, text)
    if mistake is not None:
        return Answer((mistake,))
    frame = desk.view.ref()
    desk.run_live()
    value = desk.controller.execute(frame, text.source, Budget())
    return Answer(() if value is None else (Evaluated(text.source, value),))


def _mistyped(desk: Desk, text: grammar.PythonText) -> Failure | None:
    """The failure for what looks like a mistyped command; None for honest Python."""
    word, rest = grammar.first_word(text.source)
    if text.explicit or not word.isidentifier() or keyword.iskeyword(word) or word[0] == "_":
        return None
    if "\n" in text.source or grammar.begins_with_operator(rest) or is_name(desk, word):
        return None
    near = _nearest_command(desk, word)
    if rest and (near is None or shape(text.source) is not Shape.BROKEN):
        return None
    said = "is neither a command nor a name here" if not rest else "is no command"
    return Failure(f"`{word}` {said}", f"did you mean `{near}`?" if near else "`help` lists them")


def _nearest_command(desk: Desk, word: str) -> str | None:
    from .suggestions import nearest

    # One and two letters look like everything.
    return nearest(word, [name for name in (*BY_WORD, *desk.aliases) if len(name) > 2])


def unclear(found: grammar.Unclear) -> Failure:
    """The failure for an abbreviation of several commands."""
    names = ", ".join(f"`{name}`" for name in found.candidates)
    return Failure(f"`{found.word}` may be {names}", "type more of it")
