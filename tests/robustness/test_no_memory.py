"""Stops where the program has used up all memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stepdbg.engine.process import memory
from tests.debuggee import Program

PROGRAM = Path(__file__).parents[1] / "programs" / "edge" / "memory.py"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def line(mark: str) -> int:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.endswith(f"# @mark {mark}"))


STOPS = {
    "a line": f"break memory.py:{line('again')}",
    "a condition": f"break memory.py:{line('again')}, gone == 1",
    "a function": "break :called",
    "a log point": f"break memory.py:{line('called')}, log 'number {{number}}'",
    "a task": "break task main",
}


@pytest.mark.parametrize("stop", STOPS)
def test_the_program_ends_as_bare(stop: str) -> None:
    options = [word for each in (STOPS[stop], *["continue"] * 4) for word in ("-c", each)]
    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", "-v", *options, str(PROGRAM)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "without 2" in done.stdout.splitlines()
    assert "Traceback" not in told
    # It stops, or one sentence says why not.
    assert any(word in told for word in ("breakpoint 1:", "log: number 1", "not enough memory"))


SHORT = Program.load("tests/programs/edge/short_of_memory")
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/proc/nowhere"}
COMMANDS = ("dump {}", "tree", "why -a", "where", "p number")


@pytest.mark.parametrize(
    ("kilobytes", "compiling"),
    [(0, False), (300, False), (1500, False), (700, True), (1500, True)],
)
def test_a_command_says_that_it_lacks_memory(
    kilobytes: int, compiling: bool, tmp_path: Path
) -> None:
    """A dump of a thousand tasks takes more than 4 MB.

    Compiling: our modules have no bytecode, and the compiler calls missing memory a SyntaxError.
    """
    dump = tmp_path / "d.dump"
    typed = [f"break {SHORT.path}:{SHORT.line('short')}", "continue"]
    typed += [each.format(dump) for each in COMMANDS] + ["continue"]
    options = [word for each in typed for word in ("-c", each)]
    if compiling and kilobytes > 1000 and sys.version_info < (3, 13):
        # In 1 of 24 runs, 3.12.1 raised a TypeError of another call in a second thread.
        pytest.skip("Python 3.12 itself confuses errors where a frame finds no memory")
    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", *options, SHORT.path, str(kilobytes)],
        env={**os.environ, **(NO_BYTECODE if compiling else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    told = done.stdout + done.stderr
    if done.returncode < 0 and sys.version_info < (3, 12):
        # Where a frame finds no memory, 3.11 drops references that are not its own: then even a
        # plain recursion under a limit fails with "error return without exception set", or dies.
        pytest.skip("Python 3.11 itself has died for want of memory")
    assert done.returncode == 0, told
    assert "done 4" in done.stdout.splitlines()
    assert "bug in stepdbg" not in told
    assert "Traceback" not in told
    assert "not enough memory" in told
    assert not dump.exists()
    assert not list(tmp_path.iterdir())


def test_a_block_is_left_for_the_program() -> None:
    memory.put_by()
    assert memory.give_up()
    assert not memory.give_up()
    memory.go_on()
    assert memory.give_up(), "both blocks are there again, as there is memory enough"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring")
@pytest.mark.parametrize("of_program", [False, True])
def test_a_memory_error_of_ours_stays_with_us(of_program: bool) -> None:
    """Ours is dropped, even where our guard itself fails; a signal handler's goes on."""
    from stepdbg.engine.lines.reports import Reports, Travellers

    error = MemoryError("of the program" if of_program else "ours")

    def handler(*_: object) -> None:
        raise error

    class Sink:
        def on_line(self, _frame: object, _line: int) -> None:
            if of_program:
                signal.raise_signal(signal.SIGUSR1)
            raise error

    before = signal.signal(signal.SIGUSR1, handler)
    reports = Reports(Sink(), None, Travellers(lambda: None))  # type: ignore[arg-type]  # a part
    code = handler.__code__
    reports.breaks[id(code)] = {1: set()}
    call_back = reports.callbacks()[sys.monitoring.events.LINE]
    try:
        if not of_program:
            assert call_back(code, 1) is None
            return
        with pytest.raises(MemoryError) as caught:
            call_back(code, 1)
        assert caught.value is error
        assert [entry.name for entry in caught.traceback][-1] == "handler"
        assert "on_line" not in [entry.name for entry in caught.traceback]
    finally:
        signal.signal(signal.SIGUSR1, before)
