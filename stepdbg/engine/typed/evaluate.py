"""Running Python that the user typed, in a frame of the program.

Owns: `evaluate`, `execute`, `Evaluator`, and turning exceptions into `EvaluationError`.
Does not own: compiling (typed_code), names (prompt_names), describing results (describing),
signals and Trio's protection against KeyboardInterrupt (the caller switches it off).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from enum import Enum
from types import (
    AsyncGeneratorType,
    CodeType,
    CoroutineType,
    FrameType,
    GeneratorType,
    TracebackType,
)
from typing import TYPE_CHECKING, Any, Final, TypeVar

from stepdbg.engine.describing import plain, values
from stepdbg.engine.process import sigint
from stepdbg.engine.stacks import source_texts, tracebacks
from stepdbg.model.errors import BadUsage, EvaluationError, NotNow, StepdbgError
from stepdbg.model.interrupts import interruptible, typed_code_runs
from stepdbg.model.standard import (
    contextvars,
    functools,
    inspect,
    linecache,
    sys,
    traceback,
)
from stepdbg.model.values import Budget, Value

from . import dollars as typed_dollars
from . import kinds, not_awaited, prompt_names, typed_code

if TYPE_CHECKING:
    from .dollars import Dollars
    from .prompt_names import PromptNames
    from .typed_code import TypedCode

__all__ = ["NOTHING", "Evaluator", "Nothing", "evaluate", "execute"]

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
    return _run(code, frame, context, names or prompt_names.PromptNames(), last)


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
    return _run(code, frame, context, names or prompt_names.PromptNames(), last)


class Evaluator:
    """Evaluation for the prompt: remembers new names for each frame, and the last value.

    at_stop: gives the value that the stop has for a dollar name (``_retval``); raises `NotNow`.

    Frames are known by their ``id``, which stays theirs only as long as they are held.  So call
    `forget_frames` at the end of each stop.
    """

    def __init__(self, at_stop: Callable[[str], object] | None = None) -> None:
        self._at_stop = at_stop
        self._names: dict[tuple[int, CodeType], PromptNames] = {}
        self._last: object = None

    @functools.cached_property
    def dollars(self) -> Dollars:
        """The values of names with a dollar."""
        return typed_dollars.Dollars(self._at_stop)

    def forget_frames(self) -> None:
        """Drop every reference to objects of the program; called when a stop ends."""
        if not self._names:  # nothing was typed
            return
        made = not_awaited.not_begun(self._last, *(names.own for names in self._names.values()))
        self._names.clear()
        self._last = None
        not_awaited.close(made)

    def _forget_last(self) -> None:
        """Drop the value of ``_``."""
        made = not_awaited.not_begun(self._last)
        if made:
            for names in self._names.values():
                names.namespace.pop("_", None)
        self._last = None
        not_awaited.close(made)

    def evaluate(
        self,
        frame: FrameType,
        source: str,
        budget: Budget,
        *,
        context: contextvars.Context | None = None,
    ) -> Value:
        """Evaluate an expression, describe its value, and remember it as ``_``."""
        value = self._value(frame, source, context)
        return self._shown(value, budget, context)

    def execute(
        self,
        frame: FrameType,
        source: str,
        budget: Budget,
        *,
        context: contextvars.Context | None = None,
        drive: Drive | None = None,
    ) -> Value | None:
        """Run statements; describe the value of an expression at their end, unless None.

        drive: runs the coroutine of statements that await; None: they must not await.
        """
        names = self._names_of(frame)
        code = typed_code.compile_typed(source, frame.f_code, expression=False)
        value = _run(code, frame, context, names, self._last, drive)
        if value is NOTHING or value is None:
            return None
        return self._shown(value, budget, context)

    def object_of(
        self, frame: FrameType, source: str, *, context: contextvars.Context | None = None
    ) -> object:
        """The object itself that an expression gives; the caller must not keep it."""
        return self._value(frame, source, context)

    def type_of(
        self, frame: FrameType, source: str, *, context: contextvars.Context | None = None
    ) -> str:
        """What an expression is: ``Function f(x)``, ``Method m()``, ``Class module.C()``, a type.

        A second line is the first line of its docstring, if it has one.
        """
        value = self._value(frame, source, context)
        with interruptible():  # runs the ``__repr__`` of defaults and annotations
            kind, made = kinds.kind_of(value), not_awaited.not_begun(value)
        del value
        not_awaited.close(made)
        return kind

    def source_of(
        self, frame: FrameType, source: str, *, context: contextvars.Context | None = None
    ) -> tuple[str, int, tuple[str, ...]]:
        """File name, first line and lines of the function, class or module it names.

        Raises:
            BadUsage: what it names has no Python source.
        """
        value = self._value(frame, source, context)
        with interruptible():  # attributes of the object are read
            return _find_source(value, source)

    def _value(self, frame: FrameType, source: str, context: contextvars.Context | None) -> object:
        names = self._names_of(frame)
        return evaluate(frame, source, context=context, names=names, last=self._last)

    def _names_of(self, frame: FrameType) -> PromptNames:
        key = id(frame), frame.f_code
        return self._names.setdefault(key, prompt_names.PromptNames(self.dollars))

    def _shown(self, value: object, budget: Budget, context: contextvars.Context | None) -> Value:
        if value is not None and value is not self._last:
            self._forget_last()
            self._last = value
        if context is None:
            shown = values.describe(value, budget)
        else:
            shown = context.run(values.describe, value, budget)
        return not_awaited.told(value, shown)


def _run(
    code: TypedCode,
    frame: FrameType,
    context: contextvars.Context | None,
    names: PromptNames,
    last: object,
    drive: Drive | None = None,
) -> object:
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


def _find_source(value: Any, source: str) -> tuple[str, int, tuple[str, ...]]:
    try:
        found = _with_source(value)
        filename = inspect.getsourcefile(found) or inspect.getfile(found)
        with source_texts.as_loaded(filename):
            lines, first = inspect.getsourcelines(found)
    except TypeError:
        kind = plain.type_name(type(value))
        raise BadUsage(
            f"there is no Python source for {source} ({kind}); name a function, class or module"
        ) from None
    except OSError:
        raise BadUsage(f"the source of {source} cannot be found") from None
    except Exception as error:  # `inspect` reads attributes of the object
        raise BadUsage(f"{source} does not tell: {values.describe_exception(error)}") from None
    return filename, max(1, first), tuple(line.rstrip("\r\n") for line in lines)


def _with_source(value: Any) -> Any:
    """The object that has source code: for an object made from a class or function, that one."""
    kind = type(value)
    if kind is functools.partial:
        return _with_source(value.func)
    if kind is property:
        return _with_source(value.fget)
    for made, attribute in _MADE_FROM.items():
        if kind is made:
            return getattr(value, attribute)
    return value


_MADE_FROM: Final = {
    CoroutineType: "cr_code",
    GeneratorType: "gi_code",
    AsyncGeneratorType: "ag_code",
}
