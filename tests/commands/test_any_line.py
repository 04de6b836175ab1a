"""Whatever is typed, the interpreter answers, and never with a bug of ours."""

from __future__ import annotations

import functools
import random

import pytest

from stepdbg.commands.table import BY_WORD
from stepdbg.model.replies import Answer, Failure, StopShown
from tests.commands.fakes import Talk, stop
from tests.harness import debugging

PIECES = [
    *sorted(BY_WORD),
    *("main", "worker#1", "*", "[", "#", "##2", "<init>", "'my reader'", "my", "0", "3", "99"),
    *("-a", "-o", "-", "--", "!", "!!", ";;", ";", ",", ".", ":", "::", "=", "==", "%", "%1", "%*"),
    *("size", "rows", "rows[0]", "f(", ")", "(", "]", "{", "}", "'", '"', "'''", "\\", "#x", "$"),
    *("if", "in", "is", "not", "for x in rows:", "    pass", "lambda:", "await x", "yield"),
    *("\t", "\n", "\0", "é", "漢", "\ud800", "9" * 30, "x" * 300, "on", "save", "load", "blocked"),
]
"""What lines are made of; `save` and `load` need a file that is not there to be harmless."""


def a_line(chance: random.Random) -> str:
    """A line of a few pieces, more or less apart."""
    pieces = chance.choices(PIECES, k=chance.randint(1, 6))
    return chance.choice([" ", " ", ""]).join(pieces)


def check(answer: Answer, line: str) -> None:
    """An answer that blames no bug."""
    assert isinstance(answer, Answer), line
    failures = [reply for reply in answer.replies if isinstance(reply, Failure)]
    for failure in failures:
        assert "bug in stepdbg" not in failure.text, (line, failure)
        assert failure.text, line


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))


@pytest.mark.parametrize("seed", range(8))
def test_any_line_is_answered(seed: int) -> None:
    chance = random.Random(seed)
    talk = Talk(abbreviations=seed % 2 == 0, repeats=seed % 3 == 0)
    for _ in range(400):
        line = a_line(chance)
        check(talk.do(line), line)
        check(talk.running(line), line)
        assert isinstance(talk.interpreter.is_incomplete(line), bool)
        assert isinstance(talk.interpreter.complete(line, chance.randint(0, len(line))), tuple)
        assert talk.interpreter.prompt
        assert talk.interpreter.status().run
        if chance.random() < 0.1:
            shown = talk.stop_again(stop(None) if chance.random() < 0.3 else stop())
            assert isinstance(shown, StopShown)
            assert "bug" not in shown.stop.note


@pytest.mark.parametrize("seed", range(3))
def test_any_line_is_answered_in_a_real_run(seed: int) -> None:
    chance = random.Random(seed)
    with debugging("ping_pong") as dbg:
        dbg.go("step")
        dbg.go("step")
        interpreter = dbg._front_end.interpreter
        for _ in range(300):
            line = a_line(chance)
            # What resumes is only asked for here, it does not take effect.
            check(dbg.call(functools.partial(interpreter.feed, line)), line)
            found = dbg.call(functools.partial(interpreter.complete, line, len(line)))
            assert isinstance(found, tuple)
