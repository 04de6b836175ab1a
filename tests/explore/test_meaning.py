"""What the two steps have to do with each other: what they touch, and a word where it is proven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio

from stepdbg.engine.exploring.calls import call_of
from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.exploring.step_notes import StepNotes
from stepdbg.launcher.exploring.children import Child, answer_of
from stepdbg.launcher.exploring.meaning import Failed, words_by_pair, words_without_pair
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.trials import in_order
from stepdbg.launcher.exploring.wish import ExploreWish
from stepdbg.model.accesses import Access, Raised, Touched, touched_of
from stepdbg.model.exploring import Explained
from stepdbg.model.facts import LogicalId
from tests.explore.shapes import SHAPES, apart, burst, checkpoint, timeout_loses_item


def search(function: Callable[..., Any], *arguments: object, late: float = 0.0) -> Search:
    wish = ExploreWish(schedules=2_000, seconds=None, late=late)
    return Search(call_of(function, arguments), wish, lambda *_: None)


def touched_by(main: Callable[..., Any]) -> dict[str, Any]:
    """What another process tells of one run, with what its steps touch."""
    work = in_order(call_of(main, ()), Following(()), None, StepNotes(touches=True))
    kind, told = answer_of(Child(work))
    assert kind == "tried", told
    found: dict[str, Any] = told
    return found


def explained(function: Callable[..., Any], *arguments: object, late: float = 0.0) -> Explained:
    (found,) = search(function, *arguments, late=late).verdict().faults
    assert found.explained is not None
    return found.explained


@pytest.mark.parametrize(
    ("name", "start", "words", "shared"),
    [
        ("lost update", apart, "lost update", "count"),
        ("account", burst, "check then act", "balance"),
        ("lock order", burst, "lock order", "one"),
        ("event swap", apart, "lost wake-up", "event"),
        ("clone closed", burst, "use after close", "channel"),
        ("reorder 3", burst, "", "b"),
        ("readers and writer", burst, "", "readers"),
    ],
)
def test_words_for_the_shapes(name: str, start: object, words: str, shared: str) -> None:
    found = explained(SHAPES[name], start, False)
    assert found.words.partition(":")[0] == words
    assert found.pair is not None
    assert shared in {each.name for each in found.shared}
    assert len(found.facts) <= 2
    assert found.mode in ("stock", "batch", "free")
    assert [row.mark for row in found.rows if row.mark] == ["first", "then"]


def test_a_result_that_a_timeout_loses() -> None:
    found = explained(timeout_loses_item, burst, False, late=1.0)
    assert found.words.startswith("result lost to a timeout: main/0 receives `item`")
    assert any(row.why == "deadline fired" for row in found.rows)


def test_the_least_freedom() -> None:
    """Trio takes a pass of three forwards or backwards, so that the second one is never first."""

    async def second_first() -> None:
        seen: list[int] = []

        async def work(number: int) -> None:
            seen.append(number)

        async with trio.open_nursery() as nursery:
            for number in range(3):
                nursery.start_soon(work, number)
        assert seen[0] != 1

    async def later_first() -> None:
        seen: list[int] = []

        async def work(number: int) -> None:
            seen.append(number)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(work, 0)
            await checkpoint()
            nursery.start_soon(work, 1)
        assert seen == [0, 1]

    assert explained(second_first).mode == "batch"
    assert explained(later_first).mode == "free"
    assert explained(SHAPES["account"], burst, False).mode == "stock"


class Shop:
    """Something with attributes, items and methods."""

    def __init__(self) -> None:
        self.stock = {"tea": 2}
        self.log: list[str] = []
        self.sold = 0

    def take(self, what: str) -> int:
        left = self.stock[what]
        self.stock[what] = left - 1
        return left


def test_what_steps_touch() -> None:
    async def main() -> None:
        shop = Shop()
        done = trio.Event()

        async def buy() -> None:
            if "tea" in shop.stock:
                left = shop.take("tea")
                await checkpoint()
                shop.sold = left + 1
                shop.log.append("tea")
            if not done.is_set():
                done.set()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(buy)

    tried = touched_by(main)
    touched = touched_of(tried["touched"])
    assert touched.complete
    by_name = {(each.name, each.verb): each for each in touched.accesses}
    for expected in (
        ("self.stock['tea']", "reads"), ("self.stock['tea']", "writes"), ("shop.sold", "writes"),
        ("shop.log", "append"), ("done", "is_set"), ("done", "set"),
    ):  # fmt: skip
        assert expected in by_name, sorted(by_name)
    of = [touched.accesses[each].name for each in by_name["shop.sold", "writes"].of]
    assert "self.stock['tea']" in of, "through the result of a method and a local variable"
    under = [touched.accesses[each].name for each in by_name["done", "set"].under]
    assert {"shop.stock['tea']", "done"} <= set(under)
    assert by_name["done", "set"].kind == "Event"
    same = {each.thing for each in touched.accesses if "stock['tea']" in each.name}
    assert len(same) == 1, "however it is spelt"


def test_variables_of_two_calls_are_not_one() -> None:
    """Each call of a function has variables of its own, which two tasks do not share."""

    async def main() -> None:
        def account() -> Callable[[], Any]:
            balance = 0

            async def pay() -> None:
                nonlocal balance
                seen = balance
                await checkpoint()
                balance = seen + 1

            return pay

        async with trio.open_nursery() as nursery:
            nursery.start_soon(account())
            nursery.start_soon(account())

    tried = touched_by(main)
    accesses = touched_of(tried["touched"]).accesses
    log = [tuple(who) for who in tried["log"]]
    by_task = {(log[each.place], each.thing) for each in accesses if each.name == "balance"}
    assert len(by_task) == len({thing for _, thing in by_task})


# -- words that would be wrong --------------------------------------------------------------

A, B = LogicalId("main", (0,)), LogicalId("main", (1,))


def access(place: int, verb: str, *, thing: int = 0, **more: Any) -> Access:
    given = {"kind": "", "line": "a.py:1", "of": (), "under": (), **more}
    writes = verb not in ("reads", "wait")
    return Access(place, thing, "it", verb, writes, **given)


def words(*accesses: Access, log: tuple[LogicalId, ...] = (A, B, A), **more: Any) -> list[str]:
    touched = Touched(accesses, more.pop("raised", ()), more.pop("complete", True))
    found = words_by_pair(Failed(log, touched, more.pop("key", "AssertionError")))
    return sorted({each.partition(":")[0] for each in found.values()})


READ, WRITE = access(0, "reads"), access(1, "writes")


def test_a_lost_update_is_proven() -> None:
    assert words(READ, WRITE, access(2, "writes", of=(0,))) == ["lost update"]


@pytest.mark.parametrize(
    ("what", "accesses"),
    [
        ("what is written comes from nowhere", (READ, WRITE, access(2, "writes"))),
        ("it is read anew", (READ, WRITE, access(2, "reads"), access(2, "writes", of=(0, 2)))),
        (
            "it is something else",
            (READ, access(1, "writes", thing=1), access(2, "writes", of=(0,))),
        ),
        ("nobody writes meanwhile", (READ, access(1, "reads"), access(2, "writes", of=(0,)))),
        ("some of it is not known", (READ, WRITE, access(2, "writes", of=(0, -1)))),
        ("another item is written", (READ, access(1, "changes"), access(2, "changes", of=(0,)))),
        ("it is checked again", (READ, WRITE, access(2, "reads"), access(2, "pop", under=(2,)))),
        ("it is not decided by that", (READ, WRITE, access(2, "pop"))),
    ],
)
def test_no_word_where(what: str, accesses: tuple[Access, ...]) -> None:
    assert words(*accesses) == [], what


def test_no_word_for_one_task_or_what_is_left_out() -> None:
    proven = READ, WRITE, access(2, "writes", of=(0,))
    assert words(*proven, log=(A, A, A)) == []
    assert words(*proven, complete=False) == []


def test_check_then_act_needs_the_old_answer() -> None:
    assert words(READ, access(1, "pop"), access(2, "pop", under=(0,))) == ["check then act"]


def test_a_lost_wake_up_needs_a_deadlock_in_that_wait() -> None:
    wake, wait = access(1, "notify", kind="Condition"), access(2, "wait", kind="Condition")
    assert words(wake, wait, key="deadlock a") == ["lost wake-up"]
    assert words(wake, wait) == [], "no deadlock"
    assert words(wake, wait, key="deadlock a", log=(A, B, A, A)) == [], "it has gone on"
    event = access(1, "set", kind="Event"), access(2, "wait", kind="Event")
    assert words(*event, key="deadlock a") == [], "an Event that is set stays set"


def test_use_after_close_needs_the_error_there() -> None:
    close = access(1, "aclose", kind="MemorySendChannel")
    use = access(2, "send", kind="MemorySendChannel", line="a.py:2")
    closed = "ClosedResourceError"
    raised = (Raised(2, closed, "a.py:2"),)
    assert words(close, use, key=closed, raised=raised) == ["use after close"]
    assert words(close, use, key=closed, raised=(Raised(2, closed, "a.py:9"),)) == []
    assert words(close, use, raised=raised) == []


def test_something_closed_while_it_is_in_use() -> None:
    use = access(0, "send_all", kind="StapledStream", line="a.py:2")
    close = access(1, "aclose", kind="StapledStream")
    closed = "ClosedResourceError"
    assert words(use, close, key=closed, raised=(Raised(2, closed, "a.py:2"),)) == [
        "use after close"
    ]
    before = (Raised(0, closed, "a.py:2"),)
    assert words(use, close, key=closed, raised=before) == [], "it has failed before"
    other = (Raised(2, closed, "a.py:9"),)
    assert words(use, close, key=closed, raised=other) == [], "another line fails"


@pytest.mark.parametrize("verb", ["acquire", "__aenter__"])
def test_a_lost_wake_up_by_the_order_of_entering(verb: str) -> None:
    """The notifying task has the Condition when the other one comes."""
    log = A, A, B, B
    enter = access(0, verb, kind="Condition"), access(2, verb, kind="Condition")
    wake, wait = access(1, "notify", kind="Condition"), access(3, "wait", kind="Condition")
    failed = Failed(log, Touched((enter[0], wake, enter[1], wait)), "deadlock a")
    assert {*words_by_pair(failed)} == {(0, 2), (0, 3), (1, 2), (1, 3)}


def test_a_result_that_comes_just_as_the_deadline_passes() -> None:
    lost = (Raised(2, "Cancelled", "a.py:3", lost="item", got_at=2),)

    def words_for(*accesses: Access, passed: tuple[tuple[int, LogicalId], ...]) -> str:
        touched = Touched(accesses, lost)
        return words_without_pair(Failed((A, B, A), touched, "KeyError", passed=passed))

    waits = access(0, "receive", kind="MemoryReceiveChannel")
    assert words_for(waits, passed=((2, A),)).startswith(
        f"result lost to a timeout: {A} receives `item` just as its deadline passes"
    )
    assert words_for(waits, passed=((2, B),)) == "", "another task's deadline"
    at_once = access(2, "receive_nowait", kind="MemoryReceiveChannel")
    assert words_for(at_once, passed=((2, A),)) == "", "it may be the end of a sleep before"
