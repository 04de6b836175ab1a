"""What `why` says of the other end of a socket or pipe, and of a child process."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import trio

from stepdbg.engine.plumbing import children, ends
from stepdbg.model.values import ChildState
from tests.harness import debugging

PROGRAM = "tests/programs/why/ends"
LINUX = sys.platform == "linux"
linux_only = pytest.mark.skipif(not LINUX, reason="read from /proc")

WRITES = (
    "the process waits to write to its stdout; its stdout holds 65,536 of 65,536 bytes, "
    "which nobody reads: `process.stdout`"
)
READS = "the process waits to read from its stdin, which is empty, and open here: `process.stdin`"


def below(which: str, task: str, *arguments: str) -> list[str]:
    """The lines of `why` about a task, without its own sentence and without numbers of tasks."""
    with debugging(PROGRAM, args=[which, *arguments]) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        told = dbg.text(f"why {task}", 400)
    assert f"{task} (" in told.splitlines()[0]
    return [re.sub(r" \(\d+\)", "", line) for line in told.splitlines()[1:]]


TALKS = ["talk", "unix", *(["pair", "served", "pipes"] if LINUX else [])]


@pytest.mark.parametrize("which", TALKS)
def test_who_has_the_other_end(which: str) -> None:
    lines = below(which, "Client.talk")
    assert lines[0] == "    the other end is with Server.answer"
    assert lines[1].startswith("  Server.answer waits to read from ")
    assert lines[2] == "      the other end is with Client.talk"
    assert len(lines) == 3, "it is not a deadlock: somebody else may have the other end"


@pytest.mark.parametrize("which", ["unix", "pair", "served"])
def test_where_the_kernel_does_not_say(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "_unix_peer", lambda inode: None)  # noqa: ARG005 - its signature
    named = ["    the other end is with Server.answer"] if which == "unix" else []
    assert below(which, "Client.talk")[:1] == named


@pytest.mark.parametrize("which", ["not_accepted", "in_a_child"])
def test_nobody_here_has_the_other_end(which: str) -> None:
    assert below(which, "Client.talk") == []


@linux_only
def test_who_has_both_ends() -> None:
    assert below("alone", "alone")[-1] == "    it has the other end itself"


@linux_only
@pytest.mark.parametrize(
    ("which", "line"),
    [
        (
            "child",
            WRITES,
        ),
        (
            "reads",
            READS,
        ),
        ("stopped", "the process has been stopped by a signal"),
    ],
)
def test_how_a_child_stands(which: str, line: str) -> None:
    assert below(which, "waits_for") == [f"    {line}"]


@linux_only
@pytest.mark.parametrize("which", ["child", "reads"])
def test_a_child_whose_pipes_are_used(which: str) -> None:
    assert below(which, "waits_for", "mended") == ["    the process sleeps for a time"]


@pytest.mark.parametrize("which", ["talk", "unix"])
def test_where_both_go_on(which: str) -> None:
    with debugging(PROGRAM, args=[which, "mended"]) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        assert [task.label.short for task in dbg.inspector.tasks()] == [which]


@linux_only
def test_a_child_is_never_reaped_by_us() -> None:
    def letter(pid: int) -> str:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]

    async def look() -> None:
        process = await trio.lowlevel.open_process([sys.executable, "-c", ""])
        while letter(process.pid) != "Z":
            await trio.sleep(0.01)
        assert children.state_of(process).state is ChildState.ENDED
        assert letter(process.pid) == "Z", "whoever has its status has reaped it"
        assert await process.wait() == 0
        assert children.state_of(process).state is None

    trio.run(look)
