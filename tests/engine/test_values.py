"""Objects of the program, hostile ones above all, described under a budget."""

from __future__ import annotations

import collections
import dataclasses
import enum
import io
import sys
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stdout

import pytest

from stepdbg.engine.describing.values import describe, describe_exception, plain_text, type_name
from stepdbg.model.values import Budget

SILENT = Budget(seconds=0)
ASKING = Budget(seconds=0.1)
BOTH = pytest.mark.parametrize("budget", [SILENT, ASKING], ids=["silent", "asking"])
HERE = __name__


def hostile(name: str, own_repr: Callable[[object], object]) -> object:
    return type(name, (), {"__repr__": own_repr})()


def raising(error: BaseException) -> Callable[[object], object]:
    def own_repr(self: object) -> object:
        raise error

    return own_repr


def looping(self: object) -> object:
    while True:
        pass


def no_string(kind: str) -> str:
    """What Python says of a `__repr__` of `Bad` that does not return a string."""
    if sys.version_info >= (3, 15):
        return f"{HERE}.Bad.__repr__() must return a str, not {kind}"
    return f"__repr__ returned non-string (type {kind})"


def recursing(self: object) -> object:
    return repr(self)


def stubborn(self: object) -> object:
    for _ in range(3):
        try:
            looping(self)
        except BaseException:
            continue
    return "late"


class StrWithTricks(str):
    __slots__ = ()

    def __len__(self) -> int:
        raise AssertionError

    def __getitem__(self, index: object) -> str:
        raise AssertionError

    def __str__(self) -> str:
        raise AssertionError

    def isprintable(self) -> bool:
        raise AssertionError


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise self

    __repr__ = __str__


class Everything(type):
    """A metaclass that lets nobody near."""

    def __getattribute__(cls, name: str) -> object:
        raise AssertionError(name)

    def __hash__(cls) -> int:
        raise AssertionError

    def __eq__(cls, other: object) -> bool:
        raise AssertionError

    def __repr__(cls) -> str:
        raise AssertionError

    def __instancecheck__(cls, other: object) -> bool:
        raise AssertionError


class Guarded(metaclass=Everything):
    def __getattribute__(self, name: str) -> object:
        raise AssertionError(name)

    def __repr__(self) -> str:
        raise AssertionError

    def __hash__(self) -> int:
        raise AssertionError

    def __eq__(self, other: object) -> bool:
        raise AssertionError


class Hook:
    @property
    def __class__(self) -> type:
        raise AssertionError

    @__class__.setter
    def __class__(self, value: type) -> None: ...


class PlainList(list[object]):
    def __iter__(self) -> object:  # type: ignore[override]
        raise AssertionError

    def __len__(self) -> int:
        raise AssertionError


class PlainDict(dict[str, object]):
    def __iter__(self) -> object:  # type: ignore[override]
        raise AssertionError

    def items(self) -> object:  # type: ignore[override]
        raise AssertionError


class PlainSet(set[object]): ...


@dataclasses.dataclass
class Point:
    x: object
    y: object = 2
    hidden: int = dataclasses.field(default=3, repr=False)


@dataclasses.dataclass
class OwnRepr:
    x: int

    def __repr__(self) -> str:
        return "mine"


Named = collections.namedtuple("Named", "left right")  # noqa: PYI024  # as programs have them


class Color(enum.Enum):
    RED = 1


def cycle() -> list[object]:
    made: list[object] = [1]
    made.append(made)
    return made


