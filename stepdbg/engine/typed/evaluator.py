"""What the prompt remembers from one typed line to the next.

Owns: `Evaluator`: new names for each frame, the last value, and the values with a dollar.
Does not own: running typed code (evaluate), compiling it (typed_code), names (prompt_names).

Every session has one.  So the modules that run code are imported only when something is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from stepdbg.engine.describing import values
from stepdbg.model.interrupts import interruptible
from stepdbg.model.standard import contextvars, functools
from stepdbg.model.values import Budget, Value

from . import dollars as typed_dollars
from . import evaluate, finding_source, kinds, not_awaited, prompt_names, typed_code

if TYPE_CHECKING:
    from .dollars import Dollars
    from .prompt_names import PromptNames

Drive = Callable[[Coroutine[Any, Any, object]], object]


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
        value = evaluate.run_typed(code, frame, context, names, self._last, drive)
        if value is evaluate.NOTHING or value is None:
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
            return finding_source.find_source(value, source)

    def _value(self, frame: FrameType, source: str, context: contextvars.Context | None) -> object:
        names = self._names_of(frame)
        return evaluate.evaluate(frame, source, context=context, names=names, last=self._last)

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
        return not_awaited.with_hint(value, shown)
