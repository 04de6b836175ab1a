"""With which arguments the programs of `tests/programs` can be run.

Owns: finding them in the source of a program that chooses what it does by its first argument.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_CHOOSES = re.compile(
    r"globals\(\)\[sys\.argv\[1\]\]|getattr\([^\n]*, sys\.argv\[1\]\)|\(main, sys\.argv\[1\]"
    r"|\(nursery, sys\.argv\[1\]\)|(?:which|kind) = sys\.argv\[1\]"
)
"""How programs use the name of what they are to do."""

_MENDED = re.compile(r"\"mended\" in sys\.argv")

_SECOND = {
    "tests/programs/why/semaphores.py": ("trio", "anyio"),
    "tests/programs/busy_lately.py": ("1",),
}
"""Programs that need a second argument."""

_OTHERS: dict[str, list[tuple[str, ...]]] = {
    "tests/programs/why/around.py": [("mended",)],
    "tests/programs/why/ends.py": [("child", "mended")],
    "tests/programs/why/lonely.py": [("3", "2"), ("3", "2", "ticks")],
    "tests/programs/situations.py": [("quiescent",), ("guest",)],
    "tests/programs/slow_to_end.py": [("thread",), ("step",)],
    "tests/programs/traces.py": [("crash",)],
    "tests/programs/many_tasks.py": [("50",)],
}
"""What the source does not tell."""

_NOT_RUN = frozenset(
    (
        "tests/programs/plain/killed.py",  # sends itself a signal
        "tests/programs/why/standby.py",  # waits for signals
    )
)


Arguments = tuple[str, ...]


def arguments_of(name: str, source: str) -> list[Arguments]:
    """The lists of arguments with which to run a program, besides none at all."""
    found = list(_OTHERS.get(name, ()))
    if name in _NOT_RUN or not _CHOOSES.search(source):
        return found
    for word in sorted(set(_words(ast.parse(source)))):
        found += [(word, second) for second in _SECOND.get(name, ())] or [(word,)]
        if _MENDED.search(source):
            found.append((word, "mended"))
    return found


def _words(tree: ast.Module) -> Iterator[str]:
    """The names of functions that need no arguments, and the texts with which one is compared."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                args = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
                needed = args[: len(args) - len(node.args.defaults)]
                if needed in ([], ["self"]) and not node.name.startswith("_"):
                    yield node.name
            case ast.Compare(left=ast.Name("which" | "kind" | "how"), comparators=[other]):
                texts = other.elts if isinstance(other, ast.Tuple) else [other]
                yield from (
                    each.value
                    for each in texts
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )
