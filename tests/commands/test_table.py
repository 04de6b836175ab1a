"""The command table hangs together; what it says is what the code does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stepdbg.commands import completion, manual
from stepdbg.commands.dispatch import handler_of
from stepdbg.commands.row import CommandRow, Needs
from stepdbg.commands.table import BY_WORD, ROWS
from stepdbg.commands.targets import KINDS

ROOT = Path(__file__).parents[2]

# Kinds of arguments that `completion` treats apart from its sources.
SPECIAL_KINDS = {"python", "target", "line"}

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def test_no_word_means_two_commands() -> None:
    assert len(BY_WORD) == sum(len(row.names) for row in ROWS)


@each_row
def test_a_row_has_code(row: CommandRow) -> None:
    assert callable(handler_of(row))


@each_row
def test_a_row_explains_itself(row: CommandRow) -> None:
    assert row.usage.split()[0] == row.name
    assert row.summary[0].islower()
    assert not row.summary.endswith(".")
    assert all(option in row.usage for option in row.options)
    assert all(example.split()[0] in row.names for example in row.examples)


@each_row
def test_a_row_completes_with_what_there_is(row: CommandRow) -> None:
    assert set(row.completes) <= {*completion.SOURCES, *SPECIAL_KINDS}
    assert row.completes, "`nothing` is a kind, too"


def test_targets_complete_with_what_there_is() -> None:
    kinds = {kind for target in KINDS for kind in target.completes}

    assert kinds <= set(completion.SOURCES)


@each_row
def test_what_resumes_needs_a_stop(row: CommandRow) -> None:
    assert not row.resumes or row.needs in (Needs.STOP, Needs.RUN) or row.while_running


def test_the_manual_page_is_current() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")

    assert page == manual.manual_page(), "run python -m stepdbg.commands.manual docs/commands.md"


@each_row
def test_the_manual_page_has_every_command(row: CommandRow) -> None:
    page = manual.manual_page()

    assert f"\n### {row.name}\n\n    {row.usage}\n" in page
    assert f"(#{row.name})" in page


LOADED = """
import sys
from stepdbg.commands.interpreter import Interpreter
from tests.commands.fakes import Talk
before = set(sys.modules)
talk = Talk()
assert talk.do({line!r}).{attribute}
names = (name for name in sys.modules if name.startswith("stepdbg.commands."))
print(*(name.removeprefix("stepdbg.commands.") for name in names))
"""

OTHERS = {
    "aliases", "breaks", "completion", "frames", "help", "linesteps", "listing", "manual", "tasks",
    "targets", "topics", "values",
}  # fmt: skip
"""Modules that going on has no use for."""


def loaded(line: str, attribute: str) -> set[str]:
    """The modules of commands that a stop and one line have needed."""
    code = LOADED.format(line=line, attribute=attribute)
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(child.stdout.split())


@pytest.mark.parametrize("line", ["continue", "c"])
def test_going_on_loads_no_other_command(line: str) -> None:
    found = loaded(line, "resume")

    assert "running" in found
    assert found.isdisjoint(OTHERS)


def test_a_command_loads_its_own_module_alone() -> None:
    assert loaded("tasks", "replies") & OTHERS == {"tasks"}
