"""The run ends while a thread of stepdbg looks at it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from stepdbg.engine.noticing import lasting
from stepdbg.engine.noticing.ctrl_c import Halt
from stepdbg.engine.process import python_threads
from stepdbg.engine.running.run import DebuggedRun
from stepdbg.engine.seeing import under_way
from stepdbg.engine.stacks import frames
from stepdbg.model.steering import Progress
from tests.harness import PATIENCE, debugging

# Parts of a look after which the run ends.
PARTS: dict[str, Callable[..., object]] = {
    "stack_of": python_threads.stack_of,
    "innermost_own": frames.innermost_own,
}


@pytest.mark.parametrize("part", PARTS)
def test_a_look_goes_on(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    told = tmp_path / "told"
    ended, looked = threading.Event(), threading.Event()
    see, finish = lasting._see, DebuggedRun.finish
    seen: list[object] = []

    def lets_end(*arguments: object) -> object:
        found = PARTS[part](*arguments)
        told.touch()
        assert ended.wait(PATIENCE)
        return found

    def finishes(run: DebuggedRun) -> None:
        finish(run)
        ended.set()

    def sees(run: DebuggedRun, *, told_from: float, seconds: float) -> object:
        del told_from
        try:
            seen.append(see(run, told_from=0.0, seconds=seconds))
        finally:
            looked.set()
        return None

    monkeypatch.setattr(lasting, part, lets_end)
    monkeypatch.setattr(lasting, "_see", sees)
    monkeypatch.setattr(DebuggedRun, "finish", finishes)
    with debugging("lasts_until_told", args=[str(told)]) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
        assert looked.wait(PATIENCE)
    assert len(seen) == 1
    assert capfd.readouterr().err == ""


def test_what_is_asked_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    finish = DebuggedRun.finish
    runs: list[DebuggedRun] = []
    called: list[str] = []

    def finishes(run: DebuggedRun) -> None:
        finish(run)
        runs.append(run)

    monkeypatch.setattr(DebuggedRun, "finish", finishes)
    with debugging("checkpoints") as dbg:
        dbg.resume("continue")
        dbg.expect_end()
    (run,) = runs
    step = under_way.step_elsewhere(run)
    assert (step.task, step.seconds) == (None, None)
    Halt(run).ask(tells=False)
    run.call_here(lambda: called.append("from another thread"))
    assert not run.life.call_soon(lambda: called.append("soon"))
    assert called == []


def test_a_report_that_comes_after_the_end_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    ended, taken_back = threading.Event(), threading.Event()
    finish = DebuggedRun.finish
    reports: list[Progress | None] = []

    def finishes(run: DebuggedRun) -> None:
        finish(run)
        ended.set()

    def shows(progress: Progress | None) -> None:
        if progress is not None:
            told.touch()
            assert ended.wait(PATIENCE)
        reports.append(progress)
        if progress is None and any(reports):
            taken_back.set()

    monkeypatch.setattr(DebuggedRun, "finish", finishes)
    with debugging("lasts_until_told", args=[str(told)]) as dbg:
        dbg.call(lambda: dbg.controller.steering.report_to(shows))
        dbg.resume("continue")
        dbg.expect_end()
        assert taken_back.wait(PATIENCE)
    shown = next(report for report in reports if report is not None)
    assert reports[reports.index(shown) :] == [shown, None]
