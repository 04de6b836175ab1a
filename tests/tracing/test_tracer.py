"""`stepdbg.Tracer`, a plain instrument: in a program without stepdbg, and in one under it."""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path

import pytest
import trio

import stepdbg
from tests.frontends import children

PROGRAM = """
import sys
import stepdbg
import trio

async def child():
    await trio.lowlevel.checkpoint()

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)
    print("done")

trio.run(main, instruments=[stepdbg.Tracer(sys.stdout)])
trio.run(main)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def in_words(lines: list[str]) -> list[str]:
    return [" ".join(line.split()[1:5]) for line in lines]


EXPECTED = ["the run began", "main (1) was spawned", "main (1) step 1", "main (1) opened a"]


def test_in_a_program_that_runs_by_itself(program: Path) -> None:
    done = children.run(program)
    assert done.stderr == b""
    lines = done.stdout.decode().splitlines()
    assert in_words(lines)[:4] == EXPECTED
    assert lines[-2].endswith("the run ended")
    assert lines[-1] == "done"  # of the run that brings no tracer
    assert lines.count("done") == 2


def test_under_stepdbg_as_well(program: Path) -> None:
    alone = children.run(program).stdout.decode().splitlines()
    done = children.run("-m", "stepdbg", "-c", "continue", program)
    lines = done.stdout.decode().splitlines()
    assert in_words(lines)[:4] == EXPECTED
    assert len(lines) == len(alone)


def test_besides_a_trace_of_the_command_line(program: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    done = children.run("-m", "stepdbg", f"--trace={trace}", "-c", "continue", program)
    own = [line for line in done.stdout.decode().splitlines() if line != "done"]
    lines = trace.read_text(encoding="utf-8").splitlines()
    assert in_words(own)[:4] == EXPECTED
    assert in_words(lines)[:4] == EXPECTED
    assert len([line for line in lines if line.endswith("the run ended")]) == 2


def test_a_stream_that_is_closed_costs_the_run_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    closed = io.StringIO()
    closed.close()

    async def main() -> int:
        await trio.lowlevel.checkpoint()
        return 3

    assert trio.run(main, instruments=[stepdbg.Tracer(closed)]) == 3
    assert capfd.readouterr() == ("", "")


class Slow(io.StringIO):
    """Takes two seconds of the run's thread for the line at the end of its first step."""

    def write(self, text: str, /) -> int:
        end = time.perf_counter() + 2.0
        while '"stepped"' in text and time.perf_counter() < end:
            pass
        return super().write(text)


def test_writing_takes_none_of_a_steps_time() -> None:
    lines = Slow()

    async def main() -> None:
        await trio.lowlevel.checkpoint()

    trio.run(main, instruments=[stepdbg.Tracer(lines, format="jsonl")])
    entries = [json.loads(line)["entry"] for line in lines.getvalue().splitlines()]
    took = [each["seconds"] for each in entries if each["log_entry_kind"] in ("stepped", "exited")]
    assert len(took) == 2
    assert max(took) < 2.0


STOPS = """
import sys, time
import stepdbg, trio

def spin():
    end = time.perf_counter() + 2.0
    while time.perf_counter() < end:
        pass

async def main():
    stepdbg.set_trace()
    await trio.lowlevel.checkpoint()

trio.run(main, instruments=[stepdbg.Tracer(sys.stdout, format="jsonl")])
"""


def test_a_stop_of_another_session_takes_none_of_a_steps_time(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(STOPS, encoding="utf-8")
    done = children.run(program, given=b"p spin()\ncontinue\n")
    lines = [line for line in done.stdout.splitlines() if line.startswith(b'{"kind":"traced"')]
    entries = [json.loads(line)["entry"] for line in lines]
    times = [each["time"] for each in entries]
    took = [each["seconds"] for each in entries if each["log_entry_kind"] == "stepped"]
    assert len(took) == 1
    assert 0.0 <= took[0] < 2.0
    assert times[-1] < 2.0


def test_the_hooks_as_they_are() -> None:
    lines = io.StringIO()

    async def main() -> None:
        pass

    trio.run(main, instruments=[stepdbg.Tracer(lines, raw=True)])
    hooks = [line.split()[-1] for line in lines.getvalue().splitlines()]
    assert hooks[:3] == ["before_run", "task_spawned", "task_scheduled"]
    assert hooks[-1] == "after_run"


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="format must be one of text, jsonl, not 'xml'"):
        stepdbg.Tracer(sys.stderr, format="xml")


def test_what_is_done_to_objects_is_noted_no_longer_than_the_run() -> None:
    """Functions of Trio's are listened to meanwhile, in the whole process."""
    before = trio.Event.set.__code__
    trio.run(trio.lowlevel.checkpoint, instruments=[stepdbg.Tracer(io.StringIO())])
    assert trio.Event.set.__code__ is before
    if sys.version_info >= (3, 12):
        tools = [each for each in range(6) if sys.monitoring.get_tool(each)]
        assert not any(sys.monitoring.get_local_events(each, before) for each in tools)
