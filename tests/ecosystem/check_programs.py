"""Servers, clients and hosts that others wrote come out under stepdbg as they do without it.

Run by `nox -s programs`; the default test command does not look here. Where a way is
to pause, the program is halted in mid-load for longer than each of its time limits: what
others sent meanwhile must be answered, and no limit be over.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.test_json_programs import Debuggee, on_descriptor
from tests.launcher.side_by_side import run
from tests.leftovers import assert_nobody_is_left

from .loopback import Crawled, Load

OTHERS = children.ROOT / "tests" / "programs" / "others"
REAL = children.ROOT / "tests" / "programs" / "real"

PAUSE = 2.0
"""Seconds at the prompt; the time limits of the programs are 1.5."""

GO = ("-c", "continue")


@dataclass(frozen=True)
class Way:
    """How a program is run.

    options: of stepdbg; None: without it.  pauses: how often it is halted.
    """

    name: str
    options: tuple[str, ...] | None
    pauses: int = 0


def stopping(breakpoint_: str) -> tuple[str, ...]:
    commands = (breakpoint_, "commands 1", "continue", "end", "continue")
    return tuple(word for command in commands for word in ("-c", command))


BARE = Way("bare", None)
WAYS = (
    Way("nothing set", GO),
    Way("recording", ("--record", *GO)),
    Way("every step", stopping("break task *")),
    Way("paused", GO, pauses=2),
    Way("paused and recording", ("--record", *GO), pauses=2),
)
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)


@dataclass
class Program:
    """A program that runs, and what came of it when it has ended."""

    process: subprocess.Popen[bytes]
    debuggee: Debuggee | None
    lines: list[str] = field(default_factory=list)
    errors: str = ""

    def line(self) -> str:
        """The next line of its output."""
        assert self.process.stdout is not None
        self.lines.append(self.process.stdout.readline().decode().rstrip("\n"))
        return self.lines[-1]

    def pause(self, meanwhile: Callable[[], object]) -> None:
        """Halt it, think for a while, let it go on; it does nothing in the meantime."""
        assert self.debuggee is not None
        self.debuggee.asks("halt")
        stop = self.debuggee.stops()
        assert stop["stop_kind"] == "halt", stop
        time.sleep(PAUSE / 4)  # what it had sent arrives
        before = meanwhile()
        time.sleep(PAUSE)
        [tasks] = self.debuggee.asks("tasks")
        assert tasks["total"] > 0
        assert meanwhile() == before
        self.debuggee.says("continue")

    def end(self) -> None:
        """Read what it still says, until it has ended; nobody of its process group is left."""
        out, errors = self.process.communicate(timeout=children.PATIENCE)
        self.lines += out.decode().splitlines()
        self.errors = errors.decode()


@contextlib.contextmanager
def started(way: Way, *arguments: str | Path) -> Iterator[Program]:
    if way.options is not None and way.pauses:
        with on_descriptor(*way.options, *arguments) as (debuggee, _):
            yield Program(debuggee.process, debuggee)
            assert_nobody_is_left(debuggee.process.pid)
        return
    with open(os.devnull, "wb") as nowhere:
        aside = ["-m", "stepdbg", f"--json-fd={nowhere.fileno()}"]
        words = [] if way.options is None else [*aside, *way.options]
        process = children.start(*words, *arguments, pass_fds=(nowhere.fileno(),))
    with process:
        try:
            yield Program(process, None)
            assert_nobody_is_left(process.pid)
        finally:
            process.kill()


@dataclass(frozen=True)
class Outcome:
    """What can be seen of a program from the outside; others: what its peers saw of it."""

    lines: list[str]
    errors: str
    status: int
    others: list[str] = field(default_factory=list)


def nobody() -> list[str]:
    return []


def outcome(program: Program, others: Callable[[], list[str]] = nobody, skip: int = 0) -> Outcome:
    """Wait for the end; what is left out are the first lines."""
    program.end()
    lines = sorted(program.lines[skip:])  # of tasks beside each other either may be first
    return Outcome(lines, program.errors, program.process.returncode, others())


def serve(way: Way) -> Outcome:
    with started(way, OTHERS / "quart_server.py") as program:
        load = Load(int(program.line()))
        with load:
            for number in range(way.pauses):
                load.wait_for(60 + 60 * number)
                program.pause(load.answers)
        program.process.terminate()
        return outcome(program, load.transcript, skip=1)


def crawl(way: Way) -> Outcome:
    with Crawled() as site, started(way, OTHERS / "crawler.py", str(site.port)) as program:
        for number in range(way.pauses):
            site.wait_for(10 + 15 * number)
            program.pause(site.requests)
        return outcome(program, site.transcript)


def echo(way: Way) -> Outcome:
    return talking(way, OTHERS / "websocket_echo.py")


def guest_of_qt(way: Way) -> Outcome:
    return talking(way, OTHERS / "guest_qt.py", first=2, apart=3)


def spawned_children(way: Way) -> Outcome:
    return talking(way, OTHERS / "children.py", "SPAWN", first=2, apart=3)


def served_children(way: Way) -> Outcome:
    return talking(way, OTHERS / "children.py", "FORKSERVER", first=2, apart=3)


def forked_children(way: Way) -> Outcome:
    return talking(way, OTHERS / "children.py", "FORK", first=2, apart=3)


def talking(way: Way, *arguments: str | Path, first: int = 10, apart: int = 15) -> Outcome:
    """Run a program that says what it does, and halt it after some of its lines."""
    with started(way, *arguments) as program:
        for number in range(way.pauses):
            for _ in range(apart if number else first):
                program.line()
            program.pause(lambda: None)
        return outcome(program)


RUNS = {
    each.__name__: each
    for each in (
        serve,
        crawl,
        echo,
        guest_of_qt,
        spawned_children,
        served_children,
        forked_children,
    )
}


@cache
def bare(name: str) -> Outcome:
    return RUNS[name](BARE)


@each_way
@pytest.mark.parametrize("name", RUNS)
def test_program(name: str, way: Way) -> None:
    assert RUNS[name](way) == bare(name)


@pytest.mark.parametrize("name", RUNS)
def test_much_happens_bare(name: str) -> None:
    done = bare(name)

    assert (done.errors, done.status) == ("", 0)
    assert len(done.lines) + len(done.others) > 8
    assert not [line for line in done.others if "one connection: False" in line]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A display of its own, which nobody sees."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no display to be had")
    ours, theirs = os.pipe()
    server = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "640x480x8", "-nolisten", "tcp"]
    with open(os.devnull, "wb") as nowhere, open(ours) as told:
        process = subprocess.Popen(server, pass_fds=(theirs,), stderr=nowhere)
        os.close(theirs)
        with process:
            try:
                yield f":{told.readline().strip()}"
            finally:
                process.terminate()


@each_way
def test_guest_of_tk_with_a_window(way: Way, display: str) -> None:
    options = [] if way.options is None else ["-m", "stepdbg", "--json-fd=9", *way.options]
    words = ["sh", "-c", 'exec "$@" 9>/dev/null', "sh", sys.executable]
    program = [*words, *options, str(REAL / "guest_tk.py"), "window"]

    done = run(program, variables={"DISPLAY": display})

    assert (done.status, done.stderr) == (0, b"")
    assert done.stdout.endswith(b" 3, 'too slow') and Tcl went on\n")
