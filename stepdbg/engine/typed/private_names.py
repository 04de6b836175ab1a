"""Private names (``self.__x``) in typed code: what they mean in the class around a function.

Owns: finding that class, and writing such names as Python does in it.
Does not own: compiling (typed_code).

Python's compiler takes the class around the code ("Private name mangling" in the language
reference, 6.2.1); typed code has no class around it.
"""

from __future__ import annotations

from inspect import CO_OPTIMIZED
from types import CodeType
from typing import Final

from stepdbg.model.standard import ast, re

_PRIVATE: Final = r"\b__\w*?[^\W_]\w*\b(?<!__)"
_LOCALS: Final = "<locals>"

# The fields of nodes that are names; keywords of calls are not mangled, as in Python itself.
_NAMES: Final = {
    "Name": "id",
    "Attribute": "attr",
    "FunctionDef": "name",
    "AsyncFunctionDef": "name",
    "ClassDef": "name",
    "arg": "arg",
    "ExceptHandler": "name",
    "MatchAs": "name",
    "MatchStar": "name",
    "MatchMapping": "rest",
    "TypeVar": "name",
    "alias": "asname",
}


def has_private(source: str) -> bool:
    """Whether a source may hold private names; fast if it does not."""
    return "__" in source and re.search(_PRIVATE, source) is not None


def class_around(code: CodeType) -> str:
    """The name of the class whose private names code uses; empty if there is none.

    It is taken from the qualified name, in which ``<locals>`` follows each function.
    """
    parts = code.co_qualname.split(".")
    if code.co_flags & CO_OPTIMIZED:
        parts.pop()  # the function itself; the body of a class is that class
    elif code.co_name == "<module>":
        return ""
    inner = len(parts)
    for place in range(inner - 1, -1, -1):
        is_function = parts[place] == _LOCALS or parts[place + 1 : place + 2] == [_LOCALS]
        if not is_function:
            return parts[place].lstrip("_")
    return ""


def mangled(name: str, private: str) -> str:
    """A name as Python writes it in a class.

    private: the result of `class_around`.
    """
    if not private or not name.startswith("__") or name.endswith("__") or "." in name:
        return name
    return f"_{private}{name}"


def mangle(tree: ast.AST, private: str) -> None:
    """Write the private names of a tree as in a class; a class inside the tree has its own."""
    if not private:
        return
    for node in _of_this_class(tree):
        field = _NAMES.get(type(node).__name__, "")
        name = getattr(node, field, None) if field else None
        if isinstance(name, str):
            setattr(node, field, mangled(name, private))
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [mangled(each, private) for each in node.names]


def _of_this_class(tree: ast.AST) -> list[ast.AST]:
    found, pending = [], [tree]
    while pending:
        node = pending.pop()
        found.append(node)
        outside = [*ast.iter_child_nodes(node)]
        if isinstance(node, ast.ClassDef):
            outside = [each for each in outside if each not in node.body]
        pending += outside
    return found
