"""Signals in a program that plain Python has started, with `stepdbg.install` in it."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepdbg.archive.reading import open_dump
from stepdbg.launcher.standby import StandBy, filled_in

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "programs" / "why" / "standby.py"
MARKS = {
    found[1]: f"standby.py:{number}"
    for number, line in enumerate(PROGRAM.read_text().splitlines(), 1)
    if (found := re.search(r"# @mark (\w+)", line))
}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGUSR1")


class Running:
    """The program in a child process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.errors = ""

    def read_errors(self, until: str) -> str:
        """What comes on the standard error stream up to a line with these words."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors += line
            if re.search(until, line):
                return self.errors
        raise AssertionError(self.errors)

    def end(self) -> None:
        """Let the program end, and check that nothing has happened to it."""
        _, err = self.process.communicate("seen\n", timeout=30)
        self.errors += err
        assert self.process.returncode == 0, self.errors


@contextmanager
def running(which: str, *arguments: str) -> Iterator[Running]:
    with subprocess.Popen(
        [sys.executable, os.fspath(PROGRAM), which, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.fspath(ROOT)},
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            yield Running(process)
        finally:
            watchdog.cancel()
            process.kill()


def wait_until_ready(program: Running) -> None:
    assert program.process.stdout is not None
    assert program.process.stdout.readline() == "ready\n"


def of_the_waiter() -> str:
    return (
        rf"waiter \(\d+\) waits for Lock `lock` at {MARKS['waiter']}, held by .*\bholder \(\d+\)\n"
    )


@pytest.mark.parametrize(
    ("which", "main"),
    [
        ("told", r"hung \(\d+\) waits for the thread .* at {idle}, which is at .* in until\n"),
        (
            "hogs",
            r"hung \(\d+\) does not wait, it is the current task, in a call of .*at \S+ in until\n",
        ),
        ("guest", r"hung \(\d+\) waits for the thread .* at {idle}, which is at .* in until\n"),
    ],
)
def test_tells_while_it_runs(which: str, main: str) -> None:
    with running(which) as program:
        wait_until_ready(program)
        program.process.send_signal(signal.SIGUSR1)
        told = program.read_errors(r"waiter \(\d+\) waits")
        assert re.search(r"^run 1: 3 tasks, 0 runnable, thread MainThread", told, re.MULTILINE)
        assert re.search(main.format(**MARKS), told), told
        assert re.search(of_the_waiter(), told), told
        program.end()


def test_runs_in_threads_tell_of_themselves() -> None:
    with running("threads") as program:
        wait_until_ready(program)
        program.process.send_signal(signal.SIGUSR1)
        told = ""
        for _ in range(2):
            told = program.read_errors(r"waiter#?\d* \(\d+\) waits")
        assert re.search(rf"hung \(\d+\) sleeps at {MARKS['sleeps']}, to wake in", told), told
        assert re.search(
            r"hung \(\d+\) does not wait, it is the current task, in a call of .*at \S+ in until",
            told,
        ), told
        program.end()


def test_never_looks_while_trio_is_at_work() -> None:
    with running("midst") as program:
        told = program.read_errors("wakes")
        assert told.startswith("sent\n"), told  # the signal came first, the look later
        assert re.search(r"wakes \(\d+\) does not wait, it is runnable", told) is None
        program.end()


def test_a_dump_at_a_signal(tmp_path: Path) -> None:
    with running("told", os.fspath(tmp_path / "a-{pid}-{count}")) as program:
        wait_until_ready(program)
        for count in (1, 2):
            program.process.send_signal(signal.SIGUSR2)
            path = tmp_path / f"a-{program.process.pid}-{count}"
            told = program.read_errors("a dump of")
            assert f"stepdbg: {path}: a dump of" in told
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            names = [task.label.short for task in open_dump(os.fspath(path)).tasks()]
            assert names == ["hung", "holder", "waiter"]
        program.end()


def test_signals_while_one_is_answered(capfd: pytest.CaptureFixture[str]) -> None:
    """Each kind is answered once more, right after the answer that it interrupted."""
    standby = StandBy(lambda: None)
    answered: list[str] = []

    def arrives(number: int) -> None:
        standby._handle(number, lambda: answer(number))

    def answer(number: int) -> None:
        answered.append(signal.Signals(number).name)
        if len(answered) == 1:
            for each in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGUSR1):
                arrives(each)
            assert len(answered) == 1, "one at a time"
        elif len(answered) == 2:
            raise OSError("no room")

    arrives(signal.SIGUSR1)
    assert sorted(answered) == ["SIGUSR1", "SIGUSR1", "SIGUSR2"]
    assert capfd.readouterr().err == "stepdbg could not look: OSError: no room\n"


def test_a_dump_that_cannot_be_written(tmp_path: Path) -> None:
    with running("told", os.fspath(tmp_path / "no" / "such")) as program:
        wait_until_ready(program)
        program.process.send_signal(signal.SIGUSR2)
        assert "No such file" in program.read_errors("stepdbg could not look")
        program.end()


def test_handlers_are_given_back() -> None:
    with running("handlers") as program:
        out, err = program.process.communicate(timeout=30)
    assert program.process.returncode == 0, err
    assert out.splitlines() == [
        "there is no signal SIGNONE; say SIGUSR1, for example",
        "there is no signal 100000; say SIGUSR1, for example",
        "the tree and the dump need a signal each",
    ]


def test_names_of_files() -> None:
    assert filled_in("{pid}", 1) == str(os.getpid())
    assert filled_in("{count}/{x}%", 3) == "3/{x}%"
    assert re.fullmatch(r"\d{8}-\d{6}", filled_in("{time}", 1))
