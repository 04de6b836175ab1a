"""The names that typed code sees in a frame, and where its assignments go.

Owns: `PromptNames`.  Does not own: compiling (typed_code), running (evaluate), the frame's
variables themselves (locals).

A name is looked up among the frame's locals, the globals, the names made at the prompt and
the builtins, in this order.  An assignment goes to where the name lives: a local of the
function changes in its frame, a name of the module changes there, a new name stays at the
prompt.  In a module's or a class's own frame new names belong to the module or the class.
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any, Final

from .dollars import PREFIX, Dollars
from .locals import delete_local, frame_locals, local_names, refresh_locals, set_local
from .typed_code import TypedCode

_MISSING: Final = object()

_MODULE_FACTS: Final = ("__name__", "__package__", "__spec__", "__file__", "__loader__")
"""Names that ``import`` and ``class`` read without asking ``__missing__``."""

_NEVER_WRITTEN: Final = frozenset(
    {"__builtins__", "__annotations__", "__conditional_annotations__", "__warningregistry__"}
)


class _Namespace(dict[str, Any]):
    """The one namespace in which typed code runs, as its globals and its locals.

    It holds the frame's locals, so that nested functions and comprehensions find them.  Globals are
    looked up in the module each time.  So a function that is made at the prompt and passed to the
    program always sees the module as it is.
    """

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, Any] = {}

    def __missing__(self, name: str) -> object:
        if name == "__annotations__":  # `x: int = 1` must not annotate the program's module
            raise KeyError(name)
        return self.live[name]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.live

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def __delitem__(self, name: str) -> None:
        if super().__contains__(name):
            super().__delitem__(name)
        else:
            del self.live[name]


class PromptNames:
    """The names made at the prompt in one frame, during one stop."""

    def __init__(self, dollars: Dollars | None = None) -> None:
        self.own: dict[str, object] = {}
        self.dollars = dollars or Dollars()
        self.namespace = _Namespace()

    def enter(self, frame: FrameType, code: TypedCode, last: object) -> dict[str, Any]:
        """Fill the namespace; returns its content, for `leave`.

        last: the value of ``_``, unless the program has its own ``_``.
        """
        live, found = frame.f_globals, self.namespace
        found.clear()
        found.live = live
        if not _is_module(frame):
            found.update(frame_locals(frame))
        found.update({name: self.dollars.value(name) for name in code.dollars})
        for names in self._outer(frame, last):
            for name, value in names.items():
                found.setdefault(name, value)
        if code.has_class:
            found.update({**live, **found})  # a class body does not ask `__missing__`
        for name in code.globals:
            found.pop(name, None)
            if name in live:
                found[name] = live[name]
        return dict(found)

    def _outer(self, frame: FrameType, last: object) -> Iterable[dict[str, Any]]:
        live = frame.f_globals
        yield {name: self.own[name] for name in self.own if name not in live}
        if last is not None and "_" not in live and "_" not in frame.f_builtins:
            yield {"_": last}
        yield {name: live[name] for name in _MODULE_FACTS if name in live}
        yield {"__builtins__": frame.f_builtins}

    def leave(self, frame: FrameType, code: TypedCode, before: dict[str, Any]) -> None:
        """Write back what the code bound and unbound.

        Raises:
            NotNow: a local variable was deleted, and this Python cannot do that.
        """
        after = dict(self.namespace)
        for name, value in after.items():
            if before.get(name, _MISSING) is not value and name not in _NEVER_WRITTEN:
                self._bind(frame, code, name, value)
        for name in before.keys() - after.keys() - _NEVER_WRITTEN:
            self._unbind(frame, code, name)
        refresh_locals(frame)

    def _bind(self, frame: FrameType, code: TypedCode, name: str, value: object) -> None:
        if name.startswith(PREFIX):
            self.dollars.own[name] = value
        elif name not in code.globals and _is_local(frame, name):
            set_local(frame, name, value)
        elif name in code.globals or name in frame.f_globals:
            frame.f_globals[name] = value
        elif name != "_":  # `for _ in …` must not end the life of the last value
            self.own[name] = value

    def _unbind(self, frame: FrameType, code: TypedCode, name: str) -> None:
        if name.startswith(PREFIX):
            self.dollars.own.pop(name, None)
        elif name not in code.globals and _is_local(frame, name):
            delete_local(frame, name)
        elif name in frame.f_globals:
            del frame.f_globals[name]
        else:
            self.own.pop(name, None)


def _is_local(frame: FrameType, name: str) -> bool:
    optimized = frame.f_code.co_flags & CO_OPTIMIZED
    return not optimized or name in local_names(frame.f_code)


def _is_module(frame: FrameType) -> bool:
    return not frame.f_code.co_flags & CO_OPTIMIZED and frame.f_locals is frame.f_globals
