"""Conditions and log texts of breakpoints.

Owns: keeping them compiled, evaluating a condition fast, filling in a log text.
Does not own: compiling (typed_code), evaluation at the prompt (evaluate), counting hits
(breaking.hits).

A condition is evaluated each time a hot line is passed, so it takes the fastest way that is
correct: it reads the frame's own namespaces, unless something nested in it needs more.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import TYPE_CHECKING

import outcome

from stepdbg._trio_internals.frame_values import let_go_at_event, peek
from stepdbg.engine.describing.values import describe, describe_exception
from stepdbg.engine.stacks import tracebacks
from stepdbg.model.depth import is_short
from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.records import dataclass
from stepdbg.model.signalled import comes_from_signal
from stepdbg.model.standard import contextvars
from stepdbg.model.values import Budget

from . import dollars as typed_dollars
from .typed_code import compile_expression

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from .dollars import Dollars
    from .typed_code import Asked


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition.

    code: see `Asked`.
    private: the expression, compiled anew for each class, if it has private names; else None.
    nested: whether it holds a comprehension or a lambda.
    dollars: the names with a dollar in it.
    """

    source: str
    code: CodeType
    nested: bool
    dollars: frozenset[str] = frozenset()
    private: Asked | None = None


def compile_condition(source: str) -> Condition:
    """Compile a condition.

    Raises:
        BadUsage: it is not a Python expression, or it awaits; the sentence says why.
    """
    asked = compile_expression(source, f"the condition {source!r}")
    code = asked.code
    nested = any(isinstance(const, CodeType) for const in code.co_consts)
    private = asked if asked.private else None
    return Condition(source, code, nested, typed_dollars.dollars_in(code), private)


def ask(
    condition: Condition,
    frame: FrameType,
    context: contextvars.Context | None = None,
    dollars: Callable[[], Dollars] | None = None,
    error: BaseException | None = None,
) -> tuple[bool, str]:
    """Evaluate a condition in a frame.

    Args:
        context: where context variables are read; None if the right one is entered already.
        dollars: gives the values of names with a dollar.
        error: the exception being raised.

    Returns:
        Whether it holds, and a problem.  A condition that raises counts as true: the user then sees
        the reason, and not a breakpoint that never stops.

    Raises:
        RecursionError: too few frames are left to evaluate it.
        BaseException: a signal handler of the program has raised it meanwhile.
    """
    names = frame.f_locals  # a copy would cost time at every pass
    seen: Mapping[str, object] = names
    try:
        if condition.dollars and dollars is not None:
            seen = {**names, **dollars().values(condition.dollars, error)}
        scope = {**frame.f_globals, **seen} if condition.nested else frame.f_globals
        private = condition.private
        code = condition.code if private is None else private.code_in(frame.f_code)
        if context is None:
            return (True, "") if eval(code, scope, seen) else (False, "")
        return context.run(lambda: bool(eval(code, scope, seen))), ""
    except BaseException as raised:  # an exception of the program's objects is the answer
        if isinstance(raised, RecursionError) and is_short():
            raise
        if comes_from_signal(raised):
            raise
        problem = str(raised) if isinstance(raised, NotNow) else describe_exception(raised)
        tracebacks.clean(raised)
        return True, typed_dollars.as_typed(problem)
    finally:
        if type(names) is dict:  # else it is a view (Python 3.13)
            let_go_at_event(frame, names)


