"""A recording tells of each moment what a live run told then."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from stepdbg.archive.recordings.events import Events
from stepdbg.archive.recordings.moments import TaskStates
from stepdbg.archive.recordings.viewing import RecordingController
from stepdbg.archive.recordings.waiting import is_timeout
from stepdbg.model.facts import RunId
from stepdbg.model.recording import ASLEEP, Shape, ShapeKind
from stepdbg.model.task import Origin, Place
from tests.debuggee import HERE
from tests.recordings.recorded import PROGRAM, answers, looked, opened, record

STEPS = 26
LOOKS = ("tasks", "queue", "tree", "timers")
PLACE = Place("kept.py", 12, "sleeper", Origin.OWN, "with trio.move_on_after(0.05):")
LINE_OF_TIMER = re.compile(r"^  (?:in|overdue|now) .*?  (\S+\.py:\d+)  (.*)$", re.MULTILINE)
NURSERIES = ("first", "second", "both")
SCOPE = re.compile(r"cancel scope \d+(.*?),")
HEADLINE = re.compile(r"^(?:start: )?step (\d+) of (\S+ \(\d+\)), ([\d.]+) s into", re.MULTILINE)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list[str]], list[list[str]]]:
    """What was seen at each step, live and in the recording: headline, then each look."""
    path = tmp_path_factory.mktemp("recorded") / "run.rec"
    commands = (*LOOKS, *(("step", *LOOKS) * (STEPS - 1)), "continue")
    said = record(path, "--seed", "3", PROGRAM, commands=commands)
    live = split(said, "step")
    there = opened(path, *(line for step in range(1, STEPS + 1) for line in (f"at {step}", *LOOKS)))
    kept = split(there.stdout.decode().partition("(stepdbg) at 1\n")[2], "at")
    return live, kept


def split(text: str, word: str) -> list[list[str]]:
    """The answers by moment: headline and looks."""
    moments = re.split(rf"^\(stepdbg\) {word} ?.*\n", text, flags=re.MULTILINE)
    return [re.split(r"^\(stepdbg\) .*\n", each, flags=re.MULTILINE) for each in moments]


def rows(answer: str) -> list[str]:
    """Number, name and state of each task in a list, without how long it still sleeps."""
    found = re.findall(r"^(?:->)? +(\d+)  (\S+) +(.*?)(?:  |$)", answer, re.MULTILINE)
    return [" ".join((*row[:2], re.sub(r"^asleep .*", "asleep", row[2]))) for row in found]


def test_each_step_is_a_moment(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    live, kept = pair
    assert len(live) == len(kept) == STEPS
    for step in range(1, STEPS):
        was, is_ = HEADLINE.search(live[step][0]), HEADLINE.search(kept[step][0])
        assert was
        assert is_
        assert was[1] == is_[1]
        assert was[2] == is_[2]
        assert float(was[3]) == pytest.approx(float(is_[3]), abs=0.02)


def test_the_tasks_and_what_they_wait_for(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    live, kept = pair
    states = set()
    for step in range(STEPS):
        assert rows(live[step][1]) == rows(kept[step][1])
        states |= {row.split(" ", 2)[2] for row in rows(kept[step][1])}
    assert states >= {"current", "runnable", "not started", "asleep", "waits to send"}
    assert states >= {"waits for a lock", "waits for an event", "waits for idleness"}


def test_the_queue_in_the_order_in_which_it_ran(
    pair: tuple[list[list[str]], list[list[str]]],
) -> None:
    live, kept = pair
    order = re.compile(r"^ +\d+  (\S+ \(\d+\)) +(.{,40})", re.MULTILINE)
    longest = 0
    for step in range(STEPS):
        parts = [text.partition("next pass") for text in (live[step][2], kept[step][2])]
        (was, _, later), (is_, _, later_too) = parts
        pairs = zip(order.findall(was), order.findall(is_), strict=True)
        for (who, why), (who_too, why_too) in pairs:
            assert who == who_too
            assert why == why_too or "timeout" in why_too  # whose line nobody notes
        assert sorted(re.findall(r"\(\d+\)", later)) == sorted(re.findall(r"\(\d+\)", later_too))
        longest = max(longest, len(order.findall(is_)))
    assert longest >= 5


def test_the_tree(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    live, kept = pair
    assert "nursery" in kept[STEPS - 2][3]
    seen: set[str] = set()
    for step in range(STEPS):
        inside = [
            re.findall(r"^(?:->)? *(\S+ \(\d+\))", each[step][3], re.MULTILINE) for each in pair
        ]
        assert inside[0] == inside[1]
        was, is_ = (re.findall(r"nursery at \S+", each[step][3]) for each in pair)
        assert is_ in (was, [])
        scopes = [{*SCOPE.findall(each[step][3])} for each in pair]
        assert scopes[1] <= scopes[0]
        seen |= scopes[1]
        assert ("nursery" in kept[step][3]) == bool(is_)
        assert ("nursery" in live[step][3]) <= ("nursery" in kept[step][3]) or len(inside[1]) == 1
    assert seen == {" at kept.py:12"}


def test_the_lines_of_nurseries(tmp_path: Path) -> None:
    path, program = tmp_path / "run.rec", HERE / "programs" / "kept_nurseries.py"
    record(path, "--seed", "3", program)
    steps = range(1, 14)
    trees = answers(path, *(line for step in steps for line in (f"at {step}", "tree")))[1::2]
    found = {tuple(re.findall(r"^ +nursery(.*)$", each, re.MULTILINE)) for each in trees}
    at = {each: f" at kept_nurseries.py:{line_of(program, each)}" for each in NURSERIES}
    # Two nurseries of one task that follow each other may have the same identity.
    lines = {(), (at["first"],), (at["second"],), (at["both"],), (at["both"], at["both"])}
    assert found == lines
    timeout = re.compile(
        r"^ +cancel scope \d+ at (\S+), deadline in [89][.\d]* s\n +nursery at", re.MULTILINE
    )
    assert {each for tree in trees for each in timeout.findall(tree)} == {
        f"kept_nurseries.py:{line_of(program, 'timeout')}"
    }
    assert max(tree.count("cancel scope") for tree in trees) == 1  # its task alone has entered it


def line_of(program: Path, mark: str) -> int:
    lines = program.read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.endswith(f"# @{mark}"))


def test_the_deadlines_of_blocked_tasks(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    most = 0
    for step in range(STEPS):
        # A live run also knows the scopes further out; the soonest deadline is the same.
        was, is_ = (seconds_left(each[step][4]) for each in pair)
        if is_:
            assert was[0] == pytest.approx(is_[0], abs=0.02)
        most = max(most, len(is_) + 2 * ("and 2 more just like it" in kept_of(pair, step)))
    assert most == 3


def kept_of(pair: tuple[list[list[str]], list[list[str]]], step: int) -> str:
    return pair[1][step][4]


def test_the_lines_of_these_deadlines(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    seen = set()
    for step in range(STEPS):
        was, is_ = ({*LINE_OF_TIMER.findall(each[step][4])} for each in pair)
        assert is_ <= was
        seen |= {text for _, text in is_}
    assert seen == {"with trio.move_on_after(0.05):"}


def seconds_left(timers: str) -> list[float]:
    """How long each deadline of a task is away; one that has just passed is not."""
    line = re.compile(
        r"^  (?:(in|overdue by) (?:([\d.]+) s|less than 1 ms)|now) +\S+ \(\d+\)", re.MULTILINE
    )
    return [float(number or 0) * (1 if how == "in" else -1) for how, number in line.findall(timers)]


def test_a_deadline_whose_line_nobody_noted() -> None:
    events = Events()
    events.known.append(Shape(RunId(1), ShapeKind.DEADLINE))
    events.known.append(Shape(RunId(1), ShapeKind.DEADLINE, PLACE))
    events.known.append(Shape(RunId(1), ShapeKind.DEADLINE, PLACE, detail=ASLEEP))
    events.shapes.extend((0, 1, 2))
    states, recording = TaskStates(), SimpleNamespace(events=events)
    states.deadline.update({4: 0, 5: 1, 6: 2})
    found = [number for number in (3, 4, 5, 6) if is_timeout(recording, states, number)]  # type: ignore[arg-type]  # all that it needs
    assert found == [5]


def test_the_log_is_that_of_the_flight_recorder(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    line = (
        PROGRAM.read_text(encoding="utf-8")
        .splitlines()
        .index("    await trio.lowlevel.checkpoint()")
    )
    commands = (f"break {PROGRAM}:{line + 1}", "continue", "log -a 1000", "continue")
    said = record(path, PROGRAM, commands=commands)
    live = said.partition("(stepdbg) log -a 1000\n")[2].partition("(stepdbg)")[0]
    (kept,) = answers(path, "log -a 1000")
    was, is_ = plain(live), plain(kept)
    assert len(was) > 40
    assert was == [line for line in is_ if not line.startswith("the run ")][: len(was)]


def plain(log: str) -> list[str]:
    """The entries of a log without times, and without times in which nothing ran."""
    entries = re.split(r"\n(?=[\d. ]+(?:s|ms|µs)  )", log.strip())
    words = [" ".join(each.split()).partition("s ")[2] for each in entries]
    told = [re.sub(r" in [\d.e-]+ (µs|ms|s)", "", each) for each in words]
    return [
        each for each in told if not re.match(r"no task|recording|the recorder|nothing ran", each)
    ]


def test_why_knows_how_a_wait_came_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    record(path, "--seed", "3", PROGRAM)
    moments = answers(path, *(line for step in range(1, 26) for line in (f"at {step}", "why -a")))
    said = " ".join(" ".join(moments[1::2]).split())
    later = r"; (?:less than 1 ms|[\d.]+ s) later: "
    for blocked, woken in (
        (
            r"holder \(3\) is blocked in Event.wait of `done` at kept.py:18",
            r"main \(1\) woke it at kept.py:40",
        ),
        (
            r"wants \(4\) is blocked in Lock.acquire of `lock` at kept.py:22",
            r"holder \(3\) woke it at kept.py:17",
        ),
        (r"sleeper#1 \(6\) is blocked in sleep at kept.py:13", "a timeout expired"),
        (r"main \(1\) is blocked in the end of a nursery at kept.py:29", r"\S+ \(\d\) woke it"),
    ):
        assert re.search(blocked + later + woken, said), blocked
    assert "sleeper#2 (7) does not wait, it is the current task" in said


def test_a_wait_that_nothing_has_ended(tmp_path: Path) -> None:
    path, program = tmp_path / "run.rec", tmp_path / "dies.py"
    program.write_text(
        "import os, trio\n"
        "async def waits():\n"
        "    await trio.sleep_forever()\n"
        "async def main():\n"
        "    async with trio.open_nursery() as nursery:\n"
        "        nursery.start_soon(waits)\n"
        "        await trio.sleep(0.01)\n"
        "        os._exit(0)\n"
        "trio.run(main)\n"
    )
    record(path, program)
    (why, deadlock) = answers(path, "why waits", "deadlock")
    told = " ".join(why.split())
    assert "is blocked in sleep_forever at dies.py:3; nothing had woken it when the record" in told
    assert deadlock == "error: a recording does not show which tasks have what others wait for"


def test_the_sums_are_those_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    said = record(path, "--stats", PROGRAM)
    first, kept = answers(path, "at 1", "stats", "at end", "stats")[1::2]
    steps = re.compile(r"^(\S+ \(\d+\)) +ended +(\d+) ", re.MULTILINE)
    assert sorted(steps.findall(kept)) == sorted(steps.findall(said))
    assert len(steps.findall(kept)) == 7
    ran = re.compile(r"^holder \(3\) +ended +\d+ +([\d.]+) (µs|ms) ", re.MULTILINE)
    (now, unit), (was, unit_then) = *ran.findall(kept), *ran.findall(said)
    assert unit == unit_then
    assert float(now) == pytest.approx(float(was), rel=0.02)
    assert re.findall(r"^main \(1\) +0 ", first, re.MULTILINE)


def test_the_scopes_without_a_deadline(tmp_path: Path) -> None:
    path, program = tmp_path / "run.rec", HERE / "programs" / "kept_scopes.py"
    stops = [f"break {program}:{line_of(program, each)}" for each in ("inside", "after")]
    asked = ("continue", "scopes waits", "tree", "where")
    said = record(path, "--seed", "3", program, commands=(*stops, *asked, *asked, "continue"))
    live = [scopes_in(each) for each in said.split("(stepdbg) scopes waits")[1:]]
    steps = re.findall(r"`(at \d+)`", RecordingController(str(path)).extent())[-2:]
    kept = [looked(path, step, "scopes waits", "tree")[1:] for step in steps]
    assert [scopes_in("\n".join(each)) for each in kept] == live
    assert [line for _, line in live[0]] == [
        line_of(program, each) for each in ("both", "outer", "nursery", "inner", "inner")
    ]
    assert [line for _, line in live[1]] == [line_of(program, "both")]


def scopes_in(said: str) -> list[tuple[str, int]]:
    """The scopes without a deadline in a list, and those that a tree shows besides nurseries."""
    scope = re.compile(
        r"scope \d+ .*?(no deadline|shielded).*?kept_scopes\.py:(\d+)$", re.MULTILINE
    )
    in_tree = re.compile(r"cancel scope \d+ at kept_scopes\.py:(\d+), (shielded)$", re.MULTILINE)
    return [(kind, int(line)) for kind, line in scope.findall(said)] + [
        (kind, int(line)) for line, kind in in_tree.findall(said)
    ]