@BOTH
@pytest.mark.parametrize(
    ("obj", "text"),
    [
        (1, "1"),
        (-10, "-10"),
        (True, "True"),
        (None, "None"),
        (1.5, "1.5"),
        (1 + 2j, "(1+2j)"),
        (..., "Ellipsis"),
        (NotImplemented, "NotImplemented"),
        ("it's", '"it\'s"'),
        ("\x1b[31m\ud800\u202e", r"'\x1b[31m\ud800\u202e'"),
        (b"\xff", r"b'\xff'"),
        (bytearray(b"x"), "bytearray(b'x')"),
        (range(3), "range(0, 3)"),
        ([], "[]"),
        ([1, "a"], "[1, 'a']"),
        ((), "()"),
        ((1,), "(1,)"),
        ((1, 2), "(1, 2)"),
        ({}, "{}"),
        ({"a": {"b": 1}}, "{'a': {'b': 1}}"),
        (set(), "set()"),
        ({1}, "{1}"),
        (frozenset(), "frozenset()"),
        (frozenset({1}), "frozenset({1})"),
        (collections.deque([1, 2], 3), "deque([1, 2], maxlen=3)"),
        (collections.defaultdict(list, a=[1]), "defaultdict(<class 'list'>, {'a': [1]})"),
        (collections.OrderedDict(a=1), "OrderedDict({'a': 1})"),
        ({1: 2}.keys(), "dict_keys([1])"),
        ({1: 2}.items(), "dict_items([(1, 2)])"),
        (int, "<class 'int'>"),
        (Point, f"<class '{HERE}.Point'>"),
        (sys, "<module 'sys'>"),
        (len, "<built-in function len>"),
        (cycle(), "[1, [...]]"),
    ],
)
def test_the_standard_types(obj: object, text: str, budget: Budget) -> None:
    value = describe(obj, budget)
    assert value.text == text
    assert (value.truncated, value.problem) == (False, "")


@pytest.mark.parametrize(
    ("obj", "text"),
    [
        (Point(1), "Point(x=1, y=2)"),
        (OwnRepr(1), "mine"),
        (Named(1, [2]), "Named(left=1, right=[2])"),
        (Color.RED, "<Color.RED: 1>"),
        (PlainList([1]), "[1]"),
        (PlainDict(a=1), "{'a': 1}"),
        (PlainSet([1]), "PlainSet({1})"),
        (ValueError("x"), "ValueError('x')"),
        (hostile("Two", lambda _: "a\r\n\tb"), "a\n    b"),
        (
            hostile("Escapes", lambda _: "\x1b]0;title\x07\x9b31m\ud800"),
            r"\x1b]0;title\x07\x9b31m\ud800",
        ),
        (hostile("Tricks", lambda _: StrWithTricks("tricky\x1b")), r"tricky\x1b"),
        ([hostile("Inner", lambda _: "inner")], "[inner]"),
    ],
)
def test_objects_that_are_asked(obj: object, text: str) -> None:
    value = describe(obj, ASKING)
    assert value.text == text
    assert (value.truncated, value.problem) == (False, "")


def bomb(self: object) -> object:
    raise AssertionError("code of the program was called")


@pytest.mark.parametrize(
    "make",
    [
        lambda: hostile("Bomb", bomb),
        lambda: StrWithTricks("x"),
        lambda: PlainList([1]),
        lambda: PlainDict(a=1),
        lambda: Guarded(),  # as it is, pytest would look at it
        Hook,
        lambda: Point(1),
        lambda: Named(1, 2),
        lambda: Color.RED,
        Unspeakable,
        threading.Lock,
    ],
)
def test_silence_calls_no_code_of_the_program(make: Callable[[], object]) -> None:
    obj = make()
    value = describe(obj, SILENT)
    assert value.text == f"<{value.type} at {id(obj):#x}>"
    assert value.problem == ""
    assert describe({"key": [obj]}, SILENT).text == f"{{'key': [{value.text}]}}"


def test_a_class_with_a_metaclass_is_named_in_silence() -> None:
    value = describe(Guarded, SILENT)
    assert value.text == f"<class '{HERE}.Guarded'>"
    assert value.type == f"{HERE}.Everything"


def test_keys_of_a_dict_are_not_hashed_again() -> None:
    class Key:
        armed = False

        def __hash__(self) -> int:
            assert not self.armed
            return 1

    key = Key()
    table = {key: 1}
    made = [table, table.keys(), table.items(), set(table), collections.OrderedDict(table)]
    key.armed = True
    for obj in made:
        assert f"<{HERE}" in describe(obj, SILENT).text


