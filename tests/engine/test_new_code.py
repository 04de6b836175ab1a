"""What breakpoints make of code that appears while the program runs."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import CodeType, FrameType

import pytest

from stepdbg.engine.breaking.breakpoints import BreakpointTable
from stepdbg.engine.breaking.line_breaks import LineBreaks
from stepdbg.model.breakpoints import BreakpointSpec, FunctionTarget, LineTarget, Target
from stepdbg.model.facts import BreakpointNumber

MANY = 300


def long_file(folder: Path) -> tuple[str, CodeType]:
    path = folder / "long.py"
    path.write_text("".join(f"def f{n}(x):\n    return x\n" for n in range(MANY)), "utf-8")
    return str(path), compile(path.read_text("utf-8"), str(path), "exec")


def planted(targets: list[Target]) -> tuple[LineBreaks, BreakpointTable]:
    table, breaks = BreakpointTable(), LineBreaks()
    for target in targets:
        table.add(BreakpointSpec(target))
    breaks.plant(table.on_lines)
    return breaks, table


def calls_of(breaks: LineBreaks, code: CodeType) -> int:
    """How many functions are called to look at a code object."""
    calls = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        found = breaks.found(code)
    finally:
        sys.setprofile(None)
    assert not found
    return calls


@pytest.mark.parametrize("kind", ["lines", "functions"])
def test_code_of_other_files_costs_the_same_however_many_breakpoints(
    kind: str, tmp_path: Path
) -> None:
    path, module = long_file(tmp_path)
    calls = set()
    for count in (1, MANY):
        targets: list[Target] = [
            LineTarget(path, 2 * n + 2) if kind == "lines" else FunctionTarget(f"long.f{n}")
            for n in range(count)
        ]
        breaks, _ = planted(targets)
        assert len(breaks.found(module)) == count
        calls |= {calls_of(breaks, compile("1 + 1", "<string>", "eval")) for _ in range(3)}
    (only,) = calls
    assert 0 < only < 15


def test_code_is_known_that_was_found_before_its_breakpoint(tmp_path: Path) -> None:
    path, module = long_file(tmp_path)
    breaks, table = planted([])
    assert not breaks.found(module)
    table.add(BreakpointSpec(LineTarget(path, 4)))
    (code,) = breaks.plant(table.on_lines)
    assert (code.co_name, breaks.lines(code)) == ("f1", (4,))


def test_only_code_whose_own_breakpoints_change_is_asked_for_again(tmp_path: Path) -> None:
    path, module = long_file(tmp_path)
    breaks, table = planted([LineTarget(path, 2), LineTarget(path, 4), FunctionTarget("long.f3")])
    breaks.found(module)
    before = breaks.at
    assert len(before) == 3
    table.add(BreakpointSpec(LineTarget(path, 6)))
    assert [code.co_name for code in breaks.plant(table.on_lines)] == ["f2"]
    assert len(before) == 3  # a thread that reads it now sees a whole one
    table.remove(BreakpointNumber(1))
    assert [code.co_name for code in breaks.plant(table.on_lines)] == ["f0"]
    assert breaks.plant(table.on_lines) == []


def test_threads_that_find_a_function_together_all_know_its_breakpoint(tmp_path: Path) -> None:
    path, module = long_file(tmp_path)
    count = 8
    for _ in range(20):
        breaks, _table = planted([LineTarget(path, 2)])
        meeting = threading.Barrier(count)
        seen: list[int] = []

        def find(
            breaks: LineBreaks = breaks,
            meeting: threading.Barrier = meeting,
            seen: list[int] = seen,
        ) -> None:
            meeting.wait(30)
            seen.append(len(breaks.found(module)))

        threads = [threading.Thread(target=find) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [1] * count


def test_threads_that_set_and_clear_breakpoints_lose_none() -> None:
    table = BreakpointTable()
    count = 8
    meeting = threading.Barrier(count)

    def change() -> None:
        meeting.wait(30)
        for line in range(200):
            made = table.add(BreakpointSpec(LineTarget("file.py", line + 1)))
            if line % 2:
                table.remove(made.number)

    threads = [threading.Thread(target=change) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(table) == count * 100
