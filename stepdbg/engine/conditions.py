"""Conditions and log texts of breakpoints.

Owns: keeping them compiled, asking a condition cheaply, filling in a log text.
Does not own: compiling (typed_code), evaluation at the prompt (evaluate), counting hits
(breakpoints).

A condition is asked at every pass of a hot line, so it takes the shortest way that is
right: the frame's own namespaces, when nothing nested in it needs more.
"""

from __future__ import annotations

import contextvars
from types import CodeType, FrameType

from stepdbg._trio_internals.frame_values import let_go_at_event, peek
from stepdbg.model.errors import BadUsage, StepdbgError
from stepdbg.model.records import dataclass
from stepdbg.model.values import Budget

from .typed_code import compile_expression
from .values import describe, describe_exception


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition; `nested` tells that it holds a comprehension or a lambda."""

    source: str
    code: CodeType
    nested: bool


def compile_condition(source: str) -> Condition:
    """Compile a condition.

    Raises:
        BadUsage: it is no Python expression, or it awaits; the sentence says why.
    """
    code = compile_expression(source, f"the condition {source!r}")
    nested = any(isinstance(const, CodeType) for const in code.co_consts)
    return Condition(source, code, nested)


def ask(
    condition: Condition, frame: FrameType, context: contextvars.Context | None = None
) -> tuple[bool, str]:
    """Ask a condition in a frame.

    Args:
        context: where context variables are read; None when the right one is entered.

    Returns:
        Whether it holds, and a problem: a condition that raises counts as held, so that
        its user sees the reason in place of a breakpoint that silently never stops.
    """
    names = frame.f_locals  # a copy would cost at every pass
    scope = {**frame.f_globals, **names} if condition.nested else frame.f_globals
    try:
        if context is None:
            return (True, "") if eval(condition.code, scope, names) else (False, "")
        return context.run(lambda: bool(eval(condition.code, scope, names))), ""
    except StepdbgError:
        raise
    except BaseException as error:  # whatever the program's objects raise is the answer
        return True, describe_exception(error)
    finally:
        if type(names) is dict:  # else it is a view (Python 3.13)
            let_go_at_event(frame, names)


@dataclass(frozen=True, slots=True)
class LogText:
    """A log point's template: texts, each followed by a compiled expression or None."""

    parts: tuple[tuple[str, CodeType | None], ...]


def compile_log(template: str) -> LogText:
    """Compile the template of a log point: ``got {item} of {len(queue)}``.

    It is what an f-string may hold, with conversions and formats; a backslash is itself.

    Raises:
        BadUsage: a brace is open, or an expression does not compile or awaits.
    """
    title = f"the log text {template!r}"
    import ast  # not needed by a program without log points

    quotes = '"""' if "'''" in template else "'''"
    try:  # the blank keeps a quote at the end apart
        text = ast.parse(f"rf{quotes}{template} {quotes}", mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise BadUsage(f"{title} does not compile: {error.args[0]}") from None
    parts: list[tuple[str, CodeType | None]] = []
    for piece in text.values if isinstance(text, ast.JoinedStr) else []:
        if isinstance(piece, ast.Constant):
            parts.append((str(piece.value), None))
        elif isinstance(piece, ast.FormattedValue):
            plain = piece.conversion == -1 and piece.format_spec is None
            source = ast.unparse(piece.value if plain else ast.JoinedStr([piece]))
            parts.append(("", compile_expression(source, title)))
    parts[-1] = (parts[-1][0][:-1], None)
    return LogText(tuple(parts))


def log_line(log: LogText, frame: FrameType, context: contextvars.Context | None) -> str:
    """The text of a log point in a frame; an expression that raises shows its exception."""
    scope = {**frame.f_globals, **peek(frame)}
    pieces = []
    for text, code in log.parts:
        pieces.append(text)
        if code is not None:
            pieces.append(_log_value(code, scope, context))
    return "".join(pieces)


def _log_value(
    code: CodeType, scope: dict[str, object], context: contextvars.Context | None
) -> str:
    try:
        value = (context or contextvars.copy_context()).run(eval, code, scope)
    except BaseException as error:  # shown in its place
        return f"<{describe_exception(error)}>"
    return value if type(value) is str else describe(value, Budget()).text
