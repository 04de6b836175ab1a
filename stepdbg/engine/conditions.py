"""Conditions of breakpoints.

Owns: compiling a condition once and asking it cheaply.
Does not own: evaluation at the prompt (evaluate), counting hits (breakpoints).

A condition is asked at every pass of a hot line, so it takes the shortest way that is
right: the frame's own namespaces, when nothing nested in it needs more.
"""

from __future__ import annotations

import contextvars
from dataclasses import dataclass
from types import CodeType, FrameType

from stepdbg.model.errors import BadUsage, StepdbgError

from .values import plain_text


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition; `nested` tells that it holds a comprehension or a lambda."""

    source: str
    code: CodeType
    nested: bool


def compile_condition(source: str) -> Condition:
    """Compile a condition.

    Raises:
        BadUsage: it is no Python expression; the sentence says why.
    """
    try:
        code = compile(source.strip(), "<condition>", "eval", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        reason = getattr(error, "msg", None) or str(error)
        raise BadUsage(f"the condition {source!r} does not compile: {reason}") from None
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
    names = frame.f_locals
    scope = {**frame.f_globals, **names} if condition.nested else frame.f_globals
    try:
        if context is None:
            return bool(eval(condition.code, scope, names)), ""
        return context.run(lambda: bool(eval(condition.code, scope, names))), ""
    except StepdbgError:
        raise
    except BaseException as error:  # whatever the program's objects raise is the answer
        return True, plain_text(f"{type(error).__name__}: {error}")
