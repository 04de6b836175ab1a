"""What a person reads is in plain words: docs, docstrings, comments, messages.

The glossary, docs/words.md, says which words are not used.  `TURNS` are turns of phrase at which a
reader stumbles, each with a plainer one.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "words.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SOURCES = sorted((ROOT / "stepdbg").rglob("*.py"))

CODE = re.compile(r"``.+?``|`[^`]*`")

TURNS = {
    "a relative clause": (r"\b[Ww]ho(so)?ever\b", "any task that, code that"),
    "a person for a thing": (
        r"\b(of|for|by|with|from|to|code|functions?|threads?|callers?|tools?) who\b(?! holds)",
        "code that, the task that",
    ),
    "a trailing too": (r", too(?=[.,;:)]|$| [(|])", "also, as well"),
    "alone for only": (
        r"(?<!leave )(?<!leaves )\b(that|it|them|name|number|word|calls|hook|which) alone\b",
        "only X",
    ),
    "an inversion": (r"(^|[.;:] )(Comes|Goes|Were|Had|Should) (the|a|an|it|they|there)\b", "if"),
    "a thing that is had": (r"\b(to be had|has not got|have not got|is had)\b", "exists, lacks"),
    "such a one": (r"\bsuch (a|an) one\b", "name the thing"),
    "for want of": (r"\bfor want of\b", "because there is no"),
    "a future passive": (r"\b(is|are) to come\b", "will come"),
    "none of ours": (r"\bnone of ours\b", "not stepdbg's"),
    "a noun denied": (
        r"(?<=[\w`)])(?<![Tt]here) is no (?!longer\b|more\b)(?=\w)",
        "is not a",
    ),
    "a person's whom": (r"\b[Ww]hom\b", "which task"),
    "but for": (r"\bbut for (?!now\b)", "except"),
    "none of somebody's": (r"\bnone of (the \w+|\w+)'s\b", "not the program's"),
    "in the midst": (r"\bin the midst\b", "in the middle"),
    "here and there": (r"\bhere and there\b", "in a few places"),
    "behind for after": (r"\b(stands?|goes on|went on|come|comes|follow) behind\b", "after"),
}


def lines(text: str, page: bool = False) -> list[tuple[int, str]]:
    """What is prose in a page or a source, line by line, without code."""
    prose = _in_page(text) if page else _in_source(text)
    return sorted((number, CODE.sub("`code`", line.strip())) for number, line in prose)


@cache
def lines_of(path: Path) -> list[tuple[int, str]]:
    """The same for a file."""
    return lines(path.read_text(encoding="utf-8"), path.suffix == ".md")


def _in_page(text: str) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def _in_source(text: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from enumerate(node.value.splitlines(), node.lineno)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")


def found(pattern: str, files: list[Path]) -> list[str]:
    """Each line of prose in which a pattern is found."""
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line}"
        for path in files
        for number, line in lines_of(path)
        if wanted.search(line)
    ]


def replaced() -> list[str]:
    """The words that are not used, from the last column of the glossary."""
    rows = [line.split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines()]
    cells = [row[3] for row in rows if len(row) == 5][2:]
    return [word.strip() for cell in cells for word in cell.split(",") if word.strip()]


@pytest.mark.parametrize("turn", TURNS)
def test_turns(turn: str) -> None:
    pattern, better = TURNS[turn]
    assert found(pattern, [*PAGES, *SOURCES]) == [], f"better: {better}"


def test_words() -> None:
    words = replaced()
    assert len(words) > 20
    pattern = r"\b(" + "|".join(map(re.escape, words)) + r")s?\b"
    pages = [page for page in PAGES if page != GLOSSARY]
    assert found(pattern, [*pages, *SOURCES]) == []


def test_the_glossary_is_short() -> None:
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    assert 20 < len(rows) - 1 <= 30


@pytest.mark.parametrize(
    ("turn", "text"),
    [
        ("a relative clause", "whoever has it"),
        ("a person for a thing", "called by who spawns it"),
        ("a trailing too", "Trio's own, too, are listed"),
        ("alone for only", "a number alone is a count"),
        ("an inversion", "Comes the signal while it runs"),
        ("a thing that is had", "no thread is to be had"),
        ("such a one", "telling such a one from others"),
        ("for want of", "for want of time"),
        ("a future passive", "where another exception is to come"),
        ("none of ours", "a frame, none of ours"),
        ("a noun denied", "a pipe is no terminal"),
        ("a person's whom", "the task for whom it waits"),
        ("but for", "all tasks but for this one"),
        ("none of somebody's", "a frame that is none of the program's"),
        ("in the midst", "in the midst of a step"),
        ("here and there", "a word here and there"),
        ("behind for after", "what stands behind the word"),
    ],
)
def test_a_turn_is_noticed(turn: str, text: str) -> None:
    def places(source: str) -> list[int]:
        return [number for number, line in lines(source) if re.search(TURNS[turn][0], line)]

    assert places(f'"""{text}"""\n# {text}\nSAID = "{text}"\n') == [1, 2, 3]
    assert places(f"A = 1  # `{text}`\n") == []
