"""The prompt on what has left a program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.dumps import Dumped

PROGRAMS = Path(__file__).parents[1] / "programs"
FAILING = PROGRAMS / "failing.py"

OF_THEN = r"run 1 as it was [\d.]+ m?s into the run, when the exception was raised"


def after(
    case: str, *commands: str, options: tuple[str, ...] = ("--pm",), program: Path = FAILING
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end, and give the commands there."""
    words = [word for command in commands for word in ("-c", command)]
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "stepdbg",
            "--output",
            "stdout",
            *options,
            *words,
            str(program),
            case,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def answers(done: subprocess.CompletedProcess[str], command: str) -> str:
    """What was written after a command, up to the next prompt."""
    _, _, rest = done.stdout.partition(f"(stepdbg) {command}\n")
    return rest.partition("(stepdbg) ")[0]


def tree_of(done: subprocess.CompletedProcess[str], command: str) -> str:
    """What `exceptions` has answered, however its lines were wrapped."""
    return " ".join(answers(done, command).split())


def test_starts_at_the_own_frame_of_the_first_failure() -> None:
    done = after("child", "where", "locals", "p what.upper()", "up", "p what", "quit")
    assert "post-mortem: fails (4) was the first to fail" in done.stdout
    assert "raise ValueError(detail)" in answers(done, "where")
    assert "'detail of child'" in answers(done, "locals")
    assert answers(done, "p what.upper()") == "'CHILD'\n"
    assert "frame 1 of fails (4)" in answers(done, "up")
    assert done.returncode == 1


def test_the_traceback_is_shown_once_and_as_without_us() -> None:
    plain = subprocess.run(
        [sys.executable, str(FAILING), "child"], capture_output=True, text=True, check=False
    )
    done = after("child", "continue")
    assert done.stderr == plain.stderr
    assert done.returncode == plain.returncode == 1


@pytest.mark.parametrize("leave", ["quit", "continue", "q"])
def test_leaving_ends_as_the_program_would(leave: str) -> None:
    assert after("alone", leave).returncode == 1


def test_end_of_input_leaves_too() -> None:
    assert after("alone").returncode == 1


def test_tasks_are_those_of_the_first_failure() -> None:
    done = after("three_deep", "tasks", "tree", "why waits#1", "timers", "queue", "quit")
    for listing in ("tasks", "tree", "timers", "queue"):
        heading = answers(done, listing).partition("\n")[0]
        assert re.fullmatch(OF_THEN, heading), listing
    assert "\n7 tasks" in answers(done, "tasks")
    assert "waits#3 (7)" in answers(done, "tree")
    assert "sleeps for ever" in answers(done, "why waits#1")
    assert "no deadline" in answers(done, "timers")
    assert "fails (8)" in answers(done, "queue")


def test_groups_are_numbered_three_deep() -> None:
    done = after("three_deep", "exceptions", "exc 1.1", "where", "quit")
    tree = tree_of(done, "exceptions")
    assert "1.1.1.1 ValueError: detail of child" in tree
    assert "in fails (8), started by child (6)" in tree
    assert "the first to fail" in tree
    assert "1.1 ExceptionGroup" in answers(done, "exc 1.1")
    assert "middle" in answers(done, "where")


def test_groups_within_causes() -> None:
    done = after("from_group", "exc", "exc 1.1", "where", "exc 1.1.1", "p what", "quit")
    tree = tree_of(done, "exc")
    assert "1 RuntimeError: the whole thing" in tree
    assert "in from_group (1), started by trio.run at" in tree
    assert answers(done, "where").startswith("exception 1.1\n")
    assert "1.1 caused by" in tree
    assert answers(done, "p what") == "'child'\n"


def test_two_failures_in_one_pass_keep_their_tasks() -> None:
    done = after("same_pass", "exc", "exc 1.2", "p what", "quit")
    tree = tree_of(done, "exc")
    assert "in fails#1 (3)" in tree or "in fails#2 (3)" in tree
    assert tree.count("the first to fail") == 1
    assert answers(done, "p what") in ("'one'\n", "'two'\n")


def test_a_failure_during_cancellation_is_not_the_first() -> None:
    done = after("during_cancellation", "exc", "quit")
    tree = tree_of(done, "exc")
    assert tree.count("in cleans_up_badly") >= 1
    assert tree.count("the first to fail") == 1
    assert "post-mortem: fails" in done.stdout


@pytest.mark.parametrize(
    ("case", "task"),
    [
        ("block", "block (1)"),
        ("alone", "alone (1)"),
        ("aexit", "leaves"),
        ("generator", "consumes"),
        ("thread", "in_thread"),
        ("before_started", "service"),
        ("after_started", "service"),
        ("recursion", "recurses"),
        ("unprintable", "says_nothing"),
        ("memory", "runs_out"),
        ("system", "fails"),
    ],
)
def test_every_way_to_fail(case: str, task: str) -> None:
    done = after(case, "exc", "where -a", "locals", "tree -a", "quit")
    assert f"post-mortem: {task}" in done.stdout
    assert f"in {task}" in answers(done, "exc")
    assert "a bug in stepdbg" not in done.stdout + done.stderr
    assert done.returncode == 1


