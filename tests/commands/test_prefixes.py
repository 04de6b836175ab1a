"""What may be shortened: a prefix that was clear before a command came keeps its meaning."""

from __future__ import annotations

import keyword
from collections import Counter

import pytest

from stepdbg.commands import table
from stepdbg.commands.grammar import CommandCall, meaning
from stepdbg.commands.row import CommandRow
from stepdbg.commands.table import BY_WORD, ROWS
from stepdbg.model.replies import Evaluated, Message
from tests.commands.fakes import Talk

FIRST = [
    "step",
    "continue",
    "halt",
    "quit",
    "quit!",
    "detach",
    "next",
    "into",
    "return",
    "until",
    "resume",
    "jump",
    "retval",
    "restart",
    "break",
    "tbreak",
    "clear",
    "disable",
    "enable",
    "ignore",
    "condition",
    "commands",
    "end",
    "tasks",
    "tree",
    "queue",
    "timers",
    "task",
    "runs",
    "run",
    "why",
    "log",
    "deadlock",
    "lints",
    "scopes",
    "threads",
    "where",
    "up",
    "down",
    "frame",
    "list",
    "longlist",
    "source",
    "exceptions",
    "locals",
    "args",
    "p",
    "pp",
    "whatis",
    "display",
    "undisplay",
    "await",
    "hold",
    "release",
    "only",
    "pick",
    "order",
    "time",
    "speed",
    "interact",
    "throw",
    "cancel",
    "deadline",
    "interrupt",
    "help",
    "alias",
    "set",
    "dump",
    "unalias",
]
"""The commands of the first version with its abbreviations; it never grows."""


def clear_prefixes() -> list[tuple[str, str]]:
    """Each prefix that only one of the first commands has, with that command."""
    prefixes = [(name[:end], name) for name in FIRST for end in range(1, len(name))]
    count = Counter(prefix for prefix, _ in prefixes)
    taken = {*BY_WORD, *keyword.kwlist}
    return [each for each in prefixes if count[each[0]] == 1 and each[0] not in taken]


@pytest.mark.parametrize(("prefix", "name"), clear_prefixes())
def test_a_prefix_keeps_its_meaning(prefix: str, name: str) -> None:
    found = meaning(prefix, abbreviations=True)
    if BY_WORD[name].statement or not prefix.isidentifier():
        return
    assert isinstance(found, CommandCall), found
    assert found.row.name == name


@pytest.fixture
def ticket(monkeypatch: pytest.MonkeyPatch) -> CommandRow:
    """A command that came later, and may stand alone."""
    row = CommandRow(("ticket",), "ticket [N]", "tests", "nothing", "tasks:runs", later=True)
    monkeypatch.setitem(BY_WORD, "ticket", row)
    monkeypatch.setattr(table, "ROWS", (*ROWS, row))
    return row


def test_a_later_word_alone_wins_over_a_variable_and_says_so(ticket: CommandRow) -> None:
    talk = Talk()
    (listed,) = talk.do(ticket.name).replies
    talk.do("ticket = 7")
    answer = talk.do(ticket.name)
    assert answer.replies[0] == listed
    assert [each.text for each in answer.replies[1:] if isinstance(each, Message)] == [
        "`!ticket` shows the variable of that name"
    ]
    assert len(talk.do(f"{ticket.name} 1").replies) == 1
    assert talk.reply("!ticket", Evaluated).value.text == "7"


def test_a_later_word_takes_no_prefix(ticket: CommandRow) -> None:
    assert table.full_names_with("tic") == (ticket.name,)
    assert table.full_names_with("tick") == (ticket.name,)
    assert len(table.full_names_with("t")) > 3


def test_the_ones_that_people_type() -> None:
    clear = dict(clear_prefixes())
    assert (clear["st"], clear["tr"], clear["ex"]) == ("step", "tree", "exceptions")


def test_every_command_is_one_of_the_first_or_came_later() -> None:
    assert {row.name for row in ROWS if not row.later} == set(FIRST)
