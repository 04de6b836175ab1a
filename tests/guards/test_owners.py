"""The owners that a module's docstring names exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "stepdbg"

HEADER = re.compile(
    r"^(?P<owns>Owns: .*?)(?P<other>Does not own: .*?)?(?:\n\n|\Z)", re.DOTALL | re.MULTILINE
)
IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
BETWEEN_NAMES = re.compile(r", (?:and |or )?| and | or ")
NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def owners(docstring: str) -> Iterator[str]:
    """The modules that a header names.

    What is in parentheses after "Does not own" names owners, unless a piece of it is not a name:
    that is prose, "(the caller switches it off)".  After "Owns" it is mostly what is owned;
    there a name is an owner if it is one in backticks, "(`target`, `launch`)".
    """
    header = HEADER.search(docstring)
    if header is None:
        return
    for text in IN_PARENTHESES.findall(" ".join((header["other"] or "").split())):
        pieces = [piece.strip("`") for piece in BETWEEN_NAMES.split(text)]
        if all(NAME.fullmatch(piece) for piece in pieces):
            yield from pieces
    for text in IN_PARENTHESES.findall(" ".join(header["owns"].split())):
        pieces = BETWEEN_NAMES.split(text)
        if all(NAME.fullmatch(piece[1:-1]) and piece[0] == piece[-1] == "`" for piece in pieces):
            yield from (piece[1:-1] for piece in pieces)


def exists(name: str, module: str, *, known: dict[str, Path] = MODULES) -> bool:
    """Whether a name says a module: a sibling, or a path from a folder around, or in the engine."""
    folder = module if known[module].name == "__init__.py" else module.rpartition(".")[0]
    folders = {"", "stepdbg.", "stepdbg.engine."}
    while folder:
        folders.add(f"{folder}.")
        folder = folder.rpartition(".")[0]
    return any(f"{each}{name}" in known for each in folders)


def docstring_of(module: str) -> str:
    return ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8"))) or ""


def test_every_owner_exists() -> None:
    named = [(module, name) for module in MODULES for name in owners(docstring_of(module))]
    assert len(named) > len(MODULES), "most headers name an owner"
    assert [pair for pair in named if not exists(pair[1], pair[0])] == []


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (
            "Owns: it.\nDoes not own: the stop (stopping), lines\n(lines, hooks).",
            "stopping lines hooks",
        ),
        ("Owns: it.  Does not own: signals (the caller switches it off), runs (run).", "run"),
        ("Owns: running it (`target`, `launch`), words (labels, stops).", "target launch"),
        ("Owns: it.\nDoes not own: the form (`codec`).\n\nAnother (thing).", "codec"),
        ("No header (at_all).", ""),
    ],
)
def test_what_counts_as_an_owner(header: str, names: str) -> None:
    assert list(owners(f"A module.\n\n{header}")) == names.split()


def test_an_owner_elsewhere_needs_its_folder() -> None:
    module = "stepdbg.engine.breaking.hits"
    assert exists("breakpoints", module)
    assert exists("stopping", module)
    assert exists("typed.conditions", module)
    assert exists("engine.typed.conditions", module)
    assert not exists("conditions", module)
    assert not exists("run", module)