def ask_at_exit(
    condition: Condition,
    task: Task | None,
    result: outcome.Outcome[object] | None,
    dollars: Callable[[], Dollars],
) -> tuple[bool, str]:
    """As `ask`, but without a frame: a condition can read what is left of a task that ends.

    task: None if the stop is about no task.
    result: of the task; None if it is not known, as after a long step that was its last one.
    """
    if task is None:
        return True, "there is no Python frame to ask the condition in"
    left: dict[str, object] = {"_task": task}
    if isinstance(result, outcome.Error):
        left["_exception"] = result.error
    elif isinstance(result, outcome.Value):
        left["_retval"] = result.value
    known = {typed_dollars.PREFIX + name: each for name, each in left.items()}
    scope = {"__builtins__": builtins, **dollars().own, **known}
    try:
        return task.context.run(lambda: bool(eval(condition.code, scope))), ""
    except BaseException as raised:  # an exception of the program's objects is the answer
        if comes_from_signal(raised):
            raise
        problem = describe_exception(raised)
        if isinstance(raised, NameError):
            names = " and ".join(f"${name}" for name in left)
            ended = result is not None
            frames = "the frames of the task are gone" if ended else "the task has no frame here"
            problem += f"; {frames}, {names} can be asked about"
        tracebacks.clean(raised)
        return True, typed_dollars.as_typed(problem)


@dataclass(frozen=True, slots=True)
class LogPart:
    """A text of a log point's template, and the expression that follows it.

    asked: None if no expression follows.
    dollars: the names with a dollar in it.
    """

    text: str
    asked: Asked | None = None
    dollars: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LogText:
    """A log point's template."""

    parts: tuple[LogPart, ...]


def f_string_of(template: str) -> str:
    """The template of a log point as an f-string."""
    quotes = '"""' if "'''" in template else "'''"
    # The blank keeps a quote at the end apart.
    return f"rf{quotes}{typed_dollars.as_python(template)} {quotes}"


def compile_log(template: str) -> LogText:
    """Compile the template of a log point: ``got {item} of {len(queue)}``.

    The template may hold what an f-string may hold, with conversions and formats; a backslash is
    just a backslash.

    Raises:
        BadUsage: a brace is open, or an expression does not compile or awaits.
    """
    title = f"the log text {template!r}"
    from stepdbg.model.standard import ast  # not needed by a program without log points

    try:
        text = ast.parse(f_string_of(template), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise BadUsage(f"{title} does not compile: {error.args[0]}") from None
    parts: list[LogPart] = []
    for piece in text.values if isinstance(text, ast.JoinedStr) else []:
        if isinstance(piece, ast.Constant):
            parts.append(LogPart(typed_dollars.as_typed(str(piece.value))))
        elif isinstance(piece, ast.FormattedValue):
            plain = piece.conversion == -1 and piece.format_spec is None
            shown = ast.unparse(piece.value if plain else ast.JoinedStr([piece]))
            asked = compile_expression(shown, title)
            parts.append(LogPart("", asked, typed_dollars.dollars_in(asked.code)))
    parts[-1] = LogPart(parts[-1].text[:-1])
    return LogText(tuple(parts))


def log_line(
    log: LogText,
    frame: FrameType | None,
    context: contextvars.Context | None,
    dollars: Callable[[], Dollars] | None = None,
    error: BaseException | None = None,
) -> str:
    """The text of a log point in a frame; an expression that raises shows its exception.

    The text also says if an expression needs a frame and there is none, or if a dollar name has no
    value.  Raises as `ask` does.
    """
    scope = None if frame is None else {**frame.f_globals, **peek(frame)}
    pieces = []
    for part in log.parts:
        pieces.append(part.text)
        asked = part.asked
        if asked is None:
            continue
        if scope is None or frame is None:
            pieces.append(_NO_FRAME)
            continue
        try:
            if part.dollars and dollars is not None:
                scope |= dollars().values(part.dollars, error)
        except NotNow as problem:
            pieces.append(f"<{problem}>")
            continue
        code = asked.code_in(frame.f_code) if asked.private else asked.code
        pieces.append(_log_value(code, scope, context))
    return "".join(pieces)


_NO_FRAME = "<could not be evaluated: there is no Python frame>"


def _log_value(
    code: CodeType, scope: dict[str, object], context: contextvars.Context | None
) -> str:
    try:
        value = (context or contextvars.copy_context()).run(eval, code, scope)
    except BaseException as error:  # shown in its place
        if comes_from_signal(error):
            raise
        shown = f"<{describe_exception(error)}>"
        tracebacks.clean(error)
        return shown
    return value if type(value) is str else describe(value, Budget()).text
