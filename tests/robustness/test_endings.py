"""However a program ends while it is held, it ends as it would have without the debugger."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import debug
from tests.launcher.side_by_side import debugged, plain, run
from tests.leftovers import assert_nobody_is_left
from tests.terminal import ENTER, PseudoTerminal
from tests.traces import names_us

NONE = {"PYTHONBREAKPOINT": "0"}

WAITS = """\
import signal, sys, trio
signal.signal(signal.SIGINT, signal.default_int_handler)
async def main():
    print("ready", flush=True)
    await trio.sleep_forever()
try:
    trio.run(main)
finally:
    print("cleaned up", flush=True)
"""


HANDLES = """\
import signal, sys, trio
async def main():
    with trio.open_signal_receiver(signal.SIGTERM) as signals:
        breakpoint()
        async for number in signals:
            print("told of", signal.Signals(number).name, flush=True)
            sys.exit(7)
trio.run(main)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "waits.py"
    path.write_text(WAITS)
    return path


def insist(terminal: PseudoTerminal, line: str, done: Callable[[], bool]) -> None:
    """Type a line until it is taken: an interrupt still on its way gives up what is typed."""
    while not done():
        fits = partial(_taken_or_given_up, terminal, terminal.prompts(), done)
        terminal.type("\x15" + line + ENTER)
        terminal.wait_until(fits, line)


def _taken_or_given_up(terminal: PseudoTerminal, before: int, done: Callable[[], bool]) -> bool:
    return done() or (terminal.prompts() > before and terminal.at_prompt())


