"""Descriptors that are kept for the moment at which none is left."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEGINS = (
    f"import os, sys; sys.path.insert(0, {str(ROOT)!r}); import stepdbg\n"
    "from stepdbg.sealed import spares\n"
    "kept = [each[0] for each in spares._kept]\n"
)


def says(code: str) -> str:
    """What a process prints in which stepdbg has just been imported."""
    done = subprocess.run(
        [sys.executable, "-c", BEGINS + code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_there_are_four_that_no_other_program_inherits() -> None:
    assert says("print(len(kept), any(os.get_inheritable(each) for each in kept))") == "4 False"


def test_the_program_gets_the_numbers_that_it_gets_anyway() -> None:
    opens = "print(*(os.open(os.devnull, os.O_RDONLY) for _ in range(10)))"
    bare = subprocess.run(
        [sys.executable, "-c", "import os; " + opens], capture_output=True, text=True, check=True
    )
    assert says(opens) == bare.stdout.strip()


def test_what_the_program_has_opened_in_their_place_is_left_alone() -> None:
    code = (
        "os.closerange(3, 100)\n"
        "mine = os.open(os.devnull, os.O_RDONLY); os.dup2(mine, kept[0])\n"
        "spares.give_up()\n"
        "same = os.fstat(kept[0]).st_ino == os.fstat(mine).st_ino\n"
        "print(same, os.path.exists('/dev/fd/%d' % kept[1]))\n"
    )
    assert says(code) == "True False"


@pytest.mark.parametrize("limit", [32, 64, 100])
def test_they_are_taken_back(limit: int) -> None:
    code = (
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, {limit}))\n"
        "try:\n"
        "    while True: os.open(os.devnull, os.O_RDONLY)\n"
        "except OSError: pass\n"
        "with spares.room():\n"
        "    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(4)]\n"
        "    for each in opened: os.close(each)\n"
        "try: print(os.open(os.devnull, os.O_RDONLY))\n"
        "except OSError as error: print(len(spares._kept), error.errno)\n"
    )
    assert limit <= resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert says(code) == "4 24"


@pytest.mark.skipif(os.getuid() != 0, reason="only root may change the root folder")
def test_a_root_folder_without_an_interpreter(tmp_path: Path) -> None:
    """A stop, `where` and `p` are there; what is not says so in one sentence."""
    program = tmp_path / "jail.py"
    program.write_text(
        "import os, tempfile, trio\n"
        "async def main():\n"
        "    folder = tempfile.mkdtemp()\n"
        "    os.chdir(folder); os.rmdir(folder); os.chroot('.')\n"
        "    os.setgid(65534); os.setuid(65534)\n"
        "    await trio.lowlevel.checkpoint()\n"
        "    number = 5\n"
        "    print('in jail', number)\n"
        "trio.run(main)\n",
        encoding="utf-8",
    )
    lines = ("break 8", "continue", "where", "p number + 1", "dump /d", "continue", "continue")
    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", *(w for each in lines for w in ("-c", each)), program],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    out = done.stdout
    assert done.returncode == 0, out
    assert "bug in stepdbg" not in out
    assert "(stepdbg) p number + 1\n6\n" in out
    assert "in jail 5\nrun 1 ended" in out
    assert "error: a part of stepdbg can no longer be read: " in out
