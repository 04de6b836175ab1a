"""Programs that trace, profile or measure themselves are left what is theirs."""

from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import cast

import pytest

from tests.engine.lines.recording import load, watching

PROGRAM = """
import sys
seen = []
def trace(frame, event, arg):
    if frame.f_code.co_filename == "program.py":
        seen.append((event, frame.f_code.co_name, frame.f_lineno))
    return trace
def work():
    x = 1
    return x
def traces_itself():
    before = sys.gettrace()
    sys.settrace(trace)
    same = sys.gettrace() is trace
    work()
    sys.settrace(before)
    work()
    return same
def main():
    work()
    return traces_itself()
"""
SEEN = [("call", "work", 7), ("line", "work", 8), ("line", "work", 9), ("return", "work", 9)]
Main = Callable[[], object]


@pytest.fixture(autouse=True)
def untraced() -> Iterator[None]:
    """Whatever measures these tests is out of the way, and back afterwards."""
    before = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(before)


def test_a_program_that_sets_its_own_trace_function() -> None:
    namespace, codes = load(PROGRAM)
    seen = cast("list[tuple[str, str, int]]", namespace["seen"])
    with watching() as (events, recorder):
        events.break_lines(codes["work"], {9})
        assert cast(Main, namespace["main"])() is True
        assert seen == SEEN, "as without us"
        assert recorder.take() == ["line work 9"] * 3
        assert sys.gettrace() is None
    assert sys.gettrace() is None


def test_a_trace_function_that_was_there_before() -> None:
    namespace, codes = load(PROGRAM)
    seen = cast("list[tuple[str, str, int]]", namespace["seen"])
    work = cast(Main, namespace["work"])
    trace = namespace["trace"]
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        with watching() as (events, recorder):
            events.follow([codes["work"]])
            assert sys.gettrace() is trace
            work()
            assert recorder.take() == ["start work", "line work 8", "line work 9", "return work"]
            events.follow([])
            assert sys.gettrace() is trace
            work()
    finally:
        sys.settrace(None)
    assert seen == SEEN * 2


def test_a_trace_function_that_raises_is_dropped_alone() -> None:
    namespace, codes = load(PROGRAM)
    work = cast(Main, namespace["work"])

    def fails(frame: FrameType, event: str, arg: object) -> None:
        if frame.f_code is codes["work"]:
            raise KeyError

    with watching() as (events, recorder):
        events.break_lines(codes["work"], {9})
        sys.settrace(fails)
        with pytest.raises(KeyError):
            work()
        assert sys.gettrace() is None
        work()
        assert recorder.take() == ["line work 9"]


def test_threads_of_a_program_that_traces_threads() -> None:
    namespace, codes = load(PROGRAM)
    seen = cast("list[tuple[str, str, int]]", namespace["seen"])

    def run_in_thread() -> None:
        thread = threading.Thread(target=cast(Main, namespace["work"]))
        thread.start()
        thread.join()

    threading.settrace(namespace["trace"])  # type: ignore[arg-type]
    try:
        with watching() as (events, recorder):
            events.break_lines(codes["work"], {9})
            run_in_thread()
            assert recorder.take() == ["line work 9"]
        assert threading.gettrace() is namespace["trace"]
        run_in_thread()
    finally:
        threading.settrace(None)
    assert seen == SEEN * 2


def test_a_profile_function() -> None:
    namespace, codes = load(PROGRAM)
    work = cast(Main, namespace["work"])
    calls: list[str] = []

    def profile(frame: FrameType, event: str, arg: object) -> None:
        if frame.f_code is codes["work"]:
            calls.append(event)

    def fail(_frame: FrameType) -> None:
        raise KeyError

    with watching() as (events, recorder):
        events.break_lines(codes["work"], {9})
        sys.setprofile(profile)
        try:
            work()
            assert calls == ["call", "return"]
            recorder.reactions["line work 9"] = fail
            with pytest.raises(KeyError):
                work()
            assert sys.getprofile() is profile
            recorder.reactions.clear()
            work()
        finally:
            sys.setprofile(None)
        assert recorder.take() == ["line work 9"] * 3
        assert calls == ["call", "return"] * 3


def test_cprofile() -> None:
    namespace, codes = load(PROGRAM)
    work = cast(Main, namespace["work"])
    profiler = cProfile.Profile()

    def fail(_frame: FrameType) -> None:
        raise KeyError

    with watching() as (events, recorder):
        events.break_lines(codes["work"], {9})
        profiler.enable()
        try:
            work()
            recorder.reactions["line work 9"] = fail
            with pytest.raises(KeyError):
                work()
            recorder.reactions.clear()
            events.refresh()
            work()
        finally:
            profiler.disable()
        assert recorder.take() == ["line work 9"] * 3
    counts = {key[2]: value[0] for key, value in pstats.Stats(profiler).stats.items()}  # type: ignore[attr-defined]
    assert counts["work"] == 3


COVERED = """
import sys
import coverage
from tests.engine.lines.recording import Recorder, load, open_line_events

first = sys.argv[1] == "first"
cov = coverage.Coverage(data_file=None, include=["*covered.py"], config_file=False)
recorder = Recorder()
if not first:
    cov.start()
events = open_line_events(recorder)
import covered
events.break_lines(covered.work.__code__, {3})
if first:
    cov.start()
    events.refresh()
covered.work(3)
covered.work(0)
events.follow([covered.work.__code__])
covered.work(0)
events.close()
covered.after()
cov.stop()
print(recorder.words)
print(sorted(cov.get_data().lines(covered.__file__)))
"""
COVERED_MODULE = """def work(n):
    while n:
        n -= 1
    if n:
        return 1
    return 2

def after():
    return 3
"""


@pytest.mark.parametrize("order", ["first", "second"])
@pytest.mark.parametrize("core", ["ctrace", "pytrace", "sysmon"])
def test_coverage(core: str, order: str, tmp_path: Path) -> None:
    pytest.importorskip("coverage")
    if core == "sysmon" and sys.version_info < (3, 12):
        pytest.skip("needs sys.monitoring")
    (tmp_path / "covered.py").write_text(COVERED_MODULE)
    (tmp_path / "run.py").write_text(COVERED)
    here = Path(__file__).parents[3]
    path = os.pathsep.join([str(tmp_path), str(here)])
    done = subprocess.run(
        [sys.executable, "-W", "error", str(tmp_path / "run.py"), order],
        env={**os.environ, "COVERAGE_CORE": core, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [2, 3, 4, 6, 9] if order == "first" else [1, 2, 3, 4, 6, 8, 9]
    follow = ["start work", "line work 2", "line work 4", "line work 6", "return work"]
    assert done.stdout.splitlines() == [str(["line work 3"] * 3 + follow), str(lines)], done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("typed", ["break exception KeyError", "break :main", "tbreak :main"])
@pytest.mark.parametrize("core", ["ctrace", "pytrace"])
def test_coverage_runs_the_program(core: str, typed: str, tmp_path: Path) -> None:
    pytest.importorskip("coverage")
    program = Path(__file__).parents[2] / "programs" / "edge" / "raised.py"
    commands = [word for each in (typed, *["continue"] * 4) for word in ("-c", each)]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "stepdbg",
            "--output",
            "stdout",
            *commands,
            "-m",
            "coverage",
            "run",
            str(program),
        ],
        env={**os.environ, "COVERAGE_CORE": core, "COVERAGE_FILE": str(tmp_path / "found")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("has been through") >= 5
