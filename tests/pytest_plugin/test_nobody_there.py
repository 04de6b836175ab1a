"""``pytest --stepdbg`` where nobody can be asked, or nobody any more."""

from __future__ import annotations

import pytest

from .test_plugin import project, run

pytest_plugins = ("pytester",)

__all__ = ["project"]

TESTS = """
import pytest
import trio

async def takes(one, other):
    async with one:
        await trio.lowlevel.checkpoint()
        async with other:
            pass

async def stuck():
    red, green = trio.Lock(), trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(takes, red, green)
        nursery.start_soon(takes, green, red)

def test_deadlock():
    try:
        trio.run(stuck)
    finally:
        print("torn down")

def test_swallows():
    with pytest.raises(BaseException):
        trio.run(stuck)

def test_fails():
    trio.run(trio.sleep, 0)
    assert not "in vain"

def test_is_interrupted():
    raise KeyboardInterrupt

def test_passes():
    trio.run(trio.sleep, 0)
"""


@pytest.fixture
def tests(project: pytest.Pytester) -> pytest.Pytester:
    project.makepyfile(test_it=TESTS)
    return project


def test_a_deadlock_fails_the_test(tests: pytest.Pytester) -> None:
    """At once, with what each task waits for; the tests after it run."""
    result = run(tests, "--stepdbg", "-k", "deadlock or swallows or passes")
    text = " ".join(result.stdout.str().split())
    result.assert_outcomes(failed=2, passed=1)
    assert (
        text.count("FAILED test_it.py::test_")
        == text.count(" - a deadlock: no task of the run can go on")
        == 2
    )
    assert "Trio tasks in the deadlock" in text
    assert "waits for Lock `green` at test_it.py:7, held by takes#2" in text
    assert "torn down" in text
    assert "SystemExit" not in text


def test_commands_that_end_at_a_deadlock(tests: pytest.Pytester) -> None:
    result = run(tests, "--stepdbg", "-k", "deadlock or passes", commands="why\n")
    result.assert_outcomes(failed=1, passed=1)
    assert "(stepdbg) why" in result.stdout.str()


def test_the_end_of_input_goes_on_with_the_tests(tests: pytest.Pytester) -> None:
    result = run(tests, "--stepdbg", "-k", "fails or passes", commands="p 6 * 7\n")
    result.assert_outcomes(failed=1, passed=1)
    assert "42" in result.stdout.str()
    assert "was quit" not in result.stdout.str()


def test_without_any_input_there_is_no_prompt(tests: pytest.Pytester) -> None:
    result = run(tests, "--stepdbg", "-k", "fails or passes")
    result.assert_outcomes(failed=1, passed=1)
    assert "(stepdbg)" not in result.stdout.str()
    assert result.stdout.str().count('>       assert not "in vain"') == 1


def test_quit_at_a_deadlock_keeps_what_was_said(tests: pytest.Pytester) -> None:
    result = run(tests, "--stepdbg", "-k", "deadlock or passes", commands="quit\n")
    text = " ".join(result.stdout.str().split())
    assert "Trio tasks in the deadlock" in text
    assert "FAILED test_it.py::test_deadlock - stepdbg was quit" in text
    assert "SystemExit" not in text


def test_after_ctrl_c_nothing_is_announced(tests: pytest.Pytester) -> None:
    result = run(tests, "--stepdbg", "-k", "interrupted", commands="continue\n")
    assert "> stepdbg >" not in result.stdout.str()
    assert "KeyboardInterrupt" in result.stdout.str()


def test_the_log_of_one_task_after_the_end(tests: pytest.Pytester) -> None:
    result = run(tests, "--stepdbg", "-k", "fails", commands="log sleep\nlog nobody\n")
    text = result.stdout.str()
    assert "was spawned by trio.run" in text
    assert "error: " in text.partition("log nobody")[2]
