"""What the user sends into the program comes from the program's line, as far as that can see."""

from __future__ import annotations

import pytest

from tests.harness import debugging
from tests.traces import names_us

SHOWS = "tests/programs/stepping/shows_errors"


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the program has printed of tracebacks."""
    out = capsys.readouterr().out
    return [line.removeprefix("shown: ") for line in out.splitlines() if "shown:" in line]


def frames_of(lines: list[str]) -> list[str]:
    """The functions in a traceback, outermost first."""
    return [line.rpartition(" in ")[2] for line in lines if line.startswith("  File ")]


@pytest.mark.parametrize(
    ("typed", "frames"),
    [
        (":line", ["lines", "line"]),
        ("exception ValueError", ["errors"]),
    ],
)
@pytest.mark.parametrize("command", ["quit", "throw main KeyError('sent')"])
def test_no_frame_of_ours_is_on_a_traceback(
    typed: str, frames: list[str], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with debugging(SHOWS) as dbg:
        dbg.do(f"break {typed}")
        dbg.go("continue", kind="breakpoint")
        if command == "quit":
            dbg.resume(command)
            dbg.expect_end(exit_code=125)
        else:
            dbg.do(command)
            dbg.do("clear")
            dbg.resume("continue")
            dbg.expect_end()
        lines = shown(capsys)
        assert frames_of(lines)[: len(frames)] == frames
        assert not [line for line in lines if names_us(line)], lines
        assert lines[0] == "Traceback (most recent call last):"


def test_nor_in_a_thread(capsys: pytest.CaptureFixture[str]) -> None:
    with debugging(SHOWS) as dbg:
        dbg.do("break :line, number == 2")
        dbg.go("continue", kind="breakpoint")
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)
        lines = shown(capsys)
        assert frames_of(lines)[-2:] == ["in_thread", "line"]
        assert lines[-1] == "SystemExit: 125"
