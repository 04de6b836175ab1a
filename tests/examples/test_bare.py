"""The examples do what their docstrings say, without any debugger."""

from __future__ import annotations

import ast

import pytest

from .running import EXAMPLES, bare

ALL = sorted(path.stem for path in EXAMPLES.glob("*.py"))

PRINTS = {
    "double": ["6"],
    "tasks": [
        "parent: opening a nursery",
        "parent: both are in the run queue, neither has run",
        "  left child: here I am",
        "  right child: here I am",
        "  left child: done",
        "  right child: done",
        "parent: both children are done",
    ],
    "pipeline": [f"{number} squared is {number * number}" for number in range(1, 9)],
    "echo": [
        *(f"{name}: 3 lines came back unchanged" for name in ("Ada", "Grace", "Edsger")),
        "all clients are done, stopping the server",
    ],
    "timeouts": [
        "inner timeout expired: True",
        "outer timeout expired: False",
        "fail_after raised TooSlowError",
        "cleanup finished behind its shield",
        "and the timeout took effect after it",
    ],
    "threads": [
        *(f"the thread has counted to {number}" for number in (1, 2, 3)),
        "counted for the task main",
    ],
    "crash": ["setting the event"],
}

ANY_ORDER = {"tasks", "echo", "crash"}
"""Examples in which near deadlines, sockets, or addresses (Event) decide who is first."""


def test_the_examples_are_the_promised_ones() -> None:
    assert sorted([*PRINTS, "tracer"]) == ALL


@pytest.mark.parametrize("example", sorted(PRINTS))
def test_prints(example: str) -> None:
    finished = bare(example)
    arrange = sorted if example in ANY_ORDER else list
    assert arrange(finished.lines) == arrange(PRINTS[example])
    assert finished.exit_code == (1 if example == "crash" else 0)
    if example != "crash":
        assert finished.stderr == ""


def test_crash_dies_of_both_failures() -> None:
    stderr = bare("crash").stderr
    assert "ExceptionGroup: Exceptions from Trio nursery (2 sub-exceptions)" in stderr
    assert "ValueError: invalid literal for int() with base 10: 'twelve'" in stderr
    assert "KeyError: 'coffee'" in stderr


def test_tracer_overrides_all_nine_hooks() -> None:
    source = (EXAMPLES / "tracer.py").read_text(encoding="utf-8")
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    hooks = {node.name for node in classes[0].body if isinstance(node, ast.FunctionDef)}
    assert hooks == {
        "before_run",
        "after_run",
        "task_spawned",
        "task_scheduled",
        "before_task_step",
        "after_task_step",
        "task_exited",
        "before_io_wait",
        "after_io_wait",
    }


def test_tracer_keeps_a_complete_diary() -> None:
    lines = bare("tracer").lines
    assert lines[0] == "run begins"
    assert lines[-1] == "run is over"
    ours = [line.split() for line in lines if line.endswith("__main__.child")]
    verbs = [words[0] for words in ours]
    assert {verb: verbs.count(verb) for verb in verbs} == {
        "spawned": 2,
        "scheduled": 4,
        "step": 8,  # "step of" and "step ended", two steps, two children
        "exited": 2,
    }
    assert lines.count("wait begins") == lines.count("wait is over") >= 2
