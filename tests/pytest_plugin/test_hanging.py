"""Tests that hang: their tasks are shown and dumped, and they fail."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.archive.dumps import Dumped

from .test_plugin import LOADED, project, run

pytest_plugins = ("pytester",)

__all__ = ["project"]

HANGS = """
import trio

async def waits():
    try:
        await trio.sleep_forever()
    finally:
        print("cleanup")

async def body():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)

def test_hangs():
    trio.run(body)

def test_ends():
    trio.run(trio.sleep, 0)
"""

LIMIT = ("--stepdbg-timeout", "0.3")


@pytest.fixture
def hanging(project: pytest.Pytester) -> pytest.Pytester:
    project.makepyfile(test_it=HANGS)
    return project


def only_dump(project: pytest.Pytester) -> Dumped:
    (path,) = (project.path / "dumps").iterdir()
    assert path.name == "test_it.py-test_hangs-hangs.stepdbg"
    return Dumped(path)


def test_a_test_that_hangs_fails_with_its_tasks_and_a_dump(hanging: pytest.Pytester) -> None:
    result = run(hanging, *LIMIT, "--stepdbg-dump", "dumps")
    text = result.stdout.str()
    result.assert_outcomes(failed=1, passed=1)
    assert "the test has not ended after 0.3 s" in text
    assert "Trio tasks when the time was up" in text
    assert " waits (3) sleeps for ever" in " ".join(text.split())
    assert "cleanup" in text  # it was cancelled as at any timeout
    assert "dump: dumps/test_it.py-test_hangs-hangs.stepdbg" in text
    assert "waits" in only_dump(hanging).text("tree")


def test_the_user_is_asked_about_a_test_that_hangs(hanging: pytest.Pytester) -> None:
    result = run(hanging, *LIMIT, "--stepdbg", commands="task waits\nwhere\nwhy\nc\nc\n")
    text = result.stdout.str()
    assert "ENTERED Pdb" in text
    assert "halt" in text
    assert "sleep_forever" in text
    assert "sleeps for ever" in text  # it has not been cancelled yet
    assert "post-mortem" not in text
    result.assert_outcomes(failed=1, passed=1)


def test_a_step_that_does_not_end_is_looked_at_as_it_runs(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_it="""
        import pathlib, time, trio

        async def hogs():
            path = pathlib.Path("dumps/test_it.py-test_hangs-hangs.stepdbg")
            while not path.exists():
                time.sleep(0.05)
            await trio.lowlevel.checkpoint()  # where it can be halted again

        def test_hangs():
            trio.run(hogs)
        """
    )
    result = run(project, *LIMIT, "--stepdbg-dump", "dumps")
    result.assert_outcomes(failed=1)
    assert "hogs" in only_dump(project).text("tree")
    assert "checkpoint" not in only_dump(project).text("where")


def test_a_dump_comes_before_sigterm_kills(hanging: pytest.Pytester) -> None:
    hanging.makepyfile(
        test_it=HANGS.replace(
            "        nursery.start_soon(waits)\n",
            "        nursery.start_soon(waits)\n"
            "        await trio.testing.wait_all_tasks_blocked()\n"
            "        os.kill(os.getpid(), signal.SIGTERM)\n",
        ).replace("import trio\n", "import os, signal, trio, trio.testing\n")
    )
    result = run(hanging, "--stepdbg-dump", "dumps")
    assert result.ret == -signal.SIGTERM
    assert "waits" in only_dump(hanging).text("tree")


def test_the_limit_of_faulthandler_counts(hanging: pytest.Pytester) -> None:
    """It fails nothing, and neither do we: another limit ends the test."""
    hanging.makepyfile(
        test_it="""
        import faulthandler, pathlib, trio

        # It reads the frames of a thread that runs, and may crash doing so: not the matter here.
        faulthandler.dump_traceback_later = lambda *args, **options: None

        async def waits():
            path = pathlib.Path("dumps/test_it.py-test_hangs-hangs.stepdbg")
            while not path.exists():
                await trio.sleep(0.05)

        def test_hangs():
            trio.run(waits)
        """
    )
    result = run(hanging, "-o", "faulthandler_timeout=0.3", "--stepdbg-dump", "dumps")
    result.assert_outcomes(passed=1)
    assert "waits" in only_dump(hanging).text("tree")


def test_a_dump_comes_just_before_pytest_timeout_ends_a_test(hanging: pytest.Pytester) -> None:
    pytest.importorskip("pytest_timeout")
    options = ("-p", "no:faulthandler", "--timeout", "8", "--timeout-method", "thread")
    run(hanging, *options, "--stepdbg-dump", "dumps")
    assert "waits" in only_dump(hanging).text("tree")


def test_anyio_tests(hanging: pytest.Pytester) -> None:
    pytest.importorskip("anyio")
    hanging.makepyfile(
        test_it="""
        import anyio, pytest

        @pytest.fixture
        def anyio_backend():
            return "trio"

        @pytest.mark.anyio
        async def test_hangs():
            async with anyio.create_task_group() as group:
                group.start_soon(anyio.sleep_forever)

        @pytest.mark.anyio
        async def test_ends():
            await anyio.sleep(0)
        """
    )
    result = run(hanging, *LIMIT, "--stepdbg-dump", "dumps")
    result.assert_outcomes(failed=1, passed=1)
    assert "sleep_forever" in only_dump(hanging).text("tree")


def test_pytest_trio_tests(hanging: pytest.Pytester) -> None:
    pytest.importorskip("pytest_trio")
    hanging.makepyfile(
        test_it="""
        import pytest, trio

        @pytest.mark.trio
        async def test_hangs(nursery):
            nursery.start_soon(trio.sleep_forever)
            await trio.sleep_forever()

        @pytest.mark.trio
        async def test_ends():
            await trio.sleep(0)
        """
    )
    result = run(hanging, *LIMIT, "--stepdbg-dump", "dumps")
    result.assert_outcomes(failed=1, passed=1)
    assert "sleep_forever" in only_dump(hanging).text("tree")


def test_tests_in_several_processes(hanging: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    words = (sys.executable, "-m", "pytest", *LOADED, "-p", "no:cacheprovider", "-n", "1")
    result = hanging.run(*words, *LIMIT, "--stepdbg-dump", "dumps", timeout=60)
    result.assert_outcomes(failed=1, passed=1)
    assert "waits" in only_dump(hanging).text("tree")
    refused = hanging.run(*words, "--stepdbg", timeout=60)
    assert "--stepdbg needs tests in this process" in refused.stderr.str()


@pytest.mark.parametrize("value", ["0", "-1", "soon", "inf"])
def test_a_limit_that_is_none_is_bad_usage(hanging: pytest.Pytester, value: str) -> None:
    result = run(hanging, f"--stepdbg-timeout={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--stepdbg-timeout" in result.stderr.str()


def under_stepdbg(
    project: pytest.Pytester, *options: str, commands: str
) -> tuple[pytest.RunResult, Path]:
    tool = (sys.executable, "-m", "stepdbg", "--output", "stdout")
    words = (*tool, *options, "-m", "pytest", *LOADED, "-q")
    without = ("-p", "no:cacheprovider", "-p", "no:xdist")
    return project.run(*words, *without, stdin=commands.encode(), timeout=60), project.path


def test_pytest_under_stepdbg_reads_commands_while_output_is_captured(
    project: pytest.Pytester,
) -> None:
    result, _ = under_stepdbg(
        project, "--stop-on-failure", commands="tasks\nc\np what\n" + "c\n" * 9
    )
    text = result.stdout.str()
    assert "start: step 1" in text
    assert "failure: after step" in text
    assert "'in vain'" in text
    assert "1 failed, 2 passed" in text
    assert result.ret == 1


def test_quit_under_stepdbg_ends_the_test_run(project: pytest.Pytester) -> None:
    result, _ = under_stepdbg(project, commands="quit\n")
    assert "stepdbg was quit" in result.stdout.str()
    assert result.ret == 125


def test_the_same_outcomes_under_stepdbg(project: pytest.Pytester) -> None:
    result, _ = under_stepdbg(project, "-c", "continue", commands="")
    assert "1 failed, 2 passed" in result.stdout.str()
    assert result.ret == 1
