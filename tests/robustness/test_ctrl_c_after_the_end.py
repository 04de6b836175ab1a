"""SIGINT while stepdbg works after the program's end: it finishes that, and then ends by it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from stepdbg.archive.reading import open_dump
from tests.frontends import children
from tests.frontends.at_terminal import ROOT

FAILING = """
import trio

async def main():
    found = 41
    await trio.sleep(0)
    raise ValueError("as it must")

trio.run(main)
"""
GOING_WELL = FAILING.replace('raise ValueError("as it must")', "print('done')")
WORK = {
    "a dump": (FAILING, ("stepdbg.archive.writing", "save_picture"), ("--dump={folder}/a.dump",)),
    "what is left to say": (GOING_WELL, ("stepdbg.launcher.wiring", "_end_session"), ()),
    "a drawing": (
        GOING_WELL,
        ("stepdbg.launcher.timeline_file", "replace_own"),
        ("--timeline={folder}/a.svg",),
    ),
    "a recording": (
        GOING_WELL,
        ("stepdbg.archive.recordings.closing", "compress"),
        ("--record-to={folder}/a.rec",),
    ),
}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals")


@pytest.mark.parametrize("work", WORK)
def test_it_is_finished_first(work: str, tmp_path: Path) -> None:
    text, where, options = WORK[work]
    program = tmp_path / "program.py"
    program.write_text(text)

    given = [each.format(folder=tmp_path) for each in options]
    words = [*where, *given, "-c", "continue", os.fspath(program)]
    child = children.run("-m", "tests.robustness.interrupted", *words)

    said = (child.stdout + child.stderr).decode()
    assert child.returncode == -signal.SIGINT, said
    assert f"{ROOT}/stepdbg/" not in said
    assert "bug in stepdbg" not in said
    assert ("ValueError: as it must" in said) == (text is FAILING)
    if work == "a dump":
        assert f"is written to {tmp_path}/a.dump" in said
        assert open_dump(tmp_path / "a.dump").runs()
    elif work == "a drawing":
        assert (tmp_path / "a.svg").read_text().rstrip().endswith("</svg>")
    elif work == "a recording":
        viewed = children.run("-m", "stepdbg", "--open", tmp_path / "a.rec", "-c", "log")
        assert b"main" in viewed.stdout
