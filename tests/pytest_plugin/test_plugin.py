"""``pytest --stepdbg`` in child processes."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import stepdbg
from tests.archive.dumps import Dumped

pytest_plugins = ("pytester",)

FAILING = """\
import trio

async def waits():
    await trio.sleep_forever()

async def fails(what):
    await trio.lowlevel.cancel_shielded_checkpoint()
    raise ValueError(what)

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(fails, "in vain")

def test_fails():
    print("printed before")
    trio.run(main)

def test_expects():
    try:
        trio.run(main)
    except* ValueError:
        pass

def test_passes():
    pass
"""
HOOKS = """\
def pytest_enter_pdb(config, pdb):
    print("ENTERED", type(pdb).__name__)

def pytest_leave_pdb(config, pdb):
    print("LEFT", type(pdb).__name__)
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    folder = str(Path(stepdbg.__file__).parents[1])
    searched = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), folder)))
    monkeypatch.setenv("PYTHONPATH", searched)
    pytester.makepyfile(test_it=FAILING)
    pytester.makeconftest(HOOKS)
    return pytester


PLUGIN = "stepdbg.pytest_plugin"
# Where stepdbg is installed its entry point has registered the plugin already.
INSTALLED = any(each.value == PLUGIN for each in entry_points(group="pytest11"))
LOADED = () if INSTALLED else ("-p", PLUGIN)


def run(project: pytest.Pytester, *options: str, commands: str = "") -> pytest.RunResult:
    without = ("-p", "no:cacheprovider", "-p", "no:xdist")
    words = (sys.executable, "-m", "pytest", *LOADED, *without, *options)
    return project.run(*words, stdin=commands.encode(), timeout=60)


def test_prompts_on_a_failing_test_alone(project: pytest.Pytester) -> None:
    commands = "tasks\np what\nexceptions\ncontinue\n"
    result = run(project, "--stepdbg", commands=commands)
    text = result.stdout.str()
    assert text.count("post-mortem:") == 1
    assert "`continue` goes on with the tests, `quit` ends them" in text
    assert "fails (" in text
    assert "'in vain'" in text
    assert "the first to fail" in " ".join(text.split())
    assert "waits" in text
    assert "ENTERED Pdb" in text
    assert "LEFT Pdb" in text
    result.assert_outcomes(failed=1, passed=2)


def test_what_was_printed_is_shown_before_the_prompt(project: pytest.Pytester) -> None:
    result = run(project, "--stepdbg", commands="continue\n")
    before, _, _ = result.stdout.str().partition("post-mortem:")
    assert "printed before" in before
    assert "ValueError: in vain" in before


@pytest.mark.parametrize(("command", "code"), [("quit", 2), ("quit!", 125)])
def test_quit_at_a_breakpoint(project: pytest.Pytester, command: str, code: int) -> None:
    options = ("--stepdbg", "--stepdbg-break", "task *fails on fail")
    result = run(project, *options, commands=f"{command}\n")
    assert "breakpoint 1" in result.stdout.str()
    assert result.ret == code


def test_quit_ends_the_test_run(project: pytest.Pytester) -> None:
    result = run(project, "--stepdbg", commands="quit\n")
    assert "stepdbg was quit" in result.stdout.str()
    assert int(result.ret) == 2
    assert "2 passed" not in result.stdout.str()


def test_breakpoints(project: pytest.Pytester) -> None:
    result = run(
        project,
        "--stepdbg-break",
        "task fails",
        "-k",
        "test_expects",
        commands="where\ncontinue\ncontinue\ncontinue\n",
    )
    text = result.stdout.str()
    assert "breakpoint 1: task fails" in text
    assert "ENTERED Pdb" in text
    result.assert_outcomes(passed=1, deselected=2)


def test_a_breakpoint_that_is_none_is_bad_usage(project: pytest.Pytester) -> None:
    result = run(project, "--stepdbg-break", "nonsense here")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--stepdbg-break nonsense here" in result.stderr.str()


