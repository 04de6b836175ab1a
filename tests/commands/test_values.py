"""`locals`, `args`, `p`, `pp`, `whatis`, `display`, `undisplay`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdbg.commands.displays import KEPT
from stepdbg.model.replies import (
    Displayed,
    DisplayList,
    Evaluated,
    Message,
    Variables,
)
from stepdbg.model.values import Value
from tests.commands.fakes import FRAMES, TASKS, WORKER_2, Talk, label, place, stop, task


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("locals", ["size", "rows", "text"]),
        ("locals -a", ["size", "rows", "text", "__name__"]),
        ("locals *s*", ["size", "rows"]),
        ("locals __*", ["__name__"]),
        ("locals nothing", []),
        ("args", ["size"]),
        ("a", ["size"]),
    ],
)
def test_variables(line: str, names: list[str]) -> None:
    reply = Talk().reply(line, Variables)

    assert [variable.name for variable in reply.variables] == names
    assert reply.what == ("locals" if line.startswith("locals") else "arguments")
    assert reply.frame.place.function == "pause"


def test_variables_of_the_frame_in_view() -> None:
    talk = Talk()
    talk.do("up")

    assert [variable.value.text for variable in talk.reply("locals", Variables).variables] == ["7"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("p size", "1"),
        ("p size, len(rows)", "(1, 3)"),
        ("p None", "None"),
        ("p not size", "False"),
        ("p -size", "-1"),
        ("p (size)", "1"),
        ("p [size]", "[1]"),
        ("p 'a' 'b'", "'ab'"),
        ("p size == 1", "True"),
    ],
)
def test_p(line: str, text: str) -> None:
    evaluated = Talk().reply(line, Evaluated)

    assert (evaluated.value.text, evaluated.pretty) == (text, False)
    assert evaluated.expression == line.removeprefix("p ")


def test_pp_shows_more() -> None:
    talk = Talk()
    assert talk.reply("pp rows", Evaluated).pretty
    talk.do("p rows")
    more, less = talk.controller.budgets

    assert more.pretty
    assert not less.pretty
    assert more.characters > less.characters
    assert more.length > less.length


def test_whatis() -> None:
    assert Talk().reply("whatis rows", Message).text == "list"


@pytest.mark.parametrize("line", ["p", "pp", "whatis"])
def test_an_expression_is_needed(line: str) -> None:
    failure = Talk().failure(line)

    assert "needs an expression" in failure.text
    assert failure.way_out.startswith("usage: ")


# ---- display -----------------------------------------------------------


def texts(shown: tuple[Displayed, ...]) -> list[tuple[str, str | None]]:
    """Expressions with the pictures of their values."""
    return [(each.expression, each.value.text if each.value else None) for each in shown]


def test_display_shows_at_once_and_at_every_stop() -> None:
    talk = Talk()

    assert talk.reply("display size", DisplayList).displays == (
        Displayed(1, "size", Value("1", "int")),
    )
    talk.do("display len(rows)")
    assert texts(talk.stop_again().displays) == [("size", "1"), ("len(rows)", "3")]


def test_display_tells_the_value_before_a_change() -> None:
    talk = Talk()
    talk.do("display size", "size = 2")
    (changed,) = talk.stop_again().displays
    (same,) = talk.stop_again().displays

    assert (changed.value, changed.before) == (Value("2", "int"), Value("1", "int"))
    assert same.before is None


def test_display_compares_within_one_task_and_frame() -> None:
    talk = Talk()
    talk.do("display size")
    (other_task,) = talk.stop_again(stop(WORKER_2, place("worker", 8))).displays
    talk.do("task 3", "frame 3")
    (other_frame,) = talk.reply("display", DisplayList).displays
    talk.do("frame 1", "size = 5")
    (same,) = talk.stop_again().displays

    assert (other_task.value, other_task.before) == (Value("2", "int"), None)
    assert (other_frame.value, other_frame.before) == (Value("7", "int"), None)
    assert (same.value, same.before) == (Value("5", "int"), Value("1", "int"))


def test_display_forgets_a_frame_that_has_returned() -> None:
    talk = Talk()
    talk.do("display size")
    inner, outer = FRAMES[3][1], FRAMES[3][3]
    talk.inspector.all_frames[3] = (replace(outer, index=0),)
    talk.stop_again()
    talk.inspector.all_frames[3] = (replace(inner, index=0), replace(outer, index=1))
    talk.controller.namespaces[3, 0] = {"size": 5}
    (called_again,) = talk.stop_again().displays

    assert (called_again.value, called_again.before) == (Value("5", "int"), None)


def test_display_remembers_so_many_frames() -> None:
    talk = Talk()
    talk.do("display size")
    workers = [label(number, "__main__.worker", number, repeated=True) for number in range(10, 999)]
    talk.inspector.all_tasks = [*TASKS, *(task(each) for each in workers)]
    for each in workers:
        talk.inspector.all_frames[each.number] = FRAMES[4]
        talk.controller.namespaces[each.number, 0] = {"size": int(each.number)}
        talk.stop_again(stop(each, place("worker", 8)))
    talk.controller.namespaces = {(10, 0): {"size": 0}, (998, 0): {"size": 0}}
    befores = []
    for each in (workers[0], workers[-1]):
        (shown,) = talk.stop_again(stop(each, place("worker", 8))).displays
        befores.append(shown.before)

    assert befores == [None, Value("998", "int")]
    assert workers[-1].number - workers[0].number > KEPT


def test_display_is_silent_at_the_exit_of_a_task() -> None:
    talk = Talk()
    talk.do("display size", "display 1 // 0")
    talk.inspector.all_frames[3] = ()

    assert talk.stop_again().displays == ()


def test_display_leaves_out_what_a_frame_does_not_know() -> None:
    talk = Talk()
    talk.do("display rows", "display size")
    shown = talk.stop_again(stop(WORKER_2, place("worker", 8))).displays

    assert texts(shown) == [("size", "2")]
    listed = talk.reply("display", DisplayList).displays
    assert [each.problem.split(":")[0] for each in listed] == ["NameError", ""]


def test_display_tells_other_problems() -> None:
    talk = Talk()
    talk.do("display 1 // size", "size = 0")
    (shown,) = talk.stop_again().displays

    assert shown.value is None
    assert shown.problem.startswith("ZeroDivisionError")


def test_a_display_that_is_interrupted_says_so() -> None:
    talk = Talk()
    talk.do("display size")
    talk.controller.failure = KeyboardInterrupt()

    assert [each.problem for each in talk.stop_again().displays] == ["interrupted"]


def test_what_is_no_expression_is_not_displayed() -> None:
    talk = Talk()

    assert "SyntaxError" in talk.failure("display for").text
    assert talk.reply("display", DisplayList).displays == ()


def test_a_display_whose_names_are_still_to_come() -> None:
    talk = Talk()
    (shown,) = talk.reply("display later", DisplayList).displays
    assert shown.problem.startswith("NameError")
    talk.do("later = 5")

    assert texts(talk.stop_again().displays) == [("later", "5")]


def test_no_displays_where_no_task_is() -> None:
    talk = Talk()
    talk.do("display size")
    talk.inspector.all_tasks = []

    assert talk.stop_again(stop(None)).displays == ()


@pytest.mark.parametrize(
    ("line", "left"),
    [("undisplay 1", ["len(rows)"]), ("undisplay len(rows)", ["size"]), ("undisplay", [])],
)
def test_undisplay(line: str, left: list[str]) -> None:
    talk = Talk()
    talk.do("display size", "display len(rows)")
    talk.reply(line, Message)

    assert [each.expression for each in talk.stop_again().displays] == left


def test_numbers_of_displays_are_not_used_twice() -> None:
    talk = Talk()
    talk.do("display size", "undisplay 1")

    assert talk.reply("display rows", DisplayList).displays[0].number == 2


def test_undisplay_what_is_not_displayed() -> None:
    assert "`7` is not displayed" in Talk().failure("undisplay 7").text
    assert Talk().reply("undisplay", Message).text == "nothing was displayed"
