"""`stepdbg.post_mortem`, `pm`, `catch` and `install` in programs started without stepdbg."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

import stepdbg

# `pexpect` forks, and pytest has other threads, which Python 3.15 counts.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of forkpty:DeprecationWarning")

FOLDER = str(Path(stepdbg.__file__).parents[1])
SEARCHED = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), FOLDER)))
ENVIRONMENT = os.environ | {"PYTHONPATH": SEARCHED}

BODY = """\
import sys
import trio
import stepdbg

async def waits():
    await trio.sleep_forever()

async def fails(what):
    await trio.lowlevel.cancel_shielded_checkpoint()
    raise ValueError(what)

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(fails, "in vain")

"""


def run(tmp_path: Path, code: str, commands: str) -> subprocess.CompletedProcess[str]:
    program = tmp_path / "program.py"
    program.write_text(BODY + code)
    return subprocess.run(
        [sys.executable, str(program)],
        input=commands,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=ENVIRONMENT,
    )


def test_post_mortem_of_what_is_handled(tmp_path: Path) -> None:
    code = "try:\n    trio.run(main)\nexcept* ValueError:\n    stepdbg.post_mortem()\nprint('on')\n"
    done = run(tmp_path, code, "exceptions\nwhere\np what\nquit\n")
    assert "1.1 ValueError: in vain" in done.stderr
    assert "'in vain'" in done.stderr
    # The run had ended before stepdbg was asked for anything: it guesses nothing.
    assert "whose task it was is not recorded" in done.stderr
    assert done.stdout == "on\n"
    assert done.returncode == 0


def test_catch_prompts_and_lets_it_go_on(tmp_path: Path) -> None:
    done = run(tmp_path, "with stepdbg.catch():\n    trio.run(main)\n", "p 1 + 1\nquit\n")
    assert "post-mortem" in done.stderr
    assert done.stderr.count("ValueError: in vain") == 1
    assert done.returncode == 1


def test_catch_lets_exits_alone(tmp_path: Path) -> None:
    done = run(tmp_path, "with stepdbg.catch():\n    sys.exit(7)\n", "p 1\n")
    assert (done.stdout, done.returncode) == ("", 7)


def test_post_mortem_inside_a_run_shows_who_lives(tmp_path: Path) -> None:
    code = """
async def careful():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        await trio.lowlevel.checkpoint()
        try:
            await fails("now")
        except ValueError as error:
            stepdbg.post_mortem(error)
        nursery.cancel_scope.cancel()
    print("cleanly")

