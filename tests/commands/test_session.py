"""`help`, `alias`, `unalias`."""

from __future__ import annotations

import pytest

from stepdbg.commands import targets, topics
from stepdbg.commands.table import ROWS
from stepdbg.model.replies import AliasList, Answer, CommandHelp, Evaluated, HelpList, Message
from stepdbg.model.stops import StepTask
from tests.commands.fakes import Talk


def test_help_lists_every_command_and_topic() -> None:
    listed = Talk().reply("help", HelpList)

    assert [row.names for row in listed.rows] == [
        *(row.names for row in ROWS),
        *(topic.names for topic in topics.TOPICS),
    ]


@pytest.mark.parametrize("word", [name for row in ROWS for name in row.names])
def test_every_command_has_help(word: str) -> None:
    assert word in Talk().reply(f"help {word}", CommandHelp).names


@pytest.mark.parametrize("word", sorted(topics.BY_WORD))
def test_every_topic_has_help(word: str) -> None:
    assert Talk().reply(f"h {word}", CommandHelp).text


def test_help_says_what_is_repeated() -> None:
    talk = Talk()

    assert talk.reply("help step", CommandHelp).repeats
    assert not talk.reply("help quit", CommandHelp).repeats


def test_help_on_breakpoints_lists_the_targets() -> None:
    text = Talk().reply("help break", CommandHelp).text

    assert all(f"`{kind.usage}`" in text for kind in targets.KINDS)


def test_help_on_an_alias() -> None:
    talk = Talk()
    talk.do("alias look where")

    assert talk.reply("help look", AliasList).aliases == (("look", "where"),)


@pytest.mark.parametrize(
    ("word", "words"), [("stpe", "did you mean `help step`?"), ("zzz", "`help all` lists")]
)
def test_help_on_what_there_is_not(word: str, words: str) -> None:
    assert words in Talk().failure(f"help {word}").text


# ---- aliases -----------------------------------------------------------


def test_an_alias_is_made_shown_and_forgotten() -> None:
    talk = Talk()
    talk.reply("alias look where", Message)
    talk.reply("alias ahead step 2", Message)

    assert talk.reply("alias", AliasList).aliases == (("ahead", "step 2"), ("look", "where"))
    assert talk.reply("alias look", AliasList).aliases == (("look", "where"),)
    talk.reply("unalias look", Message)
    assert talk.reply("alias", AliasList).aliases == (("ahead", "step 2"),)
    assert talk.do("ahead").resume == StepTask(count=2)


@pytest.mark.parametrize(
    ("alias", "line", "text"),
    [
        ("pn p %1.real", "pn size", "1"),
        ("sum p %1 + %2", "sum size 3", "4"),
        ("twice p %1 + %1", "twice size", "2"),
        ("all p (%*)", "all size, len(rows)", "(1, 3)"),
        ("swap p (%2, %*)", "swap 1, 2", "(2, 1, 2)"),
        ("mod p 7 %% 4", "mod", None),
    ],
)
def test_parameters(alias: str, line: str, text: str | None) -> None:
    talk = Talk()
    talk.do(f"alias {alias}")

    if text is None:
        assert "SyntaxError" in talk.failure(line).text, "%% is two of Python's %"
    else:
        assert talk.reply(line, Evaluated).value.text == text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pn", "takes one word"),
        ("pn size rows", "takes one word"),
        ("sum size", "takes 2 words"),
        ("look x", "takes no words"),
    ],
)
def test_too_few_or_too_many_words(line: str, words: str) -> None:
    talk = Talk()
    talk.do("alias pn p %1", "alias sum p %1 + %2", "alias look where")

    assert words in talk.failure(line).text


def test_an_alias_may_join_commands() -> None:
    talk = Talk()
    talk.do("alias both p size ;; p len(rows)")

    replies = talk.do("both ;; p 3").replies
    assert [each.value.text for each in replies if isinstance(each, Evaluated)] == ["1", "3", "3"]


def test_an_alias_in_an_alias() -> None:
    talk = Talk()
    talk.do("alias inner p size", "alias outer inner ;; inner")

    assert len(talk.do("outer").replies) == 2


@pytest.mark.parametrize("aliases", [("p p %*",), ("p q %*", "q p %*")])
def test_an_alias_that_names_itself_ends(aliases: tuple[str, ...]) -> None:
    talk = Talk()
    talk.do(*(f"alias {alias}" for alias in aliases))

    assert talk.reply("p size", Evaluated).value.text == "1"


def test_an_alias_that_goes_on_keeps_what_follows_it() -> None:
    talk = Talk()
    talk.do("alias on step ;; where")

    assert talk.do("on ;; p size") == Answer(resume=StepTask(), rest="where ;; p size")


@pytest.mark.parametrize("line", ["look = 3", "look.x", "look(3)", "look == 3"])
def test_an_alias_before_an_operator_is_python(line: str) -> None:
    talk = Talk()
    talk.do("alias look step")

    assert talk.do(line).resume is None


@pytest.mark.parametrize("line", ["alias look", "unalias look"])
def test_an_alias_that_there_is_not(line: str) -> None:
    assert "no alias `look`" in Talk().failure(line).text


def test_unalias_needs_a_name() -> None:
    assert "needs the name of an alias" in Talk().failure("unalias").text


def test_aliases_last_from_stop_to_stop() -> None:
    talk = Talk()
    talk.do("alias look p size")
    talk.stop_again()

    assert talk.reply("look", Evaluated).value.text == "1"


@pytest.mark.parametrize(
    ("typed", "meant"), [("?", "help"), ("? break", "help break"), ("?break", "help break")]
)
def test_a_question_mark_asks_for_help(typed: str, meant: str) -> None:
    assert Talk().do(typed) == Talk().do(meant)
