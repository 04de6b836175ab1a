"""Runs a program of tests/programs in this process, as Python would run it as a script.

Owns: loading a program, its marks, running it once, the clock, and Trio's coin.
Does not own: debugging it (`tests.harness`).
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from unittest import mock

import trio.abc
from trio._core import _run

HERE = Path(__file__).parent
CLOCK = "clock of the test"
"""The name of the clock in a program's namespace; no program can have it by accident."""
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
    """A program, compiled.

    code: the whole of it; on_clock: the same with a clock given to every ``….run(…)`` in its
    ``if __name__ == "__main__"``.
    marks: line numbers by mark.
    names: its namespace, once it has run.
    """

    path: Path
    code: types.CodeType
    on_clock: types.CodeType
    marks: dict[str, int]
    names: dict[str, object] = field(default_factory=dict)

    @classmethod
    def load(cls, name: str) -> Program:
        """Read tests/programs/`name`.py, or the example of a name such as ``examples/tasks``."""
        folder = HERE.parent if "/" in name else HERE / "programs"
        path = folder / f"{name}.py"
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        code = compile(tree, str(path), "exec")
        for call in _run_calls(tree.body[-1]):
            call.keywords = [each for each in call.keywords if each.arg != "clock"]
            call.keywords.append(ast.keyword("clock", ast.Name(CLOCK, ast.Load())))
        on_clock = compile(ast.fix_missing_locations(tree), str(path), "exec")
        return cls(path, code, on_clock, dict(_marks(source)))

    def line(self, mark: str) -> int:
        """The line of a mark."""
        return self.marks[mark]

    def mark(self, line: int | None) -> str | None:
        """The mark of a line, None when it has none."""
        return next((mark for mark, marked in self.marks.items() if marked == line), None)

    def run(self, args: Sequence[str], clock: trio.abc.Clock | None) -> Ended:
        """Run the program to its end, on a clock of the test's if there is one."""
        module = types.ModuleType("__main__")
        module.__dict__.update({"__file__": str(self.path), CLOCK: clock})
        try:
            with mock.patch.object(sys, "argv", [str(self.path), *args]):
                exec(self.code if clock is None else self.on_clock, module.__dict__)
        except SystemExit as exc:
            return Ended(_exit_code(exc), exc)
        except BaseException as exc:
            return Ended(1, exc)
        finally:
            self.names.update(module.__dict__)
        return Ended(0)


def _run_calls(node: ast.AST) -> Iterator[ast.Call]:
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute | ast.Name):
            called = each.func.attr if isinstance(each.func, ast.Attribute) else each.func.id
            if called == "run":
                yield each


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