def test_a_dump_for_each_failing_test(project: pytest.Pytester) -> None:
    result = run(project, "--stepdbg-dump", "dumps")
    text = result.stdout.str()
    (dump,) = (project.path / "dumps").iterdir()
    assert "Trio tasks at the first failure" in text
    assert f"dump: dumps/{dump.name}" in text
    assert "waits" in text
    result.assert_outcomes(failed=1, passed=2)
    viewed = Dumped(dump)
    assert "waits" in viewed.text("tasks")
    assert "1.1 ValueError: in vain" in viewed.text("exceptions")
    viewed.text("exc 1.1")
    assert viewed.text("p what") == "'in vain'"


def test_dumps_of_tests_with_like_names_are_kept_apart(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_it="""
        import pytest, trio

        async def main(error):
            raise error

        @pytest.mark.parametrize("what", ["a/b", "a b", "a-b", "x" * 300 + "1", "x" * 300 + "2"])
        def test_it(what):
            trio.run(main, ValueError(what))
        """
    )
    result = run(project, "--stepdbg-dump", "dumps")
    result.assert_outcomes(failed=5)
    dumps = {path.name for path in (project.path / "dumps").iterdir()}
    assert len(dumps) == 5
    assert "test_it.py-test_it[a-b]-call.stepdbg" in dumps
    for name in dumps:
        assert f"dump: dumps/{name} " in result.stdout.str()


def test_dumps_without_values(project: pytest.Pytester) -> None:
    run(project, "--stepdbg-dump", "dumps", "--stepdbg-no-values")
    (dump,) = (project.path / "dumps").iterdir()
    viewed = Dumped(dump)
    viewed.text("exc 1.1")
    assert viewed.text("p what") == "(left out)"
    assert "in vain" not in viewed.text("exceptions")


def test_pdb_class(project: pytest.Pytester) -> None:
    result = run(project, "--pdb", "--pdbcls=stepdbg:Pdb", commands="p what\ncontinue\ncontinue\n")
    text = result.stdout.str()
    assert "post-mortem:" in text
    assert "'in vain'" in text
    assert "ENTERED" in text
    result.assert_outcomes(failed=1, passed=2)


def test_pdb_class_shows_the_tasks_of_the_test_that_failed(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_it=FAILING
        + "\ndef test_without_tasks():\n    assert not main\n\ndef test_last(): pass\n"
    )
    commands = "tasks\nexc\ncontinue\ntasks\nquit\n"
    result = run(project, "--pdb", "--pdbcls=stepdbg:Pdb", commands=commands)
    first, second = result.stdout.str().split("post-mortem: ")[1:]
    assert "waits" in first
    assert "whose task it was" not in first
    assert "fails (4), started by" in first
    assert "no picture was taken" in second
    assert "Quitting debugger" in second
    result.assert_outcomes(failed=2, passed=2)


