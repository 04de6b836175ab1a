"""Whatever the user does wrong gives a sentence, and leaves the run and the prompt as they were."""

from __future__ import annotations

import os
import signal
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepdbg.model.stops import Note
from tests.frontends.at_terminal import ROOT, user
from tests.harness import Debugging, debugging
from tests.steering.test_properties import terminal_as_standard_input
from tests.terminal import PseudoTerminal

PLACES = ("step", "line")

MISTAKES = {
    "hold <init>": "Trio's own task",
    "hold nobody": "no living task",
    "only <init>": "Trio's own task",
    "throw waiter 3": "is not an exception",
    "throw waiter object": "is not an exception",
    "throw <init> ValueError": "Trio's own task",
    "throw waiter 1 / 0": "ZeroDivisionError",
    "task gone": "no living task",
    "throw gone ValueError": "no living task",
    "time -1s": "cannot go backwards",
    "speed 0": "a number above 0",
    "speed fast": "fast",
    "cancel <init>": "Trio's own task",
    "cancel scope 99": "no task is inside",
    "deadline scope 99 +1s": "no task is inside",
    "pick main": "not runnable",
    "await trio.Event().wait()": "given up: it waits for Event.wait",
    "await gone": "NameError",
    "import sys; sys.exit(3)": "SystemExit",
    "p __import__('sys').exit(3)": "SystemExit",
    "raise KeyboardInterrupt": "interrupted",
    "raise GeneratorExit": "GeneratorExit",
}


@contextmanager
def stopped(place: str) -> Iterator[Debugging]:
    """At a stop of a kind, where another task is blocked and one has exited."""
    with debugging("situations") as dbg:
        dbg.do(f"tbreak {dbg.line('work')}")
        dbg.go("continue", task="worker", line_mark="work")
        if place == "step":
            dbg.do("tbreak task worker")
            dbg.go("continue", task="worker")
        yield dbg


def as_before(dbg: Debugging) -> None:
    """The prompt answers, and the run comes to its end as if nothing had been."""
    assert dbg.text("p 1 + 1") == "2"
    dbg.resume("continue")
    dbg.expect_end()
    assert dbg.program.names["ENDS"] == {
        "work": "worked",
        "wait": "cancelled",
        "cancelled": "left its scope",
        "note": "as it was",
    }


@pytest.mark.parametrize("place", PLACES)
def test_a_mistake_is_a_sentence(place: str) -> None:
    with stopped(place) as dbg:
        where = dbg.text("where")
        assert len(MISTAKES) > 20
        for line, said in MISTAKES.items():
            failure = dbg.failure(line)
            assert said in failure, line
            assert "bug" not in failure
            assert dbg.text("where") == where, line
        as_before(dbg)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_can_be_awaited_in_a_task_that_has_exited(place: str) -> None:
    with debugging("situations") as dbg:
        dbg.do(f"tbreak {dbg.line('cancelled')}")
        stop = dbg.go("continue", task="prisoner")
        assert stop.task is not None
        number = stop.task.number
        dbg.do("break task worker" if place == "step" else f"break {dbg.line('work')}")
        dbg.go("continue", task="worker")
        while any(each.label.number == number for each in dbg.call(dbg.inspector.tasks)):
            dbg.go("continue", task="worker")
        for line in (f"task {number}", f"throw {number} KeyError", f"hold {number}"):
            assert "exited" in dbg.failure(line), line
        dbg.do("clear")
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "line",
    [
        "import time; time.sleep(1000)",
        "p __import__('time').sleep(1000)",
        "await trio.sleep(1000)",
        "import threading; threading.Lock().acquire() and threading.Event().wait()",
        "while True: pass",
        "throw waiter __import__('time').sleep(1000)",
    ],
)
def test_ctrl_c_ends_what_blocks_for_ever(line: str, place: str) -> None:
    with stopped(place) as dbg:
        before = dbg.call(lambda: signal.getsignal(signal.SIGINT))
        timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        assert dbg.failure(line) == "interrupted"
        timer.join()
        assert dbg.call(lambda: signal.getsignal(signal.SIGINT)) is before
        as_before(dbg)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import tty; tty.setraw(0)", "terminal's mode"),
        ("import os; os.system('stty raw -echo')", "terminal's mode"),
        ("import os; os.close(0)", "standard input"),
        ("import sys; sys.stdin.close()", "standard input"),
        ("p __import__('os').close(0)", "standard input"),
        ("p __import__('sys').exit(__import__('os').close(0))", "standard input"),
    ],
)
def test_the_terminal_and_the_input_come_back(line: str, said: str, place: str) -> None:
    with terminal_as_standard_input() as terminal, stopped(place) as dbg:
        before = termios.tcgetattr(terminal)
        dbg.do(line)
        notes = [event.text for event in dbg.events if isinstance(event, Note)]
        assert [note for note in notes if said in note], notes
        assert dbg.call(lambda: termios.tcgetattr(0)) == before
        assert dbg.text("p sys.stdin.closed") == "False"
        as_before(dbg)


SETS_ITS_OWN_MODE = """
import termios, tty, trio

async def main():
    tty.setcbreak(0)  # the program's own doing
    await trio.sleep(0)
    print("echo", bool(termios.tcgetattr(0)[3] & termios.ECHO))
    await trio.sleep(0)
    tty.setraw(0)
    tty.setcbreak(0)
    print("echo", bool(termios.tcgetattr(0)[3] & termios.ECHO))

trio.run(main)
"""


def test_the_programs_own_mode_is_there_again_when_it_goes_on(tmp_path: Path) -> None:
    program = tmp_path / "cbreak.py"
    program.write_text(SETS_ITS_OWN_MODE)
    command = [sys.executable, "-m", "stepdbg", str(program)]
    with PseudoTerminal(command, columns=80, rows=40, cwd=ROOT, environment=user(tmp_path)) as (
        terminal
    ):
        before = terminal.modes
        terminal.wait_for_prompt()
        terminal.do("step 2")
        own = "".join(terminal.do("!import termios; print(termios.tcgetattr(0)[3])"))
        terminal.do("!import os; os.system('stty sane')")
        again = "".join(terminal.do("!print(termios.tcgetattr(0)[3])"))
        assert own.split()[-1] == again.split()[-1]
        terminal.type("continue\r")
        assert terminal.wait_for_exit() == 0
        assert terminal.text.count("echo False") == 2
        assert terminal.modes != before, "the program has left its mode behind"
