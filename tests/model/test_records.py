"""What stands in for `dataclasses.dataclass` gives what that one gives."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import pkgutil
import subprocess
import sys
import threading
import typing
from dataclasses import FrozenInstanceError
from importlib import import_module

import pytest

import stepdbg.model
from stepdbg.model import records


@records.dataclass(frozen=True, slots=True)
class Point:
    """A point."""

    x: int
    y: int = 2
    name: str = ""

    def __str__(self) -> str:
        return f"{self.x}, {self.y}"

    @property
    def total(self) -> int:
        """Both together."""
        return self.x + self.y


@dataclasses.dataclass(frozen=True, slots=True)
class Real:
    """The same, made by the standard library."""

    x: int
    y: int = 2
    name: str = ""


@records.dataclass(frozen=True, slots=True)
class Empty:
    """Nothing."""


@records.dataclass(frozen=True, slots=True)
class OtherEmpty:
    """Nothing, either."""


@records.dataclass(frozen=True, slots=True)
class Alone:
    """One field."""

    items: tuple[int, ...]


@records.dataclass(slots=True)
class Book:
    """One that can be changed."""

    pages: list[int] = records.field(default_factory=list)
    title: str = ""
    later: int = records.field(init=False)
    opened: bool = records.field(default=False, init=False)


def fresh() -> type:
    """A class of which nothing has been asked yet."""

    @records.dataclass(frozen=True, slots=True)
    class Fresh:
        a: int
        b: str = "b"

    return Fresh


def test_an_instance_has_its_fields_and_defaults() -> None:
    assert (Point(1).x, Point(1).y, Point(1, name="n").name) == (1, 2, "n")
    assert (str(Point(3)), Point(3).total) == ("3, 2", 5)


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((1, 2, "", 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1}), ((), {"y": 2})],
)
def test_wrong_arguments_are_refused_in_the_same_words(
    values: tuple[int, ...], named: dict[str, int]
) -> None:
    messages = []
    for kind in (Point, Real):
        with pytest.raises(TypeError) as caught:
            kind(*values, **named)  # type: ignore[arg-type]  # that is what is tested
        messages.append(str(caught.value).replace("Real", "Point"))
    assert messages[0] == messages[1]


def test_pictures_are_equal_by_type_and_value() -> None:
    assert Point(1) == Point(1)
    assert Point(1) != Point(2)
    others: list[object] = [Real(1), OtherEmpty()]
    assert Point(1) not in others
    assert Empty() == Empty()
    assert Empty() not in others
    assert len({Point(1), Point(1), Point(2), Empty(), Empty(), Alone((1,)), Alone((1,))}) == 4


def test_its_repr_is_the_same() -> None:
    assert repr(Point(1, name="n")) == repr(Real(1, name="n")).replace("Real", "Point")
    assert repr(Alone((1,))) == "Alone(items=(1,))"
    assert repr(Empty()) == "Empty()"


def test_nothing_can_be_changed_or_added() -> None:
    point = Point(1)
    for name in ("x", "unheard_of"):
        with pytest.raises(FrozenInstanceError):
            setattr(point, name, 5)
        with pytest.raises(FrozenInstanceError):
            delattr(point, name)
    assert not hasattr(point, "__dict__")


def test_one_that_is_not_frozen() -> None:
    first, second = Book(title="a"), Book([1])
    first.pages.append(5)
    assert (first.pages, second.pages, Book().pages) == ([5], [1], [])
    assert (first.title, second.opened, hasattr(first, "later")) == ("a", False, False)
    first.later, first.opened = 3, True
    with pytest.raises(AttributeError):
        first.unheard_of = 1  # type: ignore[attr-defined]  # that is what is tested
    with pytest.raises(TypeError, match="unhashable"):
        hash(first)
    assert [(f.name, f.init) for f in dataclasses.fields(Book)] == [
        ("pages", True),
        ("title", True),
        ("later", False),
        ("opened", False),
    ]
    assert dataclasses.fields(Book)[0].default_factory is list


def test_copies_and_pickles_are_equal() -> None:
    point = Point(1, name="n")
    assert copy.copy(point) == copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point
    assert records.replace(point, x=4) == dataclasses.replace(point, x=4) == Point(4, name="n")
    with pytest.raises(TypeError, match="unheard_of"):
        records.replace(point, unheard_of=1)  # type: ignore[call-arg]  # that is what is tested


def test_the_standard_library_sees_a_data_class() -> None:
    assert [(f.name, f.default) for f in dataclasses.fields(Point)] == [
        (f.name, f.default) for f in dataclasses.fields(Real)
    ]
    assert dataclasses.is_dataclass(fresh())
    assert dataclasses.is_dataclass(fresh()(1))
    assert dataclasses.asdict(fresh()(1)) == {"a": 1, "b": "b"}
    assert len(dataclasses.fields(fresh())) == 2
    assert typing.get_type_hints(Alone) == {"items": tuple[int, ...]}
    match Point(7):
        case Point(x, y):
            assert (x, y) == (7, 2)


def test_a_class_that_inherits_works_before_its_base_was_used() -> None:
    base = fresh()
    derived = type("Derived", (base,), {})
    assert derived(1).b == "b"
    assert [f.name for f in dataclasses.fields(derived)] == ["a", "b"]
    assert base(2).a == 2


def test_two_threads_may_make_the_first_instance() -> None:
    classes = [fresh() for _ in range(200)]
    barrier = threading.Barrier(2)
    made: list[object] = []

    def use() -> None:
        barrier.wait()
        made.extend((each(1).b, dataclasses.fields(each)) for each in classes)

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 400


def test_all_types_of_the_model_are_made_this_way() -> None:
    found = 0
    for module in pkgutil.iter_modules(stepdbg.model.__path__, "stepdbg.model."):
        for _, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name and dataclasses.is_dataclass(kind):
                assert not hasattr(kind, "__dataclass_params__"), kind
                found += 1
    assert found > 90


def test_importing_the_model_writes_no_code() -> None:
    program = (
        "import sys, typing, enum\n"
        "import stepdbg.model.stops, stepdbg.model.replies\n"
        "assert 'dataclasses' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
