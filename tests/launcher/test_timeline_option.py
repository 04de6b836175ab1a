"""``--timeline FILE``: a whole program as a picture, in a process of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from stepdbg.drawing import page, svg
from tests.frontends import children

PROGRAM = "tests/programs/recorded.py"

TWO_RUNS = """
import trio

async def child():
    await trio.sleep(0.01)

async def main(number):
    async with trio.open_nursery() as nursery:
        for _ in range(number):
            nursery.start_soon(child)

trio.run(main, 2)
trio.run(main, 3)
"""

MANY = """
import trio

async def child():
    await trio.lowlevel.checkpoint()

async def main():
    for _ in range(150):
        async with trio.open_nursery() as nursery:
            for _ in range(20):
                nursery.start_soon(child)

trio.run(main)
"""


def drawn(file: Path) -> list[dict[str, Any]]:
    text = file.read_text(encoding="utf-8")
    assert text.startswith(page.FIRST_LINE)
    found = re.search(r'id="runs">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    runs: list[dict[str, Any]] = json.loads(found[1])["runs"]
    return runs


def names(run: dict[str, Any]) -> list[str]:
    return [lane[1] for lane in run["lanes"]]


def test_all_runs_are_in_the_page(tmp_path: Path) -> None:
    program, file = tmp_path / "program.py", tmp_path / "out.html"
    program.write_text(TWO_RUNS, encoding="utf-8")
    done = children.run("-m", "stepdbg", "--timeline", file, "-c", "continue", program)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    first, second = drawn(file)
    assert (first["title"], second["title"]) == ("run 1", "run 2")
    assert len(names(first)) == 3
    assert len(names(second)) == 4
    assert all(run["complete"] for run in (first, second))


def test_thousands_of_tasks_keep_their_names(tmp_path: Path) -> None:
    program, file = tmp_path / "program.py", tmp_path / "out.html"
    program.write_text(MANY, encoding="utf-8")
    done = children.run("-m", "stepdbg", "--timeline", file, "-c", "continue", program)
    assert done.returncode == 0, done.stderr
    (run,) = drawn(file)
    found = names(run)
    assert len(found) == 3_001
    assert all(name.startswith("child#") for name in found[1:])
    assert {lane[2] for lane in run["lanes"][1:]} == {1}


def test_an_image_of_a_program_that_fails(tmp_path: Path) -> None:
    file = tmp_path / "out.svg"
    done = children.run(
        "-m", "stepdbg", "--timeline", file, "-c", "continue", "examples/crash.py"
    )  # fmt: skip
    assert done.returncode == 1
    text = file.read_text(encoding="utf-8")
    assert text.startswith(svg.FIRST_LINE)
    ElementTree.fromstring(text)


def test_it_replaces_its_own_file_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    file.write_text("mine", encoding="utf-8")
    words = ("-m", "stepdbg", "--timeline", file, "-c", "continue", PROGRAM)
    refused = children.run(*words)
    assert refused.returncode == 2
    assert b"was not written by stepdbg" in refused.stderr
    assert file.read_text(encoding="utf-8") == "mine"
    file.unlink()
    for _ in range(2):
        assert children.run(*words).returncode == 0
    assert len(drawn(file)) == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--timeline", "out.png"), b"must end in .html or .svg"),
        (("--timeline", "no/such/out.html"), b"its folder does not exist"),
        (("--timeline", "out.html", "--no-record"), b"leave out --no-record"),
    ],
)
def test_what_makes_no_sense(options: tuple[str, ...], sentence: bytes) -> None:
    done = children.run("-m", "stepdbg", *options, "-c", "continue", PROGRAM)
    assert done.returncode == 2
    assert sentence in done.stderr


def test_a_program_without_a_run(tmp_path: Path) -> None:
    program, file = tmp_path / "program.py", tmp_path / "out.html"
    program.write_text("import trio\n", encoding="utf-8")
    done = children.run("-m", "stepdbg", "--timeline", file, "-c", "continue", program)
    assert done.returncode == 0
    assert b"is not written: no task has run" in done.stderr
    assert not file.exists()
