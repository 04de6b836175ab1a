"""Names, attributes and items that are followed without running code of the program.

Owns: `PlainPath`.
Does not own: whole expressions (evaluate); the code behind a name (named_code).
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from types import CodeType, FrameType, MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import ast, inspect

from .locals import frame_locals, local_names
from .private_names import class_around, mangled

if TYPE_CHECKING:
    from collections.abc import Mapping

MISSING: Final = object()
"""The result for a path on which something is missing."""

_SEQUENCES: Final = (list, tuple, deque)


class PlainPath:
    """A path such as ``self.jobs[0].state``.

    Args:
        source: as typed.
        code: of the function that the path is about, for private names.

    Attributes:
        first: the name that it begins with.

    Raises:
        BadUsage: it is something else.
    """

    def __init__(self, source: str, code: CodeType) -> None:
        private = class_around(code)
        steps: list[tuple[str | None, object]] = []
        node = _parsed(source)
        while not isinstance(node, ast.Name):
            if isinstance(node, ast.Attribute):
                steps.append((mangled(node.attr, private), None))
            elif isinstance(node, ast.Subscript):
                steps.append((None, _key(node.slice, source)))
            else:
                raise _no_path(source)
            node = node.value
        self.first = mangled(node.id, private)
        self._steps = steps[::-1]

    def is_local(self, frame: FrameType) -> bool:
        """Whether it begins with a variable of the frame's function."""
        return self.first in local_names(frame.f_code)

    def in_frame(self, frame: FrameType) -> object:
        """The value that it leads to from the local variables of a frame, or `MISSING`."""
        return self.within(frame_locals(frame))

    def within(self, space: Mapping[str, object]) -> object:
        """The value that it leads to from these names, or `MISSING`."""
        found = space.get(self.first, MISSING)
        for name, key in self._steps:
            if found is MISSING:
                return MISSING
            found = _item(found, key) if name is None else _attribute(found, name)
        return found


@lru_cache(maxsize=500)
def _parsed(source: str) -> ast.expr:
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise _no_path(source) from None


def _no_path(source: str) -> BadUsage:
    return BadUsage(
        f"`{source}` cannot be watched, because looking at it would run code: "
        "watch a name, an attribute or an item, such as `self.jobs[0]`"
    )


def _key(node: ast.expr, source: str) -> object:
    try:
        key = ast.literal_eval(node)
    except ValueError:
        raise _no_path(source) from None
    if type(key) not in (int, str, bytes):
        raise _no_path(source)
    return key


def _attribute(owner: object, name: str) -> object:
    if is_a(owner, ModuleType):
        return vars(owner).get(name, MISSING)
    found = inspect.getattr_static(owner, name, MISSING)
    if type(found) is MemberDescriptorType:  # a slot
        try:
            return found.__get__(owner)
        except AttributeError:
            return MISSING
    return MISSING if hasattr(type(found), "__get__") else found


def _item(owner: Any, key: Any) -> object:
    if is_a(owner, dict):
        # No look-up by key: that would compare keys, by methods of the program.
        items = dict.items(owner)
        same = (value for known, value in items if type(known) is type(key) and known == key)
        try:
            return next(same, MISSING)
        except RuntimeError:  # another thread is changing it right now
            return MISSING
    for kind in _SEQUENCES:
        if issubclass(type(owner), kind) and type(key) is int:
            try:
                return kind.__getitem__(owner, key)
            except IndexError:
                return MISSING
    return MISSING
