"""Python typed at the prompt, run in a frame of the program."""

from __future__ import annotations

import contextvars
import gc
import signal
import sys
import weakref
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from stepdbg.engine.typed.evaluate import NOTHING, evaluate, execute
from stepdbg.engine.typed.evaluator import Evaluator
from stepdbg.engine.typed.prompt_names import PromptNames
from stepdbg.model.errors import BadUsage, EvaluationError, NotNow
from stepdbg.model.values import Budget

PROGRAM = """
import sys

COUNT = 1

def bump():
    global COUNT
    COUNT += 1
    return COUNT

def fail():
    raise ValueError("inside")

def function(first, second=2):
    total = 3
    cell = 4
    def inner():
        return cell
    yield sys._getframe()
    yield first, second, total, cell, inner()
"""


class Program:
    """A function of a module, suspended in its middle."""

    def __init__(self, source: str = PROGRAM, **names: object) -> None:
        self.names: dict[str, Any] = {"__name__": "program", **names}
        exec(compile(source, "program.py", "exec", dont_inherit=True), self.names)
        self.running = self.names["function"](1)
        self.frame: FrameType = next(self.running)
        self.evaluator = Evaluator()

    def type(self, source: str) -> str | None:
        """Type something at the prompt; answers what is shown."""
        value = self.evaluator.execute(self.frame, source, Budget())
        return None if value is None else value.text

    def finish(self) -> object:
        """Let the function go on."""
        return next(self.running)


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("first + total", "4"),
        ("  first", "1"),
        ("first,\\\n total", "(1, 3)"),
        ("COUNT", "1"),
        ("len('abc')", "3"),
        ("None", None),
        ("'text'", "'text'"),
        ("1; 2", "2"),
        ("[total + n for n in range(2)]", "[3, 4]"),
        ("[[total for _ in range(n)] for n in range(cell) if n < total]", "[[], [3], [3, 3]]"),
        ("(lambda n: n + total)(1)", "4"),
        ("sum(first for _ in 'ab')", "2"),
        ("def f():\n    return total\nf()", "3"),
        (
            "class C:\n    a = total; b = COUNT\n    def m(self): return COUNT\nC.a, C.b, C().m()",
            "(3, 1, 1)",
        ),
        ("y = 5; [y + n for n in range(2)]", "[5, 6]"),
        ("import os.path as p; p.sep == p.sep", "True"),
        ("from math import *; sqrt(4)", "2.0"),
        ("bump(); COUNT", "2"),
        ("(z := total)", "3"),
        ("[w := n for n in range(3)]; w", "2"),
        ("eval('total + COUNT')", "4"),
        (
            "locals()['total'], globals()['COUNT'], 'COUNT' in globals(), globals().get('no')",
            "(3, 1, True, None)",
        ),
        ("sorted(set(dir()) & {'first', 'total', 'inner'})", "['first', 'inner', 'total']"),
        ("__name__", "'program'"),
        ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print(end='')\n'after'", "'after'"),
        ("if total:\n    7", None),
        ("x: int = 3\nx", "3"),
    ],
)
def test_what_is_typed_sees_the_names_of_the_frame(
    program: Program, typed: str, shown: str | None
) -> None:
    assert program.type(typed) == shown


@pytest.mark.parametrize(
    ("typed", "result"),
    [
        ("first = 'new'", ("new", 2, 3, 4, 4)),
        ("second = 'new'", (1, "new", 3, 4, 4)),
        ("cell = 'new'", (1, 2, 3, "new", "new")),
        ("total += 10", (1, 2, 13, 4, 4)),
        ("(total := 10)", (1, 2, 10, 4, 4)),
        ("[total := n for n in range(3)]", (1, 2, 2, 4, 4)),
        ("first, total = total, first", (3, 2, 1, 4, 4)),
        ("for total in range(8): pass", (1, 2, 7, 4, 4)),
        ("total = 9; 1 / 0", (1, 2, 9, 4, 4)),
        ("global total; total = 9", (1, 2, 3, 4, 4)),
        ("def total(): pass", None),
    ],
)
def test_locals_change_in_the_frame(
    program: Program, typed: str, result: tuple[object, ...] | None
) -> None:
    with suppress(EvaluationError):  # what was bound before it stays bound
        program.type(typed)
    finished = program.finish()
    assert finished == result if result else callable(finished[2])  # type: ignore[index]


