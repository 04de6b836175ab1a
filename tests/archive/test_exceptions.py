"""What was raised, in dumps: at a failure, after the end, of a crash."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.dumps import Dumped, dump_of, newly_told
from tests.archive.test_open import ENVIRONMENT
from tests.harness import debugging
from tests.postmortem.test_after_the_end import FAILING

LOOKING = (
    "exc",
    "where",
    "where -a",
    "locals",
    "args",
    "up",
    "list",
    "locals",
    "down",
    "exc 1",
    "where",
    "exc",
    "exc 7",
)

POST_MORTEM = [sys.executable, "-m", "stepdbg", "--output", "stdout", "--pm"]


def without_repr(text: str) -> str:
    """A dump calls no `__repr__` of a class, the prompt does."""
    return re.sub(r"<[^>]* at 0x[0-9a-f]+>", "<object>", text)


CASES = (
    "child",
    "block",
    "alone",
    "three_deep",
    "aexit",
    "generator",
    "thread",
    "before_started",
    "after_started",
    "system",
    "same_pass",
    "during_cancellation",
    "at_timeout",
    "recursion",
    "unprintable",
    "memory",
    "while_handling",
    "from_group",
)


@pytest.mark.parametrize("case", CASES)
def test_at_a_failure_a_dump_answers_as_the_stop_did(case: str, tmp_path: Path) -> None:
    with debugging("failing", args=[case], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_stop(kind="failure")
        dumped = dump_of(dbg, tmp_path / "failure.dump")
        assert dumped.shown == newly_told(dbg.shown)
        for line in LOOKING:
            assert without_repr(dumped.text(line)) == without_repr(dbg.text(line)), line
        dbg.resume()
        dbg.expect_end(exit_code=1)


def after_the_end(case: str, *commands: str) -> str:
    words = [word for command in commands for word in ("-c", command)]
    ran = subprocess.run(
        [*POST_MORTEM, *words, "-c", "quit", str(FAILING), case],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**ENVIRONMENT, "COLUMNS": "80"},
        check=False,
    )
    return ran.stdout


AFTERWARDS = ("exc", "where", "locals", "up", "list", "exc 1.1", "where", "tree", "tasks", "exc")


def test_after_the_end_a_dump_answers_as_the_prompt_did(tmp_path: Path) -> None:
    path = tmp_path / "end.dump"
    live = after_the_end("from_group", f"dump {path}", *AFTERWARDS)
    dumped = Dumped(path)
    assert len(AFTERWARDS) > 5
    for line in AFTERWARDS:
        _, _, rest = live.partition(f"(stepdbg) {line}\n")
        expected, _, live = rest.partition("(stepdbg) ")
        assert dumped.text(line) == expected.removesuffix("\n"), line
        live = "(stepdbg) " + live


def crashed(case: str, path: Path) -> Dumped:
    subprocess.run(
        [sys.executable, "-m", "stepdbg", "-c", "continue", "--dump", path, FAILING, case],
        capture_output=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env=ENVIRONMENT,
        check=False,
    )
    return Dumped(path)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_crash_shows_groups_three_deep_with_their_tasks(tmp_path: Path) -> None:
    dumped = crashed("three_deep", tmp_path / "crash.dump")
    tree = in_one_line(dumped.text("exceptions", 200))
    assert "1.1.1.1 ValueError: detail of child in fails (8), started by child (6) at" in tree
    assert "the first to fail" in tree
    assert "at failing.py:" in tree
    assert "waits" in dumped.text("tree")
    assert "1.1 ExceptionGroup" in dumped.text("exc 1.1")
    assert "middle" in dumped.text("where")
    dumped.text("exc 1.1.1.1")
    assert dumped.text("p detail") == "'detail of child'"
    assert "fail(what)" in dumped.text("up")
    assert dumped.text("p what") == "'child'"


def test_a_crash_shows_causes(tmp_path: Path) -> None:
    dumped = crashed("from_group", tmp_path / "crash.dump")
    tree = in_one_line(dumped.text("exc", 200))
    assert "1 RuntimeError: the whole thing" in tree
    assert "1.1 caused by ExceptionGroup" in tree


def test_there_is_none_where_nothing_had_failed(tmp_path: Path) -> None:
    with debugging("dumped") as dbg:
        dumped = dump_of(dbg, tmp_path / "start.dump")
        assert "nothing had failed when this dump was written" in dumped.failure("exc")
        assert "nothing had failed" in dumped.failure("exc 1")


def test_secrets_and_values_are_left_out_of_exceptions(tmp_path: Path) -> None:
    program = tmp_path / "secret.py"
    program.write_text(
        "import stepdbg, trio\n"
        "def f(password):\n"
        "    raise ValueError(f'password={password!r}')\n"
        "async def main():\n"
        "    f('hunter2')\n"
        "trio.run(main)\n"
    )
    path = tmp_path / "end.dump"
    for option, message in (("", "password=***"), ("--no-values", "ValueError")):
        command = f"dump {option} {path}"
        subprocess.run(
            [*POST_MORTEM, "-c", command, "-c", "quit", program],
            capture_output=True,
            timeout=60,
            env=ENVIRONMENT,
            check=False,
        )
        dumped = Dumped(path)
        assert message in dumped.text("exc")
        assert "hunter2" not in dumped.text("exc") + dumped.text("locals")
