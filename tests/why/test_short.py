"""`why` is short: each task once, the beginning of a long chain, one task for many like it."""

from __future__ import annotations

import re

import pytest

from tests.harness import Debugging, debugging

CROWD = "tests/programs/why/crowd"
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
        assert re.fullmatch(r"  \d+ more tasks in this chain; `why -v` tells of them", rest[-1])
        whole = dbg.text("why -v Crawler.is_plain", width)
        assert "more tasks in this chain" not in whole
        assert len(set(sentences(whole))) > len(set(sentences("\n".join(told))))
