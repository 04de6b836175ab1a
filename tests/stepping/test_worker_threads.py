"""Stops in worker threads: they hold the run for which the thread works."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trio

from stepdbg.engine.process import clock
from stepdbg.engine.stopping import turns
from stepdbg.model.replies import Queue, RunList, TaskList, Threads
from stepdbg.model.stops import Stop
from stepdbg.model.task import TaskLabel, TaskState
from stepdbg.model.waits import ThreadRole, WorkerThread
from tests.harness import Debugging, debugging

WORKERS = "tests/programs/stepping/workers"


def worker_of(stop: Stop) -> TaskLabel:
    """The task for which the thread of a stop works."""
    assert stop.task is None
    assert stop.run is None
    assert stop.works_for is not None
    return stop.works_for


@contextmanager
def held_in_work() -> Iterator[tuple[Debugging, TaskLabel]]:
    """The program, held in the first worker thread that has come to its work."""
    with debugging(WORKERS) as dbg:
        dbg.do(f"break {dbg.line('work')}")
        stop = dbg.go("continue", kind="breakpoint", line_mark="work")
        wait_until_nothing_steps(dbg)
        yield dbg, worker_of(stop)


def wait_until_nothing_steps(dbg: Debugging) -> None:
    """Wait for the end of the step that was under way when the thread stopped."""

    def rests() -> bool:
        (main,) = (each for each in all_threads(dbg) if each.run is not None)
        return any(place.function == "Instruments.call" for place in main.stack)

    while not rests():
        pass


def all_threads(dbg: Debugging) -> tuple[WorkerThread, ...]:
    return dbg.reply("threads -a", Threads).threads


def test_the_queue_has_the_task_that_waits_for_the_prompt_of_a_thread() -> None:
    with held_in_work() as (dbg, _):
        reply = dbg.reply("queue -a", Queue).queue
        assert reply.current is None
        queued = [each.task.label.short for each in (*reply.this_pass, *reply.next_pass)]
        everybody = dbg.reply("tasks -a", TaskList).groups
        runnable = [
            group.example.label.short
            for group in everybody
            if group.example.state is TaskState.RUNNABLE
        ]
        assert "turn" in queued
        assert sorted(queued) == sorted(runnable)
        let_end(dbg)


def let_end(dbg: Debugging) -> None:
    dbg.do("clear 1")
    dbg.resume("continue")
    dbg.expect_end()


def test_the_next_step_waits(capsys: pytest.CaptureFixture[str]) -> None:
    with held_in_work() as (dbg, _):
        turns = dbg.text("p turns")
        for _ in range(50):
            dbg.do("tasks")
        assert dbg.text("p turns") == turns
        (run,) = dbg.reply("runs", RunList).runs
        assert run.state == "stopped"
        let_end(dbg)
    assert sorted(capsys.readouterr().out.split()) == ["C", "aa!", "bb!"]


def test_the_clock_stands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = [0.0]
    monkeypatch.setattr(clock, "perf_counter", lambda: time.perf_counter() + ahead[0])
    with held_in_work() as (dbg, _):
        before = dbg.text("timers")
        ahead[0] += 1000
        assert dbg.text("timers") == before
        let_end(dbg)
    assert "too long" not in capsys.readouterr().out


def test_it_names_the_task_and_what_is_held() -> None:
    with held_in_work() as (dbg, _):
        stop = dbg.stop
        assert stop.works_for is not None
        assert stop.works_for.name.endswith("job")
        assert stop.note == "run 1 is held with it"
        let_end(dbg)


@pytest.mark.parametrize("line", ["next", "into", "until"])
def test_it_stays_in_its_thread(line: str) -> None:
    """Another worker is at the same breakpoint all the while."""
    with held_in_work() as (dbg, first):
        for mark in ("louder", "work-last"):
            stop = dbg.go(line, kind="next", line_mark=mark)
            assert worker_of(stop) == first
        stop = dbg.go("next", kind="return", line_mark="work-last")
        assert worker_of(stop) == first
        stop = dbg.go("continue", kind="breakpoint", line_mark="work")
        assert worker_of(stop) != first
        let_end(dbg)


def test_next_lets_the_run_answer_the_thread() -> None:
    with debugging(WORKERS) as dbg:
        dbg.do(f"break {dbg.line('asks')}")
        dbg.go("continue", line_mark="asks")
        dbg.go("next", kind="next", line_mark="asked")
        let_end(dbg)


def test_a_stop_of_the_run_that_answers_does_not_wait_for_the_thread() -> None:
    with debugging(WORKERS) as dbg:
        dbg.do(f"break {dbg.line('asks')}")
        dbg.do(f"break {dbg.line('answers')}")
        dbg.go("continue", line_mark="asks")
        dbg.go("next", kind="breakpoint", line_mark="answers")
        dbg.go("continue", kind="next", line_mark="asked")
        let_end(dbg)


def test_a_thread_that_waits_for_another_one_lets_it_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_PATIENCE", 0.05)
    with debugging(WORKERS) as dbg:
        dbg.do(f"break {dbg.line('meets')}")
        first = dbg.go("continue", kind="breakpoint", line_mark="meets")
        second = dbg.go("next", kind="breakpoint", line_mark="meets")
        assert first.works_for != second.works_for
        told = f"`next in thread {first.thread}, for {first.works_for}` has not come to its end"
        assert second.note.startswith(told)
        stop = dbg.go("continue", kind="next", line_mark="met")
        assert stop.works_for == first.works_for
        let_end(dbg)


def test_commands_about_a_task_mean_the_one_for_which_the_thread_works() -> None:
    with held_in_work() as (dbg, job):
        for line in ("why", "why -v"):
            first = dbg.text(line, 200).splitlines()[0]
            assert first.startswith(f"{job} waits for the thread {dbg.stop.thread} at ")
        assert str(job) in dbg.text("scopes", 200)
        assert "workers.py" in dbg.text("scopes", 200)
        assert dbg.text("task", 200).splitlines()[0] == f"thread {dbg.stop.thread}"
        assert "steps" not in dbg.text("task", 200)
        let_end(dbg)


def test_commands_about_the_run_mean_the_one_under_way() -> None:
    with held_in_work() as (dbg, _):
        assert dbg.text("token").startswith("stepdbg:1:")
        assert dbg.reply("runs", RunList).in_view == 1
        let_end(dbg)


@pytest.mark.parametrize(
    "line",
    [
        "cancel main",
        "cancel scope 1",
        "throw main ValueError()",
        "hold main",
        "only main",
        "pick turn",
        "order turn",
        "time",
        "time +1s",
        "interrupt",
        "task main await trio.sleep(0)",
    ],
)
def test_the_run_cannot_be_steered_from_a_thread(line: str) -> None:
    with held_in_work() as (dbg, _):
        told = dbg.failure(line)
        assert told.startswith(
            f"this stop is in thread {dbg.stop.thread}, and only a stop in a task can steer its run"
        )
        let_end(dbg)


def test_a_thread_that_works_for_no_task() -> None:
    with debugging(WORKERS) as dbg:
        dbg.do(f"break {dbg.line('no_run')}")
        dbg.go("continue", kind="breakpoint", line_mark="no_run")
        assert dbg.stop.works_for is None
        for line in ("why", "scopes"):
            assert dbg.failure(line) == "no task is in view; name one, as `tasks` lists them"
        assert dbg.text("why main").startswith("main (")
        let_end(dbg)


def test_step_is_the_runs() -> None:
    with held_in_work() as (dbg, _):
        dbg.do("clear 1")
        stop = dbg.go("step", kind="step")
        assert stop.task is not None
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize("way", ["run(trio.sleep, 0{})", "run_sync(len, 'ab'{})"])
@pytest.mark.parametrize("token", ["", ", trio_token=token"])
def test_a_call_into_the_run_is_refused(way: str, token: str) -> None:
    before = vars(trio._threads.RunSync).copy()
    with held_in_work() as (dbg, _):
        for _ in range(2):
            told = dbg.failure(f"p trio.from_thread.{way.format(token)}")
            assert "this thread's run is held with it" in told
        let_end(dbg)
    assert vars(trio._threads.RunSync) == before


def test_quit_ends_both() -> None:
    with held_in_work() as (dbg, _):
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)


def test_threads_shows_no_frame_of_ours() -> None:
    with held_in_work() as (dbg, held):
        workers = dbg.reply("threads", Threads).threads
        shown = {str(each.task) for each in workers}  # the other one may not have begun
        assert str(held) in shown
        assert {each[:5] for each in shown} <= {"job#1", "job#2"}
        for each in (*workers, *all_threads(dbg)):
            assert not [place for place in each.stack if "/stepdbg/engine/" in place.filename]
        # On top of the one that is held stands the test's own front end.
        path = str(dbg.program.path)
        tops = [next(each for each in one.stack if each.filename == path) for one in workers]
        assert dbg.line("work") in [each.line for each in tops]
        let_end(dbg)


def test_threads_of_the_process() -> None:
    with held_in_work() as (dbg, _):
        found = all_threads(dbg)
        (reader,) = (each for each in found if each.name == "reader of no run")
        assert reader.role is ThreadRole.OTHER
        assert reader.run is None
        (main,) = (each for each in found if each.run is not None)
        assert main.run == 1
        shown = dbg.text("threads -a")
        assert "thread reader of no run, works for no task" in shown
        assert ", carries out run 1" in shown
        assert ", for job#" in shown
        let_end(dbg)
