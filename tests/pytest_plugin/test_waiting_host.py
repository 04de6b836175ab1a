"""AnyIO's plugin waits for its run: a run that is ended early has a fixture to end after that."""

from __future__ import annotations

import pytest

from .test_plugin import project, run

pytest_plugins = ("pytester",)

__all__ = ["project"]

pytest.importorskip("anyio")

HANGS = """\
import pytest, trio

@pytest.fixture
def anyio_backend():
    return "trio"

@pytest.fixture
async def asynchronous():
    yield 1
    await trio.sleep(0)

@pytest.mark.anyio
async def test_hangs(asynchronous):
    await trio.sleep_forever()

@pytest.mark.anyio
async def test_ends(asynchronous):
    await trio.sleep(0)
"""


def test_a_test_that_takes_too_long_is_ended(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=HANGS)
    result = run(project, "--stepdbg-timeout", "0.3")
    assert "the test has not ended after 0.3 s" in result.stdout.str()
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["passed"]) == (1, 1)


def test_quit_at_a_breakpoint(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=HANGS.replace("await trio.sleep_forever()", "breakpoint()"))
    result = run(project, "--stepdbg", commands="quit\n")
    assert "(stepdbg) quit" in result.stdout.str()
    assert "stepdbg was quit" in result.stdout.str()
    assert result.ret == pytest.ExitCode.INTERRUPTED
