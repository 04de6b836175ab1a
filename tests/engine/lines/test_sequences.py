"""What is reported for each construct, word by word, on every version alike.

Each program defines `main`, which is called once nothing is watched and once with the
named functions followed; the words are those of the second call.  Where versions cannot
agree, a row says for which ones it holds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest

from tests.engine.lines.recording import load, watching

OLD = sys.version_info < (3, 12)


@dataclass(frozen=True)
class Row:
    """A construct: the program, whom to follow, what must be told (one word a line)."""

    name: str
    source: str
    follow: str
    expected: str
    raises: type[BaseException] | None = None
    expected_on_311: str | None = None


ROWS = [
    Row(
        "plain lines",
        """
def main():
    x = 1
    y = (x +
         2)
    return y
""",
        "main",
        "start main; line main 2; line main 3; line main 4; line main 3; line main 5; return main",
    ),
    Row("one-line def", "def main(): return 1", "main", "start main; line main 1; return main"),
    Row(
        "lambda",
        """
f = lambda x: x + 1
def main():
    return f(1) + f(2)
""",
        "<lambda>",
        "start <lambda>; line <lambda> 1; return <lambda>;"
        "start <lambda>; line <lambda> 1; return <lambda>",
    ),
    Row(
        "one-line loop",
        """
def main():
    left = [1, 2, 3]
    while left: left.pop()
    return 1
""",
        "main",
        "start main; line main 2; line main 3; line main 3; line main 3;"
        + ("line main 3;" if sys.version_info >= (3, 14) else "")  # it jumps back, then asks
        + "line main 4; return main",
    ),
    Row(
        "for loop",
        """
def main():
    for i in range(2):
        i
    return 1
""",
        "main",
        "start main; line main 2; line main 3; line main 2; line main 3; line main 2;"
        "line main 4; return main",
    ),
    Row(
        "comprehension on its line",
        """
def main():
    x = [i for i in range(5)]
    y = {i: j for i in range(3) for j in range(2) if j}
    return x
""",
        "main",
        "start main; line main 2; line main 3; line main 4; return main",
    ),
    Row(
        "comprehension over lines",
        """
def main():
    x = [
        i + 1
        for i in range(3)
    ]
    return x
""",
        "main",
        # The function that a comprehension was until 3.11 is made on the first line.
        "start main; line main 4; line main 2; line main 6; return main",
        expected_on_311=(
            "start main; line main 2; line main 4; line main 2; line main 6; return main"
        ),
    ),
    Row(
        "generator expression",
        """
def main():
    return sum(i for i in range(2))
""",
        "<genexpr>",
        "start <genexpr>; line <genexpr> 2; resume <genexpr>; line <genexpr> 2;"
        "resume <genexpr>; line <genexpr> 2; return <genexpr>",
    ),
    Row(
        "nested comprehension in a loop on one line",
        """
def main():
    for i in range(2): [j for j in range(3)]
    return 1
""",
        "main",
        "start main; line main 2; line main 2; line main 2; line main 3; return main",
    ),
    Row(
        "recursion",
        """
def main(n=1):
    if n:
        main(n - 1)
""",
        "main",
        "start main; line main 2; line main 3; start main; line main 2; return main; return main",
    ),
    Row(
        "generator",
        """
def g():
    x = yield 1
    yield 2

def main():
    return list(g())
""",
        "g",
        "start g; line g 2; resume g; line g 3; resume g; return g",
    ),
    Row(
        "generator and its consumer",
        """
def g():
    yield 1

def main():
    for x in g():
        x
""",
        "g main",
        "start main; line main 5; start g; line g 2; line main 6; line main 5; resume g;"
        "return g; return main",
    ),
    Row(
        "yield from",
        """
def inner():
    yield 1
def g():
    yield from inner()
def main():
    list(g())
""",
        "g inner",
        "start g; line g 4; start inner; line inner 2;"
        "resume g; resume inner; return inner; return g",
    ),
    Row(
        "generator closed",
        """
def g():
    try:
        yield 1
    finally:
        x = 1
def main():
    it = g()
    next(it)
    it.close()
""",
        "g",
        "start g; line g 2; line g 3; resume g; line g 5; unwind g GeneratorExit",
    ),
    Row(
        "exception thrown in and caught",
        """
def g():
    try:
        yield 1
    except ValueError:
        yield 2
def main():
    it = g()
    next(it)
    it.throw(ValueError)
    list(it)
""",
        "g",
        "start g; line g 2; line g 3; resume g; line g 4; line g 5; resume g;return g",
    ),
    Row(
        "coroutine",
        """
class Once:
    def __await__(self):
        yield 1
async def inner():
    await Once()
    return 2
async def outer():
    x = await inner()
    return x
def main():
    coro = outer()
    coro.send(None)
    try:
        coro.send(None)
    except StopIteration:
        pass
""",
        "inner outer __await__",
        "start outer; line outer 8; start inner; line inner 5; start __await__; line __await__ 3;"
        "resume outer; resume inner; resume __await__;"
        "return __await__; line inner 6; return inner; line outer 9; return outer",
    ),
    Row(
        "async for, async with, async generator",
        """
class Scope:
    async def __aenter__(self): return self
    async def __aexit__(self, *exc): return False
async def agen():
    yield 1
    yield 2
async def user():
    async with Scope():
        async for x in agen():
            x
    return 3
def main():
    try:
        user().send(None)
    except StopIteration:
        pass
""",
        "agen user",
        "start user; line user 8; line user 9; start agen; line agen 5; line user 10;"
        "line user 9; resume agen; line agen 6; line user 10; line user 9;"
        "resume agen; return agen; line user 8; line user 11; return user",
    ),
    Row(
        "exception, finally",
        """
