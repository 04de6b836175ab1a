"""`breakpoint()` and `stepdbg.set_trace()` in tests, at a terminal and without one."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import stepdbg
from tests.terminal import ENTER, PseudoTerminal

from .test_plugin import LOADED

pytest_plugins = ("pytester",)

ASKING = """\
import pytest
import stepdbg
import trio

@pytest.fixture
def fixture():
    yield
    with open("taken_down", "w") as file:
        file.write("yes")

async def main():
    x = 1
    {asks}
    await trio.sleep(0)
    assert x == 1

def test_in_a_task(fixture):
    trio.run(main)

def test_outside_of_any_run(capfd):
    y = 2
    {asks}
    assert y == 2

async def at_a_depth(n):
    if n:
        return await at_a_depth(n - 1)
    z = 3
    {asks}
    return z

def test_in_a_nursery():
    async def parent():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(at_a_depth, 5)
    trio.run(parent)
"""

WAYS = {
    "breakpoint(), --stepdbg": ("breakpoint()", ("--stepdbg",), {}),
    "set_trace(), --stepdbg": ("stepdbg.set_trace()", ("--stepdbg",), {}),
    "set_trace()": ("stepdbg.set_trace()", (), {}),
    "PYTHONBREAKPOINT": ("breakpoint()", (), {"PYTHONBREAKPOINT": "stepdbg.set_trace"}),
    "PYTHONBREAKPOINT, --stepdbg": (
        "breakpoint()",
        ("--stepdbg",),
        {"PYTHONBREAKPOINT": "stepdbg.set_trace"},
    ),
}


def command(*options: str) -> Sequence[str]:
    without = ("-p", "no:cacheprovider", "-p", "no:xdist")
    return [sys.executable, "-m", "pytest", *LOADED, *without, "-q", *options]


def environment(settings: dict[str, str]) -> dict[str, str]:
    return {"PYTHONPATH": os.fspath(Path(stepdbg.__file__).parents[1]), **settings}


def piped(
    way: str, lines: bytes, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> pytest.RunResult:
    """The tests, with commands from standard input."""
    asks, options, settings = WAYS[way]
    pytester.makepyfile(test_it=ASKING.format(asks=asks))
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    return pytester.run(*command(*options), stdin=lines, timeout=60)


def wait_for_stop(terminal: PseudoTerminal, number: int) -> None:
    terminal.wait_until(lambda: terminal.text.count("pause: ") == number, f"stop {number}")
    terminal.wait_for_prompt()


@pytest.mark.parametrize("way", WAYS)
def test_a_prompt_at_the_terminal(way: str, tmp_path: Path) -> None:
    """With output capturing suspended, as pdb has it; the tests pass afterwards."""
    asks, options, settings = WAYS[way]
    (tmp_path / "test_it.py").write_text(ASKING.format(asks=asks))
    with PseudoTerminal(
        command(*options),
        cwd=tmp_path,
        environment={"HOME": str(tmp_path), **environment(settings)},
    ) as terminal:
        for stop, (name, value) in enumerate((("x", "1"), ("y", "2"), ("z", "3")), 1):
            wait_for_stop(terminal, stop)
            assert terminal.do(f"p {name}") == [value]
            terminal.type("continue" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "3 passed" in terminal.text
        assert "(Pdb)" not in terminal.text
        assert ", -0." not in terminal.text  # time of the run, which is joined late


@pytest.mark.parametrize("way", WAYS)
def test_commands_from_standard_input(
    way: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b"p x\ncontinue\np y\ncontinue\np z\ncontinue\n"
    result = piped(way, lines, pytester, monkeypatch)
    text = result.stdout.str()
    for name, value in (("x", "1"), ("y", "2"), ("z", "3")):
        assert f"(stepdbg) p {name}\n{value}\n" in text
    assert "3 passed" in text
    assert result.ret == 0


@pytest.mark.parametrize("way", WAYS)
def test_quit_ends_the_test_run_after_the_fixtures(
    way: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = piped(way, b"quit\n", pytester, monkeypatch)
    text = result.stdout.str()
    assert "stepdbg was quit" in text
    assert "INTERNALERROR" not in text
    assert "1 failed" in text
    assert result.ret == 2
    assert (pytester.path / "taken_down").read_text() == "yes"
