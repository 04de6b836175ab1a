"""Runs a program of tests/programs in this process, as Python would run it as a script.

Owns: loading a program, its marks, running it once, and Trio's coin.
Does not own: debugging it (`tests.harness`).
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from unittest import mock

import trio
import trio.abc
from trio._core import _run

PROGRAMS = Path(__file__).parent / "programs"
MARK = re.compile(r"# @mark (.+)$")

Order = Literal["fifo", "lifo", "random"]


@dataclass(frozen=True)
class Ended:
    """How a program ended: the exit code a shell would see, and the exception behind it."""

    exit_code: int
    exception: BaseException | None = None

    @property
    def detail(self) -> str:
        """The exception in one line, empty when there is none."""
        return "" if self.exception is None else repr(self.exception)


@dataclass(frozen=True)
class Program:
    """A program, parsed.

    definitions: the module without its ``if __name__ == "__main__"``; start: the body of that.
    marks: line numbers by mark.
    """

    path: Path
    definitions: types.CodeType
    start: types.CodeType
    marks: dict[str, int]

    @classmethod
    def load(cls, name: str) -> Program:
        """Read tests/programs/`name`.py."""
        path = PROGRAMS / f"{name}.py"
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        last = tree.body[-1]
        start: list[ast.stmt] = []
        if isinstance(last, ast.If):
            tree.body.pop()
            start = last.body
        return cls(
            path,
            compile(tree, str(path), "exec"),
            compile(ast.Module(start, []), str(path), "exec"),
            dict(_marks(source)),
        )

    def line(self, mark: str) -> int:
        """The line of a mark."""
        return self.marks[mark]

    def mark(self, line: int | None) -> str | None:
        """The mark of a line, None when it has none."""
        return next((mark for mark, marked in self.marks.items() if marked == line), None)

    def run(self, args: Sequence[str], clock: trio.abc.Clock | None) -> Ended:
        """Run the program to its end; with a `clock`, just its ``main`` under that clock."""
        module = types.ModuleType("__main__")
        module.__file__ = str(self.path)
        try:
            with mock.patch.object(sys, "argv", [str(self.path), *args]):
                exec(self.definitions, module.__dict__)
                if clock is None:
                    exec(self.start, module.__dict__)
                else:
                    trio.run(module.main, clock=clock)
        except SystemExit as exc:
            return Ended(_exit_code(exc), exc)
        except BaseException as exc:
            return Ended(1, exc)
        return Ended(0)


def _marks(source: str) -> Iterator[tuple[str, int]]:
    for number, text in enumerate(source.splitlines(), start=1):
        if found := MARK.search(text):
            yield found[1], number


def _exit_code(exc: SystemExit) -> int:
    if exc.code is None or isinstance(exc.code, int):
        return exc.code or 0
    return 1


@contextlib.contextmanager
def fixed_order(order: Order) -> Iterator[None]:
    """Decide how Trio's coin falls.

    Trio pops each batch from its end, and reverses it first when its coin (`_r.random`) says
    less than one half.  Hypothesis, once imported, makes it sort and shuffle instead.
    """
    coin = {"fifo": 0.0, "lifo": 0.9}
    if order == "random":
        yield
        return
    with (
        mock.patch.object(_run, "_ALLOW_DETERMINISTIC_SCHEDULING", False),
        mock.patch.object(_run._r, "random", return_value=coin[order]),
    ):
        yield
