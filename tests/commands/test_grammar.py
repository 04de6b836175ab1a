"""When a word is a command, where a line is split, how an argument falls into words."""

from __future__ import annotations

import pytest

from stepdbg.commands import grammar
from stepdbg.commands.grammar import CommandCall, PythonText, Unclear
from stepdbg.commands.table import BY_WORD

COMMANDS = [
    ("step", "step", ""),
    ("s", "step", ""),
    ("  step worker#2 3 ", "step", "worker#2 3"),
    ("step\tworker", "step", "worker"),
    ("c", "continue", ""),
    ("cont", "continue", ""),
    ("b task worker, n > 1", "break", "task worker, n > 1"),
    ("list .", "list", "."),
    ("list 3, 8", "list", "3, 8"),
    ("up -a", "up", "-a"),
    ("tasks *.child?", "tasks", "*.child?"),
    ("tasks * blocked", "tasks", "* blocked"),
    ("task <init>", "task", "<init>"),
    ("p (1, 2)", "p", "(1, 2)"),
    ("p [1]", "p", "[1]"),
    ("p -n", "p", "-n"),
    ("p - n", "p", "- n"),
    ("p not n", "p", "not n"),
    ("p ~n", "p", "~n"),
    ("p n == 3", "p", "n == 3"),
    ("pp x if y else z", "pp", "x if y else z"),
    ("alias look where ;; locals", "alias", "look where ;; locals"),
    ("condition 1 n in rows", "condition", "1 n in rows"),
    ("help is", "help", "is"),
]

PYTHON = [
    "args[0]",
    "task.name",
    "queue.put_nowait(1)",
    "list(range(3))",
    "task = 3",
    "task=3",
    "tasks == []",
    "n == 3",
    "p = 3",
    "p -= 1",
    "p += 1",
    "up *= 2",
    "s **= 2",
    "args //= 2",
    "a >>= 1",
    "c @= m",
    "a < 3",
    "a <3",
    "a > 3",
    "d != e",
    "l <= 4",
    "w in rows",
    "w is None",
    "w and c",
    "w or c",
    "w if c else d",
    "w not in rows",
    "p in rows",
    "p is None",
    "a * 2",
    "p * 2",
    "p ** 2",
    "s % 2",
    "s | t",
    "s & t",
    "s ^ t",
    "s / 2",
    "s // 2",
    "s << 2",
    "s >> 2",
    "s - 1",
    "s + 1",
    "s @ m",
    "up, down = 1, 2",
    "up , down = 1, 2",
    "step: int = 3",
    "for x in rows: print(x)",
    "stepper",
    "{'a': 1}",
    "'step'",
    "42",
]


@pytest.mark.parametrize(("text", "name", "rest"), COMMANDS)
def test_a_word_before_a_blank_or_the_end_is_a_command(text: str, name: str, rest: str) -> None:
    found = grammar.meaning(text)
    assert isinstance(found, CommandCall)
    assert (found.row.name, found.rest) == (name, rest)


@pytest.mark.parametrize("text", PYTHON)
@pytest.mark.parametrize("abbreviations", [False, True])
def test_what_is_python(text: str, abbreviations: bool) -> None:
    assert grammar.meaning(text, abbreviations=abbreviations) == PythonText(text)


@pytest.mark.parametrize("word", sorted(BY_WORD.keys() - {"?"}))
def test_every_command_word_can_be_assigned_to(word: str) -> None:
    for rest in ("= 1", "== 1", "+= 1", ".real", "(1)", "[0]", ", other = 1, 2"):
        blank = "" if rest[0] in ".([" else " "
        assert isinstance(grammar.meaning(f"{word}{blank}{rest}"), PythonText), rest


@pytest.mark.parametrize("word", sorted(BY_WORD))
def test_commands_win_over_names(word: str) -> None:
    typed = f"{word} x" if BY_WORD[word].wants_more else word
    found = grammar.meaning(typed, abbreviations=True, is_name=lambda _: True)
    assert isinstance(found, CommandCall)


