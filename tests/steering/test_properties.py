"""Random sequences of commands on whole programs: nothing of them shows, nothing hangs.

The default suite takes a few examples, so that it ends soon; `STEPDBG_EXAMPLES` says how many,
500 for the full count (see CONTRIBUTING).  From there on every command must have been carried
out often enough.
"""

from __future__ import annotations

import collections
import contextlib
import os
import signal
import sys
import termios
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from stepdbg.commands.table import ROWS
from stepdbg.model.replies import Failure
from stepdbg.model.stops import Note
from tests.harness import Debugging, debugging

EXAMPLES = int(os.environ.get("STEPDBG_EXAMPLES", "25"))
ENOUGH = 500
"""From how many examples on the number of each command is looked at."""
OFTEN = 20
"""How often each command must have been carried out then."""
MOST_STEPS = 200

PROGRAMS = ["examples/pipeline", "examples/timeouts"]
STOPS = ["step", "line", "idle"]
TASKS = ("main", "worker#1", "worker#2", "produce", "collect", "3")

Commands = Mapping[str, Sequence[str]]
"""The lines to draw from, by what is counted."""

HARMLESS: Commands = {
    "step": ("step", "step main", "step worker#1", "step 3", "step -o worker#2"),
    "next": ("next", "next 2", "next -o"),
    "hold": ("hold *", *(f"hold {task}" for task in TASKS)),
    "release": ("release", *(f"release {task}" for task in TASKS)),
    "pick": tuple(f"pick {task}" for task in TASKS),
    "order": ("order worker#1 worker#2", "order worker#2 main", "order collect produce"),
    "await": ("await trio.lowlevel.checkpoint()",),
    "p": ("p 1 + 1", "p trio.current_time()", "p nothing_of_that_name"),
    "up": ("up", "up 3"),
    "down": ("down", "down 2"),
    "task": tuple(f"task {task}" for task in TASKS),
    "display": ("display 1", "display trio.lowlevel.current_task().name"),
}
WILD: Commands = {
    **HARMLESS,
    "continue": ("continue",),
    "halt": ("halt",),
    "into": ("into",),
    "return": ("return",),
    "until": ("until",),
    "resume": ("resume",),
    "jump": ("jump 1",),
    "retval": ("retval",),
    "break": ("break task worker", "break idle", "break task * on exit", "break deadline"),
    "tbreak": ("tbreak idle", "tbreak task worker", "tbreak task main", "tbreak cancel"),
    "watch": ("watch count", "watch trio._core", "watch nosuch.thing"),
    "clear": ("clear 1", "clear 2", "clear"),
    "disable": ("disable 1", "disable"),
    "enable": ("enable 1", "enable"),
    "ignore": ("ignore 1 2",),
    "condition": ("condition 1 True", "condition 1 1/0", "condition 1"),
    "commands": ("commands 1\np 1\nstep\nend",),
    "end": ("end",),
    "tasks": ("tasks", "tasks held", "tasks -a"),
    "tree": ("tree", "tree -a"),
    "queue": ("queue",),
    "timers": ("timers",),
    "runs": ("runs",),
    "run": ("run 1",),
    "why": ("why", "why main", "why *"),
    "waits": ("waits", "waits -a"),
    "deadlock": ("deadlock",),
    "scopes": ("scopes",),
    "threads": ("threads",),
    "where": ("where", "where *"),
    "frame": ("frame 0", "frame 9"),
    "list": ("list",),
    "longlist": ("longlist",),
    "source": ("source trio.run",),
    "exceptions": ("exceptions",),
    "locals": ("locals",),
    "args": ("args",),
    "pp": ("pp locals()",),
    "whatis": ("whatis trio",),
    "undisplay": ("undisplay",),
    "await": (
        *HARMLESS["await"],
        "await trio.sleep(0.001)",
        "await trio.Event().wait()",
        "await --free trio.sleep(0.001)",
        "await --free trio.Event().wait()",
        "await --when-runnable trio.sleep(0)",
        "await trio.to_thread.run_sync(int)",
        "await nonsense()",
        "with trio.move_on_after(0.001): await trio.sleep_forever()",
    ),
    "only": ("only main", "only worker*", "only 3"),
    "throw": (
        "throw main ValueError('thrown')",
        "throw worker#1 KeyError",
        "throw --when-runnable main OSError",
        "throw collect trio.ClosedResourceError",
        "throw main 3",
    ),
    "cancel": ("cancel worker#1", "cancel main", "cancel scope 1", "cancel scope 2"),
    # A sleeper whose scope has no deadline any more sleeps for ever: it gets another one.
    "deadline": (
        "deadline scope 1 +1ms",
        "deadline scope 2 none\ndeadline scope 2 +1ms",
        "deadline scope 2 +0s",
    ),
    "interrupt": ("interrupt",),
    "time": ("time", "time +1s", "time next", "time -1s"),
    "speed": ("speed 10", "speed 0.1", "speed 0", "speed 1000"),
    "interact": ("interact\n1 + 1\nawait trio.sleep(0)\nexit()",),
    "help": ("help", "help step"),
    "alias": ("alias again step",),
    "unalias": ("unalias again",),
    "set": ("set", "set nothing"),
    "dump": ("dump /nowhere/at/all",),
    "save": ("save /nowhere/at/all",),
    "read": ("read /nowhere/at/all",),
    "quit": ("quit",),
    "detach": ("detach",),
    "python": (
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "import sys; sys.exit(3)",
        "number = 3",
        "import tty; tty.setraw(0)",
        "import os; os.close(0)",
        "import sys; sys.stdin.close()",
    ),
}
NOT_HERE = {
    "quit!": "ends the process of the tests",
    "restart": "replaces the process of the tests",
}
EVERYTHING: Commands = {
    **{row.name: (row.name,) for row in ROWS if row.name not in NOT_HERE},
    **WILD,
}
"""With the bare word of commands that nobody has thought of here."""
ENDING = ("quit", "detach")
"""Drawn seldom: nothing comes after them."""

