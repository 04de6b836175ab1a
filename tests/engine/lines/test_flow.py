"""Control flow and liveness of small functions, read off their instructions."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Generator
from typing import Any, Self

import pytest

from stepdbg.engine.foreseeing.liveness import is_dead
from stepdbg.engine.lines import flow
from stepdbg.engine.lines.flow import Flow, Unknown, flow_of


@types.coroutine
def pause() -> Generator[None]:
    yield


class Manager:
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *details: object) -> None:
        """Goes out in silence."""


def use(*values: object) -> None:
    """Reads them."""


async def read_later(a: int, b: int) -> None:
    await pause()
    use(a)


async def bound_anew(a: int) -> None:
    await pause()
    a = 2
    use(a)


async def bound_on_one_way(a: int, b: int) -> None:
    await pause()
    if b:
        a = 2
    use(a)


async def unbound(a: int) -> None:
    await pause()
    del a


async def in_a_loop(a: int, b: int) -> None:
    while True:
        use(a)
        b = 1
        await pause()
        b = 2
        use(b)


async def in_a_finally(a: int, b: int) -> None:
    try:
        await pause()
    finally:
        use(a)
    use(b)


async def in_an_except(a: int, b: int) -> None:
    try:
        await pause()
        a = 1
    except ValueError:
        use(a)


async def in_a_with(a: int, b: Manager) -> None:
    async with b as c:
        await pause()
        use(c)


async def in_a_comprehension(a: list[int], b: list[int]) -> None:
    await pause()
    use([each for each in a])  # noqa: C416 - its instructions are wanted


async def kept_by_a_closure(a: int) -> Callable[[], int]:
    await pause()
    a = 2
    return lambda: a


async def reads_by_name(a: int, b: int) -> None:
    await pause()
    use(locals())


async def reads_an_attribute_of_a_frame(a: int, frame: Any) -> None:
    await pause()
    use(frame.f_locals)


class Child(Manager):
    async def goes_up(self, a: int) -> None:
        use(a)
        await pause()
        await super().__aexit__()


async def two_at_once(a: int, b: int, c: int) -> None:
    await pause()
    use(a, b)
    c = 1
    use(c)


async def bound_and_read_in_one(a: object, b: Any, c: Any) -> None:
    await pause()
    a = 1
    b.use(a)
    c = 2
    c.use()


async def match_statement(a: object, b: object) -> None:
    await pause()
    match a:
        case [b]:
            use(b)


async def walrus(a: int) -> None:
    await pause()
    if a := len("x"):
        use(a)


DEAD: list[tuple[Callable[..., Any], str]] = [
    (read_later, "b"),
    (bound_anew, "a"),
    (bound_on_one_way, ""),
    (unbound, "a"),
    (in_a_loop, "b"),
    (in_a_finally, ""),
    (in_an_except, "b"),
    (in_a_with, "a b"),
    (in_a_comprehension, "b"),
    (kept_by_a_closure, ""),
    (reads_by_name, ""),
    (reads_an_attribute_of_a_frame, ""),
    (Child().goes_up, "a"),
    (two_at_once, "c"),
    (bound_and_read_in_one, "a c"),
    (match_statement, "b"),
    (walrus, "a"),
]


@pytest.mark.parametrize(("function", "dead"), DEAD, ids=lambda each: getattr(each, "__name__", ""))
def test_dead_variables(function: Callable[..., Any], dead: str) -> None:
    code = getattr(function, "__func__", function).__code__
    names = code.co_varnames[: code.co_argcount]
    own = [each for each in names if each != "self"]
    coroutine = function(*[Manager() if each == "b" else [1] for each in own])
    try:
        coroutine.send(None)  # to the pause
        offset = coroutine.cr_frame.f_lasti
        assert [each for each in names if is_dead(code, offset, each)] == dead.split()
    finally:
        coroutine.close()


def test_before_the_first_step_arguments_are_read_as_in_the_whole_body() -> None:
    coroutine: Any = bound_anew(1)
    code, offset = bound_anew.__code__, coroutine.cr_frame.f_lasti
    coroutine.close()
    assert is_dead(code, offset, "a")
    assert is_dead(code, -1, "a")
    assert not is_dead(read_later.__code__, -1, "a")


def test_names_that_are_no_local_variables_are_never_dead() -> None:
    module = compile("a = 1\nb = 2", "<module>", "exec")
    assert not is_dead(module, 0, "a")
    assert not is_dead(read_later.__code__, 0, "pause")


def test_only_what_comes_after_is_reachable() -> None:
    async def one_way(a: int) -> None:
        use("before")
        await pause()
        use("after")

    coroutine: Any = one_way(1)
    coroutine.send(None)
    code, found = one_way.__code__, flow_of(one_way.__code__)
    assert isinstance(found, Flow)
    reached = found.reachable(coroutine.cr_frame.f_lasti)
    coroutine.close()
    named = {found.instructions[each].argval for each in reached}
    assert "after" in named
    assert "before" not in named
    assert flow_of(code) is found  # it is worked out once


def test_an_instruction_of_locals_that_is_not_known_counts_as_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow, "_OF_LOCALS", flow.STORES)
    code = read_later.__code__.replace(co_name="another")
    found = flow_of(code)
    assert isinstance(found, Unknown)
    # From 3.14 on most are LOAD_FAST_BORROW.
    assert re.fullmatch("its instruction LOAD_FAST(_BORROW)? is not known", found.why)
    assert not is_dead(code, -1, "b")


def test_what_is_too_long_is_not_looked_at() -> None:
    body = "\n".join(" a = 1" for _ in range(flow.LONGEST))
    space: dict[str, Any] = {}
    exec(f"def long(a):\n{body}", space)
    code = space["long"].__code__
    assert flow_of(code) == Unknown("it is too long")
    assert not is_dead(code, -1, "a")
