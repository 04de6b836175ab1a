"""What is watched changes at random while threads run: nothing breaks, no result changes."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import cast

from stepdbg.engine.lines.code_map import CodeMap
from tests.engine.lines.recording import load, watching

PROGRAM = """
def gen(n):
    for i in range(n):
        x = yield i
def fails(n):
    try:
        if n % 3 == 0: raise KeyError(n)
        return [j for j in range(n)]
    except KeyError:
        return (lambda: [n])()
    finally:
        n += 1
class Once:
    def __await__(self): yield
async def coro(n):
    for _ in range(n):
        await Once()
    return sum(i for i in range(n))
def main():
    result = [len(fails(v)) for v in gen(5)]
    c = coro(3)
    try:
        while True: c.send(None)
    except StopIteration as stop:
        result.append(stop.value)
    return result
"""
RESULT = [1, 1, 2, 1, 4, 3]


def test_changes_while_threads_run() -> None:
    namespace, by_name = load(PROGRAM)
    codes = [code for name, code in by_name.items() if name != "<module>"]
    main = cast(Callable[[], object], namespace["main"])
    stop = threading.Event()
    results: list[object] = []
    dice = random.Random(1)

    def work() -> None:
        while not stop.is_set():
            results.append(main())

    threads = [threading.Thread(target=work) for _ in range(2)]
    with watching() as (events, recorder):
        changes: list[Callable[[], object]] = [
            lambda: events.break_lines(dice.choice(codes), dice.sample(range(1, 27), 3)),
            lambda: events.break_lines(dice.choice(codes), ()),
            lambda: events.follow(dice.sample(codes, dice.randrange(4))),
            lambda: events.watch_calls(dice.choice([None, lambda _code: True])),
            lambda: events.watch_raise((lambda _code: True) if dice.random() < 0.5 else None),
            lambda: events.discover(dice.choice([None, lambda _code: None])),
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in range(400):
                dice.choice(changes)()
                main()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert recorder.take()
    assert main() == RESULT
    assert all(result == RESULT for result in results)


def test_a_line_of_a_comprehension_in_every_version() -> None:
    namespace, codes = load("""
def main():
    return [
        i + 1
        for i in range(3)
    ]
""")
    code_map = CodeMap()
    code_map.add(codes["<module>"])
    with watching() as (events, recorder):
        (code,) = code_map.find("program.py", 3)
        events.break_lines(code, {3})
        cast(Callable[[], object], namespace["main"])()
        assert recorder.take() == [f"line {code.co_name} 3"] * 3
