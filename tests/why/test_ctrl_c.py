"""Ctrl-C while a program runs, at a real terminal and without one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.frontends.at_terminal import ROOT, user
from tests.terminal import PseudoTerminal

PROGRAM = ROOT / "tests" / "programs" / "why" / "ctrl_c.py"
CTRL_C = "\x03"
ENTER = "\r"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")


@contextmanager
def running(
    home: Path, which: str, *before: str, options: tuple[str, ...] = ()
) -> Iterator[PseudoTerminal]:
    terminal = PseudoTerminal(
        [sys.executable, "-m", "stepdbg", *options, os.fspath(PROGRAM), which],
        columns=80,
        rows=40,
        cwd=ROOT,
        environment=user(home),
    )
    with terminal:
        terminal.wait_for_prompt()
        for line in (*before, "continue"):
            terminal.type(line + ENTER)
        terminal.wait_for("up 2")
        yield terminal


def test_halts_when_nothing_is_runnable(tmp_path: Path) -> None:
    with running(tmp_path, "idle") as terminal:
        terminal.type(CTRL_C)
        terminal.wait_for("halt: nothing is runnable")
        terminal.wait_for_prompt()
        terminal.type("why" + ENTER)
        terminal.wait_for("sleeps for ever")


def test_halts_before_the_next_step(tmp_path: Path) -> None:
    with running(tmp_path, "steps") as terminal:
        terminal.type(CTRL_C)
        terminal.wait_for("halt: step")
        terminal.wait_for_prompt()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), r"this step has not yielded for \d+\.\d s; SIGINT"),
        (
            ("--no-record",),
            r"for at least 0\.\d s, since the first\s+Ctrl-C,\s+and\s+at\s+most \d+\.\d s; SIGINT",
        ),
    ],
)
def test_a_second_one_stops_inside_a_step_that_does_not_end(
    tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    with running(tmp_path, "hogs", options=options) as terminal:
        terminal.type(CTRL_C)
        terminal.wait_for("hogs (1) has not yielded for ")
        assert re.search(r"\n  ctrl_c\.py:\d+ in hogs", terminal.text)
        terminal.wait_for("this step ends; Ctrl-C again stops inside it")
        terminal.type(CTRL_C)
        terminal.wait_for("halt: inside step 1 of ")
        terminal.wait_for_prompt()
        assert re.search(told, terminal.text), terminal.text
        terminal.type("p end > 0" + ENTER)
        terminal.wait_for("True")
        terminal.type("interrupt" + ENTER)
        terminal.wait_for("KeyboardInterrupt is raised at this line")
        terminal.type("continue" + ENTER)
        terminal.wait_for("Traceback")
        terminal.wait_for("the program ends with status 130")
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == -signal.SIGINT
        assert "stepdbg/engine" not in terminal.text


@pytest.mark.parametrize(
    ("which", "doing"),
    [
        ("naps", r"in a call of time\.sleep\(\) at ctrl_c\.py:\d+ in naps"),
        ("accepts", r"in a call of self\._accept\(\) at ctrl_c\.py:\d+ in accepts"),
        (
            "hogs",
            r"the current task, (in a call of time\.monotonic\(\) )?at ctrl_c\.py:\d+ in hogs",
        ),
    ],
)
def test_why_names_what_the_step_is_doing(which: str, doing: str, tmp_path: Path) -> None:
    with running(tmp_path, which) as terminal:
        terminal.type(CTRL_C)
        terminal.wait_for("Ctrl-C again stops inside it")
        terminal.type(CTRL_C)
        terminal.wait_for("halt: inside step 1 of ")
        terminal.wait_for_prompt()
        terminal.type("why" + ENTER)
        terminal.wait_for("it is the current task")
        terminal.wait_for_prompt()
        said = " ".join(terminal.text.split())
        assert re.search(doing, said), said
        assert "has just started it" not in said.partition(" why ")[2]


@pytest.mark.parametrize(
    "sends",
    [
        "kill",
        "other_name",
        "method",
        "many",
        "group",
        "background",
        "thread",
        "interrupt_main",
        "by_a_loop",
        "raised",
    ],
)
def test_a_signal_of_the_programs_own_is_the_programs(sends: str, tmp_path: Path) -> None:
    with running(tmp_path, f"own_{sends}") as terminal:
        terminal.wait_for("run 1 ended")
        assert "halt:" not in terminal.text
        assert "the program has got it" in terminal.text


def test_what_the_key_was_besides(tmp_path: Path) -> None:
    """Child processes in the terminal's group get it as well."""
    with running(tmp_path, "parent") as terminal:
        terminal.type(CTRL_C)
        terminal.wait_for("halt: ")  # the child may have ended already
        terminal.wait_for_prompt()
        told = " ".join(terminal.text.split())
        assert "SIGINT: `interrupt` delivers it, `continue` drops it; child process" in told
        (child,) = re.findall(r"child (\d+)", terminal.text)
        assert f"child process {child} got it as well" in told
        terminal.type("continue" + ENTER)
        terminal.wait_for("run 1 ended")
        terminal.wait_for("child ended: -2")


def test_a_handler_of_the_programs_own_stays(tmp_path: Path) -> None:
    with running(tmp_path, "own_handler") as terminal:
        terminal.type(CTRL_C)
        terminal.wait_for("mine")
        terminal.wait_for("run 1 ended")


def test_interrupt_delivers_what_trio_would_have_delivered(tmp_path: Path) -> None:
    with running(tmp_path, "idle") as terminal:
        terminal.type(CTRL_C)
        terminal.wait_for_prompt()
        terminal.type("interrupt" + ENTER)
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        terminal.wait_for("run 1 ended")
        assert "KeyboardInterrupt" in terminal.text


def test_left_to_the_program(tmp_path: Path) -> None:
    with running(tmp_path, "idle", "set ctrl-c program") as terminal:
        terminal.type(CTRL_C)
        terminal.wait_for("KeyboardInterrupt")


def test_without_a_terminal_it_means_what_it_meant() -> None:
    command = [sys.executable, "-m", "stepdbg", "-c", "continue", os.fspath(PROGRAM), "idle"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while "up 2" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in err