def test_nothing_is_loaded_without_an_option(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_it="""
        import sys

        def test_it():
            assert "stepdbg.engine" not in sys.modules
            assert "trio" not in sys.modules
        """
    )
    result = run(project, "-p", "no:trio", "-p", "no:anyio", "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)


def test_trio_tests_of_plugins(project: pytest.Pytester) -> None:
    pytest.importorskip("anyio")
    project.makepyfile(
        test_it="""
        import pytest
        import trio

        async def fails(what):
            await trio.lowlevel.checkpoint()
            raise ValueError(what)

        @pytest.fixture
        def anyio_backend():
            return "trio"

        @pytest.mark.anyio
        async def test_it():
            async with trio.open_nursery() as nursery:
                nursery.start_soon(fails, "in vain")
        """
    )
    result = run(project, "--stepdbg", commands="p what\ncontinue\n")
    assert "post-mortem: fails" in result.stdout.str()
    assert "'in vain'" in result.stdout.str()
    result.assert_outcomes(failed=1)


def test_names_go_without_the_module_of_the_tests(project: pytest.Pytester) -> None:
    project.makepyfile(
        helping="""
        import trio

        async def helps():
            await trio.sleep_forever()
        """,
        test_it="""
        import trio
        import helping

        def test_it():
            async def waits():
                await trio.sleep_forever()

            async def main():
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(waits)
                    nursery.start_soon(helping.helps)
                    await trio.testing.wait_all_tasks_blocked()
                    breakpoint()
                    nursery.cancel_scope.cancel()

            trio.run(main)
        """,
    )
    shown = "task test_it.<locals>.waits\nbreak task test_it.<locals>.waits\n"
    result = run(project, "--stepdbg", commands=f"tasks\n{shown}continue\ncontinue\n")
    text = result.stdout.str()
    result.stdout.re_match_lines([r"-> +\d  test_it\.<locals>\.main ", r" +\d  helping\.helps "])
    assert text.count("test_it.test_it") == 1, "only where `task` tells Trio's name"
    assert "breakpoint 1: task test_it.<locals>.waits" in text
    result.assert_outcomes(passed=1)


def test_trio_tests_of_pytest_trio(project: pytest.Pytester) -> None:
    pytest.importorskip("pytest_trio")
    project.makepyfile(
        test_it="""
        import pytest
        import trio

        async def fails(what):
            await trio.lowlevel.checkpoint()
            raise ValueError(what)

        @pytest.mark.trio
        async def test_it(nursery):
            nursery.start_soon(fails, "in vain")
            await trio.sleep_forever()
        """
    )
    result = run(project, "--stepdbg", commands="p what\ntree\ncontinue\n")
    assert "post-mortem: fails" in result.stdout.str()
    assert "'in vain'" in result.stdout.str()
    # Where it stood, not where it has been cancelled to.
    result.stdout.re_match_lines([r".*asleep for ever +test_it\.py:11"])
    # Not `pytest_trio.plugin._trio_test_runner_factory.<locals>._bootstrap_fixtures_and_run_test`.
    result.stdout.re_match_lines([r" +test_it \(\d+\) +waits for children"])
    result.assert_outcomes(failed=1)


ASSERTING = """\
def test_compares():
    got = [1, 2]
    assert got == [1, 3]
"""


def test_what_pytest_adds_to_an_assertion_is_not_shown(project: pytest.Pytester) -> None:
    """Its names for the parts, and colours in the message."""
    project.makepyfile(test_it=ASSERTING)
    commands = "locals\nexceptions\np $_exception\nquit\n"
    result = run(project, "--stepdbg", "--color", "yes", commands=commands)
    text = result.stdout.str()
    stop = text[text.index("post-mortem:") : text.index("(stepdbg) p ")]
    assert "assert [1, 2] == [1, 3] At index 1 diff: 2 != 3" in " ".join(stop.split())
    assert "x1b" not in stop
    assert "\x1b" not in stop
    assert "got = [1, 2]" in stop
    assert "@py" not in text


def test_a_breakpoint_at_a_line_of_a_test(project: pytest.Pytester) -> None:
    """pytest has rewritten the module, and runs its code itself."""
    project.makepyfile(
        test_lines="""
        import trio

        async def work():
            value = 6
            await trio.sleep(0)
            assert value == 6

        def test_it():
            trio.run(work)
        """
    )
    places = ("--stepdbg-break", "test_lines.py:9", "--stepdbg-break", "test_lines.py:5")
    commands = "continue\np value * 7\ncontinue\n"
    result = run(project, *places, "test_lines.py", commands=commands)
    text = result.stdout.str()
    assert "test_lines.py:9 in" in text
    assert "42" in text
    result.assert_outcomes(passed=1)


def test_what_a_test_module_raises_has_no_frame_of_ours(project: pytest.Pytester) -> None:
    project.makepyfile(test_raises="assert not 'in vain'")
    result = run(project, "--stepdbg-break", "task nobody", "test_raises.py")
    text = result.stdout.str()
    assert "in vain" in text
    assert "pytest_rewritten" not in text
    assert "execute" not in text