def test_what_needs_a_live_run_says_so() -> None:
    commands = ("next", "step", "throw waits ValueError()", "until", "jump 1", "time +3s")
    done = after("child", *commands, "await trio.sleep(0)", "quit")
    for command in commands:
        assert "needs a run that is alive" in answers(done, command)
    assert "nothing can be awaited" in tree_of(done, "await trio.sleep(0)")
    assert "never awaited" not in done.stderr


def test_other_tasks_have_the_frames_of_the_picture() -> None:
    asks = ("p token", "!token", "whatis token", "p token.upper()", "p what")
    done = after("child", "task waits", "where", "locals", *asks, "exc 1.1", "p what", "quit")
    assert "sleep_forever" in answers(done, "where")
    assert "'sibling'" in answers(done, "locals")
    assert answers(done, "p token") == answers(done, "!token") == "'sibling'\n"
    assert answers(done, "whatis token") == "str\n"
    for needs_objects in ("p token.upper()", "p what"):
        assert "only in the frames of the exception" in tree_of(done, needs_objects)
    assert answers(done, "exc 1.1").count("detail of child") > 0
    assert done.stdout.rpartition("(stepdbg) p what\n")[2].startswith("'child'\n")


def test_without_a_terminal_nobody_is_asked() -> None:
    done = after("child", "continue", options=())
    assert "post-mortem" not in done.stdout
    assert "ValueError: detail of child" in done.stderr
    assert done.returncode == 1


def test_stop_on_failure_may_be_asked_for_without_a_terminal() -> None:
    done = after("child", "continue", "continue", options=("-v", "--stop-on-failure"))
    assert "failure: after step" in done.stdout
    done = after("child", "continue", "continue", options=("-v", "--no-stop-on-failure"))
    assert "failure:" not in done.stdout


@pytest.mark.parametrize(("case", "code"), [("leaves_with_code", 3), ("interrupted", 1)])
def test_what_is_no_failure_is_not_asked_about(case: str, code: int) -> None:
    done = after(case, "quit")
    if case == "leaves_with_code":
        assert done.returncode in (1, code)  # Trio wraps it in a group
    assert "post-mortem" not in done.stdout


def test_a_program_that_fails_before_any_run(tmp_path: Path) -> None:
    program = tmp_path / "early.py"
    program.write_text("def f(x):\n    return 1 / x\n\nf(0)\n")
    done = after("", "where", "p x", "tasks", "exceptions", "quit", program=program)
    assert answers(done, "p x") == "0\n"
    assert "1 ZeroDivisionError" in answers(done, "exceptions")
    assert "no picture was taken" in answers(done, "tasks")
    assert done.returncode == 1


def test_a_failure_before_that_has_been_dealt_with_is_not_shown(tmp_path: Path) -> None:
    program = tmp_path / "later.py"
    program.write_text(
        "import trio\n\nasync def main():\n    raise ValueError\n\n"
        "try:\n    trio.run(main)\nexcept ValueError:\n    pass\n\n1 / 0\n"
    )
    dump = tmp_path / "later.dump"
    done = after("", "tasks", "quit", program=program, options=("--pm", "--dump", str(dump)))
    assert "run 1 has ended" in answers(done, "tasks")
    assert "the exception is written to" in done.stderr
    assert "1 ZeroDivisionError" in Dumped(dump).text("exceptions")


def test_exceptions_at_a_live_stop() -> None:
    done = after(
        "from_group",
        "continue",
        "exc",
        "exc 1",
        "p what",
        "quit",
        options=("-v", "--stop-on-failure"),
    )
    assert "1 ValueError: detail of child" in answers(done, "exc")
    assert answers(done, "p what") == "'child'\n"


def test_exceptions_where_nothing_has_failed() -> None:
    done = after("child", "exceptions", "quit", options=())
    assert "nothing has failed at this stop" in answers(done, "exceptions")


def test_stops_at_later_failures_leave_the_picture_alone() -> None:
    done = after(
        "during_cancellation",
        "break task * on fail",
        "continue",
        "continue",
        "continue",
        "why cleans_up_badly",
        "tasks",
        "quit",
        options=("--stop-on-failure", "--pm"),
    )
    assert "sleeps for ever" in answers(done, "why cleans_up_badly")
    assert "\n3 tasks" in answers(done, "tasks")


def test_what_was_being_handled_names_the_task_that_handled_it() -> None:
    done = after("while_handling", "exc", "exc 1.1.1", "where", "p what", "quit")
    tree = tree_of(done, "exc")
    whose = "in handles (4), started by while_handling (1) at"
    assert f"1.1 KeyError: 'key' {whose}" in tree
    assert f"1.1.1 while handling ValueError: detail of handled {whose}" in tree
    assert tree.count("the first to fail") == 1
    assert answers(done, "where").startswith("handles (4), exited")
    assert answers(done, "p what") == "'handled'\n"
