"""Commands that take several tasks: `where`, `why`, `log`, `task … COMMAND`, `cancel`."""

from __future__ import annotations

import pytest

from stepdbg.model.history import LogShown
from stepdbg.model.replies import Evaluated, Failure, Message, Stack, Why
from stepdbg.model.task import TaskState
from tests.commands.fakes import (
    FRAMES,
    MAIN,
    READER,
    TASKS,
    WORKER_1,
    WORKER_2,
    Talk,
    label,
    only,
    task,
)


def stacks(talk: Talk, line: str) -> list[Stack]:
    """The replies to a line, all of them stacks."""
    replies = talk.do(line).replies
    found = [each for each in replies if isinstance(each, Stack)]
    assert len(found) == len(replies)
    return found


def test_where_of_several_shows_equal_stacks_once() -> None:
    talk = Talk()
    workers = [label(number, "__main__.worker", number, repeated=True) for number in range(10, 15)]
    talk.inspector.all_tasks = [*TASKS, *(task(each, stack_key=9) for each in workers)]
    for each in workers:
        talk.inspector.all_frames[each.number] = FRAMES[5]
    shown = stacks(talk, "where 'my reader' worker*")
    assert [(each.task.label, each.others, each.frames) for each in shown] == [
        (WORKER_1, (), FRAMES[3]),
        (WORKER_2, (), FRAMES[4]),
        (READER, tuple(workers), FRAMES[5]),
    ]
    assert [each.selected for each in shown] == [1, -1, -1]


def test_where_of_all() -> None:
    folded, whole = stacks(Talk(), "where -A"), stacks(Talk(), "where -A -a")

    assert [each.task.label for each in folded] == [MAIN, WORKER_1, WORKER_2, READER]
    assert [each.others for each in folded] == [()] * 4
    assert [each.folded for each in folded] == [True] * 4
    assert [each.folded for each in whole] == [False] * 4
    assert "worker*" in Talk().failure("where -A worker*").text


def test_equal_stacks_of_tasks_in_different_states_stand_apart() -> None:
    talk = Talk()
    ready = task(label(9, "__main__.reader"), TaskState.RUNNABLE, stack_key=3)
    talk.inspector.all_tasks = [*TASKS, ready]
    talk.inspector.all_frames[9] = FRAMES[5]

    shown = stacks(talk, "where *reader")
    assert [(each.task.label, each.others) for each in shown] == [(READER, ()), (ready.label, ())]


def test_why_of_several() -> None:
    explained = Talk().reply("why worker* 'my reader' worker#2", Why).explanations

    assert [each.links[0].task for each in explained] == [WORKER_1, WORKER_2, READER]


def test_log_of_several() -> None:
    shown = Talk().reply("log old*", LogShown)
    assert [entry.task.ordinal for entry in shown.log.entries if entry.task] == [1, 2]
    assert (shown.task, shown.pattern) == (None, "old*")
    last = Talk().reply("log old", LogShown)
    assert [entry.task.ordinal for entry in last.log.entries if entry.task] == [2]
    assert last.task is not None
    both = Talk().reply("log *[id]* 1", LogShown)
    assert (len(both.log.entries), both.log.earlier, both.pattern) == (1, 2, "*[id]*")
    assert "nosuch" in Talk().failure("log nosuch*").text


def test_a_command_in_several_tasks() -> None:
    talk = Talk()
    values = talk.do("task worker* p size").replies
    assert [(each.task, each.value.text) for each in values if isinstance(each, Evaluated)] == [
        (WORKER_1, "1"),
        (WORKER_2, "2"),
    ]
    problem = talk.do("task worker* p rows").replies[1]
    assert isinstance(problem, Failure)
    assert problem.text.startswith("worker#2 (4): NameError")
    kinds = [type(reply) for reply in talk.do("task worker* where").replies]
    assert kinds == [Message, Stack, Message, Stack]
    assert talk.reply("where", Stack).task.label == WORKER_1


def test_what_lets_the_program_go_on_is_for_one_task() -> None:
    answer = Talk().do("task worker* step")

    assert answer.resume is None
    assert "name one task" in only(answer, Failure).text


def test_looking_at_several_is_looking_at_none() -> None:
    assert "matches 2 tasks" in Talk().failure("task worker*").text


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["cancel worker*"], []),
        (["cancel worker*", "y"], ["cancel 3", "cancel 4"]),
        (["cancel worker*", "n"], []),
        (["cancel -y worker* 'my reader' 4"], ["cancel 3", "cancel 4", "cancel 5"]),
    ],
)
def test_cancelling_several_asks(lines: list[str], told: list[str]) -> None:
    talk = Talk(abbreviations=True)
    talk.do(*lines)

    assert talk.controller.told == told


def test_what_is_asked_before_several_are_cancelled() -> None:
    asked = Talk(abbreviations=True).reply("cancel worker*", Message).text

    assert asked == "cancelling 2 tasks reaches one (3), one (4); `y` does it"
