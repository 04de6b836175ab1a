"""Who could still end a wait, in words: from hand-made waits."""

from __future__ import annotations

import pytest

from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.task import Origin, Place, TaskLabel, WaitKind
from stepdbg.model.waits import Ending, Foreseen, Grade, Wait, WaitedObject
from stepdbg.render import foreseen
from stepdbg.render.spans import Line

NAMES, MIGHT, HAS = Grade
HERE = Place("app.py", 7, "wait", Origin.OWN)
SET = Place("app.py", 15, "refresh", Origin.OWN)
ELSEWHERE = Place("other.py", 3, "push", Origin.OWN)


def label(name: str, number: int) -> TaskLabel:
    return TaskLabel(RunId(1), TaskNumber(number), f"__main__.{name}", 1, repeated=False)


A, B, C = label("a", 3), label("b", 4), label("c", 5)
SETS, ALSO = Foreseen(A, NAMES, "set", SET), Foreseen(B, NAMES, "set", ELSEWHERE)
PERHAPS = Foreseen(B, MIGHT, "", ELSEWHERE)


def plain(line: Line) -> str:
    return "".join(span.text for span in line)


def event(who: tuple[TaskLabel, ...], known: tuple[Foreseen, ...] | None) -> Wait:
    return Wait(
        WaitKind.EVENT, Ending.TASKS, HERE, WaitedObject("Event"), wakers=who, foreseen=known
    )


@pytest.mark.parametrize(
    ("who", "known", "said"),
    [
        ((A,), (SETS,), "a (3) could set it (:15)"),
        ((A, B), (SETS, ALSO), "a (3) or b (4) could set it (:15, other.py:3)"),
        ((A, B), (SETS,), "only a (3) still calls `set` (:15); b (4) just has it"),
        ((A, B, C), (SETS,), "only a (3) still calls `set` (:15); b (4) and c (5) just have it"),
        ((A, B), (SETS, PERHAPS), "a (3) could set it (:15), b (4) might (other.py:3)"),
        ((B,), (PERHAPS,), "b (4) might set it (other.py:3)"),
        ((B, C), (PERHAPS,), "b (4) might set it (other.py:3); c (5) just has it"),
        ((A,), (), "a (3) has it, but does not call `set` from here on"),
        ((A, B), (), "a (3) and b (4) have it, but do not call `set` from here on"),
        ((A, B), None, "a (3) or b (4) could set it"),
        ((), (), "no other task has it in a variable, so none could set it"),
    ],
)
def test_who_could(
    who: tuple[TaskLabel, ...], known: tuple[Foreseen, ...] | None, said: str
) -> None:
    assert plain(foreseen.could(event(who, known))) == f": {said}"


def inside(task: TaskLabel, *, alike: bool = False, itself: bool = False) -> Foreseen:
    place = Place("app.py", 30, "work", Origin.OWN)
    return Foreseen(task, NAMES, "__aexit__", place, waits_alike=alike, itself=itself)


RELEASES = Foreseen(C, NAMES, "release", SET)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ((inside(A),), "taken by a (3) in `async with` (:30)"),
        ((inside(A), inside(B)), "taken by a (3) and b (4) in `async with` (:30)"),
        (
            (inside(A, alike=True),),
            "taken by a (3) in `async with` (:30), which waits here as well",
        ),
        (
            (inside(A, alike=True), inside(B)),
            "taken by a (3) and b (4) in `async with` (:30), and a (3) waits here as well",
        ),
        ((inside(A, alike=True, itself=True),), "taken by itself in `async with` (:30)"),
        (
            (inside(A), RELEASES),
            "taken by a (3) in `async with` (:30); c (5) could release it as well (:15)",
        ),
        ((RELEASES,), "only c (5) still calls `release` (:15); a (3) and b (4) just have it"),
    ],
)
def test_whose_blocks_have_taken_it(known: tuple[Foreseen, ...], said: str) -> None:
    semaphore = WaitedObject("Semaphore")
    wait = Wait(WaitKind.SEMAPHORE, Ending.TASKS, HERE, semaphore, wakers=(A, B, C), foreseen=known)
    assert plain(foreseen.could(wait)) == f": {said}"


NOBODY = "nobody receives from it any more: of those that have it only "


def sending(*known: Foreseen, kind: WaitKind = WaitKind.SEND) -> Wait:
    channel = WaitedObject("send channel")
    return Wait(kind, Ending.TASKS, HERE, channel, holders=(A, B, C), foreseen=known)


def naming(task: TaskLabel, name: str, *, alike: bool = False, line: int = 13) -> Foreseen:
    place = Place("app.py", line, "work", Origin.OWN)
    return Foreseen(task, NAMES, name, place, waits_alike=alike)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ((), "none of them calls `receive` from here on"),
        ((naming(A, "receive"),), "only a (3) still calls `receive` (:13)"),
        ((naming(A, "__aexit__"),), "only a (3) still uses `async with` (:13)"),
        (
            (naming(A, "receive"), naming(B, "__anext__")),
            "only a (3) and b (4) still use `receive` or `async for` (:13)",
        ),
        (
            (naming(A, "receive", alike=True), naming(B, "receive", alike=True)),
            f"{NOBODY}a (3) and b (4) still call `receive` (:13), and all wait here to send",
        ),
        (
            (naming(A, "receive", alike=True),),
            f"{NOBODY}a (3) still calls `receive` (:13), and it waits here to send",
        ),
        ((naming(A, "receive", alike=True), naming(B, "receive")), None),
        ((naming(A, "receive", alike=True), PERHAPS), ""),
        ((PERHAPS,), ""),
        ((naming(A, "receive"), naming(B, "receive"), naming(C, "receive")), ""),
    ],
)
def test_who_is_left_at_the_other_end(known: tuple[Foreseen, ...], said: str | None) -> None:
    told = plain(foreseen.left(sending(*known)))
    if said is None:
        assert "nobody" not in told
        assert "only a (3) and b (4) still call `receive` (:13)" in told
    else:
        assert told == (f"; {said}" if said else "")


def test_nothing_is_said_where_it_was_not_looked_at() -> None:
    wait = Wait(WaitKind.SEND, Ending.TASKS, HERE, WaitedObject("send channel"), holders=(A,))
    assert foreseen.left(wait) == ()
