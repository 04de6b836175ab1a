"""``python -m benchmarks.start_up``: what stepdbg costs before a program's first line.

Owns: CPU time of whole processes, bare and under ``-c continue``, in turn (A B A B).
Does not own: what is imported (tests/guards and tests/launcher look at that).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile

from .processes import processor_time

PROGRAMS = {
    "an empty script": "",
    "a script that imports Trio": "import trio\n",
    "a script that runs Trio": "import trio\n\n\nasync def main(): pass\n\n\ntrio.run(main)\n",
}


def row(name: str, script: str, count: int) -> str:
    """One line of the table: medians in milliseconds."""
    bare = [sys.executable, script]
    debugged = [sys.executable, "-m", "stepdbg", "-c", "continue", script]
    for command in (bare, debugged):
        processor_time(command)  # from now on its bytecode is cached
    pairs = [(processor_time(bare), processor_time(debugged)) for _ in range(count)]
    added = statistics.median(b - a for a, b in pairs) * 1000
    return f"| {name} | {statistics.median(a for a, _ in pairs) * 1000:.0f} | {added:+.1f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start_up", description=__doc__)
    parser.add_argument("--pairs", type=int, default=25, help="pairs per row (default: 25)")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each run would compile all modules
    print("| program | bare, ms CPU | added by `-m stepdbg -c continue`, ms CPU |\n|---|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, source) in enumerate(PROGRAMS.items()):
            script = os.path.join(folder, f"program{number}.py")
            with open(script, "w", encoding="utf-8") as file:
                file.write(source)
            print(row(name, script, options.pairs), flush=True)


if __name__ == "__main__":
    main()
