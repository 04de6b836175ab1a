"""Running Python that the user typed, in a frame of the program.

Owns: `evaluate`, `execute`, and turning exceptions into `EvaluationError`.
Does not own: what is remembered from one line to the next (evaluator), compiling (typed_code),
names (prompt_names), describing results (describing), signals and Trio's protection against
KeyboardInterrupt (the caller switches it off).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from enum import Enum
from types import (
    FrameType,
    TracebackType,
)
from typing import TYPE_CHECKING, Any, Final, TypeVar

from stepdbg.engine.describing import plain, values
from stepdbg.engine.process import sigint
from stepdbg.engine.stacks import tracebacks
from stepdbg.model.errors import BadUsage, EvaluationError, NotNow, StepdbgError
from stepdbg.model.interrupts import typed_code_runs
from stepdbg.model.standard import (
    contextvars,
    functools,
    inspect,
    linecache,
    sys,
    traceback,
)

from . import prompt_names, typed_code

if TYPE_CHECKING:
    from .prompt_names import PromptNames
    from .typed_code import TypedCode

__all__ = ["NOTHING", "Nothing", "evaluate", "execute", "run_typed"]

T = TypeVar("T")
Drive = Callable[[Coroutine[Any, Any, object]], object]

_TRACEBACK_LINES: Final = 40
_INTERRUPTED: Final = "interrupted"


class Nothing(Enum):
    """The type of `NOTHING`."""

    NOTHING = "nothing"


NOTHING: Final = Nothing.NOTHING
"""The result of statements without an expression at their end."""


def evaluate(
    frame: FrameType,
    source: str,
    *,
    context: contextvars.Context | None = None,
    names: PromptNames | None = None,
    last: object = None,
) -> object:
    """Evaluate an expression in a frame; it may bind names (``:=``).

    context: the context variables to see; None for those of the caller, which is also right if that
        context is entered already.
    names: the names made at the prompt.
    last: the value of ``_``.

    Raises:
        EvaluationError: it does not compile, or it raised any exception.
        BadUsage: it is empty, or it awaits.
    """
    code = typed_code.compile_typed(source, frame.f_code, expression=True)
    return run_typed(code, frame, context, names or prompt_names.PromptNames(), last)


def execute(
    frame: FrameType,
    source: str,
    *,
    context: contextvars.Context | None = None,
    names: PromptNames | None = None,
    last: object = None,
) -> object:
    """Run statements in a frame; returns the value of an expression at their end, else `NOTHING`.

    Arguments and exceptions are those of `evaluate`, and also:

    Raises:
        NotNow: they delete a local variable, and this Python cannot do that.
    """
    code = typed_code.compile_typed(source, frame.f_code, expression=False)
    return run_typed(code, frame, context, names or prompt_names.PromptNames(), last)


def run_typed(
    code: TypedCode,
    frame: FrameType,
    context: contextvars.Context | None,
    names: PromptNames,
    last: object,
    drive: Drive | None = None,
) -> object:
    """Run compiled code in a frame; arguments and exceptions as those of `execute`.

    drive: runs the coroutine of statements that await; None: they must not await.
    """
    if code.awaits and drive is None:
        raise BadUsage(typed_code.AWAITS)

    def run() -> object:
        if code.awaits and drive is not None:
            return drive(_awaiting(code, names))
        if code.statements is not None:
            exec(code.statements, names.namespace)
        return NOTHING if code.expression is None else eval(code.expression, names.namespace)

    def run_and_write_back() -> tuple[object, StepdbgError | None]:
        before = names.enter(frame, code, last)
        # A driven coroutine enters the context itself at each step.
        enter = None if code.awaits else context
        value, failure = _attempt(run if enter is None else functools.partial(enter.run, run))
        # Typed code may have raised and caught an exception of the program's.
        tracebacks.clean(sys.exception(), *before.values())
        # Names that were bound before an exception stay bound, as in the program.
        try:
            names.leave(frame, code, before)
        except NotNow:
            if failure is None:
                raise
        return value, failure

    return _raising(run_and_write_back)


async def _awaiting(code: TypedCode, names: PromptNames) -> object:
    value: object = NOTHING
    for part in (code.statements, code.expression):
        if part is not None:
            value = eval(part, names.namespace)
            if part.co_flags & inspect.CO_COROUTINE:
                value = await value  # type: ignore[misc]  # the coroutine that it made
    return NOTHING if code.expression is None else value


def _raising(work: Callable[[], tuple[T, StepdbgError | None]]) -> T:
    """Raise a failure where no handler is active.  Otherwise the program's exception would become
    its context, and would keep frames alive.
    """
    value, failure = work()
    if failure is not None:
        try:
            raise failure
        finally:
            del failure  # its traceback leads here, and to all that the stop has
    return value


def _attempt(work: Callable[[], T]) -> tuple[T, None] | tuple[Any, StepdbgError]:
    """Run code of the user; returns its result, or the error to raise."""
    try:
        with typed_code_runs(sigint.is_sending):
            return work(), None
    except KeyboardInterrupt:
        return None, EvaluationError(_INTERRUPTED)
    except StepdbgError as failure:  # the awaited coroutine was given up
        # Its traceback leads to the callers, whose frames hold the returned value.
        return None, failure.with_traceback(None)
    except BaseException as error:
        # SystemExit as well: what is typed at the prompt must not end the program.
        lines = _traceback_lines(error.__traceback__)
        lines += typed_code.syntax_lines(error) if isinstance(error, SyntaxError) else ()
        kind = type(error).__name__
        raised = EvaluationError(values.describe_exception(error), lines, kind)
        tracebacks.clean(error)
        return None, raised


def _traceback_lines(entry: TracebackType | None) -> tuple[str, ...]:
    """A traceback from the typed code inwards, as Python prints it, with its middle cut out.

    Empty if all of it is the one line that was typed: the user has just written that.
    """
    while entry is not None and not entry.tb_frame.f_code.co_filename.startswith(
        typed_code.FILENAME
    ):
        entry = entry.tb_next
    if _is_only_line(entry):
        return ()
    text = "".join(traceback.StackSummary.extract(traceback.walk_tb(entry)).format())
    lines = tuple(plain.plain_text(line) for line in text.splitlines())
    if len(lines) <= _TRACEBACK_LINES:
        return lines
    half = _TRACEBACK_LINES // 2
    return (*lines[:half], f"  … {len(lines) - 2 * half} lines …", *lines[-half:])


def _is_only_line(entry: TracebackType | None) -> bool:
    files = {frame.f_code.co_filename for frame, _ in traceback.walk_tb(entry)}
    return len(files) == 1 and len(linecache.getlines(files.pop())) == 1
