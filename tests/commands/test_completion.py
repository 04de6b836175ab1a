"""What Tab offers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stepdbg.commands.completion import Completion
from stepdbg.commands.interpreter import Interpreter
from stepdbg.commands.table import ROWS
from stepdbg.model.errors import StepdbgError
from tests.commands.fakes import FakeController, Talk


def talk() -> Talk:
    """A stop with an alias, two breakpoints and a display."""
    made = Talk()
    made.do("alias look where", "break task main", "tbreak task worker", "display size")
    made.do("names = [made_up_thing] if False else []")
    return made


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        # commands and aliases, then names
        ("ste", ["step"]),
        ("  ste", ["step"]),
        ("lo", ["look", "log", "longlist", "locals"]),
        ("ro", ["rows"]),
        ("li", ["lints", "list"]),
        ("step ;; undi", ["undisplay"]),
        # tasks
        ("step m", ["main", '"my reader"']),
        ("task ", ["main", "worker#1", "worker#2", '"my reader"', "1", "3", "4", "5"]),
        ("task w", ["worker#1", "worker#2"]),
        ("where -a w", ["worker#1", "worker#2"]),
        ("where -", ["-a", "-A"]),
        ("task 'my", ['"my reader"']),
        ('task "my r', ['"my reader"']),
        ("step main ", []),
        ("tasks wor", ["worker", "worker#1", "worker#2"]),
        ("tasks main wor", ["worker", "worker#1", "worker#2"]),
        # a command elsewhere
        ("task main und", ["undisplay"]),
        ('task "my reader" und', ["undisplay"]),
        ("task worker#1 p ro", ["rows"]),
        ("task worker#1 task m", ["main", '"my reader"']),
        # breakpoints
        ("clear ", ["1", "2"]),
        ("clear 1 ", ["1", "2"]),
        ("ignore 1", ["1"]),
        ("ignore 1 ", []),
        ("break ta", ["task"]),
        ("tbreak task wor", ["worker", "worker#1", "worker#2"]),
        ("break task worker, si", ["size"]),
        ("condition 1 si", ["size"]),
        # names and attributes
        ("p ro", ["rows"]),
        ("p size + ro", ["rows"]),
        ("p [ro", ["rows"]),
        ("p -si", ["size"]),
        ("size = si", ["size"]),
        ("p = si", ["size"]),
        ("!si", ["size"]),
        ("print(si", ["size"]),
        ("rows.app", ["append"]),
        ("p rows.ind", ["index"]),
        ("rows.__len", ["__len__"]),
        ("__na", ["__name__"]),
        ("display text.upp", ["upper"]),
        # where nothing can be told
        ("rows[0].re", []),
        ("f().re", []),
        ("1.re", []),
        ("p 'ro", []),
        ("p \"it's ro", []),
        ("p ", []),
        ("p 'a' + ro", ["rows"]),
        # the rest
        ("undisplay ", ["1"]),
        ("run ", ["1"]),
        ("frame ", ["0", "1", "2", "3"]),
        ("unalias l", ["look"]),
        ("help und", ["undisplay"]),
        ("help nam", ["names"]),
        ("h loo", ["look"]),
        ("continue ", []),
    ],
)
def test_what_is_offered(line: str, texts: list[str]) -> None:
    assert talk().complete(line) == texts


def test_every_command_is_offered_on_an_empty_line() -> None:
    assert talk().complete("") == ["look", *(row.name for row in ROWS)]


def test_a_completion_says_where_it_goes_and_what_it_is() -> None:
    (found,) = Talk().interpreter.complete("task worker#2", 13)

    assert found == Completion("worker#2", -8, "task 4, not started")


def test_the_quote_is_replaced_as_well() -> None:
    (found,) = Talk().interpreter.complete("task 'my", 8)

    assert (found.text, found.start) == ('"my reader"', -3)


def test_only_what_stands_before_the_cursor_counts() -> None:
    found = Talk().interpreter.complete("task work nonsense", 9)

    assert [each.text for each in found] == ["worker#1", "worker#2"]


def test_names_are_those_of_the_frame_in_view() -> None:
    made = Talk()
    made.do("up")

    assert made.complete("p ro") == []
    assert made.complete("p si") == ["size"]


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package" / "__pycache__").mkdir(parents=True)
    for name in ("program.py", "notes.txt", ".hidden.py", "package/inner.py"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    made = Talk()

    assert made.complete("list pr") == ["program.py"]
    assert made.complete("list pa") == [f"package{os.sep}"]
    assert made.complete(f"list package{os.sep}") == [f"package{os.sep}inner.py"]
    assert made.complete("list nowhere/") == []
    assert made.complete("break prog") == ["program.py"]
    assert made.complete("list program.py ") == []


def test_nothing_is_offered_before_the_first_stop() -> None:
    assert Interpreter(FakeController()).complete("ste", 3) == ()


def test_what_cannot_be_read_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: bool) -> tuple[()]:
        raise StepdbgError("the run has ended")

    made = Talk()
    monkeypatch.setattr(made.inspector, "tasks", refuse)

    assert made.complete("task ") == []