@pytest.mark.parametrize(
    ("own_repr", "problem"),
    [
        (raising(ValueError("boom\n\x1b")), r"its __repr__ raised ValueError: boom \x1b"),
        (raising(KeyboardInterrupt()), "its __repr__ was interrupted"),
        (raising(SystemExit(3)), "its __repr__ raised SystemExit: 3"),
        (raising(GeneratorExit()), "its __repr__ raised GeneratorExit"),
        (raising(BaseException("base")), "its __repr__ raised BaseException: base"),
        (
            raising(Unspeakable()),
            f"its __repr__ raised {HERE}.Unspeakable: <its __str__ raised {HERE}.Unspeakable>",
        ),
        (recursing, "its __repr__ recursed too deeply"),
        (lambda self: repr([self]), "its __repr__ recursed too deeply"),
        (lambda _: 3, f"its __repr__ raised TypeError: {no_string('int')}"),
        (lambda _: None, f"its __repr__ raised TypeError: {no_string('NoneType')}"),
        (looping, "its __repr__ took longer than 0.1 s"),
        (stubborn, "its __repr__ took longer than 0.1 s"),
    ],
)
def test_a_repr_that_fails(own_repr: Callable[[object], object], problem: str) -> None:
    obj = hostile("Bad", own_repr)
    value = describe(obj, ASKING)
    assert value.text == f"<{HERE}.Bad at {id(obj):#x}>"
    assert value.problem == problem
    inside = describe([obj, 1], ASKING)
    assert inside.text == f"[{value.text}, 1]"
    assert inside.problem == problem.replace("its __repr__", f"the __repr__ of {HERE}.Bad", 1)


def test_the_limit_holds_for_all_items_together() -> None:
    begin = time.monotonic()
    describe([hostile("Slow", looping) for _ in range(20)], ASKING)
    assert time.monotonic() - begin < 1.5


def test_a_field_that_fails() -> None:
    point = Point(1)
    del point.x
    value = describe(point, ASKING)
    assert value.text == f"<{HERE}.Point at {id(point):#x}>"
    assert value.problem.startswith("its fields raised AttributeError")


def test_a_repr_may_print() -> None:
    def own_repr(self: object) -> str:
        print("printed")
        return "shown"

    with redirect_stdout(io.StringIO()) as written:
        assert describe(hostile("Prints", own_repr), ASKING).text == "shown"
    assert written.getvalue() == "printed\n"


def test_a_repr_may_change_what_is_being_described() -> None:
    table: dict[object, object] = {}

    def own_repr(self: object) -> str:
        table.clear()
        return "gone"

    table.update({hostile("Clears", own_repr): 1, 2: 3})
    assert describe(table, ASKING).text == "{gone: 1, 2: 3}"


TEN_MILLION = [0] * 10_000_000


@BOTH
@pytest.mark.parametrize(
    "make",
    [
        lambda: TEN_MILLION,
        lambda: {"a": TEN_MILLION},
        lambda: tuple(TEN_MILLION),
        lambda: Point(TEN_MILLION),
        lambda: Named(TEN_MILLION, 1),
        lambda: dict.fromkeys(range(200_000)),
        lambda: dict.fromkeys(range(200_000)).values(),
        lambda: set(range(200_000)),
        lambda: collections.deque(range(200_000)),
        lambda: PlainList(TEN_MILLION),
        lambda: "x" * 200_000_000,
        lambda: b"x" * 100_000_000,
        lambda: ["x" * 100_000_000],
        lambda: 1 << 10_000_000,
        lambda: -(1 << 10_000_000),
    ],
)
def test_size_does_not_matter(make: Callable[[], object], budget: Budget) -> None:
    obj = make()
    describe(Point(1), budget)  # what is imported once is not the object's fault
    begin = time.thread_time()
    value = describe(obj, budget)
    assert time.thread_time() - begin < 0.02
    assert len(value.text) <= budget.characters
    if budget is ASKING:
        assert value.truncated
        assert "…" in value.text


