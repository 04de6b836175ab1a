"""What the remaining code of a suspended function does with an object."""

from __future__ import annotations

import contextlib
import functools
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from linecache import getline
from typing import Any

import pytest

from stepdbg.engine.foreseeing.naming import Foreseer, Naming, Sought, Suspended
from stepdbg.model.waits import Grade


@types.coroutine
def pause() -> Generator[None]:
    yield


class Event:
    """Stands for a library's: its code is not looked into."""

    def set(self) -> None: ...

    async def wait(self) -> None:
        await pause()


class Spawner:
    """The same."""

    def start_soon(self, function: Callable[..., Any], *args: Any) -> None: ...


LIBRARY = {Event, Spawner}


class Gate:
    def __init__(self, event: Event) -> None:
        self.event = event
        self.all = [event]
        self.by_name = {"a": event, "b": Event()}

    def open(self) -> None:
        self.event.set()  # opens

    def take_both(self, event: object, number: int) -> None:
        vars(self)["numbered"] = event, number  # kept by a method

    async def passed(self) -> None:
        await self.event.wait()

    @property
    def computed(self) -> Event:
        return self.event

    async def __aenter__(self) -> Gate:  # noqa: PYI034
        return self

    async def __aexit__(self, *details: object) -> None:
        self.event.set()  # leaves

    async def stands_in_a_method(self) -> None:
        await pause()
        self.open()


class Better(Gate):
    def open(self) -> None:
        super().open()

    def __getattr__(self, name: str) -> Any:
        raise AssertionError("code of the program runs")


@contextlib.contextmanager
def opened_after(event: Event) -> Iterator[None]:
    try:
        yield
    finally:
        event.set()  # behind the block


@contextlib.asynccontextmanager
async def opened_after_async(event: Event) -> AsyncIterator[None]:
    try:
        yield
    finally:
        event.set()  # behind the async block


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


@wrapped
def decorated(event: Event) -> None:
    event.set()  # decorated


async def sets(event: Event) -> None:
    await pause()
    event.set()  # here


async def has_set(event: Event) -> None:
    event.set()
    await pause()


async def sets_in_a_loop(event: Event) -> None:
    while True:
        event.set()  # in the loop
        await pause()


async def only_waits(event: Event) -> None:
    while True:
        await pause()
        await event.wait()


async def sets_finally(event: Event) -> None:
    try:
        await pause()
    finally:
        event.set()  # finally


async def sets_when_it_fails(event: Event) -> None:
    try:
        await pause()
    except ValueError:
        event.set()  # except
        raise


async def calls_a_method(gate: Gate) -> None:
    await pause()
    gate.open()


async def calls_one_that_does_not(gate: Gate) -> None:
    await pause()
    await gate.passed()


async def goes_up(better: Better) -> None:
    await pause()
    better.open()


async def takes_a_path(gate: Gate) -> None:
    await pause()
    gate.event.set()  # a path


async def takes_an_item(gate: Gate) -> None:
    await pause()
    gate.by_name["a"].set()  # an item


async def takes_another_item(gate: Gate) -> None:
    await pause()
    gate.by_name["b"].set()


async def takes_any_item(gate: Gate, name: str) -> None:
    await pause()
    gate.by_name[name].set()  # any item


async def goes_over_all(gate: Gate) -> None:
    await pause()
    for each in gate.all:
        each.set()  # over all


async def is_going_over_all(gate: Gate) -> None:
    for each in gate.all:
        await pause()
        each.set()  # goes on


async def waits_for_all(gate: Gate) -> None:
    for each in gate.all:
        await pause()
        await each.wait()


async def computes(gate: Gate) -> None:
    await pause()
    gate.computed.set()  # computed


async def by_a_made_name(event: Event) -> None:
    await pause()
    getattr(event, "s" + "et")()  # made name


async def starts_another(spawner: Spawner, event: Event) -> None:
    await pause()
    spawner.start_soon(sets, event)


async def starts_a_method(spawner: Spawner, gate: Gate) -> None:
    await pause()
    spawner.start_soon(gate.stands_in_a_method)


async def hands_a_partial(spawner: Spawner, event: Event) -> None:
    await pause()
    spawner.start_soon(functools.partial(sets, event=event))


async def hands_it_to_a_library(spawner: Spawner, event: Event) -> None:
    await pause()
    spawner.start_soon(len, event)  # to a library


async def prints_it(event: Event) -> None:
    await pause()
    print(event, len(str(event)))


async def makes_a_function(event: Event) -> None:
    def callback() -> None:
        event.set()  # inside

    await pause()
    callback()


async def makes_one_later(spawner: Spawner, event: Event) -> None:
    await pause()
    spawner.start_soon(lambda: event.set())  # lambda


async def in_a_block(event: Event) -> None:
    with opened_after(event):
        del event
        await pause()


async def in_an_async_block(event: Event) -> None:
    async with opened_after_async(event):
        await pause()


async def in_a_block_of_its_own(gate: Gate) -> None:
    async with gate:
        await pause()


async def will_enter_a_block(gate: Gate) -> None:
    await pause()
    async with gate:
        pass


async def calls_a_decorated_one(event: Event) -> None:
    await pause()
    decorated(event)


async def another_in_its_place(gate: Gate) -> None:
    await pause()
    gate.event = Event()
    gate.event.set()


async def the_old_one(gate: Gate) -> None:
    await pause()
    old, gate.event = gate.event, Event()
    old.set()  # the old one


async def keeps_it_elsewhere(gate: Gate, event: Event) -> None:
    await pause()
    gate.other = event  # type: ignore[attr-defined]  # elsewhere


async def calls_itself(event: Event, number: int) -> None:
    await pause()
    await calls_itself(event, number - 1)


