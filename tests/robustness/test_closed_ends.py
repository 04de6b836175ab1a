"""The other end of a pipe that the program closes hears of it as if stepdbg were not there."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepdbg.model import program_streams

PROGRAM = Path(__file__).parents[1] / "programs" / "edge" / "closes_ends.py"
LONG = 60_000  # milliseconds

WAYS = {
    "bare": (),
    "silent": ("-m", "stepdbg", "-c", "continue"),
    "a prompt": ("-m", "stepdbg", "-c", "tasks", "-c", "continue"),
    "json": ("-m", "stepdbg", "--json-fd", "4", "-c", "continue"),
}


@contextmanager
def running(way: str, what: str, output: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The program and its standard error; it may end when this is left."""
    waits, leave = os.pipe()
    errors, error_end = os.pipe()
    mine, theirs = socket.socketpair()
    with mine, theirs:
        os.set_inheritable(theirs.fileno(), True)
        command = [sys.executable, *WAYS[way], str(PROGRAM), what]
        moved = (
            "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
            "os.execv(sys.executable, [sys.executable, *sys.argv[3:]])"
        )
        with subprocess.Popen(
            [sys.executable, "-c", moved, str(waits), str(theirs.fileno()), *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=error_end,
            pass_fds=[waits, theirs.fileno()],
        ) as process:
            for each in (output, error_end, waits):
                os.close(each)
            try:
                yield process, errors
            finally:
                os.close(leave)
    os.close(errors)


def ends(descriptor: int) -> bytes:
    """What comes from an end until the other one has been closed everywhere."""
    found = b""
    arrival = select.poll()
    arrival.register(descriptor, select.POLLIN)
    while arrival.poll(LONG):
        if not (some := os.read(descriptor, 4096)):
            return found
        found += some
    raise AssertionError(f"the end stays open; until now came {found!r}")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_a_reader_sees_the_end_of_output_that_the_program_closes(way: str, kind: str) -> None:
    if kind == "pipe":
        mine, theirs = os.pipe()
    else:
        mine, theirs = (each.detach() for each in socket.socketpair())
    with running(way, "itself", theirs) as (process, _errors):
        assert ends(mine) == b"ran\n"
        assert process.poll() is None, "it ends only when it may"
    os.close(mine)
    assert process.returncode == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_daemon_keeps_nothing_open(way: str) -> None:
    """The parent ends; its child has closed all that it knows of."""
    mine, theirs = os.pipe()
    with running(way, "daemon", theirs) as (process, errors):
        assert ends(mine) == b"ran\n"
        ends(errors)
        assert process.wait() == 0
    os.close(mine)


def test_a_redirected_end_is_found_where_the_program_keeps_it() -> None:
    """As pytest does it: a duplicate is kept to restore the stream from."""
    reads, writes = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    sought = program_streams.kept(writes)
    duplicate = os.dup(writes)
    try:
        assert sought.leads_there()
        assert sought.number == writes
        os.dup2(null, writes)
        assert sought.leads_there()
        assert sought.number == duplicate
        os.dup2(null, duplicate)
        assert not sought.leads_there(), "the end that reads has the same inode"
    finally:
        for each in (reads, writes, duplicate, null):
            os.close(each)
