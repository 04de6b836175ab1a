"""`break`, `tbreak`, `clear`, `enable`, `disable`, `ignore`, `condition`, `commands`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdbg.commands import targets
from stepdbg.commands.conditions import MODIFIERS, Modifier
from stepdbg.model.breakpoints import BreakpointSpec, TaskTarget
from stepdbg.model.facts import RunId
from stepdbg.model.replies import (
    Answer,
    BreakpointList,
    BreakpointSet,
    CommandHelp,
    Failure,
    Message,
    Reply,
)
from stepdbg.model.stops import Continue
from tests.commands.fakes import RUN, FakeInspector, Talk, label, only, task


@pytest.mark.parametrize(
    ("line", "spec"),
    [
        ("break task worker", BreakpointSpec(TaskTarget("worker"))),
        ("b task *.child?", BreakpointSpec(TaskTarget("*.child?"))),
        ("b task worker#2", BreakpointSpec(TaskTarget("worker#2"))),
        ("b task 4", BreakpointSpec(TaskTarget("4"))),
        ("b task 4000", BreakpointSpec(TaskTarget("4000"))),
        ("b task 'my reader'", BreakpointSpec(TaskTarget("my reader"))),
        ("b task worker, size > 1", BreakpointSpec(TaskTarget("worker"), "size > 1")),
        ("b task worker, if size > 1", BreakpointSpec(TaskTarget("worker"), "size > 1")),
        ("b task w[a,b], f(1, 2)", BreakpointSpec(TaskTarget("w[a,b]"), "f(1, 2)")),
        ("tbreak task worker", BreakpointSpec(TaskTarget("worker"), temporary=True)),
        ("b task worker, per task", BreakpointSpec(TaskTarget("worker"), per_task=True)),
        ("b task w if a,  per  task ", BreakpointSpec(TaskTarget("w"), "a", per_task=True)),
        ("b task w, disabled, a", BreakpointSpec(TaskTarget("w"), "a", enabled=False)),
        ("b task worker, disabled == 1", BreakpointSpec(TaskTarget("worker"), "disabled == 1")),
        ("b task worker, log == 'a'", BreakpointSpec(TaskTarget("worker"), "log == 'a'")),
        ("b task worker, log 'a, {b}'", BreakpointSpec(TaskTarget("worker"), log="a, {b}")),
        ("tbreak task worker, size", BreakpointSpec(TaskTarget("worker"), "size", temporary=True)),
    ],
)
def test_setting_a_breakpoint(line: str, spec: BreakpointSpec) -> None:
    reply = Talk().reply(line, BreakpointSet)

    assert (reply.what, reply.breakpoint.number, reply.breakpoint.spec) == ("set", 1, spec)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("break task", "needs the name"),
        ("break task ''", "needs the name"),
        ("break task worker#0", "counted from 1"),
        ("break task worker#", "lacks a number after its #"),
        ("break task 4#2", "the number 4 means one task"),
        ("break task work[er", "a bracket without its counterpart"),
        ("break a.py:12 task worker#", "lacks a number after its #"),
        ("break task my reader", "a condition follows a comma"),
        ("break task worker if", "no condition"),
        ("break task worker if size >", "does not compile"),
        ("break task worker,", "no condition"),
        ("break task worker, a, b", "what is `b`?"),
        ("break task worker, a, , b", "nothing between two commas"),
        ("break task worker, per tasks", "does not compile"),
        ("break task worker, if", "no condition after `if`"),
        ("break task worker, size >", "does not compile"),
        ("break wor-ker", "wor-ker"),
        ("tbreak", "needs something to stop at"),
    ],
)
def test_bad_targets_and_conditions_set_nothing(line: str, words: str) -> None:
    talk = Talk()

    assert words in talk.failure(line).text
    assert talk.controller.set == {}


def test_a_number_that_has_exited_is_refused() -> None:
    talk = Talk()
    talk.inspector.all_tasks = [each for each in talk.inspector.all_tasks if each.label.number != 3]

    assert talk.failure("break task 3").text.startswith("task 3 has exited")


def test_a_number_of_another_run_is_accepted() -> None:
    talk = Talk()
    other = FakeInspector(talk.controller, replace(RUN, run=RunId(2)), [task(label(2, "other"))])
    talk.inspector.others[2] = other
    talk.inspector.all_tasks = [each for each in talk.inspector.all_tasks if each.label.number != 2]

    talk.reply("break task 2", BreakpointSet)


def test_break_alone_lists() -> None:
    talk = Talk()
    talk.do("break task main", "break task worker, size")

    listed = talk.reply("break", BreakpointList)
    assert [each.number for each in listed.breakpoints] == [1, 2]


def numbers(answer: Answer, what: str) -> list[int]:
    """The numbers of breakpoints that an answer says were changed so."""
    found: list[int] = []
    for reply in answer.replies:
        assert isinstance(reply, BreakpointSet)
        assert reply.what == what
        found.append(reply.breakpoint.number)
    return found


def three() -> Talk:
    talk = Talk()
    talk.do("break task main", "break task worker", "break task worker#2")
    return talk


@pytest.mark.parametrize(
    ("line", "cleared"), [("clear 2", [2]), ("cl 3 1 3", [3, 1]), ("clear", [1, 2, 3])]
)
def test_clear(line: str, cleared: list[int]) -> None:
    talk = three()

    assert numbers(talk.do(line), "cleared") == cleared
    assert sorted({1, 2, 3} - set(cleared)) == sorted(talk.controller.set)


def test_clear_goes_on_after_a_number_that_is_missing() -> None:
    talk = three()
    replies: tuple[Reply, ...] = talk.do("clear 1 9 2").replies

    assert [type(reply) for reply in replies] == [BreakpointSet, Failure, BreakpointSet]
    assert list(talk.controller.set) == [3]


@pytest.mark.parametrize("line", ["clear one", "clear 1 -2", "disable x", "ignore y", "clear 1.5"])
def test_what_is_no_number_changes_nothing(line: str) -> None:
    talk = three()

    assert "not a breakpoint number" in talk.failure(line).text
    assert len(talk.controller.set) == 3


@pytest.mark.parametrize("line", ["clear", "enable", "disable"])
def test_nothing_to_change(line: str) -> None:
    assert Talk().reply(line, Message).text == "there are no breakpoints"


def test_disable_and_enable() -> None:
    talk = three()
    assert numbers(talk.do("disable"), "disabled") == [1, 2, 3]
    assert numbers(talk.do("enable 2"), "enabled") == [2]

    assert [each.enabled for each in talk.controller.set.values()] == [False, True, False]


@pytest.mark.parametrize(("line", "count"), [("ignore 2 5", 5), ("ignore 2", 0)])
def test_ignore(line: str, count: int) -> None:
    assert three().reply(line, BreakpointSet).breakpoint.spec.ignore == count


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("condition 1 size > 2", "size > 2"),
        ("condition 1 if size, m", "size, m"),
        ("condition 1", None),
    ],
)
def test_condition(line: str, condition: str | None) -> None:
    talk = Talk()
    talk.do("break task main, x")

    assert talk.reply(line, BreakpointSet).breakpoint.spec.condition == condition


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ignore", "needs the number"),
        ("ignore 9 1", "no breakpoint 9"),
        ("ignore 1 many", "many is not a count"),
        ("condition", "needs the number"),
        ("condition 9 size", "no breakpoint 9"),
        ("condition 1 size >", "does not compile"),
        ("commands 9", "no breakpoint 9"),
        ("commands x", "not a breakpoint number"),
    ],
)
def test_bad_changes(line: str, words: str) -> None:
    assert words in three().failure(line).text


# ---- commands … end ----------------------------------------------------


def test_commands_takes_lines_up_to_end() -> None:
    talk = three()
    for line in ("commands 2", "silent", "  p size  ", "", "tasks"):
        assert talk.do(line) == Answer(wants_more=True)
    changed = talk.reply("end", BreakpointSet).breakpoint

    assert (changed.number, changed.commands) == (2, ("silent", "  p size", "tasks"))
    assert talk.do("continue").resume == Continue()


def test_commands_alone_means_the_newest_breakpoint() -> None:
    talk = three()
    talk.do("commands", "p size")

    assert talk.reply("end", BreakpointSet).breakpoint.number == 3


@pytest.mark.parametrize("last", ["continue", "c", "step 3", "quit"])
def test_a_resuming_command_ends_the_lines(last: str) -> None:
    talk = three()
    talk.do("commands 1", "p size")

    assert talk.reply(last, BreakpointSet).breakpoint.commands == ("p size", last)
    assert talk.reply("end", Message).level == "note"


def test_the_continue_of_a_loop_does_not() -> None:
    talk = three()
    talk.do(
        "commands 1", "for row in rows:", "    if row: continue", "    size += row", "", "p size"
    )

    assert talk.reply("end", BreakpointSet).breakpoint.commands == (
        "for row in rows:",
        "    if row: continue",
        "    size += row",
        "",
        "p size",
    )


def test_commands_may_be_joined() -> None:
    talk = three()
    answer = talk.do("commands 1 ;; silent ;; p size ;; continue ;; p size")

    assert len(answer.replies) == 2
    assert talk.controller.set[1].commands == ("silent", "p size", "continue")


def test_commands_with_no_lines_forgets() -> None:
    talk = three()
    talk.do("commands 1 ;; p size ;; end")

    assert talk.do("commands 1", "end").replies
    assert talk.controller.set[1].commands == ()


def test_commands_without_breakpoints() -> None:
    assert "no breakpoints" in Talk().failure("commands").text


def test_a_new_stop_ends_the_collecting() -> None:
    talk = three()
    talk.do("commands 1", "p size")
    talk.stop_again()

    assert only(talk.do("break"), BreakpointList).breakpoints[0].commands == ()


# ---- the table of targets ----------------------------------------------


def test_a_new_kind_of_target_needs_only_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    place = targets.TargetKind("", "PLACE", "a place", lambda _desk, text: TaskTarget(f"<{text}>"))
    monkeypatch.setitem(targets.BY_WORD, "", place)
    talk = Talk()

    target = talk.reply("break file.py:42, size", BreakpointSet).breakpoint.spec.target
    assert target == TaskTarget("<file.py:42>")
    assert talk.reply("break task main", BreakpointSet).breakpoint.spec.target == TaskTarget("main")


@pytest.mark.parametrize(
    ("typed", "cleared"),
    [
        ("cl program.py:13", [1, 3]),
        ("clear demo/program.py:13", [1, 3]),
        ("clear /demo/program.py:13", [1, 3]),
        ("clear /demo/../demo/program.py:14", [2]),
        ("clear other program.py:13", [4]),
    ],
)
def test_clearing_those_at_a_line(typed: str, cleared: list[int]) -> None:
    talk = Talk()
    talk.do("b /demo/program.py:13", "b /demo/program.py:14", "b /demo/program.py:13 task worker")
    talk.do("b /demo/other program.py:13", "b task worker")
    replies = talk.do(typed).replies

    assert [
        each.breakpoint.number for each in replies if isinstance(each, BreakpointSet)
    ] == cleared
    assert sorted(talk.controller.set) == sorted({1, 2, 3, 4, 5} - set(cleared))


@pytest.mark.parametrize("typed", ["clear gram.py:13", "clear program.py:12", "clear nosuch.py:13"])
def test_there_is_none_at_a_line(typed: str) -> None:
    talk = Talk()
    talk.do("b /demo/program.py:13")

    assert "there is no breakpoint at" in talk.failure(typed).text
    assert talk.controller.set


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["clear"], 2),
        (["clear", "y"], 0),
        (["clear", "n"], 2),
        (["clear", ""], 2),
        (["clear", "clear 1"], 1),
        (["clear -y"], 0),
        (["clear 1"], 1),
    ],
)
def test_clearing_all_of_them_asks_at_a_terminal(lines: list[str], left: int) -> None:
    talk = Talk(abbreviations=True)
    talk.do("b task worker", "b task main")
    talk.do(*lines)

    assert len(talk.controller.set) == left


def test_what_is_asked_before_all_are_cleared() -> None:
    talk = Talk(abbreviations=True)
    talk.do("b task worker", "b task main")
    assert talk.reply("clear", Message).text == "this clears 2 breakpoints; `y` does it"
    talk.do("clear 1")
    assert talk.reply("clear", Message).text == "this clears breakpoint 2; `y` does it"


def test_what_nobody_has_typed_is_not_asked_about() -> None:
    talk = Talk(abbreviations=True)
    talk.do("b task worker")
    talk.interpreter.feed("clear", typed=False)

    assert not talk.controller.set


@pytest.mark.parametrize("each", MODIFIERS, ids=lambda each: str(each.usage))
def test_what_help_names_behind_a_comma_is_understood(each: Modifier) -> None:
    talk = Talk()
    usage = each.usage.replace("[if] CONDITION", "if size")
    typed = talk.reply(f"break task worker, {usage}", BreakpointSet).breakpoint.spec

    assert typed != BreakpointSpec(TaskTarget("worker"))
    for word in ("break", "tbreak"):
        assert f"`{each.usage}`: " in talk.reply(f"help {word}", CommandHelp).text
    assert each.begins in talk.complete("break task worker, size, ")
