"""The terminal around the prompt: its modes, widths, escape codes, hang-up, start files."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stepdbg.sealed import spares
from tests.terminal import ENTER, PROMPT, UP, PseudoTerminal, ctrl

from .at_terminal import EXAMPLES, ROOT, debug, user

TASKS = EXAMPLES / "tasks.py"

LOOKS_AROUND = """
import signal, sys, termios
import trio

before = termios.tcgetattr(0)

def look(when):
    wakeup = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(wakeup)
    same = termios.tcgetattr(0) == before
    kept = "set" if wakeup >= 0 else "lost"
    print(f"{when}: modes {'same' if same else 'changed'}, wake-up {kept}")

async def main():
    look("first")
    await trio.lowlevel.checkpoint()
    look("second")
    name = input("your name? ")
    print(f"hello {name}")
    try:
        await trio.sleep_forever()
    finally:
        print("cleaned up")

trio.run(main)
"""


@pytest.fixture
def looks_around(tmp_path: Path) -> Path:
    """A program that looks at what a debugger may have changed, and reads its input."""
    path = tmp_path / "looks_around.py"
    path.write_text(LOOKS_AROUND, encoding="utf-8")
    return path


SHAPES = pytest.mark.parametrize(
    "environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["drawn", "row", "plain"]
)


# The program's own


@SHAPES
def test_a_running_program_has_the_terminal_to_itself(
    tmp_path: Path, looks_around: Path, environment: dict[str, str]
) -> None:
    with debug(tmp_path, looks_around, environment=environment) as terminal:
        terminal.wait_for_prompt()
        terminal.type("step" + ENTER)
        terminal.wait_for("first: modes same, wake-up set")
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        terminal.wait_for("second: modes same, wake-up set")
        # A row of its own: the listing at the stop has these words, too.
        terminal.wait_until(lambda: "your name?" in terminal.rows, "question")
        assert terminal.modes == terminal.modes_before
        terminal.type("Grace" + ENTER)
        terminal.wait_for("hello Grace")
        assert "your name? Grace" in terminal.rows, "typed text is echoed"


def test_output_comes_before_the_prompt_that_follows_it(tmp_path: Path) -> None:
    program = tmp_path / "partial.py"
    program.write_text(
        "import sys, trio\n"
        "async def main():\n"
        "    sys.stdout.write('no line end yet')\n"
        "    await trio.lowlevel.checkpoint()\n"
        "trio.run(main)\n"
    )
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        terminal.do("step")
        assert "no line end yet" in terminal.text


def test_descriptor_numbers_are_those_without_us(tmp_path: Path) -> None:
    """Ours lie above what most programs ever open, also those that are put by."""
    program = tmp_path / "opens.py"
    program.write_text(
        "import os, trio\n"
        "async def main():\n"
        "    await trio.lowlevel.checkpoint()\n"
        "    print('low', sorted(int(n) for n in os.listdir('/proc/self/fd')"
        f" if int(n) < {spares.FIRST}))\n"
        "trio.run(main)\n"
    )
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("only where the kernel lists descriptors")
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        terminal.wait_for_exit()
        held = re.search(r"low \[.*\]", terminal.text)
    alone = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert held is not None
    assert held[0] == alone.stdout.strip()


# What is printed


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}])
def test_no_escape_byte_where_none_is_wanted(tmp_path: Path, environment: dict[str, str]) -> None:
    with debug(tmp_path, TASKS, environment=environment) as terminal:
        terminal.wait_for_prompt()
        for line in ("step", "tasks", "tree", "queue", "where", "list", "p 'x'", "nonsense)"):
            terminal.do(line)
        before = terminal.prompts()
        terminal.type("p 'given up" + ctrl("c"))
        terminal.wait_until(lambda: terminal.prompts() > before, "a fresh prompt")
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
    assert b"\x1b" not in terminal.raw


def test_an_empty_no_color_is_none(tmp_path: Path) -> None:
    with debug(tmp_path, TASKS, environment={"NO_COLOR": ""}) as terminal:
        terminal.wait_for_prompt()
        assert b"\x1b[" in terminal.raw


@pytest.mark.parametrize("columns", [40, 80, 200])
@SHAPES
def test_no_line_is_wider_than_the_terminal(
    tmp_path: Path, columns: int, environment: dict[str, str]
) -> None:
    with debug(
        tmp_path, TASKS, columns=columns, rows=60, screen_columns=400, environment=environment
    ) as terminal:
        terminal.wait_for_prompt()
        for line in ("step", "tasks", "tree", "queue", "timers", "where", "ll", "help", "locals"):
            terminal.do(line)
        terminal.do("break task no_such_task, if some_name == 'a rather long condition'")
        terminal.do("break")
        terminal.type("quit" + ENTER)
        terminal.wait_for_exit()
        ours = [row for row in terminal.transcript if not row.startswith((PROMPT, "parent:"))]
        assert [row for row in ours if len(row) > columns] == []


def test_only_the_sixteen_colours_are_used(tmp_path: Path) -> None:
    with debug(tmp_path, TASKS) as terminal:
        terminal.wait_for_prompt()
        for line in ("tasks", "list", "help", "nonsense)"):
            terminal.do(line)
    codes = {
        int(code)
        for codes in re.findall(r"\x1b\[([0-9;]*)m", terminal.raw.decode())
        for code in codes.split(";")
        if code
    }
    foreground = {31, 32, 35, 36}  # no black, white, grey, yellow or blue
    attributes = {0, 1, 2, 4, 7}
    assert codes <= foreground | attributes
    assert codes & foreground


def test_the_welcome_is_said_once(tmp_path: Path) -> None:
    with debug(tmp_path, TASKS) as terminal:
        terminal.wait_for_prompt()
        terminal.do("step")
        terminal.do("step")
        assert terminal.text.count("Type help for the commands") == 1


# Other terminals, and none any more


@SHAPES
def test_prompts_on_another_terminal(
    tmp_path: Path, looks_around: Path, environment: dict[str, str]
) -> None:
    """The prompt has a terminal of its own; the program's streams are pipes."""
    program = tmp_path / "reads.py"
    program.write_text(
        "import sys, trio\n"
        "async def main():\n"
        "    print('read', sys.stdin.readline().strip(), sys.stdout.isatty())\n"
        "trio.run(main)\n"
    )
    command = [sys.executable, "-m", "stepdbg", "--tty"]
    with PseudoTerminal(
        ["tail", "-f", "/dev/null"], environment=user(tmp_path) | environment
    ) as terminal:
        settings = user(tmp_path) | {"TERM": "xterm"} | environment
        child = subprocess.Popen(
            [*command, terminal.device, program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {name: value for name, value in settings.items() if value},
        )
        terminal.wait_for_prompt()
        terminal.do("tasks")
        terminal.type("continue" + ENTER)
        out, err = child.communicate(b"this line\n", timeout=60)
        assert (out, err) == (b"read this line False\n", b"")
        assert child.returncode == 0
        assert terminal.modes == terminal.modes_before


@pytest.mark.parametrize("device", ["/dev/null", "/no/such/device"])
def test_a_device_that_is_no_terminal_is_bad_usage(tmp_path: Path, device: str) -> None:
    command = [sys.executable, "-m", "stepdbg", "--tty", device, str(TASKS)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert child.returncode == 2
    assert child.stdout == ""
    assert device in child.stderr
    assert len(child.stderr.splitlines()) == 1


@SHAPES
def test_a_terminal_that_hangs_up_ends_the_program(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """Also where nobody is killed by the hang-up: cleanup runs, and nothing loops."""
    mark = tmp_path / "cleaned"
    program = tmp_path / "cleans.py"
    program.write_text(
        "import signal, trio\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "async def main():\n"
        "    try:\n"
        "        await trio.lowlevel.checkpoint()\n"
        "    finally:\n"
        f"        open({str(mark)!r}, 'w').close()\n"
        "trio.run(main)\n"
    )
    with debug(tmp_path, program, environment=environment) as terminal:
        terminal.wait_for_prompt()
        terminal.do("step")
        terminal.type("p 'unfinished")
        terminal.wait_for("unfinished")
        terminal.hang_up()
        terminal.process.wait(timeout=60)
        assert mark.exists()


def test_a_hang_up_ends_as_without_us(tmp_path: Path) -> None:
    with debug(tmp_path, TASKS) as terminal:
        terminal.wait_for_prompt()
        terminal.hang_up()
        assert terminal.process.wait(timeout=60) == -signal.SIGHUP


# Start files


def write_start_file(home: Path, *lines: str) -> Path:
    path = home / ".config" / "stepdbg" / "startup"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_the_start_file_is_carried_out_silently(tmp_path: Path) -> None:
    write_start_file(tmp_path, "# mine", "alias zz p 'from the start file'", "", "p 'unseen'")
    with debug(tmp_path, TASKS) as terminal:
        terminal.wait_for_prompt()
        assert "unseen" not in terminal.text
        assert "alias" not in terminal.text
        assert terminal.do("zz") == ["'from the start file'"]
        terminal.type(UP + UP)
        terminal.wait_until(terminal.at_prompt, "no history of lines that nobody typed")


def test_what_fails_in_a_start_file_is_said(tmp_path: Path) -> None:
    write_start_file(tmp_path, "alias ok step", "no_such_name")
    with debug(tmp_path, TASKS) as terminal:
        terminal.wait_for_prompt()
        assert "startup:2: no_such_name" in terminal.text
        assert "error: `no_such_name` is neither a command nor a name here" in terminal.rows


def test_a_start_file_that_others_may_write_is_named(tmp_path: Path) -> None:
    write_start_file(tmp_path, "p 'unseen'").chmod(0o666)
    with debug(tmp_path, TASKS, columns=200) as terminal:
        terminal.wait_for_prompt()
        assert "others may write to it" in terminal.text


def test_a_start_file_by_name_comes_after_the_users_own(tmp_path: Path) -> None:
    write_start_file(tmp_path, "alias zz p 'own'", "alias yy p 'own'")
    named = tmp_path / "named.rc"
    named.write_text("alias zz p 'named'\n")
    with debug(tmp_path, TASKS, "--rc", str(named)) as terminal:
        terminal.wait_for_prompt()
        assert terminal.do("zz") == ["'named'"]
        assert terminal.do("yy") == ["'own'"]


def test_only_what_is_typed_may_be_abbreviated_at_will(tmp_path: Path) -> None:
    write_start_file(tmp_path, "wher")
    with debug(tmp_path, TASKS, "-c", "whe") as terminal:
        terminal.wait_for_prompt()
        assert "error: `wher` is neither a command nor a name here" in terminal.rows
        assert "error: `whe` is neither a command nor a name here" in terminal.rows
        assert not any("neither" in row for row in terminal.do("whe"))


def test_commands_of_the_command_line_are_shown(tmp_path: Path) -> None:
    with debug(tmp_path, TASKS, "-c", "step", "-c", "p 'given'") as terminal:
        terminal.wait_for_prompt()
        assert "(stepdbg) step" in terminal.transcript
        at = terminal.transcript.index("(stepdbg) p 'given'")
        assert terminal.transcript[at + 1] == "'given'"
        assert "parent: opening a nursery" in terminal.transcript[:at]
