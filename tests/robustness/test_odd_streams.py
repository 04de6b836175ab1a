"""The ways out of the debugger, for a program that has closed or replaced its streams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stepdbg.engine.ending import restarting
from stepdbg.model import standard
from stepdbg.model.stops import Restart

PROGRAM = "tests/programs/guards/streams.py"
HOWS = ["close", "replace", "drop", "descriptor", "exit", "delete"]
EXIT_CODES = {"restart": 125, "quit": 125, "quit!": 125, "detach": 0}


def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **settings},
    )


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("way", EXIT_CODES)
def test_a_way_out(way: str, how: str) -> None:
    names = ("stderr", "stdout") if how == "close" else ("stdout", "stderr")
    commands = ["-c", "continue", "-c", way, "-c", "quit"]
    ended = run("-m", "stepdbg", "--output", "stdout", "-v", *commands, PROGRAM, how, *names)
    shown = ended.stdout
    assert shown.count("start: step 1") == (2 if way == "restart" else 1)
    assert "pause: " in shown
    assert "bug" not in shown + ended.stderr
    assert "Traceback" not in shown + ended.stderr
    assert ended.returncode == EXIT_CODES[way]


@pytest.mark.parametrize("how", ["file", "close"])
def test_a_restart_begins_with_the_streams_of_the_start(how: str, tmp_path: Path) -> None:
    """Wherever the program has let them lead, as pytest does while it captures."""
    report = tmp_path / "leads"
    program = "tests/programs/edge/restarted.py"
    commands = "continue\nrestart\ncontinue\nwhere\nquit\n"
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        done = subprocess.run(
            [sys.executable, "-m", "stepdbg", program, how, str(report)],
            input=commands,
            stdout=out,
            stderr=err,
            text=True,
            timeout=60,
            check=False,
        )
    first, again = report.read_text().splitlines()
    assert again == first
    assert "closed" not in first
    assert done.returncode == EXIT_CODES["quit"], (tmp_path / "err").read_text()
    assert "breakpoint()" in (tmp_path / "err").read_text().rpartition("(stepdbg) continue")[2]


def test_a_restart_that_is_not_possible(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, trio\n"
        "async def main():\n"
        "    sys.executable = '/nowhere/python'\n"
        "    breakpoint()\n"
        "    print('goes on')\n"
        "trio.run(main)\n",
        encoding="utf-8",
    )
    words = ["--output", "stdout", "-v", "-c", "continue", "-c", "restart", str(program)]
    ended = run("-m", "stepdbg", *words, TMPDIR=str(tmp_path))
    assert "the program cannot be started again: /nowhere/python cannot be run" in ended.stdout
    assert "goes on\n" in ended.stdout
    assert ended.stdout.count("start: step 1") == 1
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == [program]


def test_a_restart_with_an_argument_that_no_process_takes(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import trio\nasync def main():\n    print('goes on')\ntrio.run(main)\n",
        encoding="utf-8",
    )
    lines = tmp_path / "lines"
    lines.write_bytes(b"restart a\0b\ncontinue\n")
    ended = run("-m", "stepdbg", "--output", "stdout", "--commands", str(lines), str(program))
    shown = " ".join(ended.stdout.split())
    assert "be started again: an argument holds a null character; it goes on" in shown
    assert "goes on\n" in ended.stdout
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("executable", ["/nowhere/python", "/", "", None])
def test_what_cannot_be_run_closes_no_front_end(
    executable: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(sys, "executable", executable)
    with pytest.raises(OSError, match="cannot be run"):
        restarting.start_again(Restart(None, ()), lambda: closed.append(True))
    assert closed == []


def test_a_full_disk_closes_no_front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []
    monkeypatch.setattr(standard.tempfile, "tempdir", "/nowhere")
    with pytest.raises(FileNotFoundError):
        restarting.start_again(Restart(None, ()), lambda: closed.append(True))
    assert closed == []
