"""``pytest --stepdbg-explore``, the mark, and replays of what they find, in child processes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.explore.programs import LOCK_ORDER, LOST_UPDATE

from .test_plugin import LOADED, project, run

pytest_plugins = ("pytester",)

__all__ = ["project"]

pytest.importorskip("anyio")
pytest.importorskip("pytest_trio")

SHARED = "".join(
    (
        LOST_UPDATE.replace("main()", "updates(tmp=None)"),
        LOCK_ORDER.replace("main()", "locks()"),
        "import anyio, pytest\n",
    )
)

TESTS = (
    SHARED
    + """
@pytest.fixture
async def first():
    await trio.sleep(1)
    yield "first"
    await trio.sleep(1)

@pytest.fixture
async def second(first):
    yield first + " second"

@pytest.mark.trio
async def test_trio(nursery, autojump_clock, first, second):
    nursery.start_soon(trio.sleep, 60)
    assert second == "first second"
    await updates()

@pytest.fixture
def anyio_backend():
    return "trio"

@pytest.fixture
async def asynchronous():
    print("set up")
    await anyio.sleep(0.01)
    yield 3
    await anyio.sleep(0.01)

@pytest.mark.anyio
async def test_anyio(asynchronous):
    await locks()

@pytest.mark.xfail(strict=True, raises=AssertionError)
def test_expected():
    trio.run(updates)

class TestCorrect:
    seen = None

    @pytest.mark.anyio
    @pytest.mark.parametrize("seconds", [0, 0.01])
    async def test_anyio(self, asynchronous, seconds, tmp_path, capsys):
        assert self.seen is None  # each time a new instance
        self.seen = [*tmp_path.iterdir()]
        assert not self.seen
        (tmp_path / "file").touch()
        print("captured")
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(trio.sleep, seconds)
        assert "captured" in capsys.readouterr().out

def test_no_trio():
    pass

@pytest.mark.skip
def test_skipped():
    pass
"""
)


def stepdbg_pytest(project: pytest.Pytester, *words: str, commands: str = "") -> pytest.RunResult:
    """``python -m stepdbg WORDS``, where the last ones are those of pytest."""
    before, after = words[: words.index("pytest") + 1], words[words.index("pytest") + 1 :]
    command = (sys.executable, "-m", "stepdbg", *before, *LOADED, "-p", "no:cacheprovider", *after)
    return project.run(*command, stdin=commands.encode(), timeout=60)


def part_of(text: str, test: str) -> str:
    """What pytest tells of a test that has failed."""
    _, found, rest = text.partition(f"_ {test} _")
    assert found, text
    return re.split(r"\n_+ \S+ _+\n|\n=+ ", rest)[0]


def test_orders_that_fail_and_their_replays(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=TESTS)
    result = run(project, "--stepdbg-explore-budget", "30", "-v")
    result.assert_outcomes(failed=2, passed=3, xfailed=1, skipped=1)
    text = result.stdout.str()

    trio_part, anyio_part = part_of(text, "test_trio"), part_of(text, "test_anyio")
    assert "assert balance == 2" in trio_part, "pytest shows the exception itself"
    assert "balance 1" in trio_part, "what was written in that order"
    assert re.search(r"failed after \d+ schedules?", trio_part)
    assert "the order of two steps matters" in trio_part
    assert "each schedule has a process of its own" not in trio_part, "the runs are independent"
    inner = TESTS.strip().splitlines().index("        async with other:") + 1
    assert f"deadlock: tasks wait for one another: take at test_it.py:{inner}" in anyio_part
    assert "set up" in anyio_part

    told = text.partition("= explored by stepdbg =")[2]
    sentences = dict(re.findall(r"^test_it.py::(\S+): (.+)", told, re.MULTILINE))
    assert sentences.pop("test_no_trio") == sentences.pop("test_skipped")
    passed = {each for each, said in sentences.items() if said.startswith("budget ended after 30")}
    assert passed == {"TestCorrect::test_anyio[0]", "TestCorrect::test_anyio[0.01]"}
    failed = {each for each, said in sentences.items() if said.startswith("failed after")}
    assert failed == {"test_trio", "test_anyio", "test_expected"}
    assert "5 tests explored, 3 with an order that fails" in told

    tokens = [re.search(r"--replay (\S+)", part) for part in (trio_part, anyio_part)]
    first, second = (str(found and found[1]) for found in tokens)
    replays_in_tests(project, first)
    replays_under_stepdbg(project, second)


def replays_in_tests(project: pytest.Pytester, token: str) -> None:
    again = run(project, "--stepdbg-replay", token, "-k", "test_trio")
    again.assert_outcomes(failed=1, deselected=6)
    assert "balance 1" in again.stdout.str()
    assert "left the schedule" not in again.stdout.str()
    other = run(project, "--stepdbg-replay", token, "-k", "TestCorrect and 0.01")
    other.assert_outcomes(passed=1, deselected=6)
    assert "stepdbg: the run has left the schedule" in other.stdout.str()
    refused = run(project, "--stepdbg-replay", token)
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    assert "--stepdbg-replay runs one test, and 7 were selected" in refused.stderr.str()


def replays_under_stepdbg(project: pytest.Pytester, token: str) -> None:
    """The run is a guest, and yet it stops in its deadlock: its host waits for it."""
    options = ("--replay", token, "-c", "continue", "-c", "deadlock", "-c", "quit!")
    again = stepdbg_pytest(project, *options, "-m", "pytest", "test_it.py::test_anyio")
    text = " ".join(again.stderr.str().split())
    assert "deadlock: no task can go on any more" in text
    assert "take#1" in text
    assert "left the schedule" not in text


WIDE = (
    SHARED
    + """
