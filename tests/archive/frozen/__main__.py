"""Writes a dump of each kind with the running Python."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

from tests.archive.frozen import FOLDER
from tests.archive.test_open import ENVIRONMENT, ROOT

FAILING = "tests/programs/failing.py"
KINDS = {
    "stop": ("-c", "step", "-c", "step", "-c", "dump {}", "-c", "quit", "examples/tasks.py"),
    "failure": (
        *("--stop-on-failure", "-c", "continue", "-c", "dump {}", "-c", "quit"),
        *(FAILING, "three_deep"),
    ),
    "end": ("--pm", "--record", "-c", "dump {}", "-c", "quit", FAILING, "from_group"),
    "crash": ("--dump", "{}", "--record", "-c", "continue", FAILING, "same_pass"),
}


def without_this_machine(path: Path) -> None:
    """Leave out where things lie here."""
    text = gzip.decompress(path.read_bytes()).decode("ascii")
    for here, there in ((str(ROOT), "/srv/app"), (sys.prefix, "/usr"), (sys.base_prefix, "/usr")):
        text = text.replace(here, there)
    path.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))


def main() -> None:
    """Write them."""
    version = ".".join(map(str, sys.version_info[:2]))
    for kind, words in KINDS.items():
        path = str(FOLDER / f"{kind}-{version}.dump")
        command = [sys.executable, "-m", "stepdbg", *(word.format(path) for word in words)]
        subprocess.run(
            command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False, timeout=60
        )
        without_this_machine(Path(path))


if __name__ == "__main__":
    main()
