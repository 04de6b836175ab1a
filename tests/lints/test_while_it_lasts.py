"""A step is told of while it lasts, by a thread of ours that nobody else notices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepdbg.engine.process.ticking import Ticker, idents
from tests.frontends import children

PROGRAM = Path(__file__).parents[1] / "programs" / "lints" / "lasting.py"

SLOW = "set lint slow-step on"
"""What has steps told of."""


class Lasting:
    """The program under stepdbg, and the pipe that lets its steps end."""

    def __init__(self, child: subprocess.Popen[bytes], gate: int) -> None:
        self.child, self._gate = child, gate
        self.text = ""

    def wait_for(self, text: str) -> None:
        """Read what it writes until that is among it."""
        assert self.child.stdout is not None
        while text not in self.text:
            line = self.child.stdout.readline()
            assert line, self.text
            self.text += line.decode().removeprefix("stepdbg: ")

    def open(self) -> None:
        """Let a step end."""
        os.write(self._gate, b"x")

    def end(self) -> str:
        """All that it has written."""
        out, _ = self.child.communicate(timeout=children.PATIENCE)
        self.text += out.decode().replace("stepdbg: ", "")
        assert self.child.returncode == 0, self.text
        return self.text


@contextmanager
def lasting(which: str, *commands: str, options: tuple[str, ...] = ()) -> Iterator[Lasting]:
    reads, writes = os.pipe()
    words = [word for each in commands for word in ("-c", each)]
    command = ["-m", "stepdbg", *options, *words, str(PROGRAM), which, str(reads)]
    child = subprocess.Popen(  # what we say may come by either of its streams
        [sys.executable, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(reads,),
        env=children.environment(),
        start_new_session=True,
    )
    os.close(reads)
    try:
        with child:
            try:
                yield Lasting(child, writes)
            finally:
                child.kill()
    finally:
        os.close(writes)


@pytest.mark.parametrize("asks", [SLOW, "break slow 60ms"])
@pytest.mark.parametrize(("which", "inner"), [("waits", "gate"), ("spins", "spin")])
def test_told_with_its_stack_while_it_lasts(asks: str, which: str, inner: str) -> None:
    with lasting(which, asks, *["continue"] * 4) as program:
        program.wait_for(f"note: {which} (1) has not yielded for 0.")
        program.wait_for(f" in {inner}: ")
        program.wait_for(f" in {which}: {inner}()")
        program.open()
        text = program.end()
    assert f"most of it at lasting.py:{line_of(inner)}" in " ".join(text.split())
    assert text.count("has not yielded") >= 1


def line_of(mark: str) -> str:
    lines = PROGRAM.read_text().splitlines()
    at = next(at for at, line in enumerate(lines, 1) if line.endswith(f"# @mark {mark}"))
    return str(at) if mark == "gate" else ""


def test_it_tells_and_never_stops() -> None:
    with lasting("waits", SLOW, "continue", "p 'a second stop'") as program:
        program.wait_for("has not yielded")
        program.open()
        assert "a second stop'" not in program.end().partition("continue")[2]


def test_json_clients_get_an_event() -> None:
    with lasting("waits", SLOW, "continue", options=("--json",)) as program:
        program.wait_for('"step_lasts"')
        program.open()
        lines = [json.loads(line) for line in program.end().splitlines()]
    told = next(
        each["event"] for each in lines if each.get("event", {}).get("kind") == "step_lasts"
    )
    assert told["step"]["task"]["name"] == "__main__.waits"
    assert told["step"]["seconds"] >= 0.1
    assert told["step"]["stack"][0]["function"] == "gate"


def test_nobody_is_told_who_has_not_asked() -> None:
    """The recorder has it looked at, for the log; nothing is said."""
    with lasting("waits", "continue", options=("--record",)) as program:
        program.open()
        assert "has not yielded" not in program.end()


def test_threading_does_not_list_it() -> None:
    with lasting("twice", SLOW, "continue") as program:
        program.wait_for("has not yielded")
        program.open()
        program.wait_for("threads: 1 ['MainThread']")
        program.open()
        program.end()


def test_an_idle_run_is_no_step_that_lasts() -> None:
    with lasting("idle", SLOW, "continue", options=("--record",)) as program:
        text = program.end()
    assert "idle enough" in text
    assert "has not yielded" not in text


def test_time_at_a_stop_is_no_steps_time() -> None:
    at_prompt = "import time; time.sleep(0.3)"
    with lasting("idle", SLOW, at_prompt, "next", at_prompt, "continue") as program:
        assert "has not yielded" not in program.end()


def test_a_fork_finds_no_thread_and_looking_goes_on_after_it() -> None:
    """The program makes errors of warnings: Python warns of a fork with threads."""
    with lasting("forks", SLOW, "break slow 60ms", *["continue"] * 6) as program:
        program.wait_for("has not yielded")
        program.open()
        program.wait_for("child ended with 5")
        before = program.text.count("has not yielded")
        while program.text.count("has not yielded") == before:
            assert program.child.stdout is not None
            program.text += program.child.stdout.readline().decode()
        program.open()
        assert "DeprecationWarning" not in program.end()


def test_a_ticker_parks_until_it_is_woken_and_ends_when_told() -> None:
    looked, more = threading.Semaphore(0), True

    def look() -> bool:
        looked.release()
        return more

    ticker = Ticker(look, 0.001)
    try:
        assert ticker.parked
        assert not idents()
        ticker.wake()
        for _ in range(3):
            assert looked.acquire(timeout=children.PATIENCE)
        assert len(idents()) == 1
        assert idents().isdisjoint(each.ident for each in threading.enumerate())
        more = False
        while not ticker.parked:
            looked.acquire(timeout=0.01)
        while looked.acquire(timeout=0.05):  # what it had looked at before it parked
            pass
        assert not looked.acquire(timeout=0.05)
        ticker.wake()
        assert looked.acquire(timeout=children.PATIENCE)
    finally:
        ticker.end()
    assert not idents()
    assert ticker.parked


def test_a_fault_of_a_look_is_told_once(capfd: pytest.CaptureFixture[str]) -> None:
    looked = threading.Semaphore(0)

    def look() -> bool:
        looked.release()
        raise ZeroDivisionError

    ticker = Ticker(look, 0.001)
    ticker.wake()
    assert looked.acquire(timeout=children.PATIENCE)
    ticker.end()
    ticker.wake()
    ticker.end()
    assert capfd.readouterr().err.count("a bug in stepdbg") == 1


def test_it_takes_no_signal() -> None:
    """The kernel may give a signal to any thread that does not block it."""
    told: list[str] = []
    seen = threading.Event()

    def look() -> bool:
        status = Path(f"/proc/self/task/{threading.get_native_id()}/status").read_text()
        told.append(next(line for line in status.splitlines() if line.startswith("SigBlk")))
        seen.set()
        return False

    if sys.platform != "linux":
        pytest.skip("Linux tells of each thread what it blocks")
    ticker = Ticker(look, 0.001)
    ticker.wake()
    assert seen.wait(children.PATIENCE)
    ticker.end()
    blocked = int(told[0].split()[1], 16)
    assert blocked >> 1 & 1  # SIGINT
    assert blocked >> 22 & 1  # SIGURG
