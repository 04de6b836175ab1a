"""Where text of ours goes: the program's standard output only where that is the user's terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frontends.at_terminal import user
from tests.terminal import ENTER, PROMPT, PseudoTerminal

from .side_by_side import Outcome, debugged, plain, run

PROGRAM = """
import sys, trio

async def main():
    print("out 1")
    await trio.lowlevel.checkpoint()
    print("out 2")
    print("bad", file=sys.stderr)

trio.run(main)
"""
PRINTED = b"out 1\nout 2\n"
LINES = b"p 'asked'\ncontinue\n"


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return str(path)


def session(program: str, *options: str, stdin: bytes = LINES, merged: bool = False) -> Outcome:
    return run([*debugged(options=options), program], stdin=stdin, merged=merged)


@pytest.mark.parametrize("options", [(), ("-v",), ("--pm",), ("--commands", "-"), ("--record",)])
def test_standard_output_is_the_programs(program: str, options: tuple[str, ...]) -> None:
    done = session(program, *options)

    assert done.stdout == PRINTED
    assert b"bad\n" in done.stderr
    if options != ("--pm",):  # nothing fails, so nobody is asked
        assert b"(stepdbg) p 'asked'\n'asked'\n" in done.stderr


def test_one_place_for_both_is_in_order(program: str) -> None:
    done = session(program, stdin=b"step\np 'asked'\ncontinue\n", merged=True)

    lines = [line for line in done.stdout.splitlines() if line.startswith((b"out", b"'", b"("))]
    assert lines == [
        b"(stepdbg) step",
        b"out 1",
        b"(stepdbg) p 'asked'",
        b"'asked'",
        b"(stepdbg) continue",
        b"out 2",
    ]


@pytest.mark.parametrize("call", ["breakpoint()", "stepdbg.post_mortem(ValueError('x'))"])
def test_a_program_that_asks_by_itself(tmp_path: Path, call: str) -> None:
    path = tmp_path / "asks.py"
    raised = "try: 1 / 0\nexcept Exception as error: stepdbg.post_mortem(error)"
    path.write_text(f"import stepdbg\nprint('out')\n{raised if 'post' in call else call}\n")

    done = run(
        [*plain(), str(path)], stdin=LINES, variables={"PYTHONBREAKPOINT": "stepdbg.set_trace"}
    )

    assert done.stdout == b"out\n"
    assert b"'asked'" in done.stderr


# -- --output ------------------------------------------------------------------------------------


def test_standard_output_by_name(program: str) -> None:
    done = session(program, "--output", "stdout")

    assert b"(stepdbg) p 'asked'\n'asked'\n" in done.stdout
    assert done.stderr == b"bad\n"


def test_a_file(program: str, tmp_path: Path) -> None:
    place = tmp_path / "text"
    place.write_text("older\n" * 1000)

    done = session(program, "--output", str(place))

    assert (done.stdout, done.stderr) == (PRINTED, b"bad\n")
    assert "(stepdbg) p 'asked'\n'asked'\n" in place.read_text()
    assert "older" not in place.read_text()


def test_a_file_goes_on_after_a_restart(program: str, tmp_path: Path) -> None:
    place = tmp_path / "text"

    done = session(program, "--output", str(place), stdin=b"p 'first'\nrestart\np 'second'\nc\n")

    assert done.stdout == PRINTED
    assert place.read_text().index("'first'") < place.read_text().index("'second'")


def test_a_descriptor(program: str) -> None:
    reads, writes = os.pipe()
    command = [*debugged(options=("--output", f"fd:{writes}")), program]
    child = subprocess.run(command, input=LINES, capture_output=True, pass_fds=[writes], timeout=60)
    os.close(writes)
    with open(reads, "rb") as text:
        assert b"(stepdbg) p 'asked'\n'asked'\n" in text.read()
    assert (child.stdout, child.stderr) == (PRINTED, b"bad\n")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--output", "text", "--json"), "--output and JSON exclude each other"),
        (("--output", "text", "--json-fd=9"), "--output and JSON exclude each other"),
        (("--output", "stderr", "--tty", "/dev/null"), "--output and --tty exclude each other"),
        (("--output", "fd:x"), "--output fd:x: not the number of a file descriptor"),
        (("--output", "fd:77"), "--output fd:77: Bad file descriptor"),
        (("--output", "fd:0"), "--output fd:0: Bad file descriptor"),
        (("--output", "fd:" + "9" * 30), "--output fd:" + "9" * 30),
        (("--output", "no/such/folder"), "--output no/such/folder: its folder does not exist"),
        (("--output", "."), "--output .: a folder, not a file"),
        (("--output", ""), "--output needs a value: --output WHERE"),
        (("-v", "-q"), "-v and -q exclude each other"),
        (("-q", "--json"), "-v and -q choose how much text there is, but --json sends everything"),
    ],
)
def test_bad_usage(program: str, options: tuple[str, ...], sentence: str) -> None:
    done = session(program, *options)

    assert done.stderr.decode().startswith(f"stepdbg: {sentence}")
    assert (done.stderr.count(b"\n"), done.stdout, done.status) == (1, b"", 2)


# -- at a terminal -------------------------------------------------------------------------------


def at_terminal(home: Path, program: str, *options: str) -> PseudoTerminal:
    command = [sys.executable, "-m", "stepdbg", *options, program]
    return PseudoTerminal(command, environment=user(home))


@pytest.mark.parametrize("aside", ["", "2> errors"])
def test_a_prompt_at_the_terminal_beside_a_pipe(program: str, tmp_path: Path, aside: str) -> None:
    shell = f"'{sys.executable}' -m stepdbg '{program}' {aside} | cat > printed"
    with PseudoTerminal(
        ["/bin/sh", "-c", shell], environment=user(tmp_path), cwd=tmp_path
    ) as terminal:
        terminal.wait_for_prompt()
        assert terminal.do("p 'asked'") == ["'asked'"]
        assert "out 1" not in terminal.do("step")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "out 1" not in terminal.transcript
        assert ("bad" in terminal.transcript) is (not aside)
    assert (tmp_path / "printed").read_bytes() == PRINTED
    if aside:
        assert (tmp_path / "errors").read_bytes() == b"bad\n"


def test_text_elsewhere_and_the_prompt_at_the_terminal(program: str, tmp_path: Path) -> None:
    place = tmp_path / "text"
    with at_terminal(tmp_path, program, "--output", str(place)) as terminal:
        terminal.wait_for_prompt()
        assert terminal.do("p 'asked'") == []
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "out 2" in terminal.transcript
    assert f"{PROMPT} p 'asked'\n'asked'\n{PROMPT} continue\n" in place.read_text()


def test_commands_from_a_file_are_shown_at_the_terminal(program: str, tmp_path: Path) -> None:
    commands = tmp_path / "commands"
    commands.write_text("p 'asked'\ncontinue\n")
    with at_terminal(tmp_path, program, "--commands", str(commands)) as terminal:
        assert terminal.wait_for_exit() == 0
        assert "'asked'" in terminal.transcript
