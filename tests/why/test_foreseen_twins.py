"""What is told of the code of others, in a program that hangs, and not in its mended twin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness import debugging

FOLDER = Path("tests/programs/why/foreseen")

CLIENT, WORKER = "*Client.get", "*Worker.work#1"

TWINS = {
    "only": (
        CLIENT,
        "only Cache.refresh still calls `set` (<refresh>); App.only just has it",
        "Cache.refresh or App.only could set it (<refresh>, mended.py<app sets>)",
    ),
    "might": (
        CLIENT,
        "Cache.computed might set it (<computed>); App.might just has it",
        "Cache.refresh or App.might could set it (",
    ),
    "no_longer": (
        CLIENT,
        "App.no_longer has it, but does not call `set` from here on",
        "App.no_longer could set it (",
    ),
    "several_no_longer": (
        CLIENT,
        "App.several_no_longer and App.idle have it, but do not call `set` from here on",
        "App.several_no_longer or App.later could set it (",
    ),
    "nobody_receives": (
        WORKER,
        "only Worker.work#1, Worker.work#2 and Worker.work#3 still call `receive` (<receive>)",
        "buffer 0/0; 2 other tasks wait",
    ),
    "one_receives": (
        "*Worker.work",
        "only App.receive_later and Worker.work still call `receive` (broken.py<later>, <receive>)",
        "only App.receive_later and Worker.work still call `receive` (mended.py<later>, <receive>)",
    ),
    "none_receives": (
        "*App.send",
        "none of them calls `receive` from here on",
        "only App.none_receives still calls `receive` (<app receives>)",
    ),
}
"""By the main function: of which task, what is told of it, and what of it in the twin."""

TOLD_ONLY_WHERE_IT_HANGS = (
    "just ha",
    "no longer name",
    "might set",
    "nobody receives",
    "none of them",
)


@pytest.fixture(autouse=True)
def found_as_beside_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOLDER)


def marked(program: str) -> dict[str, int]:
    """The lines that have a mark, in what the program is made of."""
    return {
        line.partition("# @mark ")[2].strip(): number
        for name in ("shelves", program)
        for number, line in enumerate((FOLDER / f"{name}.py").read_text().splitlines(), 1)
        if "# @mark " in line
    }


def told(text: str) -> str:
    """What is said of a task itself, in one line, without modules and numbers of tasks."""
    first = re.split(r"\n  (?! )", text)[0]
    return re.sub(r"shelves\.(?=[A-Z])| \(\d+\)", "", " ".join(first.split()))


def sentence(template: str, program: str) -> str:
    lines = marked(program)
    return re.sub("<(.*?)>", lambda mark: f":{lines[mark[1]]}", template)


@pytest.mark.parametrize("which", TWINS)
def test_a_program_that_hangs(which: str) -> None:
    task, wanted, _ = TWINS[which]
    with debugging(str(FOLDER / "broken"), args=[which]) as dbg:
        dbg.go("continue", kind="deadlock")
        said = told(dbg.text(f"why {task}", 300))
        assert sentence(wanted, "broken") in said
        ends = (
            "nobody receives from it any more: of those that have it only ",
            "all wait here to send",
        )
        assert [each in said for each in ends] == [which == "nobody_receives"] * 2


@pytest.mark.parametrize("which", TWINS)
def test_its_mended_twin(which: str) -> None:
    task, _, wanted = TWINS[which]
    with debugging(str(FOLDER / "mended"), args=[which]) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        said = told(dbg.text(f"why {task}", 300))
        assert sentence(wanted, "mended") in said
        assert not [each for each in TOLD_ONLY_WHERE_IT_HANGS if each in said]
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end()