profile = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def lines_of(commands: Commands) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Commands, each with a line of it."""
    names = [name for name in commands if name not in ENDING]

    def line(name: str) -> st.SearchStrategy[tuple[str, str]]:
        return st.tuples(st.just(name), st.sampled_from(commands[name]))

    # A list is about twice as long as its shortest; many runs end before it does.
    return st.lists(st.sampled_from(names).flatmap(line), min_size=10, max_size=60)


def walk(dbg: Debugging, lines: Sequence[tuple[str, str]], drawn: collections.Counter[str]) -> None:
    """Feed lines at whatever stop there is, until the program has ended."""
    for name, text in lines:
        for line in text.split("\n"):
            if not is_held(dbg):
                return
            answer = dbg.do(line)
            for reply in answer.replies:
                if isinstance(reply, Failure):
                    assert "bug" not in reply.text, (line, reply)
        drawn[name] += 1


def end(dbg: Debugging) -> None:
    """Let everything go and wait for the end."""
    for _ in range(MOST_STEPS):
        if not is_held(dbg):
            return
        dbg.do("clear")
        dbg.do("release")
        dbg.do("continue")
    raise AssertionError("it stops again and again")


def is_held(dbg: Debugging) -> bool:
    """Wait for a stop or the end; whether it is a stop."""
    with contextlib.suppress(AssertionError):
        return dbg.stop is not None
    if dbg.ended is None:
        raise AssertionError("neither a stop nor the end")
    return False


def begin(dbg: Debugging, first: str) -> None:
    """Get to a stop of a kind: a step, a line, or idle."""
    if first == "line":
        dbg.resume("next 3")
        assert dbg.stop.in_step
    elif first == "idle":
        dbg.do("tbreak idle")
        dbg.resume("continue")
        dbg.expect_stop(task=None)


def program_lines(capfd: pytest.CaptureFixture[str]) -> list[str]:
    return sorted(capfd.readouterr().out.splitlines())


def every_one_often(drawn: collections.Counter[str], commands: Commands) -> None:
    """At the full count: check that no command was drawn too seldom to mean anything."""
    if EXAMPLES >= ENOUGH:
        seldom = {name: drawn[name] for name in commands if drawn[name] < OFTEN}
        assert not seldom, seldom


def jumping() -> MockClock:
    """A clock that jumps when all is idle, which the idle breakpoint gets to see."""
    return MockClock(autojump_threshold=1e-6)


@contextlib.contextmanager
def terminal_as_standard_input() -> Iterator[int]:
    """A terminal of our own on descriptor 0; gives its descriptor."""
    master, slave = os.openpty()
    kept = os.dup(0)
    os.dup2(slave, 0)
    before = sys.stdin
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - closed below
    try:
        yield slave
    finally:
        sys.stdin.close()
        sys.stdin = before
        os.dup2(kept, 0)
        for descriptor in (kept, slave, master):
            os.close(descriptor)


def marks_of_the_process(terminal: int) -> tuple[object, ...]:
    """What a session must leave as it was."""
    return (
        *(signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTSTP, signal.SIGALRM)),
        sys.gettrace(),
        threading.gettrace(),
        sys.breakpointhook,
        sys.excepthook,
        termios.tcgetattr(terminal),
        termios.tcgetattr(0),
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_harmless_commands_leave_no_trace(program: str, capfd: pytest.CaptureFixture[str]) -> None:
    drawn: collections.Counter[str] = collections.Counter()
    with debugging(program, clock=jumping()) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
    expected = program_lines(capfd)

    @profile
    @given(lines_of(HARMLESS), st.sampled_from(STOPS))
    def check(lines: list[tuple[str, str]], first: str) -> None:
        with debugging(program, clock=jumping()) as dbg:
            begin(dbg, first)
            walk(dbg, lines, drawn)
            end(dbg)
            assert dbg.expect_end().exit_code == 0
        assert program_lines(capfd) == expected

    check()
    every_one_often(drawn, HARMLESS)


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_command_hangs_or_breaks(
    program: str,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    drawn: collections.Counter[str] = collections.Counter()

    @profile
    @given(
        lines_of(EVERYTHING),
        st.sampled_from(STOPS),
        st.booleans(),
        st.sampled_from(["continue", "continue", "continue", *ENDING]),
    )
    def check(lines: list[tuple[str, str]], first: str, with_a_mock_clock: bool, last: str) -> None:
        with terminal_as_standard_input() as terminal:
            before = marks_of_the_process(terminal)
            with debugging(program, clock=jumping() if with_a_mock_clock else None) as dbg:
                begin(dbg, first)
                dbg.do("speed 50")
                walk(dbg, lines, drawn)
                walk(dbg, [(last, last)], drawn)
                end(dbg)
            assert marks_of_the_process(terminal) == before
        out = capfd.readouterr()
        assert "bug in stepdbg" not in out.err
        assert "TrioInternalError" not in out.err
        assert dbg.ended is not None
        assert "TrioInternalError" not in dbg.ended.detail
        notes = [event for event in dbg.events if isinstance(event, Note)]
        assert not [note for note in notes if "bug" in note.text]

    check()
    every_one_often(drawn, EVERYTHING)
