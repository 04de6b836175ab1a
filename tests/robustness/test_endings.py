"""However a program ends while it is held, it ends as it would have without the debugger."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frontends import children
from tests.frontends.at_terminal import debug
from tests.launcher.side_by_side import PROGRAMS, debugged, plain, run
from tests.terminal import ENTER, PROMPT

REAL = PROGRAMS.parent / "real"

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


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "waits.py"
    path.write_text(WAITS)
    return path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_a_signal_at_the_prompt(number: signal.Signals, program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        terminal.process.send_signal(number)
        assert terminal.process.wait(timeout=60) == -number
        with pytest.raises(ProcessLookupError):  # nobody of its process group is left
            os.killpg(terminal.process.pid, 0)
        if number != signal.SIGKILL:
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
        assert b"stepdbg" not in errors
        return child.returncode, rest

    bare, _ = ends(program)
    held, _ = ends("-m", "stepdbg", "-c", "continue", program)

    assert bare in (-signal.SIGINT, 1)  # a second one can meet the interpreter's own end
    assert held in (-signal.SIGINT, 1)


def test_interrupts_at_the_prompt_end_nothing(program: Path, tmp_path: Path) -> None:
    with debug(tmp_path, program) as terminal:
        terminal.wait_for_prompt()
        for _ in range(20):
            terminal.process.send_signal(signal.SIGINT)
            terminal.type("\x03")
        terminal.type("\x15p 6 * 7" + ENTER)
        terminal.wait_for("42")
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == 125
        assert terminal.modes == terminal.modes_before


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
    assert status == 125
    assert b"Traceback" not in errors
    assert b"bug" not in errors


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_dump_on_a_full_disk(tmp_path: Path) -> None:
    program = tmp_path / "fails.py"
    program.write_text("import trio\nasync def main():\n    1 / 0\ntrio.run(main)\n")

    full = run([*debugged(options=("--dump", "/dev/full", "-c", "continue")), str(program)])

    assert full.status == run([*plain(), str(program)]).status == 1
    assert b"no dump has been written" in full.stderr
    assert b"ZeroDivisionError" in full.stderr


def test_a_dump_that_may_not_grow_is_absent(tmp_path: Path) -> None:
    program = tmp_path / "fails.py"
    program.write_text("import trio\nasync def main():\n    1 / 0\ntrio.run(main)\n")
    dump = tmp_path / "crash.dump"
    limited = "import resource, os, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)); os.execv(sys.executable, "
    limited += "[sys.executable, *sys.argv[1:]])"

    options = ["-m", "stepdbg", "--dump", str(dump), "-c", "continue"]
    done = run([*plain("-B"), "-c", limited, "-B", *options, str(program)])

    assert done.status == 1
    assert b"no dump has been written" in done.stderr
    assert list(tmp_path.iterdir()) == [program]


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

    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", "-c", "continue", str(program)],
        input="p 6 * 7\nwhere\ncontinue\n" * 2,
        env=children.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "on" in lines
    assert lines.count(f"{PROMPT} p 6 * 7") == lines.count("42") == 1


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

    assert (held.status, held.stderr) == (bare.status, bare.stderr)
    assert b"\non\n" in held.stdout
