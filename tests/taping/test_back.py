"""Going back in a run with a tape: sockets and threads give again what they gave."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.frontends import children

PROGRAM = Path(__file__).parents[1] / "programs" / "taping" / "visited.py"


def line_of(mark: str) -> int:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"# @{mark}"))


def told(
    commands: list[str], *arguments: str, options: tuple[str | Path, ...] = ("--tape",)
) -> str:
    words = [word for line in commands for word in ("-c", line)]
    child = children.run("-m", "stepdbg", *options, *words, PROGRAM, *arguments)
    said = child.stderr.decode()
    assert "bug in stepdbg" not in said, said
    return said


LOOK = "p (len(__import__('__main__').got), __import__('__main__').got)"


def seen(said: str) -> list[tuple[int, list[object]]]:
    """What each `LOOK` has shown."""
    texts = re.findall(r"\((\d), (\[.*?\])\)\s*(?=\(stepdbg|$)", said.replace("\n", " "))
    return [(int(count), ast.literal_eval(text)) for count, text in texts]


def test_each_earlier_moment_has_what_was_there() -> None:
    back = [line for _ in range(4) for line in ("back main 3", LOOK)]
    stop = [f"break visited.py:{line_of('end')}", "continue", LOOK]
    said = told([*stop, *back, "goto now", "quit"])
    (count, whole), *earlier = seen(said)
    assert count == 9
    assert whole[0] == b"HELLO 0"
    assert len(earlier) == 4
    assert sorted({each for each, _ in earlier}, reverse=True) == [each for each, _ in earlier]
    assert earlier[-1][0] < 9
    for number, values in earlier:
        assert values == whole[:number]
    assert said.count("this is the past") == 4


def test_what_the_tape_does_not_hold_is_no_way_back() -> None:
    stop = [f"break visited.py:{line_of('end')}", "continue", "back", "quit"]
    said = " ".join(told(stop, "more").split())
    process = f"a child process at visited.py:{line_of('process')}"
    assert f"warning: the tape does not hold {process}" in said
    assert re.search(r"there is no way beyond step \d+: visited.py:\d+ would start a child", said)


def test_back_in_a_replay_of_a_tape(tmp_path: Path) -> None:
    tape = tmp_path / "run.tape"
    assert "plays it" in " ".join(told(["continue"], options=(f"--tape={tape}", "-v")).split())
    stop = [f"break visited.py:{line_of('end')}", "continue", LOOK]
    said = told([*stop, "back main 4", LOOK, "goto now", "quit"], options=("--replay", tape))
    (count, whole), (number, values) = seen(said)
    assert count == 9 > number
    assert values == whole[:number]
