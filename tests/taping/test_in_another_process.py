"""A tape in a file, played by another process: no network, no thread, no input."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from stepdbg.model.errors import BadUsage
from stepdbg.model.schedule_text import from_file
from stepdbg.model.tape import PREFIX
from tests.frontends import children

PROGRAMS = Path(__file__).parents[1] / "programs" / "taping"


def run(name: str, *options: str | Path, given: bytes = b"") -> tuple[str, str]:
    words = ("-m", "stepdbg", *options, "-c", "continue", PROGRAMS / name)
    child = children.run(*words, given=given)
    said = child.stderr.decode()
    assert child.returncode == 0, said
    assert "bug in stepdbg" not in said
    return child.stdout.decode(), " ".join(said.replace("stepdbg: ", "").split())


def test_time_chance_and_standard_input(tmp_path: Path) -> None:
    tape = tmp_path / "run.tape"
    first, said = run("inputs.py", f"--tape={tape}", given=b"one\ntwo\nthree\nfour\n")
    assert "'one' two" in first
    assert "the tape does not hold" not in said
    again, said = run("inputs.py", "--replay", tape)
    assert again == first
    assert "warning" not in said
    damaged(tape.read_text(encoding="ascii"))


def damaged(text: str) -> None:
    schedule, mark, rest = text.partition(PREFIX)
    assert from_file(schedule).tape is None
    assert from_file(text).tape is not None
    with pytest.raises(BadUsage, match="the tape is damaged"):
        from_file(schedule + mark + rest.replace("A", "B", 1))
    with pytest.raises(BadUsage, match="not of format 1"):
        from_file(schedule + mark + "2" + rest[1:])


def test_a_server_without_its_client(tmp_path: Path) -> None:
    tape, server = tmp_path / "run.tape", PROGRAMS / "server.py"
    child = children.start("-m", "stepdbg", f"--tape={tape}", "-c", "continue", server)
    assert child.stdout is not None
    port = child.stdout.readline()
    with socket.create_connection(("127.0.0.1", int(port))) as client:
        client.sendall(b"hello")
        assert client.recv(10) == b"olleh"
        client.sendall(b"again")
        assert client.recv(10) == b"niaga"
    first, said = child.communicate(timeout=children.PATIENCE)
    assert b"[1, 2, 3]" in first, said
    again, told = run("server.py", "--replay", tape)
    assert again == (port + first).decode()
    assert "warning" not in told


def test_what_is_not_on_the_tape_is_named_and_done_again(tmp_path: Path) -> None:
    tape = tmp_path / "run.tape"
    _, said = run("beyond.py", f"--tape={tape}")
    lines = (PROGRAMS / "beyond.py").read_text(encoding="utf-8").splitlines()
    at = {line.partition("# @")[2]: number for number, line in enumerate(lines, 1)}
    missing = (
        f"a file that is opened at beyond.py:{at['file']}",
        f"a thread at beyond.py:{at['odd']}",
        "a thread that calls into the run (`trio.from_thread`)",
        f"a child process at beyond.py:{at['process']}",
        f"a library in C (`ctypes`) at beyond.py:{at['library']}",
    )
    for each in missing:
        assert f"warning: the tape does not hold {each}" in said
    _, told = run("beyond.py", "--replay", tape)
    for each in missing:
        assert f"replay: the tape does not hold {each}" in told
    assert "left the schedule" not in told