@pytest.mark.parametrize("text", ["!step", "! step", "!  step"])
def test_an_exclamation_mark_makes_it_python(text: str) -> None:
    assert grammar.meaning(text) == PythonText("step", explicit=True)


def test_abbreviations_count_where_they_are_allowed() -> None:
    assert grammar.meaning("que") == PythonText("que")
    found = grammar.meaning("que -a", abbreviations=True)
    assert isinstance(found, CommandCall)
    assert (found.row.name, found.rest) == ("queue", "-a")


def test_a_name_wins_over_an_unlisted_abbreviation() -> None:
    assert grammar.meaning("que", abbreviations=True, is_name="que".__eq__) == PythonText("que")


def test_an_abbreviation_of_several_commands_is_unclear() -> None:
    assert grammar.meaning("ta", abbreviations=True) == Unclear("ta", ("tasks", "task"))


@pytest.mark.parametrize("text", ["if x: pass", "in x", "with x: pass", "wh = 3", "wh(1)"])
def test_what_python_reserves_is_no_abbreviation(text: str) -> None:
    assert grammar.meaning(text, abbreviations=True) == PythonText(text)


@pytest.mark.parametrize(
    ("line", "first", "rest"),
    [
        ("step ;; where", "step", "where"),
        ("step;;where", "step", "where"),
        ("step ;; where ;; locals", "step", "where ;; locals"),
        ("p ';;' ;; where", "p ';;'", "where"),
        ('p ";;"', 'p ";;"', ""),
        ("p ''';;''' ;; where", "p ''';;'''", "where"),
        (r"p '\';;' ;; where", r"p '\';;'", "where"),
        ('p "it\'s" ;; where', 'p "it\'s"', "where"),
        ("task worker's ;; where", "task worker's", "where"),
        ("step ;;", "step", ""),
        (";; step", "", "step"),
        ("x[1:2]; y", "x[1:2]; y", ""),
        ("", "", ""),
    ],
)
def test_joined_lines_are_split_outside_of_strings(line: str, first: str, rest: str) -> None:
    assert grammar.split_joined(line) == (first, rest)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("a  b", ("a", "b")),
        ("'a b' c", ("a b", "c")),
        ('"a b"', ("a b",)),
        ("worker's x", ("worker's", "x")),
        ("''", ("",)),
        ("'a b", ("'a", "b")),
    ],
)
def test_words_may_be_quoted(text: str, found: tuple[str, ...]) -> None:
    assert grammar.words(text) == found


@pytest.mark.parametrize("word", ["worker#2", "my reader", "it's", 'say "x" y', "a,b", "'x"])
def test_a_quoted_word_is_read_back(word: str) -> None:
    assert grammar.words(grammar.quoted(word)) == (word,)


@pytest.mark.parametrize(
    ("text", "target", "behind"),
    [
        ("task w", "task w", None),
        ("task w, n > 1", "task w", "n > 1"),
        ("task w,n", "task w", "n"),
        ("task w, f(1, 2), 3", "task w", "f(1, 2), 3"),
        ("task w[a,b], x", "task w[a,b]", "x"),
        ('task "a, b", x', 'task "a, b"', "x"),
        ("task w,", "task w", ""),
        ("task w if n > 1", "task w", "n > 1"),
        ("a.py:3  if f(1, 2), 3", "a.py:3", "f(1, 2), 3"),
        ("iffy", "iffy", None),
        ("task if", "task", ""),
        ("task w, x if y else z", "task w", "x if y else z"),
    ],
)
def test_a_condition_follows_a_comma(text: str, target: str, behind: str | None) -> None:
    assert grammar.split_condition(text) == (target, behind)


@pytest.mark.parametrize(
    ("text", "condition"), [("n > 1", "n > 1"), ("if n > 1", "n > 1"), ("iffy", "iffy"), ("", "")]
)
def test_a_condition_may_begin_with_if(text: str, condition: str) -> None:
    assert grammar.without_if(text) == condition
