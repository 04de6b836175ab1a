"""Each kind of wait has a row, the pieces of its sentence, and code that recognises it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from stepdbg.engine.waiting import libraries, recognisers
from stepdbg.model.task import WaitKind
from stepdbg.model.wait_kinds import WAITS
from stepdbg.model.waits import Ending, Wait
from stepdbg.render import waits
from stepdbg.render.spans import plain_line


def kinds_named_in(path: str) -> set[str]:
    """The members of `WaitKind` that a module's code names."""
    return {
        node.attr
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == WaitKind.__name__
    }


def test_every_kind_has_a_row() -> None:
    assert len(WaitKind) > 0
    assert list(WAITS) == list(WaitKind)


def test_every_kind_has_a_recogniser() -> None:
    modules = (recognisers.__file__, libraries.__file__)
    named = set().union(*(kinds_named_in(str(path)) for path in modules))
    assert named - set(WaitKind.__members__) == set()
    assert set(WaitKind.__members__) - named == set()


@pytest.mark.parametrize("kind", WaitKind)
def test_every_piece_of_a_sentence_can_be_filled_in(kind: WaitKind) -> None:
    pieces = re.findall(r"{([^}]*)}", WAITS[kind].sentence)
    assert set(pieces) <= waits._PIECES.keys()
    sentence = plain_line(waits._what_it_does(Wait(kind, Ending.TASKS)))
    assert sentence
    assert not set("{}") & set(sentence)


def test_every_piece_is_in_a_sentence() -> None:
    used = {piece for row in WAITS.values() for piece in re.findall(r"{([^}]*)}", row.sentence)}
    assert waits._PIECES.keys() - used == set()