def test_evaluating_an_expression_may_bind_names(program: Program) -> None:
    assert evaluate(program.frame, "(total := 10)") == 10
    assert program.finish() == (1, 2, 10, 4, 4)


@pytest.mark.parametrize(
    ("typed", "count"),
    [("COUNT = 10", 11), ("global COUNT; COUNT = 10", 11), ("COUNT += 4", 6), ("bump()", 3)],
)
def test_names_of_the_module_change_there(program: Program, typed: str, count: int) -> None:
    program.type(typed)
    assert program.names["bump"]() == count


def test_a_new_global_when_it_is_declared(program: Program) -> None:
    program.type("global fresh; fresh = 1")
    assert program.names["fresh"] == 1


def test_new_names_stay_at_the_prompt(program: Program) -> None:
    before = set(program.names)
    program.type("x = 3")
    program.type("import json")
    assert program.type("x, json.dumps(x)") == "(3, '3')"
    assert set(program.names) == before
    program.evaluator.forget_frames()
    with pytest.raises(EvaluationError, match="name 'x' is not defined"):
        program.type("x")


def test_new_names_belong_to_their_frame(program: Program) -> None:
    program.type("x = 3")
    with pytest.raises(EvaluationError, match="name 'x' is not defined"):
        program.evaluator.execute(sys._getframe(), "x", Budget())


def test_a_new_name_may_hide_a_builtin(program: Program) -> None:
    program.type("len = 3")
    assert program.type("len") == "3"
    program.type("del len")
    assert program.type("len('ab')") == "2"


def test_functions_made_at_the_prompt_see_later_changes(program: Program) -> None:
    program.type("x = 1")
    program.type("def f(): return x, total, COUNT")
    program.type("x = 2; total = 30")
    program.type("bump()")
    assert program.type("f()") == "(2, 30, 2)"
    program.type("COUNT = f")
    program.evaluator.forget_frames()
    program.names["bump"] = 1
    assert program.names["COUNT"]()[1] == 30


def test_deleting(program: Program) -> None:
    program.type("del COUNT")
    assert "COUNT" not in program.names
    program.type("x = 1")
    program.type("del x")
    for name in ("COUNT", "x"):
        with pytest.raises(EvaluationError, match=f"name '{name}' is not defined"):
            program.type(name)


def test_deleting_a_local(program: Program) -> None:
    if sys.version_info >= (3, 12):
        with pytest.raises(NotNow, match="cannot unbind"):
            program.type("del total")
        return
    program.type("del total")
    with pytest.raises(UnboundLocalError):
        program.finish()


def test_the_last_value(program: Program) -> None:
    program.type("total")
    assert program.type("_ + 1") == "4"
    assert program.type("_ + 1") == "5"
    program.type("None")
    program.type("for _ in range(3): pass")
    assert program.type("_") == "5"
    assert "_" not in program.names
    program.evaluator.forget_frames()
    with pytest.raises(EvaluationError, match="name '_' is not defined"):
        program.type("_")


def test_the_last_value_does_not_hide_the_program_s_own() -> None:
    program = Program(_=str.upper)
    program.type("total")
    assert program.type("_('hello')") == "'HELLO'"
    assert program.names["_"] is str.upper


