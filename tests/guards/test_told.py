"""What exists is told in help and in the pages of docs, and what they tell exists.

What may follow a breakpoint's comma is compared in tests/commands/test_breaks.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from stepdbg.commands.table import ROWS
from stepdbg.commands.topics import BY_WORD as TOPICS
from stepdbg.engine.process.settings import Settings
from stepdbg.engine.typed.dollars import PREFIX
from stepdbg.usage import OPTIONS, VALUE_NAMES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
REFERENCE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")

OF_OTHERS = {
    *("--editable", "--upgrade", "--cov", "--trace", "--pdb", "--branch", "--verbose", "--port"),
    *("--way", "--quick", "--part", "--tool", "--password", "--pdbcls"),
    "--timeout-disable-debugger-detection",
}
"""Options of other programs that the pages name."""


def read_from_environment() -> Iterator[str]:
    """The variables that the source asks for by name."""
    for path in (ROOT / "stepdbg").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("os.environ."):
                names = [each for each in node.args[:1] if isinstance(each, ast.Constant)]
                yield from (str(each.value) for each in names)


def test_variables_of_the_environment() -> None:
    told = set(re.findall(r"^  ([A-Z_]{4,})  ", TOPICS["environment"].text, re.MULTILINE))
    assert told == set(read_from_environment())
    assert told == set(
        re.findall(r"\b(?:PYTHONBREAKPOINT|NO_COLOR|TERM|COLUMNS|PYTHONHASHSEED|XDG_\w+)\b", TEXT)
    )


def test_options_of_the_command_line() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", TEXT))
    ours = {word for word in VALUE_NAMES if word.startswith("--")}
    of_commands = {word for row in ROWS for word in row.options}
    unknown = named - ours - of_commands - OF_OTHERS
    assert {word for word in unknown if "stepdbg" not in word} == set()  # those are pytest's
    untold = [words for words, _, _ in OPTIONS if not any(word in TEXT for word in words)]
    assert untold == [("--version",), ("-h", "--help")]  # nobody looks those up


def test_options_of_commands() -> None:
    assert ROWS
    for row in ROWS:
        text = f"{row.usage} {row.text} {row.summary}"
        assert [word for word in row.options if word not in text] == [], row.name
        named = re.findall(r"(?<![\w-])-{1,2}[a-zA-Z][a-z-]*\b", row.usage)
        assert [word for word in named if word not in row.options] == [], row.name


def test_settings() -> None:
    known = {each.name for each in Settings().all()}
    told = set(re.findall(r"`set ([a-z][a-z-]+)\b", REFERENCE))
    assert told == known


def test_names_with_a_dollar() -> None:
    source = (ROOT / "stepdbg" / "engine" / "typed" / "dollars.py").read_text(encoding="utf-8")
    (known,) = re.findall(r"short not in \(([^)]*)\)", source)
    told = re.findall(r"`(\$_\w+)", TOPICS["python"].text)
    assert {name.strip().strip('"') for name in known.split(",")} == {name[1:] for name in told}
    assert PREFIX not in TEXT
