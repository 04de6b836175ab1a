"""Opening a dump runs nothing of what it holds, and needs neither Trio nor the program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.archive.test_open import ENVIRONMENT

PROGRAM = """
import trio

class Box:
    def __repr__(self):
        raise RuntimeError("code of the program was called")

async def fails(box):
    raise ValueError("in vain")

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep_forever)
        nursery.start_soon(fails, Box())

trio.run(main)
"""

OPENING = """
import json, sys
from stepdbg.cli import main

loaded = set(sys.modules)
found = []

def hook(event, arguments):
    if event == "exec":
        found.append([event, arguments[0].co_filename])
    elif event in ("compile", "import"):
        found.append([event, str(arguments[1] if event == "compile" else arguments[0])])
    elif event.startswith(("subprocess", "os.system", "os.exec", "pickle", "socket", "ctypes")):
        found.append([event, ""])

sys.addaudithook(hook)
commands = ("tasks", "tree", "why -a", "exc", "where", "locals", "p box", "exc 1.1", "up", "list")
words = [word for command in commands for word in ("-c", command)]
assert main(["--open", sys.argv[1], *words, "-c", "quit"]) == 0
found += [["module", name] for name in set(sys.modules) - loaded]
print(json.dumps(found), file=sys.stderr)
"""


def test_nothing_of_a_dump_is_run(tmp_path: Path) -> None:
    program, path = tmp_path / "program.py", tmp_path / "crash.dump"
    program.write_text(PROGRAM)
    subprocess.run(
        [sys.executable, "-m", "stepdbg", "-c", "continue", "--dump", path, program],
        env=ENVIRONMENT,
        capture_output=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    opened = subprocess.run(
        [sys.executable, "-c", OPENING, path],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "ValueError: in vain" in opened.stdout
    assert "Box" in opened.stdout
    events = json.loads(opened.stderr)
    assert any(kind == "module" for kind, _ in events)
    # The standard library's own modules look for Jython's, up to Python 3.12.
    expected = sys.stdlib_module_names | {"stepdbg", "org"}
    for kind, what in events:
        assert kind in ("module", "import", "exec", "compile")
        assert str(program) not in what, kind
        assert "crash.dump" not in what, kind
        if kind in ("module", "import"):
            assert what.partition(".")[0] in expected, what
