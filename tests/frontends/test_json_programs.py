"""The JSON front end on real programs, driven as a client would."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import jsonschema
import pytest

from tests.frontends import children
from tests.leftovers import assert_nobody_is_left

QUIT = 125

SCHEMA = jsonschema.Draft202012Validator(
    json.loads((children.ROOT / "docs" / "json-schema.json").read_text(encoding="utf-8"))
)

TASKS = children.ROOT / "examples" / "tasks.py"

HOGS = """
import trio
async def main():
    print("hogging", flush=True)
    while True:
        pass
trio.run(main)
"""

WAITS = """
import trio
async def main():
    try:
        print("waiting", flush=True)
        await trio.sleep_forever()
    finally:
        print("cleanup")
trio.run(main)
"""

COUNTS = """
import sys, trio
async def main():
    for number in range(int(sys.argv[1])):
        print("step", number)
        await trio.lowlevel.checkpoint()
    print("rest of input:", sys.stdin.read())
trio.run(main)
"""


class Stream(Protocol):
    """A byte stream with lines."""

    def readline(self) -> bytes: ...

    def write(self, content: bytes, /) -> object: ...

    def flush(self) -> None: ...


class Debuggee:
    """A program under the debugger, and the two streams of its client.

    `seen` holds every record in its order.
    """

    def __init__(self, process: subprocess.Popen[bytes], records: Stream, requests: Stream) -> None:
        self.process = process
        self.seen: list[dict[str, Any]] = []
        self._records = records
        self._requests = requests
        self._numbers = iter(range(1, 1_000_000))

    def says(self, *commands: str) -> list[int]:
        """Send commands; the ids of their requests."""
        numbers = [next(self._numbers) for _ in commands]
        pairs = zip(numbers, commands, strict=True)
        self.sends(*[{"id": number, "command": command} for number, command in pairs])
        return numbers

    def sends(self, *requests: Mapping[str, object]) -> None:
        """Send requests as they are."""
        self._requests.write(b"".join(json.dumps(each).encode() + b"\n" for each in requests))
        self._requests.flush()

    def hears(self) -> dict[str, Any]:
        """The next record, which must be as documented."""
        line = self._records.readline()
        assert line, self.seen[-5:]
        record = json.loads(line)
        SCHEMA.validate(record)
        self.seen.append(record)
        assert isinstance(record, dict)
        return record

    def until(self, **wanted: object) -> dict[str, Any]:
        """The next record with these values; an event is known by what it says."""
        while True:
            record = self.hears()
            said = record["event"] if record["kind"] == "event" else record
            if wanted.items() <= said.items():
                return record

    def asks(self, command: str) -> list[dict[str, Any]]:
        """The replies to a command."""
        [number] = self.says(command)
        record = self.until(kind="reply", request=number)
        replies = record["replies"]
        assert isinstance(replies, list)
        return replies

    def stops(self) -> dict[str, Any]:
        """The next stop."""
        stop = self.until(kind="stop")["stop"]
        assert isinstance(stop, dict)
        return stop

    def ends(self, *, kept: bool = False) -> int:
        """The exit code, after the last record; nobody of the program is left.

        kept: look at all records until then.
        """
        if kept:
            self.until(kind="program_ended")
        while self._records.readline():
            continue
        status = self.process.wait(children.PATIENCE)
        assert_nobody_is_left(self.process.pid)
        return status

    def output(self, stream: str = "stdout") -> str:
        """What the records so far say that the program wrote."""
        events = [record["event"] for record in self.seen if record["kind"] == "event"]
        return "".join(event["text"] for event in events if event.get("stream") == stream)


@contextlib.contextmanager
def on_standard_streams(
    *arguments: str | Path, settings: Mapping[str, str] = children.NO_SETTINGS
) -> Iterator[Debuggee]:
    process = children.start("-m", "stepdbg", "--json", *arguments, settings=settings)
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Debuggee(process, process.stdout, process.stdin)
        finally:
            process.kill()


@contextlib.contextmanager
def on_descriptor(*arguments: str | Path) -> Iterator[tuple[Debuggee, socket.socket]]:
    ours, theirs = socket.socketpair()
    option = f"--json-fd={theirs.fileno()}"
    process = children.start("-m", "stepdbg", option, *arguments, pass_fds=(theirs.fileno(),))
    theirs.close()
    with ours, process, ours.makefile("rwb") as stream:
        try:
            yield Debuggee(process, stream, stream), ours
        finally:
            process.kill()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(COUNTS)
    return path


def test_a_session_from_hello_to_the_end() -> None:
    with on_standard_streams(TASKS) as debuggee:
        hello = debuggee.hears()
        assert (hello["kind"], hello["format"]) == ("hello", 1)
        assert debuggee.stops()["stop_kind"] == "start"
        [tasks] = debuggee.asks("tasks")
        assert (tasks["kind"], tasks["total"]) == ("task_list", 1)
        debuggee.says("step")
        assert debuggee.until(kind="reply")["resume"]["kind"] == "step_task"
        # Trio flips a coin for the order of the two.
        assert debuggee.stops()["task"]["short"] in ("left_child", "right_child")
        debuggee.says("continue")
        end = debuggee.until(kind="program_ended")
        assert end["event"]["exit_code"] == 0
        assert debuggee.ends() == 0
        alone = children.run(TASKS).stdout.decode()
        assert sorted(debuggee.output().splitlines()) == sorted(alone.splitlines())
        assert debuggee.output("stderr") == ""


def test_output_comes_before_the_stop_that_follows_it(program: Path) -> None:
    with on_standard_streams(program, "3") as debuggee:
        debuggee.says("step", "step", "!print('typed')", "continue")
        debuggee.until(kind="program_ended")

    assert what_came(debuggee.seen) == [
        *("hello", "stop", "reply", "step 0\n"),
        *("stop", "reply", "step 1\n"),
        *("stop", "typed\n", "reply", "reply", "step 2\nrest of input: \n"),
    ]


def what_came(records: list[dict[str, Any]]) -> list[str]:
    """The kinds of records in order, and between them what the program wrote."""
    came = [""]
    for record in records:
        if record["kind"] == "event":
            came[-1] += record["event"].get("text", "")
        else:
            came += [record["kind"], ""]
    return [each for each in came if each]


def test_the_program_has_an_empty_input_of_its_own(program: Path) -> None:
    with on_standard_streams("-c", "continue", program, "0") as debuggee:
        debuggee.says("tasks")
        debuggee.until(kind="program_ended")
        assert debuggee.output() == "rest of input: \n"


def test_commands_of_the_command_line_are_answered_without_a_name(program: Path) -> None:
    with on_standard_streams("-c", "tasks", "-c", "continue", program, "1") as debuggee:
        first, second = debuggee.until(kind="reply"), debuggee.until(kind="reply")

        assert (first["request"], first["replies"][0]["kind"]) == (None, "task_list")
        assert (second["request"], second["resume"]["kind"]) == (None, "continue")


def test_a_program_that_hogs_its_thread_can_be_asked(program: Path) -> None:
    program.write_text(HOGS)
    with on_standard_streams("-c", "continue", program) as debuggee:
        debuggee.until(kind="output", text="hogging\n")

        [tasks] = debuggee.asks("tasks")
        assert tasks["groups"][0]["example"]["label"]["short"] == "main"
        [breakpoint_set] = debuggee.asks("break task worker")
        assert breakpoint_set["kind"] == "breakpoint_set"
        assert [reply["kind"] for reply in debuggee.asks("halt")] == ["message"]
        step = debuggee.until(kind="halt_delayed")["event"]["step"]
        assert (step["task"]["short"], step["place"]["function"]) == ("main", "main")
        assert debuggee.process.poll() is None


def test_a_program_that_waits_can_be_halted_and_quit(program: Path) -> None:
    program.write_text(WAITS)
    with on_standard_streams("-c", "continue", program) as debuggee:
        debuggee.until(kind="output", text="waiting\n")

        debuggee.asks("halt")
        assert debuggee.stops()["stop_kind"] == "halt"
        debuggee.says("quit")
        debuggee.until(kind="program_ended", exit_code=QUIT)
        assert debuggee.output() == "waiting\ncleanup\n"
        assert debuggee.ends() == QUIT


def test_a_program_that_waits_can_be_quit_on_the_spot(program: Path) -> None:
    program.write_text(WAITS)
    with on_standard_streams("-c", "continue", program) as debuggee:
        debuggee.until(kind="output", text="waiting\n")
        [number] = debuggee.says("quit")

        debuggee.until(kind="program_ended", exit_code=QUIT)
        replies = [record for record in debuggee.seen if record["kind"] == "reply"]
        assert replies[-1]["request"] == number
        assert debuggee.output() == "waiting\ncleanup\n"


def test_a_program_that_hogs_its_thread_is_quit_by_asking_twice(program: Path) -> None:
    program.write_text(HOGS)
    with on_standard_streams("-c", "continue", program) as debuggee:
        debuggee.until(kind="output", text="hogging\n")

        assert [reply["kind"] for reply in debuggee.asks("quit")] == ["message"]
        assert [reply["kind"] for reply in debuggee.asks("quit")] == ["message"]
        debuggee.until(kind="program_ended")
        assert debuggee.ends() == QUIT


def test_what_no_stop_came_for_is_refused_before_the_end(program: Path) -> None:
    with on_standard_streams(program, "1") as debuggee:
        debuggee.says("continue", "where", "step")
        debuggee.until(kind="program_ended")

        replies = [record for record in debuggee.seen if record["kind"] == "reply"]
        assert [reply["request"] for reply in replies] == [1, 2, 3]
        assert {reply["replies"][0]["kind"] for reply in replies[1:]} == {"failure"}


def test_many_steps_asked_for_at_once_are_all_answered(program: Path) -> None:
    with on_standard_streams(program, "300") as debuggee:
        numbers = debuggee.says(*["step"] * 300, "continue")
        debuggee.until(kind="program_ended")

        replies = [record for record in debuggee.seen if record["kind"] == "reply"]
        assert [reply["request"] for reply in replies] == numbers
        stops = [record["stop"]["step"] for record in debuggee.seen if record["kind"] == "stop"]
        assert stops == list(range(1, 302))
        assert debuggee.output().split()[:4] == ["step", "0", "step", "1"]


def test_a_client_that_leaves_at_a_stop_ends_the_program(program: Path) -> None:
    with on_standard_streams(program, "1") as debuggee:
        debuggee.stops()
        assert debuggee.process.stdin is not None
        debuggee.process.stdin.close()

        debuggee.until(kind="program_ended", exit_code=QUIT)


def test_on_a_channel_of_its_own_the_programs_streams_are_its_own(program: Path) -> None:
    with on_descriptor(program, "2") as (debuggee, _):
        debuggee.stops()
        debuggee.says("continue")
        debuggee.until(kind="reply")
        out, err = debuggee.process.communicate(b"given", timeout=children.PATIENCE)

        assert (out, err) == (b"step 0\nstep 1\nrest of input: given\n", b"")
        debuggee.until(kind="program_ended", exit_code=0)
        assert debuggee.output() == ""


def test_a_client_that_leaves_a_running_program_does_not_disturb_it(program: Path) -> None:
    with on_descriptor("-c", "continue", program, "1") as (debuggee, connection):
        debuggee.until(kind="resumed")
        connection.shutdown(socket.SHUT_RDWR)
        out, err = debuggee.process.communicate(b"", timeout=children.PATIENCE)

        assert (out, err) == (b"step 0\nrest of input: \n", b"")
        assert debuggee.process.returncode == 0


def test_a_client_that_only_listens_gets_a_log(program: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as stream:
        option = f"--json-fd={stream.fileno()}"
        process = children.start(
            "-m", "stepdbg", option, "-c", "continue", program, "1", pass_fds=(stream.fileno(),)
        )
        with process:
            process.communicate(b"", timeout=children.PATIENCE)

    kinds = [record["kind"] for record in map(json.loads, log.read_text().splitlines())]
    assert kinds == ["hello", "event", "stop", "reply", "event", "event", "event"]
    assert process.returncode == 0


def test_on_a_socket_the_program_starts_when_its_client_has_come(
    program: Path, tmp_path: Path
) -> None:
    path = tmp_path / "socket"
    process = children.start("-m", "stepdbg", f"--json-socket={path}", program, "1")
    with process, socket.socket(socket.AF_UNIX) as client:
        _connect(client, path)
        with client.makefile("rwb") as stream:
            debuggee = Debuggee(process, stream, stream)
            debuggee.stops()
            debuggee.says("continue")
            debuggee.until(kind="reply")
            out, err = process.communicate(b"", timeout=children.PATIENCE)
            assert (out, err) == (b"step 0\nrest of input: \n", b"")
            assert debuggee.ends() == 0
    assert not path.exists()


def _connect(client: socket.socket, path: Path) -> None:
    end = time.monotonic() + children.PATIENCE
    while time.monotonic() < end:
        # As any client must: nothing tells when somebody listens but trying.
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            client.connect(str(path))
            return
        time.sleep(0.01)
    raise TimeoutError(path)


@pytest.mark.parametrize("option", ["--json-fd=77", "--json-fd=1", "--json-socket=/"])
def test_a_channel_that_cannot_be_opened_is_bad_usage(program: Path, option: str) -> None:
    done = children.run("-m", "stepdbg", option, program, "1")

    assert done.returncode == 2
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1


def test_a_program_without_trio_is_only_watched(program: Path) -> None:
    program.write_text("print('no trio here')")
    with on_standard_streams(program) as debuggee:
        debuggee.until(kind="program_ended", exit_code=0)

        assert debuggee.output() == "no trio here\n"
        assert any(
            record["kind"] == "event" and record["event"]["kind"] == "note"
            for record in debuggee.seen
        )


def test_a_programs_traceback_is_output_and_its_exit_code_its_own(program: Path) -> None:
    program.write_text("import trio\nasync def main(): 1 / 0\ntrio.run(main)\n")
    with on_standard_streams("-c", "continue", program) as debuggee:
        debuggee.until(kind="program_ended", exit_code=1)

        assert debuggee.output("stderr").rstrip().endswith("ZeroDivisionError: division by zero")
        assert debuggee.ends() == 1
