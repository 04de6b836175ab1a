"""`--dump` and `--timeout`: what is left of a crash or a hang."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.dumps import Dumped
from tests.archive.test_open import ENVIRONMENT, ROOT

HANG = """
import sys, time, trio

async def waits():
    try:
        await trio.sleep_forever()
    finally:
        print("cleanup", flush=True)

async def hogs():
    if "hog" in sys.argv:
        time.sleep(600)

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(hogs)

trio.run(main)
"""


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """A program under stepdbg that nobody is asked about."""
    return subprocess.run(
        [sys.executable, "-m", "stepdbg", "-c", "continue", "--on-deadlock", "report", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_a_crash_is_dumped_as_it_was_at_the_first_failure(tmp_path: Path) -> None:
    path = tmp_path / "crash.dump"
    ran = run("--dump", path, ROOT / "examples" / "crash.py")
    assert ran.returncode == 1
    assert "Traceback" in ran.stderr
    assert f"the first failure is written to {path}" in ran.stderr
    dumped = Dumped(path)
    # Trio flips a coin for which of the two runs first.
    failed = dumped.shown.stop
    assert failed.raised.startswith(("ValueError: invalid literal", "KeyError: 'coffee'"))
    states = {task.label.short: str(task.state) for task in dumped.inspector.tasks()}
    assert failed.task is not None
    assert states.pop(failed.task.short) == "exited"
    assert sorted(states.values()) == ["blocked", "runnable"]


def test_a_program_that_ends_well_leaves_no_dump(tmp_path: Path) -> None:
    path = tmp_path / "none.dump"
    ran = run("--dump", path, "--timeout", "50", ROOT / "examples" / "tasks.py")
    assert ran.returncode == 0
    assert ran.stderr == ""
    assert not path.exists()


@pytest.mark.parametrize("first", ["import trio", "import sys"])
def test_a_crash_without_a_task_is_its_exception_alone(tmp_path: Path, first: str) -> None:
    program, path = tmp_path / "program.py", tmp_path / "early.dump"
    program.write_text(f"{first}\n1 / 0\n")
    ran = run("--dump", path, program)
    assert ran.returncode == 1
    assert f"the exception is written to {path}" in ran.stderr
    dumped = Dumped(path)
    assert "1 ZeroDivisionError" in dumped.text("exceptions")
    assert "1 / 0" in dumped.text("where")
    assert "no picture was taken" in dumped.failure("tasks")


def test_a_dump_of_a_crash_that_cannot_be_written(tmp_path: Path) -> None:
    program, folder = tmp_path / "program.py", tmp_path / "folder"
    program.write_text(f"import os, trio\nos.rmdir({str(folder)!r})\n1 / 0\n")
    folder.mkdir()
    ran = run("--dump", folder / "a", program)
    assert ran.returncode == 1
    assert "no dump has been written" in ran.stderr


def test_a_hang_is_dumped_and_quit_with_its_cleanup(tmp_path: Path) -> None:
    program, path = tmp_path / "program.py", tmp_path / "hang.dump"
    program.write_text(HANG)
    ran = run("--dump", path, "--timeout", "1", program)
    assert ran.returncode == 125
    assert f"the program has not ended after 1 s: written to {path}" in ran.stderr
    assert "cleanup" in ran.stdout
    assert "await trio.sleep_forever()" in Dumped(path).text("tasks")


def test_a_step_that_never_ends_is_dumped_too(tmp_path: Path) -> None:
    program, path = tmp_path / "program.py", tmp_path / "hang.dump"
    program.write_text(HANG)
    ran = run("--dump", path, "--timeout", "1", program, "hog")
    assert ran.returncode == 125
    dumped = Dumped(path)
    assert dumped.shown.stop.task is not None
    assert dumped.shown.stop.task.short == "hogs"
    assert "time.sleep(600)" in dumped.text("where")


STUBBORN = """
import trio

async def main():
    with trio.CancelScope(shield=True):
        await trio.sleep_forever()

trio.run(main)
"""


def test_a_cleanup_that_does_not_end_has_its_limit_too(tmp_path: Path) -> None:
    program, path = tmp_path / "program.py", tmp_path / "hang.dump"
    program.write_text(STUBBORN)
    hasty = "from stepdbg.launcher import time_limit; time_limit.CLEANUP = 0.1"
    words = ["-c", "continue", "--dump", str(path), "--timeout", "0.5", str(program)]
    ran = subprocess.run(
        [sys.executable, "-c", f"{hasty}; from stepdbg.cli import main; main({words})"],
        capture_output=True,
        text=True,
        timeout=60,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ran.returncode == 125
    assert f"written to {path}" in ran.stderr
    assert "the cleanup takes more than 0.1 s" in ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--timeout", "3"], "--timeout needs --dump FILE"),
        (["--dump", "x", "--timeout", "0"], "--timeout 0: not a number of seconds"),
        (["--dump", "x", "--timeout", "nan"], "--timeout nan: not a number of seconds"),
        (["--dump", ""], "--dump needs a value"),
    ],
)
def test_bad_usage(words: list[str], said: str) -> None:
    ran = run(*words, "program.py")
    assert ran.returncode == 2
    assert said in ran.stderr


def test_values_may_be_left_out_of_a_crash(tmp_path: Path) -> None:
    program, path = tmp_path / "program.py", tmp_path / "crash.dump"
    program.write_text(
        "import trio\n"
        "async def main():\n"
        "    plain = 'classified'\n"
        "    raise ValueError(plain)\n"
        "trio.run(main)\n"
    )
    ran = run("--dump", path, "--no-values", program)
    assert ran.returncode == 1
    dumped = Dumped(path)
    assert not dumped.inspector.picture.values
    assert "plain = (left out)" in dumped.text("locals")
    assert "1 ValueError" in dumped.text("exc")
    assert "classified" not in dumped.text("exc") + dumped.shown.stop.raised
    assert "'classified'" in dumped.text("list 1, 5")  # the source text is kept


def test_leaving_values_out_of_nothing_is_bad_usage(tmp_path: Path) -> None:
    ran = run("--no-values", ROOT / "examples" / "tasks.py")
    assert ran.returncode == 2
    assert "--no-values needs --dump FILE" in ran.stderr
