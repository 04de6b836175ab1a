"""What the screens say: all of them against files, and the cases that matter one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdbg.model import replies as r
from stepdbg.model.breakpoints import BreakpointSpec, HitCount, LineTarget
from stepdbg.model.facts import NOT_RECORDED, RunId, TaskNumber
from stepdbg.model.replies import Reply
from stepdbg.model.stops import Output
from stepdbg.model.task import (
    FrameSnapshot,
    NurserySnapshot,
    Origin,
    QueueSnapshot,
    TaskLabel,
    TaskNode,
    TaskState,
)
from stepdbg.model.values import Value, Variable
from stepdbg.render.spans import plain, text
from stepdbg.render.tables import Column, table
from stepdbg.render.text import render_event, render_reply

from . import pictures, screens
from .pictures import (
    CHILD_1,
    CHILD_2,
    EVENTS,
    FRAMES,
    REPLIES,
    RUN_PICTURE,
    STOP,
)


def screen(reply: Reply, width: int = 80) -> list[str]:
    return plain(render_reply(reply, width)).split("\n")


@pytest.mark.parametrize("width", screens.WIDTHS)
def test_screens_are_as_they_were_last_read(width: int) -> None:
    assert screens.draw(width) == screens.file(width).read_text(encoding="utf-8")


# Names of tasks


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (40, "…s.resize_one_image#1"),
        (60, "app.workers.resize_one_image#1"),
        (80, "app.workers.resize_one_image#1"),
    ],
)
def test_names_of_tasks_come_before_the_other_columns(width: int, shown: str) -> None:
    row = screen(REPLIES["tasks with a long name"], width)[3]
    assert shown in row.split()


def test_what_a_column_that_is_left_out_frees_goes_to_the_names() -> None:
    columns = (Column(least=4, rank=1, comfortable=10), Column(least=16, optional=True))
    rows = [(text("n" * 20), text("c" * 30))]
    assert plain(table(rows, columns, 24)) == "n" * 20


# Breakpoints


def test_all_that_a_breakpoint_asks_for() -> None:
    spec = BreakpointSpec(
        LineTarget("/home/anna/demo/tasks.py", 12, "child*"),
        condition="n > 1",
        hit_count=HitCount("%", 3),
        log="got {n}",
    )
    one = replace(pictures.BREAKPOINTS[0], spec=spec, commands=(), matching=None)
    assert screen(r.BreakpointSet("set", one)) == [
        "breakpoint 1 set: tasks.py:12 task child*, on hits %3, if n > 1, log got {n}"
    ]
    assert screen(r.BreakpointList((one,))) == [
        "  1  on  tasks.py:12 task child*  2 hits",
        "       on hits %3",
        "       if n > 1",
        "       log got {n}",
    ]


# Listings


def test_a_listing_has_room_for_long_numbers_and_both_marks() -> None:
    listing = r.Listing("a.py", 999, ("one", "\ttwo", ""), marked=1000, breakpoints=(1000, 1001))
    assert screen(listing) == [
        "a.py, lines 999 to 1001",
        " 999     one",
        "1000 b->     two",
        "1001 b",
    ]
    assert screen(r.Listing("a.py", 7, ("x",), ends=True))[0] == "a.py, line 7 (the end)"
    assert screen(r.Listing("/srv/a.pyc", 1, ())) == ["no source of /srv/a.pyc"]


# Tasks


def test_a_filter_is_told_and_an_empty_list_says_so() -> None:
    everything = REPLIES["tasks"]
    assert isinstance(everything, r.TaskList)
    one = replace(everything, groups=everything.groups[:1], filter="par*")
    assert screen(one)[0] == "3 tasks, 1 of them matches par*"
    assert screen(replace(one, groups=())) == ["3 tasks, none of them matches par*"]


def test_another_run_than_the_stopped_one_is_named() -> None:
    elsewhere = replace(RUN_PICTURE, state="running")
    for name in ("tasks", "tree", "queue", "timers"):
        reply = REPLIES[name]
        assert isinstance(reply, r.TaskList | r.Tree | r.Queue | r.Timers)
        assert screen(replace(reply, run=elsewhere))[0] == "run 1, running"
        assert screen(replace(reply, run=replace(RUN_PICTURE, run=RunId(2))))[0] == (
            "run 2, stopped"
        )
        assert not screen(reply)[0].startswith("run 1")


def test_the_mark_finds_a_task_inside_a_group() -> None:
    grouped = REPLIES["grouped"]
    assert isinstance(grouped, r.TaskList)
    lines = screen(replace(grouped, in_view=CHILD_2))
    assert [line[:2] for line in lines[2:4]] == ["  ", "->"]


def test_a_task_whose_past_is_unknown() -> None:
    task = replace(pictures.TASK_2, spawn=NOT_RECORDED, wake=NOT_RECORDED, system=True)
    assert screen(r.TaskShown(task, None))[:4] == [
        "child#2 (5), current, 2 steps so far, Trio's own",
        "  started by  not recorded",
        "  parent      parent (1)",
        "  runs        what woke it was not recorded",
    ]


def test_an_exited_task() -> None:
    task = replace(pictures.MAIN_TASK, state=TaskState.EXITED, doing=None, wait=None)
    assert screen(r.TaskShown(task, None)) == [
        "parent (1), exited, 2 steps so far",
        "  started by  trio.run",
    ]


# The tree


def test_a_scope_that_says_nothing_has_no_line_and_no_indentation() -> None:
    quiet = pictures.scope(7, pictures.SLEEP)
    plain_tree = TaskNode(pictures.MAIN_TASK, (quiet, pictures.TIMEOUT_SCOPE))
    lines = screen(r.Tree(RUN_PICTURE, plain_tree, None))
    assert [line.split(" at ")[0] for line in lines[1:]] == ["      cancel scope 1"]


def test_nurseries_say_what_is_particular_about_them() -> None:
    scope = pictures.scope(2, None, cancelled=True, reason="enough")
    nursery = NurserySnapshot(scope, None, closed=True, children=(), starting=(CHILD_1, CHILD_2))
    lines = screen(r.Tree(RUN_PICTURE, TaskNode(pictures.MAIN_TASK, (nursery,)), None))
    assert lines[1:] == [
        "      nursery, closed, empty, starting child#1 (4), child#2 (5), cancelled",
        "        (enough)",
    ]


def test_a_tree_of_a_thousand_generations_is_drawn() -> None:
    node = TaskNode(pictures.TASK_1, ())
    for _ in range(1000):
        nursery = NurserySnapshot(pictures.scope(1, None), None, closed=False, children=(node,))
        node = TaskNode(pictures.TASK_1, (nursery,))
    assert len(screen(r.Tree(RUN_PICTURE, node, None))) == 2001


# The queue and the timers


def test_an_empty_queue() -> None:
    assert screen(r.Queue(RUN_PICTURE, QueueSnapshot(None, (), ()))) == [
        "current: no task",
        "this pass: nobody else",
        "next pass: nobody yet",
    ]


def test_no_coin_is_flipped_for_one_task() -> None:
    queue = REPLIES["queue"]
    assert isinstance(queue, r.Queue)
    one = replace(queue.queue, this_pass=(), next_pass=queue.queue.next_pass[:1])
    assert screen(replace(queue, queue=one))[2] == "next pass"


def test_timers_without_tasks_places_or_company() -> None:
    timers = REPLIES["timers"]
    assert isinstance(timers, r.Timers)
    scope = pictures.scope(4, None, -0.5, shield=True)
    lonely = replace(timers.timers[0], left=-0.5, scope=scope, tasks=(), task_count=0)
    assert screen(replace(timers, timers=(lonely,))) == [
        "1 deadline",
        "  overdue by 0.5 s  no task  place not recorded  shielded",
    ]
    assert screen(replace(timers, timers=())) == ["no deadline is pending"]


# Stacks


def test_frames_fold_but_never_the_selected_one() -> None:
    stack = REPLIES["stack"]
    assert isinstance(stack, r.Stack)
    assert screen(stack)[1] == "    … 2 frames of trio"
    selected = screen(replace(stack, selected=1))
    assert selected[1] == "    … 1 frame of trio"
    assert selected[2].startswith("->  1  sleep ")


def test_nothing_folds_where_nothing_is_own() -> None:
    stack = r.Stack(pictures.TASK_2, FRAMES[:2], selected=0)
    assert [line[4:5] for line in screen(stack)[1:]] == ["0", "1"]
    assert screen(r.Stack(pictures.TASK_2, (), 0))[1] == "it has no Python frames to show"


def test_folded_libraries_are_named() -> None:
    place = pictures.trio_place("", 1, "f", "")
    frames = [
        FrameSnapshot(i, replace(place, filename=f"/x/site-packages/{name}/a.py"), "function")
        for i, name in enumerate(("anyio", "httpx", "anyio"))
    ]
    libraries = [replace(f, place=replace(f.place, origin=Origin.LIBRARY)) for f in frames]
    own = FrameSnapshot(3, pictures.SLEEP, "coroutine")
    stack = r.Stack(pictures.TASK_2, (*libraries, own), selected=3)
    assert screen(stack)[1] == "    … 3 frames of anyio and httpx"
    crowd = r.Stack(pictures.TASK_2, (FRAMES[0], *libraries, own), selected=3)
    assert screen(crowd)[1] == "    … 4 frames of libraries"


# Values


def test_a_long_value_is_whole_when_asked_for_and_short_among_others() -> None:
    value = Value("word " * 100, "str")
    assert len(screen(r.Evaluated("x", value))) == 7
    among = screen(r.Variables("locals", FRAMES[2], (Variable("x", value),)))
    assert len(among) == 5
    assert among[-1] == "    …"


def test_what_was_cut_off_is_said_once() -> None:
    assert screen(r.Evaluated("x", Value("[1, 2", "list", truncated=True)))[-1] == "… (cut short)"
    assert len(screen(r.Evaluated("x", Value("[1, …]", "list", truncated=True)))) == 1


def test_a_name_longer_than_half_the_line_stands_above_its_value() -> None:
    name = "a_very_long_name_indeed"
    lines = screen(r.Variables("locals", FRAMES[2], (Variable(name, Value("1", "int")),)), 40)
    assert lines == [f"{name} =", "    1"]


# Messages, help, events


def test_prose_is_filled_and_indented_lines_stay() -> None:
    help_ = replace(pictures.STEP_HELP, text="One\ntwo.\n\n    indented  code\nthree", names=("x",))
    lines = screen(help_)
    assert lines[4:8] == ["One two.", "", "    indented  code", "three"]
    assert "short: " not in "\n".join(lines)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (r.BreakpointList(()), "no breakpoints; `break task PATTERN` sets one"),
        (r.DisplayList(()), "nothing is displayed; `display EXPRESSION` adds one"),
        (r.AliasList(()), "no aliases; `alias NAME COMMAND` makes one"),
        (r.RunList((), 0), "no run of Trio has begun yet"),
    ],
)
def test_empty_lists_say_how_to_fill_them(reply: Reply, said: str) -> None:
    assert screen(reply) == [said]


def test_output_keeps_its_lines_and_obeys_no_escape() -> None:
    assert plain(render_event(EVENTS["output"], 80)) == "child 1 starts\n\nchild 2 starts"
    bell = Output("stdout", "\x1b[2J\x07")
    assert plain(render_event(bell, 80)) == r"\x1b[2J\x07"


def test_labels_are_the_same_on_every_screen() -> None:
    other = TaskLabel(RunId(1), TaskNumber(9), "package.module.worker", 3, repeated=True)
    task = replace(pictures.TASK_2, label=other)
    for reply in (
        r.TaskShown(task, None),
        r.Tree(RUN_PICTURE, TaskNode(task, ()), None),
        r.Stack(task, FRAMES, 2),
        r.FrameShown(other, FRAMES[2], None),
        r.StopShown(replace(STOP, task=other), None),
    ):
        assert "package.module.worker#3 (9)" in "\n".join(screen(reply))
