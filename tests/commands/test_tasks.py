"""`tasks`, `tree`, `queue`, `timers`, `task`, `runs`, `run`, and naming a task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdbg.commands import task_names
from stepdbg.model.facts import RunId
from stepdbg.model.patterns import parse_pattern
from stepdbg.model.replies import (
    Answer,
    Evaluated,
    Queue,
    RunList,
    Stack,
    TaskList,
    TaskShown,
    Timers,
    Tree,
)
from stepdbg.model.stops import StepTask
from stepdbg.model.task import TaskState
from tests.commands.fakes import (
    FRAMES,
    INIT,
    MAIN,
    READER,
    RUN,
    TASKS,
    TOKEN,
    WORKER_1,
    WORKER_2,
    FakeInspector,
    Talk,
    label,
    task,
)

ALL = [1, 3, 4, 5]


def numbers(listed: TaskList) -> list[int]:
    """The numbers of all tasks of a list, in its order."""
    return [label.number for group in listed.groups for label in group.labels]


# ---- tasks -------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tasks", ALL),
        ("ps", ALL),
        ("tasks -a", [0, 1, 2, 3, 4, 5]),
        ("tasks worker", [3, 4]),
        ("tasks worker#2", [4]),
        ("tasks worker#*", [3, 4]),
        ("tasks __main__.w*", [3, 4]),
        ("tasks w*#1", [3]),
        ("tasks 4", [4]),
        ("tasks 4 1", [1, 4]),
        ("tasks main worker#1", [1, 3]),
        ("tasks 'my reader'", [5]),
        ("tasks my*", [5]),
        ("tasks blocked", [1, 5]),
        ("tasks current", [3]),
        ("tasks not started", [4]),
        ("tasks not-started", [4]),
        ("tasks current not started", [3, 4]),
        ("tasks worker not started", [4]),
        ("tasks * blocked", [1, 5]),
        ("tasks worker blocked", []),
        ("tasks nobody", []),
        ("tasks task", []),
        ("tasks -a task", [2]),
    ],
)
def test_patterns_and_states(line: str, expected: list[int]) -> None:
    assert numbers(Talk().reply(line, TaskList)) == expected


def test_the_list_says_what_was_asked_for_and_how_many_there_are() -> None:
    listed = Talk().reply("tasks worker blocked", TaskList)

    assert (listed.filter, listed.total, listed.in_view) == ("worker blocked", 4, WORKER_1)


def test_trios_own_tasks_count_when_they_are_listed() -> None:
    assert Talk().reply("tasks -a worker", TaskList).total == 6


def crowd(talk: Talk, count: int) -> None:
    """Fill the run with workers, of which each fifth is runnable."""
    talk.inspector.all_tasks = [
        task(
            label(100 + index, "__main__.worker", index, repeated=True),
            TaskState.RUNNABLE if index % 5 == 0 else TaskState.BLOCKED,
            stack_key=7,
        )
        for index in range(count)
    ]


def test_twenty_tasks_are_listed_one_by_one() -> None:
    talk = Talk()
    crowd(talk, 20)

    assert len(talk.reply("tasks", TaskList).groups) == 20


def test_of_more_equal_ones_are_grouped() -> None:
    talk = Talk()
    crowd(talk, 21)
    groups = talk.reply("tasks", TaskList).groups

    assert [(group.example.state, len(group.labels)) for group in groups] == [
        (TaskState.RUNNABLE, 5),
        (TaskState.BLOCKED, 16),
    ]


@pytest.mark.parametrize("change", ["name", "stack"])
def test_what_differs_is_not_grouped(change: str) -> None:
    talk = Talk()
    crowd(talk, 21)
    odd = (
        task(label(300, "__main__.other"), stack_key=7)
        if change == "name"
        else task(label(300, "__main__.worker", 99, repeated=True), stack_key=8)
    )
    talk.inspector.all_tasks = [*talk.inspector.all_tasks, odd]

    assert len(talk.reply("tasks", TaskList).groups) == 3


@pytest.mark.parametrize("line", ["tasks runnable", "tasks -a"])
def test_few_of_many_and_all_of_them_are_listed_one_by_one(line: str) -> None:
    talk = Talk()
    crowd(talk, 40)

    assert all(len(group.labels) == 1 for group in talk.reply(line, TaskList).groups)


def test_an_unknown_option() -> None:
    assert "no option -x" in Talk().failure("tasks -x").text


# ---- tree, queue, timers -----------------------------------------------


@pytest.mark.parametrize(
    ("line", "root"),
    [
        ("tree", MAIN),
        ("tree -a", INIT),
        ("tree worker#2", WORKER_2),
        ("tree 0", INIT),
        ("tree 2", TOKEN),
    ],
)
def test_tree(line: str, root: object) -> None:
    tree = Talk().reply(line, Tree)

    assert (tree.root.task.label, tree.in_view) == (root, WORKER_1)


def test_queue() -> None:
    queue = Talk().reply("queue", Queue).queue

    assert queue.current == WORKER_1
    assert [entry.task.label for entry in queue.this_pass] == [WORKER_2]
    assert len(Talk().reply("rq -a", Queue).queue.this_pass) == 2


def test_timers() -> None:
    assert [timer.left for timer in Talk().reply("timers", Timers).timers] == [0.5]


@pytest.mark.parametrize("line", ["queue x", "timers x", "runs x", "tree main x"])
def test_words_too_many(line: str) -> None:
    assert "does not know what to do with x" in Talk().failure(line).text


# ---- task --------------------------------------------------------------


def test_task_shows_the_one_in_view() -> None:
    shown = Talk().reply("task", TaskShown)

    assert (shown.task.label, shown.frame) == (WORKER_1, FRAMES[3][1])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("main", MAIN),
        ("__main__.main", MAIN),
        ("m??n", MAIN),
        ("1", MAIN),
        ("worker#2", WORKER_2),
        ("*#2", WORKER_2),
        ("4", WORKER_2),
        ("'my reader'", READER),
        ("my*", READER),
        ("<init>", INIT),
        ("0", INIT),
        ("*.EntryQueue.*", TOKEN),
    ],
)
def test_task_looks_at_the_one_that_is_named(name: str, found: object) -> None:
    talk = Talk()

    assert talk.reply(f"task {name}", TaskShown).task.label == found
    assert talk.reply("where", Stack).task.label == found
    assert talk.interpreter.status().task == found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("worker", "`worker` matches 2 tasks: worker#1 (3), worker#2 (4); name one of them"),
        ("*", "matches 4 tasks: main (1), worker#1 (3)"),
        ("wroker#2", "no living task is called `wroker#2`; did you mean `worker#2`?"),
        ("zzz", "`tasks` lists them"),
        ("99", "there is no task 99"),
        ("#", "no living task"),
    ],
)
def test_a_name_must_fit_one_task(name: str, words: str) -> None:
    talk = Talk()

    assert words in talk.failure(f"task {name}").text
    assert talk.interpreter.status().task == WORKER_1


def test_no_more_than_some_candidates_are_named() -> None:
    talk = Talk()
    crowd(talk, 30)
    text = talk.failure("task worker").text

    assert "and 22 more" in text
    assert text.count("worker#") == task_names.NAMED_CANDIDATES


def test_a_whole_name_wins_over_a_part_of_another() -> None:
    talk = Talk()
    talk.inspector.all_tasks = [*TASKS, task(label(9, "package.main"))]

    assert talk.reply("task main", TaskShown).task.label == MAIN
    assert talk.reply("task package.main", TaskShown).task.label.number == 9


def test_brackets_in_a_name_are_no_glob() -> None:
    strange = label(9, "job[1]")

    assert task_names.matches(parse_pattern("job[1]"), strange)
    assert not task_names.matches(parse_pattern("job[2]"), strange)


def test_a_command_elsewhere_comes_back() -> None:
    talk = Talk()

    assert talk.reply("task worker#2 p size", Evaluated).value.text == "2"
    assert talk.reply("p size", Evaluated).value.text == "1"
    assert talk.interpreter.status().task == WORKER_1


def test_python_elsewhere() -> None:
    talk = Talk()
    talk.do("task worker#2 size = 22")

    assert talk.controller.namespaces[4, 0]["size"] == 22


def test_an_alias_elsewhere() -> None:
    talk = Talk()
    talk.do("alias look p size")

    assert talk.reply("task worker#2 look", Evaluated).value.text == "2"


def test_a_failure_elsewhere_comes_back_as_well() -> None:
    talk = Talk()

    assert "NameError" in talk.failure("task main p size").text
    assert talk.interpreter.status().task == WORKER_1


def test_a_block_cannot_begin_elsewhere() -> None:
    talk = Talk()

    assert not talk.do("task worker#2 for x in y:").wants_more
    assert talk.reply("p size", Evaluated).value.text == "1"


def test_going_on_from_elsewhere() -> None:
    assert Talk().do("task worker#2 step 2") == Answer(resume=StepTask(count=2))


# ---- runs --------------------------------------------------------------


def two_runs() -> Talk:
    """A stop in run 1 while run 2 goes on in another thread, and run 3 has ended."""
    talk = Talk()
    other = replace(RUN, run=RunId(2), state="running", main=label(11, "other"))
    ended = replace(RUN, run=RunId(3), state="ended", main=None)
    second = FakeInspector(talk.controller, other, [task(label(11, "other"))])
    third = FakeInspector(talk.controller, ended, [])
    talk.inspector.others.update({2: second, 3: third})
    return talk


@pytest.mark.parametrize("line", ["runs", "run"])
def test_the_runs_are_listed(line: str) -> None:
    listed = two_runs().reply(line, RunList)

    assert ([run.run for run in listed.runs], listed.in_view) == ([1, 2, 3], 1)


def test_another_run_is_looked_at() -> None:
    talk = two_runs()

    assert talk.reply("run 2", RunList).in_view == 2
    assert numbers(talk.reply("tasks", TaskList)) == [11]
    assert talk.interpreter.status().run.run == 2
    assert talk.do("step other").replies, "a step is one of the run that is held"
    assert talk.do("step main").resume == StepTask((MAIN.number,))


def test_and_back() -> None:
    talk = two_runs()
    talk.do("run 2", "run 1")

    assert talk.reply("task", TaskShown).task.label == WORKER_1


@pytest.mark.parametrize("line", ["p size", "locals", "args", "size = 3", "whatis size"])
def test_no_code_runs_in_a_run_that_is_not_held(line: str) -> None:
    talk = two_runs()
    talk.inspector.others[2].all_frames[11] = FRAMES[4]
    talk.do("run 2")

    assert "run 2 is not held" in talk.failure(line).text


@pytest.mark.parametrize(
    ("line", "words"),
    [("run 3", "run 3 has ended"), ("run 9", "no run 9"), ("run x", "x is not a run number")],
)
def test_runs_that_cannot_be_looked_at(line: str, words: str) -> None:
    talk = two_runs()

    assert words in talk.failure(line).text
    assert talk.reply("runs", RunList).in_view == 1


def test_the_view_of_a_run_that_has_ended_meanwhile() -> None:
    talk = two_runs()
    talk.do("run 2")
    talk.inspector.others[2].all_tasks = []

    status = talk.interpreter.status()
    assert (status.run.run, status.task) == (1, None)
