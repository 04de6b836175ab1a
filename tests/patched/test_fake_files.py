"""Stops while the program has a file system and a clock of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.debuggee import Program
from tests.frontends import children

FILES = Program.load("tests/programs/patched/files")


def debugged(way: str, *lines: str) -> str:
    words = [word for line in lines for word in ("-c", line)]
    done = children.run("-m", "stepdbg", *words, FILES.path, way, merged=True)
    shown = done.stdout.decode()
    assert done.returncode == 0, shown
    assert "bug in stepdbg" not in shown
    return shown


def at_the_stop() -> tuple[str, ...]:
    return f"break {FILES.path}:{FILES.line('stop')}", "continue"


@pytest.mark.parametrize("way", ["all", "raise"])
def test_a_stop_shows_its_source_and_dumps_to_the_real_disk(way: str, tmp_path: Path) -> None:
    dump = tmp_path / "d.dump"
    told = debugged(way, *at_the_stop(), "where", f"dump {dump}", "next", "p size", "continue")
    assert "->     size = 2" in told
    assert "\n(stepdbg) p size\n2\n" in told
    assert "\nresult 4\n" in told
    assert dump.stat().st_size > 1000


def test_a_source_that_exists_only_there_is_shown() -> None:
    told = debugged("all", *at_the_stop(), "next", "into", "where", "next", "continue")
    assert "return twice  # only in there" in told
    assert "->  0  double  twice = number + number" in told
    assert "\nresult 4\n" in told


def test_a_file_system_that_fails_is_no_source() -> None:
    told = debugged("raise", *at_the_stop(), "next", "into", "where", "next", "continue")
    assert "only in there" not in told.partition("-> ")[2]
    assert "double" in told
    assert "\nresult 4\n" in told


@pytest.mark.parametrize("way", ["all", "raise"])
def test_pictures_go_to_the_real_disk_as_well(way: str, tmp_path: Path) -> None:
    image, trace = tmp_path / "out.svg", tmp_path / "out.json"
    exports = (f"export timeline {image}", f"export perfetto {trace}")
    told = debugged(way, "set record on", *at_the_stop(), *exports, *exports, "continue")
    assert told.count("written to") == 4
    assert image.stat().st_size > 1000
    assert trace.stat().st_size > 100
