"""What a program writes, whichever way, becomes output events on the client's stream."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.frontends import children

# A program under the JSON front end, without a session: PROGRAM is put in the middle.
AROUND = """
import os, subprocess, sys, threading
from stepdbg.frontends.jsonlines import JsonFrontEnd
from stepdbg.model.stops import Note, ProgramEnded, RunEnded
front_end = JsonFrontEnd(reader=sys.stdin, writer=sys.stdout)
{}
front_end.on_event(ProgramEnded(0))
front_end.close()
"""


def ran(
    program: str, *, given: bytes = b"", settings: Mapping[str, str] = children.NO_SETTINGS
) -> subprocess.CompletedProcess[bytes]:
    return children.run("-X", "dev", "-c", AROUND.format(program), given=given, settings=settings)


def events(out: bytes) -> list[dict[str, Any]]:
    """What the events say; every line must be JSON, and the first one greet."""
    hello, *lines = [json.loads(line) for line in out.splitlines()]
    assert hello["kind"] == "hello"
    assert {line["kind"] for line in lines} == {"event"}
    return [line["event"] for line in lines]


def texts(seen: Iterable[dict[str, Any]], stream: str) -> str:
    return "".join(event["text"] for event in seen if event.get("stream") == stream)


def output_of(program: str, settings: Mapping[str, str] = children.NO_SETTINGS) -> tuple[str, str]:
    """What arrived as standard output and standard error, all before the end."""
    done = ran(program, settings=settings)
    assert (done.returncode, done.stderr) == (0, b"")
    seen = events(done.stdout)
    assert seen[-1]["kind"] == "program_ended"
    return texts(seen, "stdout"), texts(seen, "stderr")


@pytest.mark.parametrize(
    "program",
    [
        "print('text')",
        "sys.stdout.write('text\\n')",
        "os.write(1, b'text\\n')",
        "subprocess.run(['echo', 'text'], check=True)",
        "sys.__stdout__.buffer.write(b'text\\n')",
        "import ctypes; ctypes.CDLL(None).puts(b'text')",
    ],
    ids=["print", "without flush", "descriptor", "child process", "buffer", "C"],
)
def test_output_arrives_whoever_writes_it(program: str) -> None:
    assert output_of(program) == ("text\n", "")


def test_standard_error_is_a_stream_of_its_own() -> None:
    program = "print('out'); print('err', file=sys.stderr); os.system('echo more >&2')"

    assert output_of(program) == ("out\n", "err\nmore\n")


def test_a_long_output_arrives_whole_and_in_order() -> None:
    stdout, _ = output_of("for number in range(100_000): sys.stdout.write(f'{number}\\n')")

    assert stdout.split() == [str(number) for number in range(100_000)]


def test_characters_that_are_written_in_pieces_stay_whole() -> None:
    stdout, _ = output_of("for byte in 'naïve ☃\\n'.encode(): os.write(1, bytes([byte]))")

    assert stdout == "naïve ☃\n"


def test_bytes_that_are_no_text_are_spelled_out() -> None:
    assert output_of("os.write(1, b'a\\xffb\\xe2')")[0] == "a\\xffb\\xe2"


def test_text_is_read_in_the_encoding_of_the_program() -> None:
    settings = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}

    assert output_of("print('é')", settings)[0] == "é\n"


def test_output_comes_before_the_events_that_follow_it() -> None:
    done = ran("print('one'); front_end.on_event(RunEnded(1, 'returned', '', 0.0)); print('two')")

    seen = [event.get("text") or event["kind"] for event in events(done.stdout)]
    assert seen == ["one\n", "run_ended", "two\n", "program_ended"]


def test_the_program_has_an_empty_input() -> None:
    done = ran("print(repr(sys.stdin.read()), os.read(0, 1))", given=b"tasks\n")

    replies = [
        line for line in map(json.loads, done.stdout.splitlines()) if line["kind"] == "reply"
    ]
    assert [reply["replies"][0]["text"] for reply in replies] == ["the program has ended"]
    assert b"'' b''" in done.stdout


def test_the_program_finds_the_descriptors_and_threads_it_would_find_alone() -> None:
    program = "found = os.open('/dev/null', os.O_RDONLY); print(found, threading.active_count())"

    alone = children.run("-c", f"import os, threading\n{program}").stdout.decode()

    assert output_of(program)[0] == alone == "3 1\n"


def test_what_is_written_after_the_end_goes_to_standard_error() -> None:
    done = ran("import atexit; atexit.register(print, 'late')")

    assert events(done.stdout)[-1]["kind"] == "program_ended"
    assert (done.returncode, done.stderr) == (0, b"late\n")


def test_a_child_that_outlives_the_program_can_still_write() -> None:
    # It holds the pipe that stood in for standard output; the end must not wait for it.
    child = "subprocess.Popen(['sh', '-c', 'read -r go; echo late'], stdin=gate)"
    reads, writes = os.pipe()
    parent = children.start("-c", AROUND.format(f"gate = {reads}; {child}"), pass_fds=(reads,))
    os.close(reads)
    try:
        assert parent.stdout is not None
        with parent:
            *_, last = parent.stdout.read().splitlines()
            assert parent.wait(children.PATIENCE) == 0
        assert json.loads(last)["event"]["kind"] == "program_ended"
    finally:
        os.close(writes)


def test_a_client_that_stops_listening_does_not_disturb_the_program() -> None:
    program = """
open(sys.argv[1], "w").close()
for number in range(100_000):
    print(number)
front_end.on_event(Note("still here"))
open(sys.argv[2], "w").close()
"""
    reads, writes = os.pipe()
    read_marks, write_marks = os.pipe()
    marks = f"/dev/fd/{write_marks}"
    child = children.start(
        "-c", AROUND.format(program), marks, marks, stdout=writes, pass_fds=(write_marks,)
    )
    for descriptor in (reads, writes, write_marks):
        os.close(descriptor)
    with child:
        _, err = child.communicate(timeout=children.PATIENCE)
    os.close(read_marks)
    assert (child.returncode, err) == (0, b"")


def test_a_forked_child_does_not_speak_for_the_program() -> None:
    program = """
import warnings
warnings.simplefilter("ignore")
pid = os.fork()
front_end.on_event(Note("parent" if pid else "child"))
print("printed by the child" if not pid else "", end="", flush=True)
if not pid:
    os._exit(0)
os.waitpid(pid, 0)
"""
    done = ran(program)
    assert done.stderr == b""
    seen = events(done.stdout)
    assert [event["text"] for event in seen if event["kind"] == "note"] == ["parent"]
    assert texts(seen, "stdout") == "printed by the child"


def test_a_closed_standard_output_is_bad_usage() -> None:
    done = children.run_without(1, "-c", AROUND.format("print('never')"))

    assert b"BadUsage: standard output is closed" in done.stderr