def test_a_translation_among_the_builtins_is_the_program_s_own(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins._", str.upper, raising=False)
    program.type("total")
    assert program.type("_('hello')") == "'HELLO'"


def test_a_local_of_that_name_is_the_program_s_own() -> None:
    program = Program(
        "import sys\ndef function(first):\n    _ = 'own'\n    yield sys._getframe()\n"
    )
    program.type("1 + 1")
    assert program.type("_") == "'own'"


def test_modules_and_classes_take_new_names() -> None:
    names: dict[str, Any] = {"execute": execute, "sys": sys, "__name__": "module"}
    exec(
        "x = 1\n"
        "execute(sys._getframe(), 'x = 2; y = [x for _ in range(2)]; import json')\n"
        "execute(sys._getframe(), 'def f(): return x')\n"
        "x = 3\n"
        "class C:\n"
        "    a = 1\n"
        "    execute(sys._getframe(), 'b = a + x; x = 7')\n",
        names,
    )
    assert (names["y"], names["f"](), names["C"].b, names["C"].x, names["x"]) == (
        [2, 2],
        3,
        4,
        7,
        3,
    )
    assert "json" in names


def test_future_imports_of_the_program_hold() -> None:
    program = Program("from __future__ import annotations\n" + PROGRAM)
    program.type("def f(x: undefined): ...")
    assert program.type("f.__annotations__") == "{'x': 'undefined'}"
    assert program.names.get("__annotations__", {}) == {}


def test_annotations_do_not_reach_the_module() -> None:
    program = Program("known: int = 1\n" + PROGRAM)
    program.type("x: int = 3")
    assert (
        "x" not in program.names["__annotations__"] if "__annotations__" in program.names else True
    )


def test_statements_give_nothing(program: Program) -> None:
    assert execute(program.frame, "x = 1") is NOTHING
    assert execute(program.frame, "x = 1; None") is None


def test_context_variables() -> None:
    variable = contextvars.ContextVar("variable", default="outer")
    context = contextvars.copy_context()
    context.run(variable.set, "inner")
    program = Program(variable=variable)
    assert program.type("variable.get()") == "'outer'"
    assert evaluate(program.frame, "variable.get()", context=context) == "inner"
    shown = program.evaluator.evaluate(program.frame, "variable.get()", Budget(), context=context)
    assert shown.text == "'inner'"
    execute(program.frame, "variable.set('changed')", context=context)
    assert (variable.get(), context[variable]) == ("outer", "changed")


def test_what_is_shown_is_described_in_the_context() -> None:
    variable = contextvars.ContextVar("variable", default="outer")
    context = contextvars.copy_context()
    context.run(variable.set, "inner")

    class Shows:
        def __repr__(self) -> str:
            return variable.get()

    program = Program(obj=Shows())
    assert (
        program.evaluator.evaluate(program.frame, "obj", Budget(), context=context).text == "inner"
    )


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("undefined", "NameError: name 'undefined' is not defined"),
        ("sys.exit(3)", "SystemExit: 3"),
        ("raise SystemExit", "SystemExit"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("raise BaseException('base')", "BaseException: base"),
        ("raise KeyboardInterrupt", "interrupted"),
        ("raise ValueError('a\\nb\\x1b[31m')", r"ValueError: a b\x1b[31m"),
        ("exec('1 +')", "SyntaxError: invalid syntax (<string>, line 1)"),
        ("raise ExceptionGroup('many', [ValueError()])", "ExceptionGroup: many (1 sub-exception)"),
        ("assert False, 'no'", "AssertionError: no"),
        ("1 +", "SyntaxError: invalid syntax"),
        ("return 3", "SyntaxError: 'return' outside function"),
        ("yield 3", "SyntaxError: 'yield' outside function"),
        (
            "if True:\npass",
            "IndentationError: expected an indented block after 'if' statement on line 1",
        ),
        ("'unfinished", "SyntaxError: unterminated string literal (detected at line 1)"),
    ],
)
def test_whatever_is_raised_is_one_line(program: Program, typed: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        program.type(typed)
    assert str(caught.value) == message
    # As a context, the program's exception would keep its frames alive.
    assert caught.value.__context__ is None
    assert program.finish() == (1, 2, 3, 4, 4)


@pytest.mark.parametrize("typed", ["'\0'", "'\ud800'", "(" * 1000, "-" * 200_000 + "1"])
def test_source_that_python_cannot_read(program: Program, typed: str) -> None:
    with pytest.raises(EvaluationError):
        program.type(typed)


def test_infinite_recursion(program: Program) -> None:
    with pytest.raises(EvaluationError, match="RecursionError: maximum recursion") as caught:
        program.type("def f(): return g()\ndef g(): return f()\nf()")
    assert 10 < len(caught.value.traceback) < 60
    assert any("…" in line for line in caught.value.traceback)


def plain(lines: tuple[str, ...]) -> list[str]:
    return [line for line in lines if line.strip(" ^~")]


def test_a_traceback_begins_at_the_typed_code(program: Program) -> None:
    with pytest.raises(EvaluationError) as caught:
        program.type("def f():\n    fail()\nf()")
    lines = plain(caught.value.traceback)
    assert [line.strip() for line in lines if not line.lstrip().startswith("File")] == [
        "f()",
        "fail()",
    ]
    files = [line.split(", ", 1)[1] for line in lines if line.lstrip().startswith("File")]
    assert files == ["line 3, in <module>", "line 2, in f", "line 12, in fail"]
    assert all("<stepdbg-" in line for line in lines[:1])
    assert not any("evaluate.py" in line for line in lines)


def test_a_function_made_earlier_shows_its_source(program: Program) -> None:
    program.type("def f():\n    1 / 0")
    with pytest.raises(EvaluationError) as caught:
        program.type("f()")
    assert [line.strip() for line in plain(caught.value.traceback)[1::2]] == ["f()", "1 / 0"]


def test_a_syntax_error_shows_its_place(program: Program) -> None:
    with pytest.raises(EvaluationError) as caught:
        program.type("first + * 2")
    assert [line.strip() for line in caught.value.traceback] == ["first + * 2", "^"]
    with pytest.raises(EvaluationError) as caught:
        program.type("if first:\n    first +\n")
    assert "line 2" in caught.value.traceback[0]


def test_ctrl_c_interrupts_what_was_typed(program: Program) -> None:
    program.names["ctrl_c"] = lambda: signal.raise_signal(signal.SIGINT)
    with pytest.raises(EvaluationError, match=r"^interrupted$"):
        program.type("total = 5; ctrl_c()")
    assert program.finish() == (1, 2, 5, 4, 4)


@pytest.mark.parametrize(
    "typed",
    ["await total", "x = await total", "[x async for x in total]", "async with total:\n    pass"],
)
def test_await_is_refused_in_a_sentence(program: Program, typed: str) -> None:
    with pytest.raises(BadUsage, match=r"only a statement of its own can await"):
        program.type(typed)


@pytest.mark.parametrize("typed", ["", "  ", "\n"])
def test_nothing_typed(program: Program, typed: str) -> None:
    with pytest.raises(BadUsage, match="nothing to evaluate"):
        program.type(typed)


def test_an_expression_is_not_a_statement(program: Program) -> None:
    with pytest.raises(EvaluationError, match="SyntaxError"):
        evaluate(program.frame, "x = 1")


def test_warnings_show(program: Program) -> None:
    with pytest.warns(UserWarning, match="careful"):
        program.type("import warnings; warnings.warn('careful')")
    assert "__warningregistry__" not in program.names


def test_the_program_s_builtins_are_used() -> None:
    names: dict[str, Any] = {"__builtins__": {"only": 1}, "sys": sys}
    exec("def function():\n    yield sys._getframe()\nrunning = function()", names)
    frame = names["running"].send(None)
    assert evaluate(frame, "only") == 1
    with pytest.raises(EvaluationError, match="NameError"):
        evaluate(frame, "len")


def test_nothing_is_kept_after_the_stop() -> None:
    class Watched:
        pass

    program = Program(made=Watched)
    program.type("x = made()")
    program.type("x")
    found = weakref.ref(
        evaluate(program.frame, "x", names=next(iter(program.evaluator._names.values())))
    )
    assert found() is not None
    program.evaluator.forget_frames()
    gc.collect()
    assert found() is None


def test_evaluate_alone_keeps_its_names_to_itself(program: Program) -> None:
    names = PromptNames()
    execute(program.frame, "x = 1", names=names)
    assert evaluate(program.frame, "x", names=names) == 1
    with pytest.raises(EvaluationError):
        evaluate(program.frame, "x")


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("fail", "Function fail()"),
        ("lambda a, *b, c=1: 1", "Function <lambda>(a, *b, c=1)"),
        ("Kinds", "Class Kinds(size: int, *, name: str = 'a') -> None\nHas kinds."),
        ("int", "Class int"),
        ("Kinds(1).method", "Method method(each: int) -> list[int]\nThe first line."),
        ("Kinds(1)", "Kinds"),
        ("Kinds.odd", "Function odd"),
        ("Strange", "Class Strange"),
        ("3", "int"),
        ("None", "NoneType"),
        ("len", "builtin_function_or_method len(obj, /)\nReturn the number of items"),
        ("sys", "module"),
    ],
)
def test_whatis(typed: str, kind: str) -> None:
    program = Program(Kinds=Kinds, Strange=Strange)
    shown = program.evaluator.type_of(program.frame, typed).replace(f"{__name__}.", "")
    assert shown.startswith(kind) if typed in ("len", "int") else shown == kind