def wait_for_line(terminal: PseudoTerminal, line: str) -> None:
    """Wait until the program has written a line; its source may be on the screen before."""
    terminal.wait_until(lambda: line in terminal.transcript, line)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_at_the_prompt(number: signal.Signals, program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        terminal.process.send_signal(number)
        assert terminal.wait_for_exit() == -number
        if number != signal.SIGKILL:
            assert terminal.modes == terminal.modes_before


def test_a_signal_while_the_program_runs(program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        terminal.type("continue" + ENTER)
        wait_for_line(terminal, "ready")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait_for_exit() == -signal.SIGTERM
        assert terminal.modes == terminal.modes_before


def test_a_signal_at_the_prompt_for_the_program(program: Path, tmp_path: Path) -> None:
    """One that it handles itself reaches it when it goes on."""
    program.write_text(HANDLES)
    with debug(tmp_path, program, "-c", "continue") as terminal:
        terminal.wait_for_prompt()
        terminal.process.send_signal(signal.SIGTERM)
        terminal.do("p 6 * 7")
        assert "told of SIGTERM" not in terminal.text
        terminal.do("continue")
        assert "told of SIGTERM" in terminal.text
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 7
        assert terminal.modes == terminal.modes_before


def test_a_storm_of_interrupts(program: Path) -> None:
    """As many as arrive, one of them ends the program, as without us."""

    def ends(*command: str | Path) -> tuple[int, bytes]:
        child = children.start(*command)
        with child:
            assert child.stdout is not None
            while child.stdout.readline() != b"ready\n":
                pass
            for _ in range(200):
                try:
                    os.kill(child.pid, signal.SIGINT)
                except ProcessLookupError:
                    break
                if child.poll() is not None:
                    break
            rest, errors = child.communicate(timeout=60)
        assert_nobody_is_left(child.pid)
        assert not names_us(os.fsdecode(errors))
        return child.returncode, rest

    bare, _ = ends(program)
    held, _ = ends("-m", "stepdbg", "-c", "continue", program)

    assert bare in (-signal.SIGINT, 1)  # a second one can meet the interpreter's own end
    assert held in (-signal.SIGINT, 1)


def test_interrupts_at_a_terminal_end_nothing(program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        for _ in range(20):
            terminal.process.send_signal(signal.SIGINT)
            terminal.type("\x03")
        insist(terminal, "p 6 * 7", lambda: "42" in terminal.transcript)
        terminal.type("continue" + ENTER)
        wait_for_line(terminal, "ready")
        for _ in range(20):
            terminal.process.send_signal(signal.SIGINT)
        terminal.wait_for("halt: ")
        terminal.wait_for_prompt()
        insist(terminal, "quit", lambda: terminal.process.poll() is not None)
        assert terminal.wait_for_exit() == 125
        assert terminal.modes == terminal.modes_before
        assert "Traceback" not in terminal.text


def test_a_terminal_of_one_cell(program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        terminal.resize(1, 1)
        terminal.type("tasks" + ENTER)
        terminal.type("tree" + ENTER)
        terminal.resize(80, 24)
        terminal.type("p 6 * 7" + ENTER)
        terminal.wait_for("42")
        assert "Traceback" not in terminal.text
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == 125
        assert terminal.modes == terminal.modes_before


def test_the_reader_of_json_leaves(program: Path) -> None:
    """Nobody can say any more what is to be done: that is a quit, with the program's cleanup."""
    program.write_text(WAITS.replace("sleep_forever()", "sleep(0)"))
    child = children.start("-m", "stepdbg", "--json", program)
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        child.stdin.close()
        status = child.wait(children.PATIENCE)
        errors = child.stderr.read()
    assert_nobody_is_left(child.pid)
    assert status == 125
    assert b"Traceback" not in errors
    assert b"bug" not in errors


PLACES = {
    "a destructor": "class Thing:\n    def __del__(self):\n        breakpoint()\n"
    "        print('on')\n"
    "async def main():\n    thing = Thing()\n    del thing\n    await trio.sleep(0)\n"
    "trio.run(main)\n",
    "a signal handler": "import signal, os\n"
    "def handle(number, frame):\n    breakpoint()\n    print('on')\n"
    "signal.signal(signal.SIGUSR1, handle)\n"
    "async def main():\n    os.kill(os.getpid(), signal.SIGUSR1)\n    await trio.sleep(0)\n"
    "trio.run(main)\n",
    "a signal handler while nothing is runnable": "import signal, os\n"
    "def handle(number, frame):\n    breakpoint()\n    print('on')\n"
    "signal.signal(signal.SIGALRM, handle)\n"
    "async def main():\n    signal.setitimer(signal.ITIMER_REAL, 0.01)\n"
    "    with trio.move_on_after(0.2) as scope:\n        await trio.sleep_forever()\n"
    "    assert scope.cancelled_caught\ntrio.run(main)\n",
    "a protected region": "@trio.lowlevel.enable_ki_protection\n"
    "def work():\n    breakpoint()\n    print('on')\n"
    "async def main():\n    work()\n    await trio.sleep(0)\ntrio.run(main)\n",
    "exit": "import atexit\n"
    "@atexit.register\ndef last():\n    breakpoint()\n    print('on')\n"
    "async def main():\n    await trio.sleep(0)\ntrio.run(main)\n",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_stop_in(place: str, tmp_path: Path) -> None:
    """The prompt works there, and the program goes on behind it."""
    program = tmp_path / "pauses.py"
    program.write_text("import trio\n" + PLACES[place] + "# the end\n")

    with debug(tmp_path, program, "-c", "continue") as terminal:
        terminal.wait_for_prompt()
        assert terminal.do("p 6 * 7") == ["42"]
        assert any("breakpoint()" in row for row in terminal.do("where"))
        terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == run([*plain(), str(program)], variables=NONE).status == 0
        assert "on" in terminal.text.splitlines()
        assert "Traceback" not in terminal.text
        assert terminal.modes == terminal.modes_before


def test_a_pause_after_the_end_is_as_without_us(tmp_path: Path) -> None:
    """The interpreter has taken its modules apart: nothing can be debugged any more."""
    program = tmp_path / "pauses.py"
    program.write_text(
        "import trio\nclass Thing:\n    def __del__(self):\n        breakpoint()\n"
        "        print('on')\nasync def main():\n    await trio.sleep(0)\n"
        "trio.run(main)\nkept = Thing()\n"
    )

    bare = run([*plain(), str(program)])
    held = run([*debugged(), str(program)])

    assert held == bare
    assert b"on\n" in held.stdout
