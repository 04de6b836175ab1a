"""Each kind of wait has a row, the pieces of its sentence, and code that recognises it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from stepdbg.engine.waiting import libraries, recognisers
from stepdbg.model.task import WaitKind
from stepdbg.model.wait_kinds import WAITS
from stepdbg.model.waits import Ending, Wait, WaitLink, WaitState
from stepdbg.render import mechanics, waits
from stepdbg.render.spans import plain_line
from tests.render.pictures import CHILD_1


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


@pytest.mark.parametrize("kind", WaitKind)
@pytest.mark.parametrize("through", ["", "anyio.sleep"])
@pytest.mark.parametrize("deadline", [None, 1.5])
def test_how_trio_does_it_is_told_of_every_kind(
    kind: WaitKind, through: str, deadline: float | None
) -> None:
    assert list(mechanics._HOW) == list(WaitKind)
    wait = Wait(kind, WAITS[kind].ending, through=through, deadline=deadline)
    told = plain_line(mechanics.how(WaitLink(0, CHILD_1, WaitState.BLOCKED, wait)))
    assert told.startswith("child#1 has yielded to trio.run from ")
    assert ("in 1.5 s" in told) is (deadline is not None)
    assert not set("{}") & set(told)


@pytest.mark.parametrize("state", WaitState)
def test_how_a_task_goes_on_is_told_if_it_can(state: WaitState) -> None:
    told = plain_line(mechanics.how(WaitLink(0, CHILD_1, state, None)))
    waits_or_gone = {*{row.state for row in WAITS.values()}, WaitState.SHIELDED, WaitState.EXITED}
    assert bool(told) is (state not in waits_or_gone)


def test_every_piece_is_in_a_sentence() -> None:
    used = {piece for row in WAITS.values() for piece in re.findall(r"{([^}]*)}", row.sentence)}
    assert waits._PIECES.keys() - used == set()
