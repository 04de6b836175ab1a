"""Which front end serves which options, chosen in a child with real streams."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepdbg import cli

from .side_by_side import PROGRAMS, TIME_LIMIT, debugged, environment, plain, run

CHOOSE = """
import sys
from stepdbg import cli
front_end = cli.choose_front_end(cli.parse_options(sys.argv[1:]))()
print(type(front_end).__name__, file=sys.stderr)
"""


@pytest.fixture
def terminal() -> Iterator[int]:
    """The program's side of a pseudo-terminal."""
    outer, inner = pty.openpty()
    yield inner
    os.close(outer)
    os.close(inner)


def chosen(*options: str, stdin: int, stdout: int) -> str:
    """The type of the front end that is made for the options."""
    done = subprocess.run(
        [*plain(), "-c", CHOOSE, *options, "empty.py"],
        cwd=PROGRAMS,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=environment() | {"TERM": "xterm"},
        timeout=TIME_LIMIT,
        check=True,
    )
    return done.stderr.decode().strip()


def test_terminal_on_both_sides(terminal: int) -> None:
    assert chosen(stdin=terminal, stdout=terminal) == "TerminalFrontEnd"
    assert chosen("-c", "step", stdin=terminal, stdout=terminal) == "TerminalFrontEnd"


def test_terminal_on_one_side_only(terminal: int) -> None:
    assert chosen(stdin=subprocess.DEVNULL, stdout=terminal) == "ScriptFrontEnd"
    assert chosen(stdin=terminal, stdout=subprocess.DEVNULL) == "TerminalFrontEnd"
    piped = ("--commands", "-", "--output", "stdout")
    assert chosen(*piped, stdin=terminal, stdout=subprocess.DEVNULL) == "ScriptFrontEnd"


def test_commands_from_a_file_at_a_terminal(terminal: int) -> None:
    options = ("--commands", "empty.py")

    assert chosen(*options, stdin=terminal, stdout=terminal) == "ScriptFrontEnd"


def test_another_terminal(terminal: int) -> None:
    options = ("--tty", os.ttyname(terminal))

    front_end = chosen(*options, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    assert front_end == "TerminalFrontEnd"


def test_json_lines_on_the_standard_streams() -> None:
    outcome = run([*debugged(options=("--json",)), "exits.py", "string"])

    records = [json.loads(line) for line in outcome.stdout.splitlines()]
    text = json.dumps(records)
    assert (outcome.stderr, outcome.status) == (b"", 1)
    assert "leaving" in text
    assert "a message" in text
    assert "without running Trio" in text


def test_json_lines_on_a_descriptor() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [*debugged(options=("--json-fd", str(theirs.fileno()))), "exits.py", "5"]
        done = subprocess.run(
            command,
            cwd=PROGRAMS,
            env=environment(),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
        theirs.close()
        records = b"".join(iter(lambda: ours.recv(65536), b""))

    assert (done.stdout, done.stderr, done.returncode) == (b"leaving\n", b"", 5)
    assert b"without running Trio" in records
    assert b'"exit_code":5' in records.replace(b" ", b"")


@pytest.mark.parametrize("number", ["2", "87654"])
def test_descriptor_that_cannot_be_used(number: str) -> None:
    outcome = run([*debugged(options=("--json-fd", number)), "empty.py"])

    assert outcome.stdout == b""
    assert outcome.stderr.startswith(b"stepdbg: ")
    assert (outcome.stderr.count(b"\n"), outcome.status) == (1, 2)


def test_start_file_comes_before_the_commands(tmp_path: Path) -> None:
    start = tmp_path / "start"
    start.write_text("# a comment\nbreak task worker\n")

    options = cli.parse_options(["-c", "continue", "--rc", str(start), "script.py"])

    assert cli._with_start_file(options) == ["break task worker", "continue"]


def test_module_not_found_is_told_to_a_json_client() -> None:
    outcome = run([*debugged(options=("--json",)), "-m", "no_such_module"])

    assert b'"exit_code":2' in outcome.stdout.replace(b" ", b"")
    assert b"No module named no_such_module" in outcome.stdout
    assert outcome.status == 2
