"""The front end without a terminal, on real programs through pipes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from stepdbg.frontends.script import ScriptFrontEnd
from stepdbg.frontends.verbosity import only_runs_on
from tests.frontends import children
from tests.traces import names_us

QUIT = 125

STEPS = """
import trio

async def main():
    try:
        for number in range(3):
            print("out", number)
            await trio.lowlevel.checkpoint()
    finally:
        print("out cleanup")

trio.run(main)
"""

# Reads a line of its standard input in every step, each time in another way.
READS_STDIN = """
import os, sys, trio

async def main():
    ways = {"text": sys.stdin.readline, "input": lambda: input() + "\\n",
            "thread": lambda: None, "children": lambda: os.popen("read -r x; echo $x").read()}
    for way in sys.argv[1:]:
        line = ways[way]()
        if way == "thread":
            line = await trio.to_thread.run_sync(sys.stdin.readline)
        print("out got", line.rstrip())
        await trio.lowlevel.checkpoint()

trio.run(main)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(STEPS)
    return path


def debug(
    *arguments: str | Path,
    given: bytes = b"",
    settings: Mapping[str, str] = children.NO_SETTINGS,
    merged: bool = True,
) -> subprocess.CompletedProcess[bytes]:
    return children.run("-m", "stepdbg", *arguments, given=given, settings=settings, merged=merged)


