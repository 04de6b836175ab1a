"""`why` is short: each task once, the beginning of a long chain, one task for many like it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest
from trio.lowlevel import Task

from stepdbg.engine.foreseeing.naming import Foreseer, Naming, Suspended
from stepdbg.engine.judging.stoppers import Stoppers
from stepdbg.engine.waiting import recognisers
from stepdbg.model.task import Place
from tests.harness import Debugging, debugging

CROWD = "tests/programs/why/crowd"
LONELY = "tests/programs/why/lonely"
CHAIN = "tests/programs/why/around"
TASK = re.compile(
    r"^ *(\S+) \((\d+)\) (?:waits|sleeps|does not wait|has not started)", re.MULTILINE
)


def sentences(text: str) -> list[str]:
    """The numbers of the tasks that have a sentence."""
    return [found[2] for found in TASK.finditer(text)]


def look(dbg: Debugging, where: str = "here") -> None:
    dbg.do(f"break :{where}")
    dbg.go("continue", kind="breakpoint")


def test_thousands_of_like_tasks_fold() -> None:
    with debugging(CROWD) as dbg:
        look(dbg)
        told = dbg.text("why -a", 100)
        assert len(sentences(told)) == 6, "crowd, who has the lock, who waits, look, 2 that close"
        assert len(re.findall(r"and 38 more just like it: \d+ \d+ ", told)) == 1
        assert told.count("\n") < 25


def test_each_task_once_and_its_children_are_pointed_to() -> None:
    with debugging(CROWD) as dbg:
        look(dbg)
        told = dbg.text("why -a", 100)
        numbers = sentences(told)
        assert len(numbers) == len(set(numbers))
        first, *more = told.splitlines()
        assert first.startswith("crowd (")
        while more and more[0].startswith(" "):  # it may be broken anywhere
            first += " " + more.pop(0).strip()
        assert ": see below" in first, told


def test_two_that_are_asked_about() -> None:
    with debugging(CHAIN) as dbg:
        look(dbg, "look")
        dbg.go("step crawl", kind="step")
        numbers = sentences(dbg.text("why Crawler.polls Crawler.works", 100))
        assert len(numbers) == len(set(numbers)) >= 2


@pytest.mark.parametrize(("width", "most"), [(100, 6), (200, 6), (80, 7)])
def test_a_long_chain_is_cut(width: int, most: int) -> None:
    with debugging(CHAIN) as dbg:
        look(dbg, "look")
        dbg.go("step crawl", kind="step")
        told = dbg.text("why Crawler.is_plain", width).splitlines()
        claims = [line for line in told if "stuck until" in line or "knot" in line]
        rest = told[: told.index(claims[0])] if claims else told
        assert len(rest) <= most
        assert re.fullmatch(r"  \d+ more tasks in this chain; `why -v` shows (it|them)", rest[-1])
        whole = dbg.text("why -v Crawler.is_plain", width)
        assert "more tasks in this chain" not in whole
        assert len(set(sentences(whole))) > len(set(sentences("\n".join(told))))


def test_children_that_nobody_wakes_are_one_claim() -> None:
    with debugging(LONELY, args=["4", "1", "ticks"]) as dbg:
        look(dbg)
        told = dbg.text("why -a", 300)
        alone = dbg.text("why work#2", 300)
    claim = re.compile(r"nobody can wake (.*) any more")
    assert [found.count("work#") for found in claim.findall(told)] == [4], told
    assert [found.count("work#") for found in claim.findall(alone)] == [1], alone


def test_events_of_one_name_are_named_once() -> None:
    with debugging(LONELY, args=["4", "1"]) as dbg:
        dbg.go("continue", kind="deadlock", task=None)
        told = dbg.text("deadlock", 300)
    assert "have nobody to wake them; setting Event `job.done` of each would" in told


@pytest.mark.parametrize("command", ["why -a", "deadlock"])
def test_the_work_grows_with_the_tasks_not_with_their_square(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question used to look through all that the variables of all tasks lead to."""
    looks: list[object] = []
    look_at = Foreseer.look

    def counted(foreseer: Foreseer, frames: Iterable[Suspended]) -> Naming:
        looks.append(foreseer)
        return look_at(foreseer, frames)

    compared: list[object] = []

    def same_as(obj: object) -> Callable[[object], bool]:
        def is_it(other: object) -> bool:
            compared.append(other)
            return other is obj

        return is_it

    stopping: list[object] = []
    names_cancel = Stoppers._names_cancel

    def seen(stoppers: Stoppers, task: Task) -> Place | None:
        stopping.append(task)
        return names_cancel(stoppers, task)

    monkeypatch.setattr(Stoppers, "_names_cancel", seen)
    monkeypatch.setattr(Foreseer, "look", counted)
    monkeypatch.setattr(recognisers, "_is", same_as)
    count = 60
    with debugging(LONELY, args=[str(count), "20", "ticks"]) as dbg:
        look(dbg)
        del looks[:], compared[:], stopping[:]
        told = dbg.text(command, 100)
    assert f"and {count - 1} more just like it" in told or f"and {count - 4}" in told
    assert 0 < len(looks) <= 40, "a few of those that are alike speak for all"
    assert len(stopping) <= 2 * len(set(stopping)), "not once for each that is stuck"
    assert 0 < len(compared) <= 20 * count, "what has no power over a wait is not looked at"