pytestmark = pytest.mark.anyio

@pytest.fixture(scope="module")
def anyio_backend():
    return "trio"

@pytest.fixture(scope="module")
async def server():
    yield 1

async def test_first(server):
    pass

@pytest.mark.stepdbg_explore
async def test_marked(server):
    pass

async def test_unmarked():
    pass

@pytest.mark.stepdbg_explore(budgets=3)
def test_misspelt():
    pass

@pytest.mark.stepdbg_explore(strategy="luck")
def test_luck():
    pass
"""
)


def test_what_cannot_be_explored(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=WIDE)
    result = run(project, "--stepdbg-explore-budget", "10")
    result.assert_outcomes(failed=3, passed=2)
    text = result.stdout.str()
    refused = "could not explore: the Trio run of fixture server was alive before the test"
    assert refused in part_of(text, "test_marked")
    assert f"test_it.py::test_unmarked: {refused}" in text
    assert "test_it.py::test_first:" not in text, "one that was explored is only counted"
    assert "1 test explored, 0 with an order that fails" in text
    assert "say only budget, seed, jobs" in part_of(text, "test_misspelt")
    assert "strategy luck: say portfolio" in part_of(text, "test_luck")
    wrong = run(project, "--stepdbg-explore-budget", "soon")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    assert "--stepdbg-explore-budget soon: say a number" in wrong.stderr.str()


CORRECT = (
    SHARED
    + """
@pytest.mark.trio
@pytest.mark.stepdbg_explore(budget=20, lints=True)
async def test_correct(autojump_clock):
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(trio.sleep, 60)

def test_twice():
    trio.run(trio.sleep, 0)
    trio.run(updates)
"""
)


def test_a_mark_alone_and_workers_of_xdist(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=CORRECT)
    words = (sys.executable, "-m", "pytest", *LOADED, "-p", "no:cacheprovider", "-n", "1", "-v")
    result = project.run(*words, "--junitxml", "out.xml", stdin=b"", timeout=60)
    result.assert_outcomes(passed=2)
    assert "test_it.py::test_correct: budget ended after 20, not exhausted" in result.stdout.str()
    assert "1 test explored, 0 with an order that fails" in result.stdout.str()
    (told,) = ET.parse(Path(project.path, "out.xml")).iter("property")
    assert told.attrib["name"] == "stepdbg_explore"


def test_under_stepdbg_the_command_line_says_how(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=CORRECT)
    options = ("--explore", "--budget", "30", "--run", "2", "--json")
    result = stepdbg_pytest(project, *options, "-m", "pytest", "-q", "-k", "test_twice")
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    (line,) = [each for each in result.outlines if each.startswith('{"event"')]
    told = json.loads(line)
    assert told["test"] == "test_it.py::test_twice"
    assert told["sentence"].startswith("failed after")
    token = told["failures"][0]["token"]
    again = run(project, "--stepdbg-replay", token, "-k", "test_twice")
    again.assert_outcomes(failed=1, deselected=1)
    assert "left the schedule" not in again.stdout.str()