trio.run(careful)
"""
    done = run(tmp_path, code, "tasks\np what\ntree\ncontinue\n")
    assert "waits" in done.stderr
    assert "careful" in done.stderr
    assert "'now'" in done.stderr
    assert done.stdout == "cleanly\n"
    assert done.returncode == 0, done.stderr


def test_pm_looks_at_the_last_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "last_exc", raising=False)
    monkeypatch.delattr(sys, "last_value", raising=False)
    with pytest.raises(ValueError, match="no exception"):
        stepdbg.pm()
    with pytest.raises(ValueError, match="no exception"):
        stepdbg.post_mortem()


def test_pm_at_pythons_own_prompt(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(BODY + "trio.run(main)\n")
    shell = pexpect.spawn(
        sys.executable,
        ["-i", str(program)],
        encoding="utf-8",
        timeout=30,
        dimensions=(50, 100),
        env=ENVIRONMENT | {"TERM": "dumb", "PYTHON_BASIC_REPL": "1"},
    )
    shell.expect(">>> ")
    shell.sendline("import stepdbg; stepdbg.pm()")
    shell.expect(r"post-mortem")
    shell.expect(r"\(stepdbg\) ")
    shell.sendline("p what")
    shell.expect("'in vain'")
    shell.expect(r"\(stepdbg\) ")
    shell.sendline("quit")
    shell.expect(">>> ")
    shell.sendeof()
    shell.expect(pexpect.EOF)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="its prompt is a plain input() there")
def test_pm_at_pythons_own_prompt_that_edits_lines() -> None:
    plain = {"PYTHON_BASIC_REPL", "PYTHONSTARTUP"}
    shell = pexpect.spawn(
        sys.executable,
        ["-q"],
        encoding="utf-8",
        timeout=30,
        dimensions=(50, 100),
        env={name: value for name, value in ENVIRONMENT.items() if name not in plain}
        | {"TERM": "xterm", "PYTHON_HISTORY": os.devnull},
    )
    shell.expect(">>> ")
    shell.sendline("import stepdbg")
    shell.expect(">>> ")
    shell.sendline("1 / 0")
    shell.expect("ZeroDivisionError")
    shell.sendline("stepdbg.pm()")
    shell.expect("post-mortem")
    shell.expect("Type help for the commands")  # said at a terminal alone
    shell.sendline("quit")
    shell.expect(">>> ")
    shell.sendeof()
    shell.expect(pexpect.EOF)


@pytest.mark.parametrize("terminal", [True, False])
def test_install(tmp_path: Path, terminal: bool) -> None:
    code = "stepdbg.install(post_mortem=True)\ntrio.run(main)\n"
    if not terminal:
        done = run(tmp_path, code, "p 1\n")
        assert done.stdout == ""
        assert done.stderr.count("ValueError: in vain") == 1
        assert done.returncode == 1
        return
    program = tmp_path / "program.py"
    program.write_text(BODY + code)
    shell = pexpect.spawn(
        sys.executable,
        [str(program)],
        encoding="utf-8",
        timeout=30,
        dimensions=(50, 100),
        env=ENVIRONMENT | {"TERM": "dumb", "PYTHON_BASIC_REPL": "1"},
    )
    shell.expect("ValueError: in vain")
    shell.expect(r"post-mortem: fails \(4\) was the first to fail")
    shell.expect(r"\(stepdbg\) ")
    shell.sendline("tasks")
    shell.expect("waits")
    shell.expect(r"\(stepdbg\) ")
    shell.sendline("quit")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 1


def test_catch_notes_whose_failure_it_was_and_says_nothing_before(tmp_path: Path) -> None:
    code = "trio.run(trio.sleep, 0)\nwith stepdbg.catch():\n    trio.run(main)\n"
    done = run(tmp_path, code, "exceptions\ntree\ncontinue\n")
    shown = " ".join(done.stderr.split())
    assert "post-mortem: fails (" in shown
    assert "was the first to fail" in shown
    assert "started by main (" in shown
    assert "`continue` goes on with the program" in shown
    assert "waits" in shown
    assert "ended after" not in shown


def test_catch_inside_a_run_shows_the_picture_of_the_failure(tmp_path: Path) -> None:
    code = """
async def careful():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        try:
            with stepdbg.catch():
                await main()
        except* ValueError:
            pass
        nursery.cancel_scope.cancel()
    print("cleanly")

trio.run(careful)
"""
    done = run(tmp_path, code, "tree\ncontinue\n")
    shown = " ".join(done.stderr.split())
    assert "fails (5) was the first to fail" in shown
    assert "waits#2 (4) asleep for ever" in shown  # it has been cancelled since
    assert done.stdout == "cleanly\n"
    assert done.returncode == 0, done.stderr


NOTEBOOK = """
import asyncio, builtins, io, sys

real = sys.stdout
class Out(io.TextIOBase):
    encoding = "utf-8"
    def write(self, text):
        real.write(text)
        return len(text)

sys.stdout, sys.stdin = Out(), None
asked = iter(["exceptions", "p what"])

def ask(prompt=""):
    for line in asked:
        return line
    raise EOFError

builtins.input = ask

async def kernel():
    with stepdbg.catch():
        trio.run(main)

asyncio.run(kernel())
"""


def test_a_notebook_is_asked_where_it_asks_itself(tmp_path: Path) -> None:
    """A loop of asyncio runs, streams have no descriptors, and `input` is the kernel's."""
    done = run(tmp_path, NOTEBOOK, "")
    assert "the first to fail" in " ".join(done.stdout.split())
    assert "'in vain'" in done.stdout
    assert done.returncode == 1