def lines_of(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


def with_commands(commands: Sequence[str]) -> list[str]:
    return [word for command in commands for word in ("-c", command)]


def talk(lines: Sequence[str]) -> list[str]:
    """Commands, what the program of a test prints, and how it ended; stops as `stop`."""
    kept = ("(stepdbg)", "out", "the program", "error:")
    shown = ["stop" if " into the run" in line else line for line in lines]
    return [line for line in shown if line == "stop" or line.startswith(kept)]


def test_a_transcript_has_commands_and_output_in_order(program: Path) -> None:
    done = debug(program, given=b"step\n!print('out typed')\ncontinue\n")

    assert talk(lines_of(done)) == [
        "stop",
        "(stepdbg) step",
        "out 0",
        "stop",
        "(stepdbg) !print('out typed')",
        "out typed",
        "(stepdbg) continue",
        "out 1",
        "out 2",
        "out cleanup",
        "the program ended, exit code 0",
    ]
    assert done.returncode == 0


def test_the_end_of_input_at_a_stop_quits_after_the_cleanup(program: Path) -> None:
    done = debug(program, given=b"step\n")

    lines = talk(lines_of(done))
    assert lines[-4:] == ["stop", "(stepdbg) ", "out cleanup", "the program ended, exit code 125"]
    assert done.returncode == QUIT


def test_commands_of_the_command_line_come_before_those_of_standard_input(program: Path) -> None:
    done = debug("-c", "p 'out 1st'", "-c", "p 'out 2nd'", program, given=b"p 'out 3rd'\nc\n")

    assert talk(lines_of(done))[:4] == [
        "stop",
        "(stepdbg) p 'out 1st'",
        "(stepdbg) p 'out 2nd'",
        "(stepdbg) p 'out 3rd'",
    ]


def test_commands_come_from_a_file_and_standard_input_is_left_alone(
    program: Path, tmp_path: Path
) -> None:
    program.write_text(READS_STDIN)
    commands = tmp_path / "commands"
    commands.write_text("step\nc\n")

    done = debug("--commands", commands, program, "text", given=b"p 'for the program'\n")

    assert "out got p 'for the program'" in talk(lines_of(done))
    assert done.returncode == 0


def test_commands_come_from_standard_input_by_the_name_of_a_dash(program: Path) -> None:
    done = debug("--commands", "-", program, given=b"p 'from stdin'\nc\n")

    assert "(stepdbg) p 'from stdin'" in talk(lines_of(done))


def test_commands_come_from_a_fifo_when_they_are_needed(program: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    child = children.start("-m", "stepdbg", "--commands", fifo, program)
    with child, open(fifo, "w") as writer:  # opens once the other side asks for its first line
        assert child.stdout is not None
        assert child.stderr is not None
        writer.write("step\n")
        writer.flush()
        while child.stdout.readline() != b"out 0\n":
            continue  # the first command is carried out before the second one is written
        writer.write("continue\n")
        writer.close()
        assert child.stdout.read().startswith(b"out 1\n")
        assert b"(stepdbg) continue\n" in child.stderr.read()
    assert child.returncode == 0


def test_the_end_of_a_file_quits(program: Path, tmp_path: Path) -> None:
    commands = tmp_path / "commands"
    commands.write_text("step")

    assert debug("--commands", commands, program, given=b"c\n").returncode == QUIT


def test_a_program_that_is_continued_has_its_standard_input_for_itself(program: Path) -> None:
    program.write_text(READS_STDIN)
    ways = ("text", "input", "thread", "text")

    done = debug("-c", "continue", program, *ways, given=b"1\n2\nstep\n4\n")

    assert lines_of(done) == [
        "out got 1",
        "out got 2",
        "out got step",
        "out got 4",
    ]
    assert done.returncode == 0


@pytest.mark.parametrize(
    "ways", [("children", "children", "children"), ("children", "text", "input"), ("input",) * 3]
)
def test_a_program_may_read_lines_between_the_commands(
    program: Path, ways: tuple[str, ...]
) -> None:
    program.write_text(READS_STDIN)
    given = b"step main\n1\nstep main\n2\nstep main\n3\ncontinue\n"

    done = debug(program, *ways, given=given)

    step = "(stepdbg) step main"
    assert talk(lines_of(done)) == [
        *("stop", step, "out got 1"),
        *("stop", step, "out got 2"),
        *("stop", step, "out got 3"),
        *("stop", "(stepdbg) continue", "the program ended, exit code 0"),
    ]


def test_a_thread_of_the_program_may_read_lines_between_the_commands(program: Path) -> None:
    program.write_text(READS_STDIN)
    # One step to pass the limiter, one to wait for the thread, one to show what it has got.
    given = b"step main\nstep main\n1\nstep main\nstep main\n2\ncontinue\n"

    done = debug(program, "thread", "text", given=given)

    step = "(stepdbg) step main"
    assert talk(lines_of(done)) == [
        *("stop", step),
        *("stop", step),
        *("stop", step, "out got 1"),
        *("stop", step, "out got 2"),
        *("stop", "(stepdbg) continue", "the program ended, exit code 0"),
    ]


def test_lines_that_are_no_text_fail_and_the_next_one_counts(program: Path) -> None:
    done = debug(program, given=b"\xff\xfe\np 'out'\nc\n")

    assert talk(lines_of(done))[1:4] == [
        "(stepdbg) ",
        "error: this line is not utf-8 text",
        "(stepdbg) p 'out'",
    ]
    assert done.returncode == 0


def test_a_breakpoint_runs_its_commands(program: Path) -> None:
    commands = ("break task main", "commands 1", "silent", "p 'out hit'", "c", "end", "c")

    done = debug(*with_commands(commands), program)

    lines = talk(lines_of(done))
    assert lines.count("(stepdbg) p 'out hit'") >= 2
    assert lines.count("stop") == 1  # the start; the hits are silent
    assert done.returncode == 0


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_no_line_of_ours_is_wider_than_columns_say(program: Path, columns: int) -> None:
    settings = {"COLUMNS": str(columns)}

    done = debug(program, given=b"tasks\nwhere\nhelp\nhelp break\nc\n", settings=settings)

    widest = max(len(line) for line in lines_of(done))
    assert columns // 2 < widest <= columns


def test_the_output_is_in_the_encoding_of_the_program(program: Path) -> None:
    settings = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}

    done = debug(program, given=b"p chr(0x2603)\nc\n", settings=settings)

    assert b"'\\u2603'" in done.stdout
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_leaves_is_the_end_of_input(program: Path) -> None:
    child = children.start("-m", "stepdbg", program)
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stderr.readline()
        child.stderr.close()
        child.stdin.write(b"tasks\n")
        child.stdin.flush()  # its answer finds nobody; standard input stays open
        assert child.wait(children.PATIENCE) == QUIT
        printed = child.stdout.read()
    assert not names_us(os.fsdecode(printed))


def test_a_reader_that_leaves_a_full_pipe_is_the_end_of_input(program: Path) -> None:
    program.write_text("import trio\nasync def main(): pass\ntrio.run(main)\n")
    child = children.start("-m", "stepdbg", program)
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdin.write(b"p list(range(1000)), '-' * 900\n" * 1000)  # fills any pipe
        child.stdin.flush()
        child.stderr.close()
        assert child.wait(children.PATIENCE) == QUIT
        assert child.stdout.read() == b""


def test_a_place_of_output_that_is_closed_is_the_end_of_input(program: Path) -> None:
    program.write_text("import trio\nasync def main(): pass\ntrio.run(main)\n")

    quit_at_once = children.run_without(2, "-m", "stepdbg", str(program))
    chosen = children.run_without(1, "-m", "stepdbg", "--output", "stdout", str(program))
    continued = children.run_without(2, "-m", "stepdbg", "-c", "continue", str(program))

    assert (quit_at_once.returncode, quit_at_once.stdout) == (QUIT, b"")
    assert (chosen.returncode, chosen.stderr) == (QUIT, b"")
    assert (continued.returncode, continued.stdout) == (0, b"")


def test_a_closed_standard_input_is_the_end_of_input(program: Path) -> None:
    assert children.run_without(0, "-m", "stepdbg", str(program)).returncode == QUIT


def test_a_program_that_takes_standard_output_away_does_not_take_it_from_us(
    program: Path, tmp_path: Path
) -> None:
    program.write_text(
        "import os, sys, trio\n"
        "log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)\n"
        "os.dup2(log, 1)\n"
        "async def main(): print('logged', flush=True)\n"
        "trio.run(main)\n"
    )
    log = tmp_path / "log"

    done = debug(program, log, given=b"p 'out'\nc\n")

    assert talk(lines_of(done))[1:] == [
        "(stepdbg) p 'out'",
        "(stepdbg) c",
        "the program ended, exit code 0",
    ]
    assert log.read_text() == "logged\n"


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["continue"], True),
        (["c"], True),
        (["break task worker", "continue"], True),
        (["b task worker ;; c"], True),
        (["tbreak task worker, if x > 1", "disable 1", "c"], True),
        (["quit"], True),
        ([], False),
        (["step"], False),
        (["break task worker"], False),
        (["continue", "tasks"], False),
        (["tasks", "continue"], False),
        (["break task worker", "commands 1", "queue", "end", "c"], False),
        (["", "  "], False),
        (["cont"], True),
        (["exit"], True),
        (["  cont  "], True),
        (["\tquit"], True),
        (["cont ;; "], True),
        ([";; cont"], True),
        (["b task x;;cont"], True),
        (["h break", "exit"], True),
        (["cl", "cont"], True),
        (["# set up", "break task worker", "", "cont"], True),
        (["cont", "# the end"], True),
        (["break task worker\n# a comment\ncont"], True),
        (["break app.py:3, if text == 'a ;; step'", "cont"], True),
        (["break app.py:3, log 'at ;; tasks'", "cont"], True),
        (["conti"], False),
        (["continued"], False),
        (["quit_later()"], False),
        (["cont = 3"], False),
        (["c == 3"], False),
        (["!c"], False),
        (["cont", "cont"], True),
        (["cont ;; where"], False),
        (["exit", "break"], False),
        (["alias go cont", "go"], True),
        (["alias go break task %1 ;; cont", "go worker"], True),
        (["alias go break task %1 ;; cont", "go"], False),
        (["alias go tasks ;; cont", "go"], False),
        (["alias go cont", "unalias go", "go"], False),
        (["alias cont tasks", "cont"], False),
        (["alias go go", "go"], False),
        (["break task x", "commands 1", "silent", "cont", "cont"], True),
        (["break task x", "commands 1", "silent", "end", "cont"], True),
        (["break task x", "commands 1 ;; silent ;; cont"], False),
        (["break task x", "commands 1", "cont"], False),
        (["break task x", "commands 1", "end", "cont"], True),
        (["silent", "cont"], False),
    ],
)
def test_commands_that_only_run_on_need_no_recorder(commands: list[str], expected: bool) -> None:
    assert only_runs_on(commands) is expected


@pytest.mark.parametrize(
    ("commands", "file", "wanted"),
    [(["continue"], None, False), (["continue"], "-", True), ([], None, True)],
)
def test_who_may_ask_wants_the_recorder(
    commands: list[str], file: str | None, wanted: bool
) -> None:
    front_end = ScriptFrontEnd(commands=commands, commands_file=file, read_stdin=True, out=None)

    assert front_end.wants_recorder is wanted
    front_end.close()
