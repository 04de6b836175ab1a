"""A program whose output is captured, as pytest does it: news reach the user and nobody else."""

from __future__ import annotations

from pathlib import Path

from tests.frontends import children
from tests.frontends.at_terminal import debug

CAPTURING = """
import os
import sys
import tempfile

def test_hangs():
    async def waiter():
        await trio.Event().wait()

    with tempfile.TemporaryFile() as captured:
        kept = os.dup(2)
        os.dup2(captured.fileno(), 2)
        try:
            import trio

            trio.run(waiter)  # ended by --on-deadlock quit
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            captured.seek(0)
            print("captured", captured.read())
"""

NOT_TRIO = ("-p", "no:trio", "-p", "no:anyio")  # these import Trio before pytest captures anything


def test_a_deadlock_is_told_where_standard_error_led_at_the_start(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"{CAPTURING}\ntest_hangs()\n", encoding="utf-8")

    done = children.run("-m", "stepdbg", "-c", "continue", "--on-deadlock", "quit", program)

    errors = done.stderr.decode()
    assert errors.count("no task can go on any more") == 1
    assert "waits for an Event" in errors
    assert done.stdout.decode().splitlines()[0] == "captured b''"


def test_a_stop_in_a_captured_program_is_shown_there(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"{CAPTURING}\ntest_hangs()\n", encoding="utf-8")

    done = children.run("-m", "stepdbg", "-c", "break waiter", "-c", "c", "-c", "quit", program)

    assert "breakpoint 1: " in done.stderr.decode()
    assert done.stdout.decode().splitlines()[0] == "captured b''"


def test_the_prompt_of_a_captured_test_is_at_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(CAPTURING, encoding="utf-8")
    pytest = ("-c", "continue", "-m", "pytest", "-q", "-p", "no:cacheprovider", *NOT_TRIO)

    with debug(tmp_path, f"{tmp_path}/test_it.py", *pytest) as terminal:
        terminal.wait_for_prompt()
        assert "no task can go on any more" in terminal.text
        terminal.do("p 6 * 7")
        assert "42" in terminal.rows
        terminal.type("quit\r")
        terminal.wait_for_exit()
