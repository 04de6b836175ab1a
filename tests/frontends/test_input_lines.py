"""Command lines from files, fifos and a standard input that the program reads as well."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from stepdbg.frontends.channel import MAX_LINE
from stepdbg.frontends.input_lines import BadLine, FileLines
from stepdbg.model.errors import BadUsage
from tests.frontends import children

# Reads lines in the ways that its first argument spells, one letter a line.
SHARING = """
import os, subprocess, sys
from stepdbg.frontends.input_lines import BadLine, StandardInput

ours = StandardInput()

def ours_or_problem():
    try:
        return repr(ours.read())
    except BadLine as problem:
        return f"BadLine: {problem}"

def descriptor():
    line = b""
    while not line.endswith(b"\\n"):
        line += os.read(0, 1)
    return repr(line.decode().rstrip())

def child():
    command = 'read -r line; printf "%s" "$line"'
    return repr(subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, text=True).stdout)

ways = {
    "o": ours_or_problem,
    "t": lambda: repr(sys.stdin.readline().rstrip()),
    "i": lambda: repr(input()),
    "b": lambda: repr(sys.stdin.buffer.readline().decode().rstrip()),
    "d": descriptor,
    "c": child,
    "n": lambda: os.set_blocking(0, False),
    "x": lambda: sys.stdin.close(),
}
for way in sys.argv[1]:
    print(way, ways[way]())
"""


def opened(path: str | Path) -> contextlib.closing[FileLines]:
    return contextlib.closing(FileLines(str(path)))


def shared(
    ways: str, given: bytes, settings: Mapping[str, str] = children.NO_SETTINGS
) -> list[str]:
    done = children.run("-c", SHARING, ways, given=given, settings=settings)
    assert done.stderr == b""
    return done.stdout.decode(errors="replace").splitlines()


@pytest.mark.parametrize(
    "ways", ["oooo", "otot", "toto", "ioio", "obob", "bobo", "odod", "dodo", "ococ", "ddoc"]
)
def test_every_reader_gets_its_own_line(ways: str) -> None:
    lines = shared(ways, b"one\ntwo\nthree\nfour\n")

    words = ["one", "two", "three", "four"]
    assert lines == [f"{way} {word!r}" for way, word in zip(ways, words, strict=True)]


def test_the_end_of_input_is_none_and_stays_so() -> None:
    assert shared("ooo", b"last") == ["o 'last'", "o None", "o None"]


def test_an_input_that_the_program_has_closed_is_at_its_end() -> None:
    assert shared("oxo", b"one\ntwo\n") == ["o 'one'", "x None", "o None"]


def test_an_input_that_was_made_nonblocking_is_waited_for() -> None:
    child = children.start("-u", "-c", SHARING, "ono")
    assert child.stdin is not None
    assert child.stdout is not None
    with child:
        child.stdin.write(b"one\n")
        child.stdin.flush()
        assert child.stdout.readline() == b"o 'one'\n"
        assert child.stdout.readline() == b"n None\n"
        child.stdin.write(b"two\n")
        child.stdin.flush()
        assert child.stdout.readline() == b"o 'two'\n"


def test_a_closed_standard_input_is_at_its_end() -> None:
    assert children.run_without(0, "-c", SHARING, "oo").stdout == b"o None\no None\n"


def test_a_thread_of_the_program_that_waits_for_a_line_shares_the_input() -> None:
    program = """
import sys, threading
from stepdbg.frontends.input_lines import StandardInput

theirs = []
thread = threading.Thread(target=lambda: theirs.append(sys.stdin.readline().rstrip()))
thread.start()
print("ready", flush=True)
ours = list(iter(StandardInput().read, None))
thread.join()
print(sorted(theirs + ours), len(theirs))
"""
    child = children.start("-c", program)
    assert child.stdout is not None
    with child:
        assert child.stdout.readline() == b"ready\n"
        out, _ = child.communicate(b"1\n2\n3\n4\n", timeout=children.PATIENCE)
    assert out == b"['1', '2', '3', '4'] 1\n"


@pytest.mark.parametrize("ways", ["ooo", "too"])
def test_bytes_that_are_no_text_are_refused_and_the_next_line_is_read(ways: str) -> None:
    assert shared(ways, b"one\n\xff\xfe\nthree\n") == [
        f"{ways[0]} 'one'",
        "o BadLine: this line is not utf-8 text",
        "o 'three'",
    ]


def test_text_is_read_in_the_encoding_of_the_program() -> None:
    settings = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}

    assert shared("oto", b"\xe9\n\xe8\n\xea\n", settings) == [
        line.encode("latin-1").decode("utf-8", "replace") for line in ["o 'é'", "t 'è'", "o 'ê'"]
    ]


def test_a_line_without_end_is_refused() -> None:
    given = b"x" * (MAX_LINE + 1) + b"\nnext\n"

    assert shared("oo", given) == [
        f"o BadLine: a line of more than {MAX_LINE} bytes cannot be a command",
        "o 'next'",
    ]


def test_the_lines_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "commands"
    path.write_bytes(b"\xef\xbb\xbfstep\r\n\n  tasks \nlast")

    with opened(path) as lines:
        assert list(iter(lines.read, None)) == ["step", "", "  tasks ", "last"]


def test_a_file_is_read_where_it_was_even_when_the_program_goes_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "commands").write_text("step\n")
    monkeypatch.chdir(tmp_path)
    with opened("commands") as lines:
        (tmp_path / "commands").unlink()
        monkeypatch.chdir("/")

        assert lines.read() == "step"


def test_bad_lines_of_a_file_are_refused_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "commands"
    path.write_bytes(b"\xff\n" + b"x" * (3 * MAX_LINE) + b"\nstep\n")

    with opened(path) as lines:
        with pytest.raises(BadLine, match="not utf-8"):
            lines.read()
        with pytest.raises(BadLine, match="more than"):
            lines.read()
        assert [lines.read(), lines.read()] == ["step", None]
    assert lines.read() is None


def test_a_fifo_is_opened_when_its_first_line_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("step\ntasks\n",))

    with opened(path) as lines:  # nobody writes yet: opening the fifo now would wait for ever
        writer.start()
        assert [lines.read(), lines.read(), lines.read()] == ["step", "tasks", None]
    writer.join()


@pytest.mark.parametrize(("name", "reason"), [("missing", "No such file"), ("", "Is a directory")])
def test_a_file_that_cannot_be_read_is_bad_usage(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BadUsage, match=f"cannot read the commands file .*{reason}"):
        FileLines(str(tmp_path / name))
