"""A step stays in its task, can be interrupted and taken up again, and can have the run alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from trio.testing import MockClock

from stepdbg.model.history import LogShown
from stepdbg.model.replies import Evaluated, FrameShown, Stack, StopShown, Why
from stepdbg.model.stops import StopKind
from stepdbg.render.spans import plain
from stepdbg.render.text import render_reply
from tests.debuggee import Order
from tests.harness import Debugging, debugging

TEN = "tests/programs/stepping/ten_tasks"


@contextlib.contextmanager
def ten_tasks(order: Order = "fifo") -> Iterator[Debugging]:
    """The program with ten workers, on a clock that jumps."""
    with debugging(TEN, clock=MockClock(autojump_threshold=0), order=order) as dbg:
        yield dbg


def stop_at(dbg: Debugging, mark: str) -> None:
    """Run to the first stop on a line."""
    dbg.do(f"tbreak {dbg.program.path}:{dbg.line(mark)}")
    dbg.go("continue", kind="breakpoint", line_mark=mark)


def test_next_over_an_await_while_a_sibling_finishes() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "main-sleeps")
        stop = dbg.go("next", kind="next", task="main", line_mark="main-awake")
        assert stop.passed is not None
        assert stop.passed.tasks == 11


def test_a_hundred_times_in_one_of_ten_tasks() -> None:
    with ten_tasks(order="random") as dbg:
        stop_at(dbg, "sleeps")
        task = dbg.stop.task
        assert task is not None
        marks = []
        for _ in range(100):
            stop = dbg.go("next", kind="next", task=task.short)
            assert stop.task == task
            marks.append(dbg.program.mark(stop.place.line) if stop.place else None)
        assert marks == (["awake", "loop", "sleeps"] * 34)[:100]


def test_next_n_counts_lines_of_the_task() -> None:
    with ten_tasks(order="random") as dbg:
        stop_at(dbg, "sleeps")
        task = dbg.stop.task
        assert dbg.go("next 4", line_mark="awake").task == task


def test_a_breakpoint_interrupts_and_resume_goes_on() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "main-sleeps")
        dbg.do(f"break {dbg.program.path}:{dbg.line('sibling')}")
        stop = dbg.go("next", kind="breakpoint", task="sibling", line_mark="sibling")
        assert stop.unfinished.startswith("next in main")
        assert "next in main" in plain(render_reply(dbg.shown, 80))
        dbg.go("resume", kind="next", task="main", line_mark="main-awake")
        assert dbg.stop.unfinished == ""


def test_continue_forgets_the_interrupted_step() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "main-sleeps")
        dbg.do(f"tbreak {dbg.program.path}:{dbg.line('sibling')}")
        dbg.go("next", kind="breakpoint", task="sibling")
        dbg.resume("continue")
        dbg.expect_end()


def test_resume_needs_an_interrupted_step() -> None:
    with ten_tasks() as dbg:
        assert "no step was interrupted" in dbg.failure("resume")


def test_two_breakpoints_on_the_way_keep_the_step() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "main-sleeps")
        dbg.do(f"break {dbg.program.path}:{dbg.line('sibling')}")
        dbg.do(f"tbreak {dbg.program.path}:{dbg.line('awake')}")
        for task in ("sibling", "worker#1"):
            stop = dbg.go("next" if task == "sibling" else "resume", kind="breakpoint")
            assert stop.unfinished.startswith("next in main")
        dbg.go("resume", kind="next", task="main", line_mark="main-awake")


def test_a_breakpoint_on_the_line_of_arrival_is_named() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "main-sleeps")
        dbg.do(f"break {dbg.program.path}:{dbg.line('main-awake')}")
        stop = dbg.go("next", task="main", line_mark="main-awake")
        assert [hit.number for hit in stop.hits] == [2]
        assert stop.unfinished == ""


def test_alone_nobody_else_runs() -> None:
    with debugging("tests/programs/stepping/checkpoints_together") as dbg:
        stop_at(dbg, "step")
        task = dbg.stop.task
        for _ in range(3):
            stop = dbg.go("next -o", kind="next")
            assert stop.task == task
            assert stop.passed is None
        assert dbg.text("p len(set(turns))") == "1"
        for _ in range(3):
            assert dbg.go("next", kind="next").task == task
        assert dbg.text("p len(set(turns))") == "3"


def test_step_alone_runs_the_task_only() -> None:
    with debugging("tests/programs/stepping/checkpoints_together") as dbg:
        stop_at(dbg, "step")
        task = dbg.stop.task
        for _ in range(3):
            stop = dbg.go("step -o", kind="step")
            assert stop.task == task
        seen = {dbg.go("step", kind="step").task for _ in range(3)}
        assert len(seen) == 3


def test_alone_lets_others_run_when_it_blocks() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "main-sleeps")
        stop = dbg.go("next -o", kind="next", task="main", line_mark="main-awake")
        assert stop.passed is not None


def test_the_frame_in_view_decides() -> None:
    with debugging("tests/programs/stepping/recursion") as dbg:
        dbg.do(f"tbreak {dbg.program.path}:{dbg.line('bottom')}")
        dbg.go("continue", line_mark="bottom")
        dbg.do("up 2")
        dbg.go("next", kind="next", line_mark="after")
        assert dbg.text("p depth") == "2"


def test_recursion_stays_in_its_frame() -> None:
    with debugging("tests/programs/stepping/recursion") as dbg:
        dbg.do(f"tbreak {dbg.program.path}:{dbg.line('here')}")
        dbg.go("continue", line_mark="here")
        assert dbg.text("p depth") == "2"
        dbg.go("next", line_mark="after")
        assert dbg.text("p depth") == "2"


def test_next_of_another_task() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "main-sleeps")
        dbg.resume("step worker#2")
        dbg.expect_stop(kind="step", task="worker#2")
        dbg.do("task main")
        dbg.go("next", kind="next", task="main", line_mark="main-awake")


def test_until_a_line() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "loop")
        task = dbg.stop.task
        assert dbg.go(f"until {dbg.line('awake')}", line_mark="awake").task == task
        assert "not below" in dbg.failure(f"until {dbg.line('loop')}")


def test_jump_and_its_refusals() -> None:
    with debugging("tests/programs/stepping/never_suspends") as dbg:
        assert "a jump works only" in dbg.failure(f"jump {dbg.line('last')}")
        stop_at(dbg, "begins")
        assert "jump" in dbg.failure("jump 1").lower()
        assert dbg.reply(f"jump {dbg.line('last')}", FrameShown).frame.place.line == dbg.line(
            "last"
        )
        dbg.go("next", kind="exit", task="busy#1")


def test_retval() -> None:
    with debugging("tests/programs/stepping/await_coroutine") as dbg:
        assert "nothing has returned" in dbg.failure("retval")
        stop_at(dbg, "inside")
        dbg.go("return", kind="return", line_mark="here")
        assert dbg.text("retval") == "42"


def test_a_return_that_raises_shows_what() -> None:
    with debugging("tests/programs/stepping/exceptions") as dbg:
        stop_at(dbg, "begins")
        stop = dbg.go("return", kind="return", line_mark="passes")
        assert stop.raised == "ValueError: no"
        assert "ValueError: no" in dbg.text("retval")


def test_the_exit_of_a_task_is_a_stop_with_its_stack_gone() -> None:
    with debugging("tests/programs/stepping/outermost") as dbg:
        stop_at(dbg, "child-last")
        stop = dbg.go("next", kind="exit", task="child")
        assert stop.kind is StopKind.EXIT
        assert isinstance(dbg.shown, StopShown)
        dbg.resume("next")  # there is no frame to follow: the next step of any task
        dbg.expect_stop(kind="step")


def test_the_next_step_of_any_of_ten() -> None:
    with ten_tasks(order="random") as dbg:
        stop_at(dbg, "main-sleeps")
        stops = [dbg.go("step worker", kind="step") for _ in range(40)]
        assert {stop.task.name for stop in stops if stop.task} == {"__main__.worker"}
        assert len({stop.task for stop in stops}) == 10
        stop = dbg.go("step worker* 300", kind="step")
        assert stop.passed is None or stop.passed.tasks <= 2
        dbg.do(f"tbreak {dbg.program.path}:{dbg.line('awake')}")
        stop = dbg.go("step worker 900", kind="breakpoint")
        assert stop.unfinished.endswith(" or 9 more")
        dbg.go("step worker 900", kind="exit")
        assert len([each for each in dbg.inspector.tasks() if "worker" in each.label.name]) == 1


def test_what_is_asked_of_ten_at_once() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "main-sleeps")
        dbg.go("step worker#3 3", kind="step")
        stacks = [each for each in dbg.do("where -A").replies if isinstance(each, Stack)]
        assert (stacks[0].task.label.short, stacks[0].others) == ("main", ())
        assert sum(1 + len(each.others) for each in stacks) == 11
        assert len(stacks) < 6
        answers = dbg.do("task worker* p number").replies
        numbers = [each.value.text for each in answers if isinstance(each, Evaluated)]
        assert numbers == [str(number) for number in range(10)]
        log = dbg.reply("log worker* 1000", LogShown).log
        assert {entry.task.name for entry in log.entries if entry.task} == {"__main__.worker"}
        assert len(dbg.reply("why worker*", Why).explanations) == 10
        assert "and 5 more" in dbg.text("cancel -y worker*")
        dbg.go("step worker*", kind="step")
        dbg.resume("continue")
        dbg.expect_end()


def test_displays_at_each_step_of_ten_and_at_an_exit() -> None:
    with ten_tasks() as dbg:
        stop_at(dbg, "awake")
        dbg.do("display number, turn")
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('awake')}, turn < 2")
        seen: dict[str, list[str | None]] = {}
        for _ in range(18):
            dbg.go("continue", kind="breakpoint")
            (shown,) = dbg.shown.displays
            task = "" if dbg.stop.task is None else dbg.stop.task.short
            seen.setdefault(task, []).append(shown.before.text if shown.before else None)
        number = {task: int(task.partition("#")[2]) - 1 for task in seen}
        assert {task: befores[-1] for task, befores in seen.items() if len(befores) > 1} == {
            task: f"({number[task]}, 0)" for task, befores in seen.items() if len(befores) > 1
        }
        assert {befores[0] for befores in seen.values() if len(befores) > 1} == {None}
        dbg.do("break task worker on exit")
        dbg.do("disable 1")
        dbg.do("disable 2")
        dbg.go("continue", kind="breakpoint")
        assert str(dbg.stop.hits[0].spec.target) == "task worker on exit"
        assert dbg.shown.displays == ()
