"""A whole session on each example, through a pipe.

Each session says what a newcomer would look at in that example, and what the transcript must
hold after each line.  The schedule is seeded; where sockets or threads decide, only what
cannot differ is expected, and of a time (`SECONDS`) only that there is one.
(At a real prompt: tests/frontends/test_repl_sessions.py.)
"""

from __future__ import annotations

import re

import pytest

from .running import debugged

Session = tuple[tuple[str, ...], ...]

SECONDS = "some seconds"
"""Stands in an expectation for a time, which depends on the load of the machine."""

SESSIONS: dict[str, Session] = {
    "double": (
        ("args", "number = 3"),
        ("number = 4",),
        ("p number", "4"),
        ("tasks", "1 task", "double", "current"),
    ),
    "tasks": (
        ("break task *child", "breakpoint 1 set"),
        ("continue", "breakpoint 1", "step 1 of ", "parent (1) started it at tasks.py:3"),
        (
            "tree",
            "parent (1)",
            "waits for children",
            "nursery at tasks.py:36",
            "left_child",
            "right_child",
        ),
        ("continue", "here I am", "step 1 of ", "now waits in sleep at :"),
        ("timers", "1 deadline", "tasks.py:", "_child"),
        ("clear 1", "cleared"),
        ("step", "step 2 of ", "because its sleep("),
        ("where", "frames of trio", "await trio.sleep(NAP)"),
        ("where -a", "trio/_timeouts.py", "_traps.py"),
    ),
    "tracer": (
        ("break task child#2", "breakpoint 1 set"),
        ("continue", "  spawned    __main__.child", "  step of    __main__.child", "child#2"),
        ("args", "= 'long nap'", "seconds = 0.3"),
        ("queue", "current: child#2"),
        ("clear 1", "cleared"),
    ),
    "pipeline": (
        ("break task worker", "breakpoint 1 set"),
        ("continue", "breakpoint 1: task worker", "step 1 of worker#"),
        ("tasks", "worker#1", "worker#2", "worker#3", "await numbers.send(number)"),
        ("task produce", "waits to send", "pipeline.py:23"),
        ("p number", "1"),
        ("clear 1", "cleared"),
        ("step worker#2", "step 1 of worker#2", "pipeline.py:26"),
    ),
    "echo": (
        ("break task *_run_handler", "breakpoint 1 set"),
        ("continue", "breakpoint 1", "_run_handler"),
        ("tasks client", "client#1", "client#2", "client#3"),
        ("task client#1", "started by  main (1)", "echo.py:"),
        ("p name", "'Ada'"),
        ("clear 1", "cleared"),
    ),
    "timeouts": (
        (
            "step",
            "step 2 of main",
            "because the timeout of timeouts.py:17 (0.1 s) expired",
            "nothing ran from ",
            "waited for the timeout of main (1)",
            "in impatient",
        ),
        ("timers", "1 deadline", f"in {SECONDS}  main (1)  timeouts.py:16", "move_on_after(10)"),
        ("p outer.cancelled_caught", "False"),
        ("step", "inner timeout expired: True", "in strict"),
        ("step", "fail_after raised TooSlowError", "in tidy"),
        ("step", "trio.sleep(0.1)"),
        ("tree", "shielded", "cancelled"),  # Trio says since 0.31 that a deadline did it
    ),
    "threads": (
        ("break task report", "breakpoint 1 set"),
        ("continue", "step 1 of report", "main (1) started it at threads.py:33"),
        ("clear 1", "cleared"),
        ("step main", "step 2 of main", "await trio.to_thread.run_sync(count_slowly, send)"),
        (
            "tasks",
            "2 tasks",
            "waits to receive",
            "async for number in progress:",
        ),
    ),
    "crash": (
        ("break task reads_a_key", "breakpoint 1 set"),
        ("continue", "step 1 of reads_a_key"),
        ("continue", "setting the event", "step 2", "main (1) woke it at crash.py:33"),
        ("p prices", "NameError"),
        ("longlist", 'prices = {"tea": 3}', 'print(prices["coffee"])'),
        ("clear 1", "cleared"),
    ),
}

LAST_WORDS = {
    "double": "8",
    "tasks": "parent: both children are done",
    "tracer": "run is over",
    "pipeline": "8 squared is 64",
    "echo": "all clients are done, stopping the server",
    "timeouts": "and the timeout took effect after it",
    "threads": "counted for the task main",
    "crash": "KeyError: 'coffee'",
}


def holds(answer: str, expected: str) -> bool:
    pattern = re.escape(expected).replace(re.escape(SECONDS), r"\d+(\.\d+)? s")
    return re.search(pattern, answer) is not None


@pytest.mark.parametrize("example", SESSIONS)
def test_session(example: str) -> None:
    lines = [line for line, *_ in SESSIONS[example]]
    finished = debugged(example, stdin="\n".join([*lines, "continue", ""]))
    _, *answers = finished.stdout.split("(stepdbg) ")
    assert len(answers) > len(lines), finished.stdout
    for (line, *expected), answer in zip(SESSIONS[example], answers, strict=False):
        assert answer.startswith(f"{line}\n"), finished.stdout
        missing = [text for text in expected if not holds(answer, text)]
        assert missing == [], f"after `{line}`:\n{answer}"
    assert LAST_WORDS[example] in finished.stdout + finished.stderr
    assert "bug in stepdbg" not in finished.stdout
    assert finished.exit_code == (1 if example == "crash" else 0)


@pytest.mark.parametrize("example", SESSIONS)
def test_the_end_of_input_quits(example: str) -> None:
    finished = debugged(example, stdin="tasks\n")
    assert finished.exit_code == 125
    assert finished.stderr == ""
