"""What a line breakpoint that never stops costs, beside pdb and debugpy.

``python -m benchmarks.breakpoints [PAIRS] [WORD]`` prints a Markdown table; with a word, only
its rows for settings with that word.  Each sample is a process of its own; the program times
its loop itself (CPU), so that start-up does not count.  Bare and debugged take turns, which
of them is first changes from pair to pair, both of a pair have the same hash seed, and all
stay on one processor where the system lets them.
The slow debuggers get fewer rounds and fewer pairs: the table gives ratios.

Owns: the places of the breakpoints and who sets them.  Does not own: the statistics (table).
"""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import trio

from . import debugpy_client
from .table import Row, lines

PROGRAM = Path(__file__).parent / "programs" / "hot_lines.py"
ROUNDS = {"compute": 6_000_000, "storm": 200_000}
WORKLOADS = {"compute": "compute loop", "storm": "checkpoint storm"}
CONTROL = "bare (control)"
SLOWER = 20
"""By how much the slow debuggers get fewer rounds."""


@dataclass(frozen=True)
class Place:
    """Where a breakpoint is, if anywhere.

    mark: of the line.  task: whose it is, which only stepdbg knows.
    """

    name: str
    mark: str
    condition: str = ""
    task: str = ""


NOWHERE = Place("no breakpoint at all", "cold")
PLACES = (
    NOWHERE,
    Place("in a function that never runs", "cold"),
    Place("on a line never reached, hot function", "{kind}-never"),
    Place("on the hot line, condition false", "{kind}-hot", condition="total < 0"),
    Place("on the hot line, of another task", "{kind}-hot", task="nobody"),
)


def line_of(mark: str) -> int:
    """The line that a mark of the program names."""
    for number, text in enumerate(PROGRAM.read_text().splitlines(), 1):
        if text.endswith(f"# @mark {mark}"):
            return number
    raise LookupError(mark)


def bare(words: list[str], line: int, place: Place) -> str:  # noqa: ARG001 - as the others
    """No debugger."""
    return _output([sys.executable, *words])


def under_stepdbg(words: list[str], line: int, place: Place) -> str:
    """Stepdbg, as a script would start it."""
    wish = f"break {words[0]}:{line}"
    wish += f" task {place.task}" if place.task else ""
    wish += f", {place.condition}" if place.condition else ""
    command = [] if place is NOWHERE else ["-c", wish]
    return _output([sys.executable, "-m", "stepdbg", *command, "-c", "continue", *words])


def under_pdb(words: list[str], line: int, place: Place) -> str:
    """Pdb, as a script would start it."""
    wish = f"break {words[0]}:{line}" + (f", {place.condition}" if place.condition else "")
    return _output([sys.executable, "-m", "pdb", "-c", wish, "-c", "continue", *words])


def under_debugpy(words: list[str], line: int, place: Place) -> str:
    """Debugpy, as an editor would use it."""
    return debugpy_client.run(words, line, place.condition)


Runner = Callable[[list[str], int, Place], str]
DEBUGGERS: dict[str, Runner] = {
    "stepdbg": under_stepdbg,
    "pdb": under_pdb,
    "debugpy": under_debugpy,
}


def _output(command: list[str]) -> str:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.stdout


def seconds(runner: Runner, kind: str, place: Place, rounds: int) -> float:
    """The CPU seconds of the program's loop."""
    line = line_of(place.mark.format(kind=kind))
    output = runner([str(PROGRAM), kind, str(rounds)], line, place)
    for text in output.splitlines():
        word, _, value = text.partition(" ")
        if word == "seconds":
            return float(value)
    raise RuntimeError(f"the program has printed no time: {output[-500:]}")


def pair(runner: Runner, kind: str, place: Place, rounds: int, number: int) -> tuple[float, float]:
    """The CPU seconds without a debugger and with it, measured in turn."""
    os.environ["PYTHONHASHSEED"] = str(number)
    if number % 2:
        other = seconds(runner, kind, place, rounds)
        return seconds(bare, kind, place, rounds), other
    return seconds(bare, kind, place, rounds), seconds(runner, kind, place, rounds)


def stay_on_one_processor() -> None:
    """This process and those that it starts; where it moves to, caches are cold."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def row(kind: str, place: Place, debugger: str, runner: Runner, count: int) -> Row:
    """One row, measured now."""
    fast = debugger == "stepdbg" and (not place.mark.endswith("hot"))
    fast = runner is bare or (fast and sys.version_info >= (3, 12))
    rounds = ROUNDS[kind] // (1 if fast else SLOWER)
    pairs = [
        pair(runner, kind, place, rounds, number)
        for number in range(count if fast else max(3, count // 3))
    ]
    setting = CONTROL if runner is bare else f"{debugger}: {place.name}"
    return Row.of(WORKLOADS[kind], setting, pairs)


def measured(count: int, wanted: str) -> Iterator[Row]:
    """All rows, the control first."""
    for kind in WORKLOADS:
        yield row(kind, PLACES[0], "", bare, count)
        for place in PLACES:
            for debugger, runner in DEBUGGERS.items():
                means = debugger == "stepdbg" or not (place.task or place is NOWHERE)
                if means and wanted in f"{debugger}: {place.name}" and installed(debugger):
                    yield row(kind, place, debugger, runner, count)


def installed(debugger: str) -> bool:
    """Whether it is there; debugpy need not be."""
    return importlib.util.find_spec(debugger) is not None


def main() -> None:
    """Measure and print."""
    stay_on_one_processor()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    print(f"Python {platform.python_version()}, Trio {trio.__version__}, {count} pairs\n")
    for text in lines(measured(count, wanted), CONTROL):
        print(text, flush=True)
    for debugger in DEBUGGERS:
        if not installed(debugger):
            print(f"| every workload | {debugger}: not installed | | | | |")


if __name__ == "__main__":
    main()
