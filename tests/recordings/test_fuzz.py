"""Damaged recordings: only clean errors, whatever has happened to the file."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepdbg.archive.recordings import closing
from stepdbg.archive.recordings.form import HEADER
from stepdbg.archive.recordings.viewing import RecordingController
from stepdbg.commands.interpreter import Interpreter
from stepdbg.model.errors import StepdbgError
from stepdbg.model.recording import Sought
from stepdbg.render.text import render_reply
from tests.recordings.recorded import PROGRAM, record

LOOKS = (
    "tasks -a",
    "tree -a",
    "queue -a",
    "timers",
    "log -a 300",
    "tasks --ended -a",
    "runs",
    "where",
)
ROUNDS = 150


@pytest.fixture(scope="module")
def shut(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("fuzz") / "run.rec"
    record(path, commands=(f"break {PROGRAM}:17", "continue", "clear 1", "continue"))
    return path.read_bytes()


@pytest.fixture(scope="module")
def left_open(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("fuzz") / "run.rec"
    program = path.with_name("dies.py")
    program.write_text(
        "import os, trio\n"
        "async def works():\n"
        "    with trio.move_on_after(9): await trio.sleep(0.001)\n"
        "async def main():\n"
        "    async with trio.open_nursery() as nursery:\n"
        "        for _ in range(9): nursery.start_soon(works)\n"
        "    os._exit(0)\n"
        "trio.run(main)\n"
    )
    record(path, program)
    content = path.read_bytes()
    return content[: len(content.rstrip(b"\0")) + 48]


def opens(path: Path, content: bytes) -> bool:
    """Whether a file is read as a recording and can be looked at; else its error must be clean."""
    path.write_bytes(content)
    try:
        controller = RecordingController(str(path))
    except StepdbgError as error:
        sentence = str(error)
    else:
        sentence = ""
    assert "\n" not in sentence
    if sentence:
        return False
    for sought in (Sought(controller.inspector.run_id, 1), None):
        if sought is not None:
            try:
                controller.go_to(sought)
            except StepdbgError:
                continue
        stop = controller.inspector.stop()
        interpreter = Interpreter(controller)
        interpreter.begin_stop(stop, controller.inspector)
        for line in LOOKS:
            answer = interpreter.feed(line)
            text = str([render_reply(reply, 80) for reply in answer.replies])
            assert "bug in stepdbg" not in text, (line, text)
    return True


def mutated(content: bytes, chosen: random.Random) -> bytes:
    """A few bytes changed, a piece cut out, doubled, or the end missing."""
    data = bytearray(content)
    what = chosen.randrange(5)
    for _ in range(chosen.choice((1, 1, 2, 8))):
        place = chosen.randrange(len(data))
        length = chosen.randrange(1, 40)
        if what == 0:
            data[place] ^= 1 << chosen.randrange(8)
        elif what == 1:
            data[place : place + 4] = chosen.choice((b"\xff" * 4, b"\0" * 4, b"\1\0\0\0"))
        elif what == 2:
            del data[place : place + length]
        elif what == 3:
            data[place:place] = data[place : place + length]
        else:
            del data[place:]
            break
        if not data:
            break
    return bytes(data)


def test_what_was_not_changed_opens(tmp_path: Path, shut: bytes, left_open: bytes) -> None:
    assert opens(tmp_path / "shut.rec", shut)
    assert opens(tmp_path / "open.rec", left_open)


@pytest.mark.parametrize("seed", range(2))
def test_mutations_of_an_open_file(tmp_path: Path, left_open: bytes, seed: int) -> None:
    chosen = random.Random(seed)
    head, rest = left_open[:HEADER], left_open[HEADER:]
    found = [opens(tmp_path / "x.rec", head + mutated(rest, chosen)) for _ in range(ROUNDS)]
    assert any(found)


def test_mutations_of_a_header(tmp_path: Path, left_open: bytes) -> None:
    chosen = random.Random(3)
    line = left_open[:600]
    found = [
        opens(tmp_path / "x.rec", mutated(line, chosen)[:600].ljust(600) + left_open[600:])
        for _ in range(ROUNDS)
    ]
    assert not all(found)


def parts_of(shut: bytes) -> Iterator[bytes]:
    """The header, and what is in each chunk."""
    end = shut.index(b"\n", shut.index(b"shut\n") + 5) + 1
    yield shut[:end]
    while length := struct.unpack_from("<I", shut, end)[0]:
        yield zlib.decompress(shut[end + 4 : end + 4 + length])
        end += 4 + length


@pytest.mark.parametrize("seed", range(2))
def test_mutations_of_a_shut_file(tmp_path: Path, shut: bytes, seed: int) -> None:
    chosen = random.Random(seed)
    found = [opens(tmp_path / "x.rec", mutated(shut, chosen)) for _ in range(ROUNDS)]
    assert not all(found)
    head, *chunks = parts_of(shut)
    inside = []
    for _ in range(ROUNDS):
        packed = [zlib.compress(mutated(chunk, chosen)) for chunk in chunks]
        told = b"".join(struct.pack("<I", len(each)) + each for each in packed)
        inside.append(opens(tmp_path / "x.rec", head + told + bytes(8)))
    assert any(inside)
    assert not all(inside)


def test_a_small_file_cannot_become_a_big_one(tmp_path: Path, shut: bytes) -> None:
    head, *_ = parts_of(shut)
    bomb = zlib.compress(bytes(closing._MOST_CHUNK * 2))
    assert not opens(tmp_path / "x.rec", head + struct.pack("<I", len(bomb)) + bomb + bytes(8))
    many = zlib.compress(struct.pack("<I", 2_000_000) + bytes(28 * 2_000_000))
    told = (struct.pack("<I", len(many)) + many) * 20
    assert not opens(tmp_path / "x.rec", head + told + bytes(8))
