"""After the end no exception is on its way any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_after_the_end import after, answers

PROGRAM = """\
import trio
import trio.testing


async def cleans():
    try:
        raise OSError("caught later")
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(1)


async def fails():
    await trio.sleep(0.25)
    raise ValueError("leaves")


async def main():
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cleans)
            nursery.start_soon(fails)
    except* OSError:
        pass


trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "cleans.py"
    path.write_text(PROGRAM)
    return path


@pytest.mark.parametrize("command", ["exceptions", "where cleans", "task cleans", "why cleans"])
def test_it_was_on_its_way_at_a_moment(command: str, program: Path) -> None:
    done = after("", command, "quit", program=program)
    told = " ".join(answers(done, command).split())
    assert "was on its way at 0.25" in told
    assert "its report waited for this clean-up" in told
    assert "report waits" not in told


def test_the_exception_in_view_is_not_on_its_way_as_well(tmp_path: Path) -> None:
    program = tmp_path / "block.py"
    program.write_text(
        "import trio\n\nasync def main():\n    async with trio.open_nursery() as nursery:\n"
        "        nursery.start_soon(trio.sleep_forever)\n        await trio.sleep(0)\n"
        "        raise ValueError('in the block')\n\ntrio.run(main)\n"
    )
    done = after("", "where", "exceptions", "quit", program=program)
    assert answers(done, "where").startswith("main (1), exited\n->")
    assert "on its way" not in done.stdout
