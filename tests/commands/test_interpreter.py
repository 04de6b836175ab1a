"""The life of a line: repeats, blocks, joined lines, errors, and what a stop begins with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdbg.commands.interpreter import BLOCK_PROMPT, COMMANDS_PROMPT, PROMPT, Interpreter
from stepdbg.model.errors import StepdbgError
from stepdbg.model.replies import (
    Answer,
    Evaluated,
    Failure,
    FrameShown,
    Listing,
    Stack,
    TaskList,
)
from stepdbg.model.stops import Continue, StepTask
from stepdbg.model.task import FrameSnapshot, Origin, TaskLabel
from stepdbg.model.values import Value
from stepdbg.model.waits import Claim, Deadlock, Knot, WaitLink, WaitState
from tests.commands.fakes import (
    FILE,
    LIBRARY_FILE,
    MAIN,
    READER,
    SOURCE,
    WORKER_1,
    WORKER_2,
    FakeController,
    Talk,
    only,
    place,
    stop,
    task,
)

# ---- stops -------------------------------------------------------------


@pytest.mark.parametrize(("line", "here"), [("delete 1", "clear"), ("backtrace", "where")])
def test_what_other_debuggers_call_it(line: str, here: str) -> None:
    assert Talk().failure(line).way_out == f"did you mean `{here}`?"


def test_a_stop_shows_the_source_around_its_line_inside_the_function() -> None:
    shown = Talk(stop(where=place("pause", 5))).shown

    assert shown.listing == Listing(FILE, 4, SOURCE[3:5], marked=5)


def test_a_stop_in_a_longer_function_shows_seven_lines() -> None:
    talk = Talk(stop(WORKER_2, place("worker", 8)))

    assert talk.shown.listing == Listing(FILE, 8, SOURCE[7:14], marked=8)


def test_a_stop_without_a_task_looks_at_the_main_task() -> None:
    talk = Talk(stop(None))

    assert talk.shown.listing is None
    assert talk.interpreter.status().task == MAIN


@pytest.mark.parametrize(
    ("called", "seen"), [("tests.Case.worker", WORKER_2), ("tests.test_it", READER)]
)
def test_where_a_library_made_the_main_task_the_users_own_task_is_seen(
    called: str, seen: TaskLabel
) -> None:
    """As pytest-trio makes one for a test, which it calls in another task."""
    talk = Talk()
    inspector = talk.inspector
    of_library = place("run", 2, Origin.LIBRARY, LIBRARY_FILE)
    first, *others = [each for each in inspector.all_tasks if each.label != WORKER_1]
    main = replace(task(replace(MAIN, called=called)), doing=of_library)
    inspector.all_tasks = [first, main, *others[1:]]
    inspector.all_frames = {
        1: (FrameSnapshot(0, of_library, "coroutine"),),
        4: (FrameSnapshot(0, place("Case.worker", 8), "coroutine"),),
        5: (FrameSnapshot(0, place("pause", 5), "coroutine"),),
    }
    stuck = tuple(WaitLink(0, each, WaitState.BLOCKED, None) for each in (READER, WORKER_2))
    deadlock = Deadlock(whole=True, links=stuck, knot=Knot(Claim.DEADLOCK, ()))
    talk.stop_again(replace(stop(None), deadlock=deadlock))
    assert talk.interpreter.status().task == seen


def test_a_stop_without_a_main_task_looks_at_none() -> None:
    talk = Talk()
    talk.inspector.all_tasks = [each for each in talk.inspector.all_tasks if each.label != MAIN]
    talk.stop_again(stop(None))

    assert talk.interpreter.status().task is None
    assert "task TASK" in talk.failure("where").text
    assert talk.failure("stpe").way_out == "did you mean `step`?"


def test_a_stop_looks_at_the_innermost_own_frame_of_its_task() -> None:
    status = Talk().interpreter.status()

    assert status.task == WORKER_1
    assert status.frame is not None
    assert status.frame.index == 1


def test_the_next_stop_looks_at_its_own_task_again() -> None:
    talk = Talk()
    talk.do("task main", "up")
    talk.stop_again(stop(WORKER_2, place("worker", 8)))

    status = talk.interpreter.status()
    assert status.task == WORKER_2
    assert status.stop == talk.shown.stop


def test_there_is_no_status_before_the_first_stop() -> None:
    with pytest.raises(StepdbgError, match="no stop yet"):
        Interpreter(FakeController()).status()


def test_lines_before_the_first_stop_fail() -> None:
    assert isinstance(Interpreter(FakeController()).feed("where").replies[0], Failure)


def test_a_bug_does_not_cost_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk()
    monkeypatch.setattr(talk.inspector, "source_span", lambda _frame: 1 / 0)
    shown = talk.stop_again()

    assert shown.stop.task == WORKER_1
    assert "bug in stepdbg" in shown.stop.note


# ---- empty lines, comments, joined lines -------------------------------


@pytest.mark.parametrize("line", ["", "   ", "# a note", "  # p size"])
def test_lines_that_do_nothing(line: str) -> None:
    assert Talk().do("step", line) == Answer()


@pytest.mark.parametrize(
    ("line", "again"),
    [("step", "step"), ("s 3", "step 3"), ("c", "continue"), ("tasks", "tasks"), ("d", "down")],
)
def test_an_empty_line_repeats_what_may_be_repeated(line: str, again: str) -> None:
    talk = Talk(repeats=True)

    assert talk.do("up", line, "") == Talk().do("up", line, again)


@pytest.mark.parametrize(
    "line",
    [
        "p size",
        "size",
        "size = 4",
        "break task main",
        "quit",
        "nonsense",
        "help",
        "step ;; size = 3",
    ],
)
def test_an_empty_line_repeats_nothing_else(line: str) -> None:
    talk = Talk(repeats=True)
    talk.do("step", line)
    talk.stop_again()

    if line.startswith("step"):
        talk.do("size = 3")  # what was joined to it
    assert talk.do("") == Answer()


def test_an_empty_line_repeats_nothing_in_a_script() -> None:
    assert Talk().do("step", "") == Answer()


def test_an_empty_line_goes_on_listing() -> None:
    talk = Talk(repeats=True)
    first = talk.reply("list 1, 3", Listing)
    second = talk.reply("", Listing)
    third = talk.reply("", Listing)

    assert (first.first, second.first, third.first) == (1, 4, 15)


def test_an_empty_line_repeats_an_alias_as_what_it_stands_for() -> None:
    talk = Talk(repeats=True)
    talk.do("alias two step 2", "two")

    assert talk.do("").resume == StepTask(count=2)


def test_an_empty_line_repeats_all_of_a_joined_line() -> None:
    talk = Talk(repeats=True)
    answer = talk.do("step ;; where")
    talk.stop_again()
    talk.do(answer.rest)

    again = talk.do("")
    assert (again.resume, again.rest) == (StepTask(), "where")


def test_joined_commands_are_carried_out_in_order() -> None:
    replies = Talk().do("size = 5 ;; p size ;; up ;; p size").replies

    assert [type(reply) for reply in replies] == [Evaluated, FrameShown, Evaluated]
    assert [reply.value.text for reply in replies if isinstance(reply, Evaluated)] == ["5", "7"]


def test_a_failure_does_not_spare_what_is_joined_to_it() -> None:
    answer = Talk().do("up nonsense ;; p size ;; continue")

    assert [type(reply) for reply in answer.replies] == [Failure, Evaluated]
    assert answer.resume == Continue()


def test_what_follows_a_resume_is_left_for_the_next_stop() -> None:
    answer = Talk().do("p size ;; step 2 ;; where ;; p ';;'")

    assert answer.resume == StepTask(count=2)
    assert answer.rest == "where ;; p ';;'"
    assert len(answer.replies) == 1


def test_several_lines_at_once_are_carried_out_one_by_one() -> None:
    answer = Talk().do("size = 6\np size\nstep\nwhere")

    assert only(Answer(answer.replies), Evaluated).value.text == "6"
    assert (answer.resume, answer.rest) == (StepTask(), "where")


# ---- Python ------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "text"),
    [("size", "1"), ("rows[0]", "1"), ("len(rows)", None), ("!size", "1"), ("! size", "1")],
)
def test_an_expression_shows_its_value(line: str, text: str | None) -> None:
    talk = Talk()
    if text is None:  # builtins are found as well
        assert talk.reply(line, Evaluated).value == Value("3", "int")
    else:
        assert talk.reply(line, Evaluated) == Evaluated(line.lstrip("! "), Value(text, "int"))


def test_an_expression_without_a_value_shows_nothing() -> None:
    assert Talk().do("rows.append(4)") == Answer()


def test_a_statement_changes_variables() -> None:
    assert Talk().do("size = 41", "size += 1", "size").replies == (
        Evaluated("size", Value("42", "int")),
    )


def test_names_of_commands_are_python_when_marked() -> None:
    talk = Talk()
    talk.do("task = 3", "c = 4")

    assert talk.reply("!task", Evaluated).value.text == "3"
    assert talk.reply("p c", Evaluated).value.text == "4"
    assert talk.do("c").resume == Continue()


def test_python_runs_in_the_frame_in_view() -> None:
    talk = Talk()
    talk.do("up")

    assert talk.reply("size", Evaluated).value.text == "7"


def test_an_exception_is_told_with_its_traceback() -> None:
    failure = Talk().failure("rows[9]")

    assert failure.text == "IndexError: list index out of range"
    assert failure.traceback


def test_a_block_goes_on_up_to_an_empty_line() -> None:
    talk = Talk()
    answers = [talk.do(line) for line in ("for row in rows:", "    size += row", "    continue")]

    assert [answer.wants_more for answer in answers] == [True, True, True]
    assert talk.interpreter.prompt == BLOCK_PROMPT
    assert talk.do("") == Answer()
    assert talk.interpreter.prompt == PROMPT
    assert talk.reply("size", Evaluated).value.text == "7"


def test_a_block_may_come_as_one_text() -> None:
    talk = Talk()
    assert talk.do("for row in rows:\n    size += row\n") == Answer()
    assert talk.reply("size", Evaluated).value.text == "7"


def test_brackets_go_on_over_lines() -> None:
    talk = Talk()

    assert talk.do("sum([", "1,", "2").wants_more
    assert talk.reply("])", Evaluated).value.text == "3"


def test_a_block_on_one_line_is_run_at_once() -> None:
    talk = Talk()
    talk.do("for row in rows: size += row")

    assert talk.reply("size", Evaluated).value.text == "7"


def test_a_new_stop_forgets_an_unfinished_block() -> None:
    talk = Talk()
    talk.do("for row in rows:")
    talk.stop_again()

    assert talk.interpreter.prompt == PROMPT
    assert talk.reply("where", Stack).task.label == WORKER_1


@pytest.mark.parametrize(
    ("text", "incomplete"),
    [
        ("for x in rows:", True),
        ("for x in rows:\n    print(x)", True),
        ("for x in rows:\n    print(x)\n", False),
        ("for x in rows: print(x)", False),
        ("@decorated", True),
        ("f(", True),
        ("!f(", True),
        ("'''text", True),
        ("size = 3", False),
        ("size =", False),
        ("step", False),
        ("p (", False),
        ("task worker (", False),
        ("", False),
        ("sh (", False),
    ],
)
def test_what_wants_more_lines(text: str, incomplete: bool) -> None:
    talk = Talk()
    talk.do("alias sh where %*")

    assert talk.interpreter.is_incomplete(text) is incomplete


# ---- what was meant ----------------------------------------------------


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("stpe", "step"),
        ("wheer", "where"),
        ("brek task main", "break"),
        ("tsaks blocked", "tasks"),
        ("conitnue", "continue"),
        ("lookk", "look"),
    ],
)
def test_a_mistyped_command_suggests_the_nearest(line: str, near: str) -> None:
    talk = Talk()
    talk.do("alias look where")

    assert talk.failure(line).way_out == f"did you mean `{near}`?"


def test_a_word_like_no_command_is_said_to_be_unknown() -> None:
    failure = Talk().failure("zzz")

    assert "neither a command nor a name" in failure.text
    assert "help" in failure.way_out


@pytest.mark.parametrize("line", ["stpe + 1", "!stpe", "stpe()"])
def test_python_that_fails_is_no_mistyped_command(line: str) -> None:
    assert Talk().failure(line).text == "NameError: name 'stpe' is not defined"


def test_a_name_of_the_frame_is_never_a_mistyped_command() -> None:
    talk = Talk()
    talk.do("stp = 3")

    assert talk.reply("stp", Evaluated).value.text == "3"
    assert talk.failure("stp 4").text.startswith("SyntaxError")


def test_abbreviations_at_a_terminal() -> None:
    talk = Talk(abbreviations=True)

    assert talk.reply("whe", Stack).task.label == WORKER_1
    assert "`tasks`, `task`" in talk.failure("ta").text
    talk.do("que = 3")
    assert talk.reply("que", Evaluated).value.text == "3"


def test_no_abbreviations_in_a_script() -> None:
    assert "did you mean `where`?" in Talk().failure("wher").way_out


def test_no_abbreviations_at_a_terminal_in_what_was_not_typed_there() -> None:
    talk = Talk(abbreviations=True)

    answer = talk.interpreter.feed("whe", typed=False)
    assert "did you mean `where`?" in only(answer, Failure).way_out
    only(talk.interpreter.feed("w", typed=False), Stack)  # a listed one
    talk.reply("whe", Stack)


def test_an_empty_line_repeats_only_where_it_is_typed() -> None:
    talk = Talk(repeats=True)
    talk.reply("where", Stack)

    assert talk.interpreter.feed("", typed=False) == Answer()
    assert talk.do("") == Answer()  # that was the last line
    talk.reply("where", Stack)
    talk.reply("", Stack)


# ---- errors ------------------------------------------------------------


def test_bad_usage_says_the_usage() -> None:
    failure = Talk().failure("continue now")

    assert "now" in failure.text
    assert failure.way_out == "usage: continue"


def test_ctrl_c_interrupts_a_command_and_what_is_joined_to_it() -> None:
    talk = Talk()
    talk.controller.failure = KeyboardInterrupt()

    assert talk.do("p size ;; continue") == Answer((Failure("interrupted"),))
    assert talk.reply("p size", Evaluated).value.text == "1"


@pytest.mark.parametrize("error", [ZeroDivisionError("oops"), SystemExit(3), GeneratorExit()])
def test_a_bug_is_told_as_ours_and_leaves_the_prompt_intact(error: BaseException) -> None:
    talk = Talk()
    talk.controller.failure = error
    failure = talk.failure("p size")

    assert "bug in stepdbg" in failure.text
    assert type(error).__name__ in failure.text
    assert any("fakes.py" in line for line in failure.traceback)
    assert talk.reply("p size", Evaluated).value.text == "1"


# ---- while the program runs --------------------------------------------


@pytest.mark.parametrize(
    "line", ["step", "continue", "p size", "locals", "up", "commands", "ignore 1"]
)
def test_what_needs_a_stop_says_so_while_running(line: str) -> None:
    failure = only(Talk().running(line), Failure)

    assert failure.text == f"`{line.split()[0]}` needs a stop"
    assert "halt" in failure.way_out


def test_python_needs_a_stop() -> None:
    assert only(Talk().running("size = 3"), Failure).text == "Python needs a stop"
    assert only(Talk().running("for x in y:"), Failure).text == "Python needs a stop"


def test_a_mistyped_command_while_running() -> None:
    assert only(Talk().running("hatl"), Failure).way_out == "did you mean `halt`?"


@pytest.mark.parametrize(
    "line",
    [
        *("halt", "break task worker", "break", "tbreak task main", "clear", "enable", "disable"),
        *("tasks", "tree", "queue", "timers", "runs", "where main", "help", "quit"),
        "halt ;; tasks",
    ],
)
def test_what_may_be_said_while_running(line: str) -> None:
    talk = Talk()
    answer = talk.running(line)

    assert answer.replies
    assert not any(isinstance(reply, Failure) for reply in answer.replies)
    assert answer.resume is None


def test_no_task_is_in_view_while_running() -> None:
    talk = Talk()

    assert "where TASK" in only(talk.running("where"), Failure).text
    assert only(talk.running("tasks"), TaskList).in_view is None


def test_aliases_are_shared_with_a_running_program() -> None:
    talk = Talk()
    talk.do("alias mine tasks main")

    assert [group.example.label for group in only(talk.running("mine"), TaskList).groups] == [MAIN]


def test_nothing_while_running_is_nothing() -> None:
    assert Talk().running("  ") == Answer()


def test_a_running_command_does_not_disturb_the_stop() -> None:
    talk = Talk()
    talk.do("task 'my reader'", "for x in rows:")
    talk.running("tasks")

    assert talk.interpreter.prompt == BLOCK_PROMPT
    status = talk.interpreter.status()
    assert status.task == READER


def test_the_prompt_of_commands() -> None:
    talk = Talk()
    talk.do("break task main", "commands")

    assert talk.interpreter.prompt == COMMANDS_PROMPT