def f():
    try:
        raise KeyError
    finally:
        x = 1
def main():
    try:
        f()
    except KeyError:
        return 2
""",
        "f main",
        "start main; line main 7; line main 8; start f; line f 2; line f 3; line f 5;"
        "unwind f KeyError; line main 9; line main 10; return main",
    ),
    Row(
        "with",
        """
from contextlib import suppress
def main():
    with suppress(KeyError):
        {}[1]
    return 1
""",
        "main",
        "start main; line main 3; line main 4; line main 3; line main 5; return main",
    ),
    Row(
        "unwound to the top",
        """
def main():
    1 / 0
""",
        "main",
        "start main; line main 2; unwind main ZeroDivisionError",
        raises=ZeroDivisionError,
    ),
    Row(
        "class body",
        """
def main():
    class K:
        a = 1
        b = a + 1
    return K
""",
        "K",
        "start K; line K 2; line K 3; line K 4; return K",
    ),
    Row(
        "decorated function",
        """
def twice(f):
    def wrapper():
        return f() * 2
    return wrapper

@twice
def double():
    return 1

main = double
""",
        "wrapper double",
        "start wrapper; line wrapper 3; start double; line double 8; return double; return wrapper",
    ),
    Row(
        "nested function and closure",
        """
def main():
    n = 1
    def inner():
        return n
    return inner()
""",
        "main inner",
        "start main; line main 2; line main 3; line main 5; start inner; line inner 4;"
        "return inner; return main",
    ),
    Row(
        "comprehension that awaits",
        """
async def value(i): return i
async def user():
    x = [await value(i) for i in range(3)]
    y = {i async for i in agen()}
    return x
async def agen():
    yield 1
    yield 2
def main():
    try:
        user().send(None)
    except StopIteration:
        pass
""",
        "user",
        # What comprehensions await in 3.11 is in code of their own, which is not followed.
        "start user; line user 3; line user 4; line user 5; return user",
    ),
    Row(
        "module with comprehensions",
        """
def main():
    exec(code, {})
code = compile("x = [i for i in range(3)]\\nfor i in range(2): pass\\n", "<text>", "exec")
""",
        "main",
        "start main; line main 2; return main",
    ),
    Row(
        "match, while else, conditional expression",
        """
def main():
    match [1, 2]:
        case [1, x]:
            y = x if x else 0
        case _:
            y = 3
    while y < 3:
        y += 1
    else:
        y = 0
    return y
""",
        "main",
        "start main; line main 2; line main 3; line main 4; line main 7; line main 8;"
        "line main 7; line main 10; line main 11; return main",
    ),
    Row(
        "break, continue, nested finally",
        """
def main():
    for i in range(3):
        try:
            if i == 0:
                continue
            break
        finally:
            i += 1
    return i
""",
        "main",
        "start main; line main 2; line main 3; line main 4; line main 5; line main 8; line main 2;"
        "line main 3; line main 4; line main 6; line main 8; line main 9; return main",
    ),
    Row(
        "exception group",
        """
def main():
    try:
        raise ExceptionGroup("", [KeyError(), ValueError()])
    except* KeyError:
        x = 1
    except* ValueError:
        x = 2
    return x
""",
        "main",
        "start main; line main 2; line main 3; line main 4; line main 5; line main 6; line main 7;"
        "line main 8; return main",
    ),
    Row(
        "exception at an await, async with, finally that awaits",
        """
class Once:
    def __await__(self): yield
class Scope:
    async def __aenter__(self): return self
    async def __aexit__(self, *exc):
        await Once()
        return True
async def user():
    async with Scope():
        try:
            await Once()
        finally:
            await Once()
    return 1
def main():
    coro = user()
    coro.send(None)
    coro.throw(KeyError)
    coro.send(None)
    try:
        coro.send(None)
    except StopIteration:
        pass
""",
        "user",
        "start user; line user 9; line user 10; line user 11; resume user;"
        "line user 13; resume user; line user 9; resume user;"
        "line user 14; return user",
    ),
    Row(
        "exception that leaves through an await",
        """
class Once:
    def __await__(self): yield
async def inner():
    await Once()
async def user():
    await inner()
def main():
    coro = user()
    coro.send(None)
    try:
        coro.throw(KeyError)
    except KeyError:
        pass
""",
        "user inner",
        "start user; line user 6; start inner; line inner 4;"
        "resume inner; unwind inner KeyError; resume user; unwind user KeyError",
    ),
    Row(
        "coroutine closed before it began",
        """
async def user():
    return 1
def main():
    user().close()
""",
        "user",
        "",
        expected_on_311="resume user; unwind user GeneratorExit",
    ),
    Row(
        "default arguments, star arguments, walrus",
        """
def f(a, *b, c=3, **d):
    if (n := a):
        return n
def main():
    f(1,
      2,
      e=5)
""",
        "f main",
        "start main; line main 5; line main 6; line main 7; line main 5; start f; line f 2;"
        "line f 3; return f; return main",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_followed(row: Row) -> None:
    namespace, codes = load(row.source)
    main = cast(Callable[[], object], namespace["main"])

    def call() -> None:
        if row.raises is None:
            main()
        else:
            with pytest.raises(row.raises):
                main()

    text = row.expected_on_311 if OLD and row.expected_on_311 else row.expected
    expected = [word.strip() for word in text.split(";") if word]
    with watching() as (events, recorder):
        events.follow([codes[name] for name in row.follow.split()])
        call()
        assert recorder.take() == expected
        call()
        assert recorder.take() == expected, "the second call is told like the first"
        events.follow([])
        call()
        assert recorder.take() == []