class Broken:
    def __repr__(self) -> str:
        raise ValueError("no")


class Kinds:
    """Has kinds.

    And more lines.
    """

    def __init__(self, size: int, *, name: str = "a") -> None:
        self.size, self.name = size, name

    def method(self, each: int) -> list[int]:
        """
        The first line.

        Another one.
        """
        return [each]

    def odd(self, each: object = Broken()) -> None:
        pass


class Meta(type):
    def __getattr__(cls, name: str) -> object:
        raise RuntimeError(name)

    def __getattribute__(cls, name: str) -> object:
        raise RuntimeError(name)


class Strange(metaclass=Meta):
    pass


def test_whatis_does_not_become_the_last_value(program: Program) -> None:
    program.type("5")
    program.evaluator.type_of(program.frame, "7")
    assert program.type("_") == "5"


def test_source_of_what_has_one() -> None:
    program = Program(here=test_nothing_typed, Program=Program)
    program.type("import functools")
    for typed in ("Program.finish", "functools.partial(Program.finish, 1)"):
        filename, first, lines = program.evaluator.source_of(program.frame, typed)
        assert filename == __file__
        assert first > 1
        assert lines[0] == "    def finish(self) -> object:"
    _, first, lines = program.evaluator.source_of(program.frame, "Program")
    assert lines[0] == "class Program:"
    program.type("def f():\n    return 1")
    assert program.evaluator.source_of(program.frame, "f")[1:] == (1, ("def f():", "    return 1"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("len", r"there is no Python source for len \(builtin_function_or_method\)"),
        ("3", r"there is no Python source for 3 \(int\)"),
        ("fail", "the source of fail cannot be found"),
    ],
)
def test_source_of_what_has_none(program: Program, typed: str, sentence: str) -> None:
    with pytest.raises(BadUsage, match=sentence):
        program.evaluator.source_of(program.frame, typed)


def test_a_traceback_is_shown_where_it_tells_something() -> None:
    program = Program()

    def shown(source: str) -> tuple[str, ...]:
        with pytest.raises(EvaluationError) as caught:
            program.type(source)
        return caught.value.traceback

    assert shown("nosuch") == ()
    assert shown("[1 / each for each in [0]]") == ()
    assert shown("(lambda: nosuch)()") == ()
    assert "in fail" in "\n".join(shown("fail()"))
    assert "line 2" in "\n".join(shown("a = 1\nnosuch"))
    program.type("def made(): nosuch")
    assert "in made" in "\n".join(shown("made()"))
