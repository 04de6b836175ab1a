"""What a run touches that no schedule controls: noticed, with its line, and told in a replay."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import trio

from stepdbg.engine.histories import uncontrolled
from stepdbg.engine.running.session import Session
from stepdbg.model.facts import RunId
from stepdbg.model.options import SessionOptions
from stepdbg.model.silent_front_end import SilentFrontEnd
from stepdbg.model.uncontrolled import Touch
from stepdbg.model.uncontrolled import Uncontrolled as What
from tests.schedules.replaying import Played, play

MODULES = "trio, threading, socket, random, uuid, signal, subprocess, sys, os, time, datetime"
START = f"import {MODULES}\n"


def program(*lines: str, before: str = "") -> str:
    """A program with these lines in its main function, the first of them at line 4."""
    body = "".join(f"    {each}\n" for each in lines)
    return f"{START}{before}\nasync def main():\n{body}"


def touched(played: Played) -> list[tuple[What, int | None]]:
    assert played.schedule is not None
    found = played.schedule.touched
    return [(each.kind, each.place.line if each.place else None) for each in found]


CASES = {
    "thread of Trio": (What.THREAD, "await trio.to_thread.run_sync(int)"),
    "thread": (What.THREAD, "thread = threading.Thread(target=int); thread.start(); thread.join()"),
    "file": (What.THREAD, "(await trio.open_file(os.devnull)).wrapped.close()"),
    "sockets of Trio": (What.IO, "for each in trio.socket.socketpair(): each.close()"),
    "sockets": (What.IO, "for each in socket.socketpair(): each.close()"),
    "seed of its own": (What.ENTROPY, "random.Random().random()"),
    "uuid": (What.ENTROPY, "uuid.uuid4()"),
    "random": (What.RANDOM, "random.choice('ab')"),
    "signal": (What.SIGNAL, "with trio.open_signal_receiver(signal.SIGUSR1): pass"),
    "clock of the run": (What.CLOCK, "trio.current_time()"),
    "clock, asked": (What.CLOCK, "trio.lowlevel.current_clock().current_time()"),
    "child": (What.PROCESS, "await trio.run_process([sys.executable, '-c', ''])"),
}


@pytest.fixture(autouse=True)
def unseeded() -> Iterator[None]:
    yield
    random.seed()


@pytest.mark.parametrize("name", CASES)
def test_is_noticed_with_its_line(name: str) -> None:
    kind, line = CASES[name]
    first = play(program("await trio.lowlevel.checkpoint()", line, line))
    assert first.output == ""
    found = touched(first)
    assert (kind, 5) in found
    assert len(found) == len(dict(found)), "once each"
    again = play(program("await trio.lowlevel.checkpoint()", line, line), first.line)
    assert again.left() == []
    told = [each for each in again.notes if "does not control" in each]
    assert len(told) == len(found)
    assert f"replay: the schedule does not control {Touch(kind)} at program.py:5" in told


IN_C = {
    "time": (What.TIME, "time.time()"),
    "now": (What.TIME, "datetime.datetime.now()"),
    "today": (What.TIME, "datetime.date.today()"),
    "perf_counter": (What.TIME, "time.perf_counter()"),
    "urandom": (What.ENTROPY, "os.urandom(4)"),
    "random in C": (What.RANDOM, "random.random()"),
    "address": (What.ADDRESS, "id(trio)"),
    "by keywords": (What.TIME, "datetime.datetime.now(**{'tz': None})"),
}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="3.11 tells of no calls")
@pytest.mark.parametrize("name", IN_C)
def test_functions_in_c_are_noticed_in_a_replay(name: str) -> None:
    kind, line = IN_C[name]
    source = program("await trio.lowlevel.checkpoint()", line, line)
    again = play(source, play(source).line)
    assert (kind, 5) in touched(again)
    told = [each for each in again.notes if "does not control" in each]
    assert f"replay: the schedule does not control {Touch(kind)} at program.py:5" in told
    assert len(told) == 1


def test_what_is_controlled_is_not_named() -> None:
    played = play(
        program(
            "random.seed(5); random.random(); random.choice('ab')",
            "random.Random(3).shuffle([1, 2])",
            "await trio.sleep(0.001)",
        )
    )
    assert touched(played) == []


def test_a_seed_from_before_the_run_holds() -> None:
    assert touched(play(program("random.choice('ab')", before="random.seed(4)"))) == []
    assert touched(play(program("random.random()", before="random.seed(4)"))) == []


def test_random_in_c_is_noticed_by_its_state() -> None:
    assert touched(play(program("random.random()"))) == [(What.RANDOM, None)]


def test_what_is_done_before_the_run_is_no_part_of_it() -> None:
    assert touched(play(program("pass", before="uuid.uuid4(); random.choice('ab')"))) == []


def test_two_runs_are_told_apart() -> None:
    """What was heard in one run, and not any more, is heard of in the next one."""
    source = program(
        "await trio.to_thread.run_sync(int)",
        before="import trio.testing\nasync def first():\n  await trio.to_thread.run_sync(int)\n"
        "trio.run(first)\n",
    )
    session = Session(SilentFrontEnd(), SessionOptions(record=True, stops_at_start=False))
    session.install()
    try:
        names: dict[str, Any] = {}
        exec(compile(source, "/program.py", "exec"), names)
        trio.run(names["main"])
        touches = session.recording.histories.touches
        lines = [each.place and each.place.line for n in (1, 2) for each in touches.of(RunId(n))]
    finally:
        session.uninstall()
    assert lines == [4, 8]


@pytest.mark.parametrize("line", ["uuid.uuid4()", "time.time()", "trio.current_time()"])
def test_where_ours_fails_the_program_goes_on(
    line: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = program(line, "print('over')")
    first = play(source)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(uncontrolled, "first_own_caller", broken)
    assert play(source, first.line).output == "over\n"
    heard = "time.time" not in line or sys.version_info >= (3, 12)
    assert ("a bug in stepdbg, not in your program" in capfd.readouterr().err) == heard
