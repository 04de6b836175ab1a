"""What a stop and the toolbar say, case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdbg.model import replies as r
from stepdbg.model.facts import NOT_RECORDED, RunId
from stepdbg.model.replies import Reply
from stepdbg.model.stops import Passed, StopKind
from stepdbg.model.task import (
    RunState,
    Wake,
    WakeKind,
)
from stepdbg.model.values import Value
from stepdbg.render.spans import plain
from stepdbg.render.text import render_reply, render_toolbar

from . import pictures
from .pictures import (
    CHILD_2,
    FRAMES,
    PARENT,
    PARENT_WAKE,
    RUN_PICTURE,
    STOP,
)


def screen(reply: Reply, width: int = 80) -> list[str]:
    lines = plain(render_reply(reply, width)).split("\n")
    if isinstance(reply, r.StopShown):
        assert lines[0] == "", "an empty line sets a stop apart from what came before"
        return lines[1:]
    return lines


def shown(**changes: object) -> list[str]:
    return screen(r.StopShown(replace(STOP, **changes), None))  # type: ignore[arg-type] # by name


def test_the_first_stop() -> None:
    lines = shown(kind=StopKind.START, task=PARENT, step=1, time=0.0, wake=Wake(WakeKind.STARTED))
    assert lines[:2] == [
        "start: step 1 of parent (1), 0 s into the run",
        "runs because trio.run has just started it",
    ]


def test_the_line_that_woke_a_task_shows_where_there_is_room() -> None:
    assert shown(wake=PARENT_WAKE)[1] == (
        "runs because parent (1) woke it at tasks.py:14: nursery.start_soon(child, 2)"
    )
    narrow = screen(r.StopShown(replace(STOP, wake=PARENT_WAKE), None), 60)
    assert narrow[1] == "runs because parent (1) woke it at tasks.py:14"


def test_a_stop_never_guesses() -> None:
    assert shown(wake=NOT_RECORDED)[1] == "what woke it was not recorded"


def test_a_stop_inside_a_step() -> None:
    assert shown(kind=StopKind.HALT, in_step=True)[0] == (
        "halt: inside step 3 of child#2 (5), 1.003 s into the run"
    )


def test_the_run_is_named_where_it_helps() -> None:
    assert shown(run=RunId(3), shown_run=True)[0].endswith("1.003 s into run 3")
    assert shown(run=RunId(3))[0].endswith("1.003 s into the run")


def test_several_hits_and_notes_are_all_named() -> None:
    other = replace(pictures.HIT, spec=replace(pictures.HIT.spec, condition=None, temporary=True))
    lines = shown(kind=StopKind.BREAKPOINT, hits=(pictures.HIT, other), note="a note of ours")
    assert lines[:2] == [
        "breakpoint 1: task child*, if n > 1",
        "breakpoint 1 (temporary, now cleared): task child*",
    ]
    assert "a note of ours" in lines


def test_a_stop_without_source_says_where_it_is() -> None:
    place = replace(pictures.SLEEP, text="", line=None)
    assert shown(place=place)[-2:] == ["tasks.py in child", "its source is not at hand"]
    assert shown(place=None)[-1] == "it has no Python code to show"


def test_stepping_by_lines_repeats_nothing() -> None:
    assert shown(kind=StopKind.NEXT, in_step=True) == [
        "inside step 3 of child#2 (5), 1.003 s into the run",
        "tasks.py:6 in child",
        "  6  -> await trio.sleep(1)",
    ]
    suspended = shown(kind=StopKind.NEXT, in_step=True, passed=Passed(4, 2))
    assert suspended[1:4] == [
        "runs because the timeout of tasks.py:12 (1 min 30 s) expired",
        "meanwhile 4 steps of 2 other tasks ran",
        "1 more runnable, 3 tasks, next deadline in 4 s",
    ]


def test_what_was_returned_or_raised() -> None:
    value = Value("[1,\n 2]", "list")
    assert shown(kind=StopKind.RETURN, in_step=True, value=value)[:3] == [
        "return: inside step 3 of child#2 (5), 1.003 s into the run",
        "returns [1,",
        "         2]",
    ]
    exit_ = shown(kind=StopKind.EXIT, raised="ValueError: no", place=None, wake=None)
    assert exit_ == [
        "exit: after step 3 of child#2 (5), 1.003 s into the run",
        "raises ValueError: no",
        "1 more runnable, 3 tasks, next deadline in 4 s",
    ]


def test_a_pause_in_a_thread_outside_of_any_run() -> None:
    outside = shown(kind=StopKind.PAUSE, run=None, task=None, wake=None, thread="worker-1")
    assert outside[:2] == ["pause: outside of any run, in thread worker-1", "tasks.py:6 in child"]
    inside = shown(kind=StopKind.PAUSE, task=None, wake=None, thread="worker-1")
    assert inside[0] == "pause: no task is current, in thread worker-1, 1.003 s into the run"


def test_an_interrupted_step_is_named() -> None:
    lines = shown(kind=StopKind.BREAKPOINT, unfinished="next in worker#2")
    assert "next in worker#2 is unfinished; `resume` takes it up" in lines


# The toolbar

STATUS = " child#2 (5)   tasks.py:6   1 more runnable, 3 tasks, next deadline in 4 s"


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (100, f"{STATUS}   1.003 s into run 2"),
        (80, STATUS),
        (70, " child#2 (5)   1 more runnable, 3 tasks, next deadline in 4 s"),
        (40, " child#2 (5)   1 more runnable, 3 tasks"),
        (30, " child#2 (5)   1 more runnable"),
        (20, " child#2 (5)"),
    ],
)
def test_the_toolbar_gives_up_the_least_important_first(width: int, said: str) -> None:
    run = replace(RUN_PICTURE, run=RunId(2))
    assert plain([render_toolbar(run, CHILD_2, width, frame=FRAMES[2])]) == said


def test_the_toolbar_of_a_run_that_is_over() -> None:
    over = replace(RUN_PICTURE, state=RunState.ENDED)
    assert plain([render_toolbar(over, CHILD_2, 80, frame=FRAMES[2])]) == (
        " child#2 (5)   tasks.py:6   the run is over   1.003 s into the run"
    )
    last_picture = [render_toolbar(RUN_PICTURE, CHILD_2, 80, frame=FRAMES[2], over=True)]
    assert plain(last_picture) == plain([render_toolbar(over, CHILD_2, 80, frame=FRAMES[2])])


def test_the_toolbar_of_a_quiet_run() -> None:
    quiet = replace(RUN_PICTURE, queue_length=0, next_deadline=None, task_count=1, time=0.0)
    assert plain([render_toolbar(quiet, None, 80)]) == (
        " no task in view   nothing else runnable, 1 task, no deadline   0 s into the run"
    )