async def in_arguments(event: Event) -> None:
    print(event, await asked())


async def in_arguments_of_a_method(gate: Gate, event: Event) -> None:
    gate.take_both(event, await asked())


async def asked() -> int:
    await pause()
    return 1


async def takes_it_back(gate: Gate) -> None:
    event = await gives_it_back(gate)
    event.set()


async def gives_it_back(gate: Gate) -> Event:
    await pause()
    return gate.event  # gives it back


async def by_keyword(spawner: Spawner, gate: Gate) -> None:
    await pause()
    await with_keywords(1, event=gate.event)


async def with_keywords(number: int, *, event: Event, other: Event | None = None) -> None:
    event.set()  # by keyword


NAMES, MIGHT, HAS = Grade
TABLE: list[tuple[Callable[..., Awaitable[Any]], Grade, str]] = [
    (sets, NAMES, "here"),
    (has_set, HAS, ""),
    (sets_in_a_loop, NAMES, "in the loop"),
    (only_waits, HAS, ""),
    (sets_finally, NAMES, "finally"),
    (sets_when_it_fails, NAMES, "except"),
    (calls_a_method, NAMES, "opens"),
    (calls_one_that_does_not, HAS, ""),
    (goes_up, NAMES, "opens"),
    (takes_a_path, NAMES, "a path"),
    (takes_an_item, NAMES, "an item"),
    (takes_another_item, HAS, ""),
    (takes_any_item, MIGHT, "any item"),
    (goes_over_all, MIGHT, "over all"),
    (is_going_over_all, NAMES, "goes on"),
    (waits_for_all, HAS, ""),
    (computes, MIGHT, "computed"),
    (by_a_made_name, MIGHT, "made name"),
    (starts_another, NAMES, "here"),
    (starts_a_method, NAMES, "opens"),
    (hands_a_partial, NAMES, "here"),
    (hands_it_to_a_library, MIGHT, "to a library"),
    (prints_it, HAS, ""),
    (makes_a_function, NAMES, "inside"),
    (makes_one_later, NAMES, "lambda"),
    (in_a_block, NAMES, "behind the block"),
    (in_an_async_block, NAMES, "behind the async block"),
    (in_a_block_of_its_own, NAMES, "leaves"),
    (will_enter_a_block, NAMES, "leaves"),
    (calls_a_decorated_one, NAMES, "decorated"),
    (another_in_its_place, HAS, ""),
    (the_old_one, NAMES, "the old one"),
    (keeps_it_elsewhere, MIGHT, "elsewhere"),
    (calls_itself, HAS, ""),
    (in_arguments, HAS, ""),
    (in_arguments_of_a_method, MIGHT, "kept by a method"),
    (takes_it_back, MIGHT, "gives it back"),
    (by_keyword, NAMES, "by keyword"),
]


def frames_of(coroutine: Any) -> list[Suspended]:
    """Innermost first."""
    found = []
    while coroutine is not None and type(coroutine) is types.CoroutineType:
        assert coroutine.cr_frame is not None
        found.append(Suspended(coroutine.cr_frame, coroutine))
        coroutine = coroutine.cr_await
    return found[::-1]


def is_own(filename: str) -> bool:
    return filename == __file__


def foreseer(event: Event) -> Foreseer:
    codes = {value.__code__ for kind in LIBRARY for value in vars(kind).values() if callable(value)}
    found = Foreseer(
        Sought(lambda value: value is event, frozenset(["set"]), frozenset(["wait"])),
        is_own,
        lambda value: type(value) is Spawner,
    )
    own = found._is_own_function
    found._is_own_function = (  # type: ignore[method-assign]  # the library stands in this file
        lambda value: (
            own(value) and getattr(getattr(value, "__func__", value), "__code__", None) not in codes
        )
    )
    return found


def look(function: Callable[..., Any]) -> Naming:
    event = Event()
    given = {
        "event": event,
        "gate": Gate(event),
        "better": Better(event),
        "spawner": Spawner(),
        "number": 3,
        "name": "a",
    }
    code = function.__code__
    coroutine = function(*[given[name] for name in code.co_varnames[: code.co_argcount]])
    try:
        coroutine.send(None)
        return foreseer(event).look(frames_of(coroutine))
    finally:
        coroutine.close()


@pytest.mark.parametrize(
    ("function", "grade", "mark"), TABLE, ids=lambda each: getattr(each, "__name__", "")
)
def test_what_the_rest_does(function: Callable[..., Any], grade: Grade, mark: str) -> None:
    found = look(function)
    assert found.grade is grade
    if found.code is not None:
        assert getline(__file__, found.line).rstrip().endswith(f"# {mark}")
    else:
        assert mark == ""
    if grade is NAMES:
        assert found.name == "set"


def test_every_function_of_the_table_suspends_once() -> None:
    assert len({function for function, _, _ in TABLE}) == len(TABLE) > 30


def test_before_its_first_step_all_of_a_function_is_to_come() -> None:
    event = Event()
    coroutine: Any = has_set(event)
    found = foreseer(event).look(frames_of(coroutine))
    coroutine.close()
    assert found.grade is NAMES


def test_a_frame_that_is_before_its_instruction() -> None:
    event = Event()
    coroutine: Any = sets(event)
    coroutine.send(None)
    frame = coroutine.cr_frame
    (here,) = [start for start, _, line in frame.f_code.co_lines() if line == frame.f_lineno + 1][
        :1
    ]

    class Standing:
        f_code, f_locals, f_globals = frame.f_code, frame.f_locals, frame.f_globals
        f_lasti, f_lineno = here, frame.f_lineno + 1

    at = foreseer(event).look([Suspended(Standing, None, is_before=True)])  # type: ignore[arg-type]
    coroutine.close()
    assert at.grade is NAMES