@pytest.mark.parametrize(
    ("obj", "budget", "text"),
    [
        ([1, 2, 3], Budget(length=2), "[1, 2, …]"),
        ([1, 2], Budget(length=0), "[…]"),
        ({1: 2, 3: 4}, Budget(length=1), "{1: 2, …}"),
        ((1, 2), Budget(length=1), "(1, …)"),
        ({"a": [[1]]}, Budget(depth=2), "{'a': [[…]]}"),
        ([[], {}, ()], Budget(depth=1), "[[], {}, ()]"),
        ("abcdefghijklmnop", Budget(characters=10), "'abcdefg'…"),
        (10**50, Budget(characters=12), "0x88d8762bf…"),
        (hostile("Long", lambda _: "y" * 1_000_000), Budget(characters=10), "yyyyyyyyy…"),
        ([1] * 40, Budget(characters=20), "[1, 1, 1, 1, 1, …]"),
    ],
)
def test_what_the_budget_cuts_is_marked(obj: object, budget: Budget, text: str) -> None:
    value = describe(obj, budget)
    assert value.text == text
    assert value.truncated is ("…" in text)
    assert len(value.text) <= budget.characters


def test_one_long_item_does_not_hide_its_siblings() -> None:
    value = describe({"body": "x" * 100_000, "status": 200}, Budget())
    assert value.text.endswith("…, 'status': 200}")
    assert value.truncated


PRETTY = """\
{
    'a': [1, 2, 3],
    'b': Point(
        x=[
            'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy',
            'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz',
        ],
        y=2,
    ),
    'c': (1,),
}"""


def test_the_pretty_form() -> None:
    obj = {"a": [1, 2, 3], "b": Point(["y" * 30, "z" * 30]), "c": (1,)}
    assert describe(obj, Budget(pretty=True), width=50).text == PRETTY
    assert describe(obj, Budget(pretty=True), width=200).text == describe(obj, Budget()).text


def test_the_pretty_form_is_cut_too() -> None:
    value = describe(list(range(100)), Budget(pretty=True, length=2), width=5)
    assert value.text == "[\n    0,\n    1,\n    …\n]"
    assert value.truncated


def test_several_lines_of_a_repr_stay_together() -> None:
    obj = [hostile("Matrix", lambda _: "1 0\n0 1")]
    assert describe(obj, Budget(pretty=True)).text == "[\n    1 0\n    0 1,\n]"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (int, "int"),
        (collections.OrderedDict, "collections.OrderedDict"),
        (type("a\x1b", (), {"__module__": 3}), r"a\x1b"),
        (type("a", (), {"__module__": "m\n"}), "m.a"),
    ],
)
def test_type_names(kind: type, name: str) -> None:
    assert type_name(kind) == name


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("héllo wörld 漢字", "héllo wörld 漢字"),
        ("no\u00a0break", "no\u00a0break"),
        ("two\nlines\r\nthree\tx", "two\nlines\nthree    x"),
        ("\x00\x07\x1b[2J\x7f\x9b", r"\x00\x07\x1b[2J\x7f\x9b"),
        ("\u202eevil\u2066\u200b", r"\u202eevil\u2066\u200b"),
        ("\ud83d lone", r"\ud83d lone"),
        ("over\rwritten", r"over\rwritten"),
    ],
)
def test_plain_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_plain_text_asks_a_subclass_nothing() -> None:
    shown = plain_text(StrWithTricks("a\x1b"))
    assert shown == r"a\x1b"
    assert type(shown) is str


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("a\nb"), "ValueError: a b"),
        (KeyError("k"), "KeyError: 'k'"),
        (ValueError(), "ValueError"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (Unspeakable(), f"{HERE}.Unspeakable: <its __str__ raised {HERE}.Unspeakable>"),
        (ValueError("\x1b[31m"), r"ValueError: \x1b[31m"),
        (
            ExceptionGroup("two", [ValueError(), ValueError()]),
            "ExceptionGroup: two (2 sub-exceptions)",
        ),
    ],
)
def test_exceptions_in_a_line(error: BaseException, line: str) -> None:
    assert describe_exception(error) == line


def test_a_long_message_is_cut() -> None:
    line = describe_exception(ValueError("x" * 1_000_000))
    assert len(line) < 600
    assert line.endswith("x…")


def test_a_str_that_never_returns() -> None:
    class Slow(Exception):
        __str__ = looping  # type: ignore[assignment]

    assert "<its __str__ raised" in describe_exception(Slow(), seconds=0.05)
