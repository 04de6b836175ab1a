"""Names and text of the program, made harmless without calling its code.

Owns: type names, text without control characters.
Does not own: which characters are control characters (model.values), describing objects (values).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from stepdbg.model.standard import re
from stepdbg.model.values import harmless

_NAME_LENGTH: Final = 200

# Read by `type`'s own descriptors: a metaclass may define attributes with the same names.
mro_of = cast(Callable[[type], tuple[type, ...]], type.__dict__["__mro__"].__get__)
"""The classes in which the attributes of a class are looked up, in their order."""

namespace_of = cast(Callable[[type], dict[str, Any]], type.__dict__["__dict__"].__get__)
"""The attributes that a class itself defines."""

_module = cast(Callable[[type], object], type.__dict__["__module__"].__get__)
_qualname = cast(Callable[[type], object], type.__dict__["__qualname__"].__get__)


def plain_text(text: str) -> str:
    """Text of the program without anything that a terminal would obey.

    Newlines stay, tabs become spaces.  No method of a subclass of str is called.
    """
    exact = str.__getitem__(text, slice(None))
    if exact.isprintable():
        return exact
    return harmless(exact.replace("\r\n", "\n").replace("\t", "    "))


def one_line(text: str, limit: int) -> str:
    """Text of the program in one line of at most `limit` characters, cut with ``…``."""
    exact = str.__getitem__(text, slice(0, 4 * limit))
    line = " ".join(plain_text(exact).split())
    cut = len(line) > limit or len(exact) < str.__len__(text)
    return f"{line[: limit - 1]}…" if cut else line


def without_colours(error: BaseException, message: str) -> str:
    """The message of an exception, without the colours that pytest adds to failed assertions."""
    if type(error) is not AssertionError or "\x1b[" not in message:
        return message
    return re.sub(r"\x1b\[[\d;]*m", "", message)


def type_name(kind: type) -> str:
    """The qualified name of a type: ``int``, ``trio.Event``; calls no code of the program."""
    name, module = _qualname(kind), _module(kind)
    text = one_line(name, _NAME_LENGTH) if isinstance(name, str) else "?"
    if not isinstance(module, str) or module == "builtins":
        return text
    return f"{one_line(module, _NAME_LENGTH)}.{text}"


def static_attribute(kind: type, name: str) -> object:
    """An attribute of a type's instances, as found in its classes; None if there is none.

    Neither ``__getattr__`` nor a metaclass is called, and descriptors are not bound.
    """
    for each in mro_of(kind):
        if name in namespace_of(each):
            return namespace_of(each)[name]
    return None
