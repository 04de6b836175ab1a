"""One whole session at the prompt for every example."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import ENTER

from .at_terminal import EXAMPLES, debug

Talk = list[tuple[str, list[str]]]
"""Lines to type, each with what some row of its answer holds, in this order."""

SESSIONS: dict[str, Talk] = {
    "double": [
        ("where", ["->  0  double"]),
        ("args", ["number = 3"]),
        ("number = 21", []),
        ("p number * 2", ["42"]),
    ],
    "tasks": [
        ("tasks", ["1 task", "parent"]),
        ("step", ["parent: both are in the run queue", "of left_child (3)", "tasks.py:37"]),
        ("queue", ["current: left_child (3)", "this pass", "right_child (4)  because parent (1)"]),
        ("step", ["left child: here I am", "of right_child (4)"]),
        ("timers", ["left_child (3)"]),
        ("task left_child", ["left_child (3)"]),
        ("where", ["await trio.sleep(NAP)"]),
        ("step left_child", ["right child: here I am", "step 2 of left_child (3)"]),
        ("queue", ["current: left_child (3)"]),  # the other deadline is a little later
        ("tree", ["parent (1)", "nursery at tasks.py:36", "->", "right_child (4)"]),
    ],
    "tracer": [
        ("step", ["spawned    __main__.child", "step of    __main__.child", "of child#1 (3)"]),
        ("args", ["= 'short nap'", "seconds = 0.1"]),
        ("p name", ["'short nap'"]),
    ],
    "pipeline": [
        ("step", ["of produce (3)"]),
        ("tasks worker", ["worker#1", "worker#2", "worker#3"]),
        ("tbreak task worker#2", ["worker#2"]),
        ("continue", ["of worker#2 (6)"]),
        ("args", ["numbers = "]),
        ("up", []),
    ],
    "echo": [
        ("step", ["of trio.serve_tcp (3)"]),
        ("break task *client*", ["*client*"]),
        ("continue", ["client"]),
        ("clear 1", ["1"]),
    ],
    "timeouts": [
        ("step", ["step 2 of main (1)", "the timeout of timeouts.py:17 (0.1 s) expired"]),
        ("timers", ["timeouts.py:16"]),
        ("tree", ["scope 1 at timeouts.py:16", "scope 2 at timeouts.py:17"]),
        ("p inner.cancel_called", ["True"]),
    ],
    "threads": [
        ("step", ["of report (3)"]),
        ("step main", ["of main (1)", "threads.py:35"]),
        ("task report where", ["async for number in progress"]),
    ],
    "crash": [
        ("step", ["of reads_a_number (3)"]),
        ("display go.is_set()", ["go.is_set() = False"]),
        (
            "continue",
            ["setting the event", "failure: after step 2 of reads_a_", "go.is_set() = True"],
        ),
        ("continue", ["post-mortem: reads_a_"]),
        ("exceptions", ["1 ExceptionGroup", "1.1 ", "1.2 "]),
    ],
}

LAST_WORDS: dict[str, str] = {
    "double": "42",
    "tasks": "parent: both children are done",
    "tracer": "run is over",
    "pipeline": "8 squared is 64",
    "echo": "all clients are done, stopping the server",
    "timeouts": "and the timeout took effect after it",
    "threads": "counted for the task main",
    "crash": "KeyError: 'coffee'",
}


def test_every_example_has_a_session() -> None:
    assert SESSIONS.keys() == LAST_WORDS.keys() == {path.stem for path in EXAMPLES.glob("*.py")}


@pytest.mark.parametrize("example", SESSIONS)
def test_session(tmp_path: Path, example: str) -> None:
    with debug(tmp_path, EXAMPLES / f"{example}.py", rows=50) as terminal:
        terminal.wait_for_prompt()
        for line, held in SESSIONS[example]:
            answer = iter(rows := terminal.do(line))
            for wanted in held:
                assert any(wanted in row for row in answer), (line, wanted, rows)
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == (1 if example == "crash" else 0)
        assert LAST_WORDS[example] in terminal.text
        assert "bug in stepdbg" not in terminal.text
        assert terminal.modes == terminal.modes_before
