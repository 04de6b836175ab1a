"""``pytest --stepdbg-explore``, the mark, and replays of what they find, in child processes."""

from __future__ import annotations

import json
import re
import shlex
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

EXCEPTIONS = (
    SHARED
    + """
@pytest.fixture
async def first():
    await trio.sleep(1)
    yield "first"
    await trio.sleep(1)

@pytest.mark.trio
async def test_trio(nursery, autojump_clock, first):
    nursery.start_soon(trio.sleep, 60)
    assert first == "first"
    await updates()

@pytest.mark.xfail(strict=True, raises=AssertionError)
def test_expected():
    trio.run(updates)

def test_no_trio():
    pass

@pytest.mark.skip
def test_skipped():
    pass
"""
)

GUESTS = (
    SHARED
    + """
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


def sentences_of(text: str) -> dict[str, str]:
    """What the summary says of each test."""
    told = text.partition("= explored by stepdbg =")[2]
    return dict(re.findall(r"^test_it.py::(\S+): (.+)", told, re.MULTILINE))


def token_of(part: str) -> str:
    """The schedule in the report of one test."""
    found = re.search(r"--replay (\S+)", part)
    assert found is not None, part
    return found[1]


def test_an_exception_and_its_replays(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=EXCEPTIONS)
    result = run(project, "--stepdbg-explore-budget", "30", "-v")
    result.assert_outcomes(failed=1, passed=1, xfailed=1, skipped=1)
    text = result.stdout.str()
    part = part_of(text, "test_trio")
    assert "assert balance == 2" in part, "pytest shows the exception itself"
    assert "balance 1" in part, "what was written in that order"
    assert re.search(r"failed after \d+ schedules?", part)
    assert "the order of two steps matters" in part
    assert "each schedule has a process of its own" not in part, "the runs are independent"

    sentences = sentences_of(text)
    assert sentences.pop("test_no_trio") == sentences.pop("test_skipped")
    failed = {each for each, said in sentences.items() if said.startswith("failed after")}
    assert failed == {*sentences} == {"test_trio", "test_expected"}
    assert "2 tests explored, 2 with an order that fails" in text

    token = token_of(part)
    again = run(project, "--stepdbg-replay", token, "-k", "test_trio")
    again.assert_outcomes(failed=1, deselected=3)
    assert "balance 1" in again.stdout.str()
    assert "left the schedule" not in again.stdout.str()
    other = run(project, "--stepdbg-replay", token, "-k", "test_expected")
    assert "stepdbg: the run has left the schedule" in other.stdout.str()
    refused = run(project, "--stepdbg-replay", token)
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    assert "--stepdbg-replay runs one test, and 4 were selected" in refused.stderr.str()


def test_a_deadlock_of_a_guest_run_and_its_replay(project: pytest.Pytester) -> None:
    """Its host waits for the run, and yet a replay stops in its deadlock."""
    project.makepyfile(test_it=GUESTS)
    result = run(project, "--stepdbg-explore-budget", "30", "-v")
    result.assert_outcomes(failed=1, passed=2)
    text = result.stdout.str()
    part = part_of(text, "test_anyio")
    inner = GUESTS.strip().splitlines().index("        async with other:") + 1
    assert f"deadlock: tasks wait for one another: take at test_it.py:{inner}" in part
    assert "set up" in part

    sentences = sentences_of(text)
    assert sentences.pop("test_anyio").startswith("failed after")
    passed = {each for each, said in sentences.items() if said.startswith("budget ended after 30")}
    assert passed == {*sentences} == {f"TestCorrect::test_anyio[{each}]" for each in ("0", "0.01")}

    options = ("--replay", token_of(part), "-c", "continue", "-c", "deadlock", "-c", "quit!")
    again = stepdbg_pytest(project, *options, "-m", "pytest", "test_it.py::test_anyio")
    told = " ".join(again.stderr.str().split())
    assert "deadlock: no task can go on any more" in told
    assert "take#1" in told
    assert "left the schedule" not in told


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


MARKED = (
    LOST_UPDATE.replace("main()", "checked()")
    + """
import pytest

@pytest.mark.stepdbg_explore(budget=50)
def test_marked():
    trio.run(checked)
"""
)


SECOND_RUN = (
    SHARED
    + """
async def sleeps():
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(trio.sleep, 0)

def test_another():
    trio.run(sleeps)

@pytest.mark.stepdbg_explore(run=2, budget=300)
def test_second_run():
    trio.run(sleeps)
    trio.run(updates)
"""
)


def test_the_command_stops_before_the_first_of_the_two_steps(project: pytest.Pytester) -> None:
    """Where the test was explored, other tests and other runs had given tasks other numbers."""
    project.makepyfile(test_it=SECOND_RUN)
    part = part_of(run(project).stdout.str(), "test_second_run")
    (first,) = re.findall(r"first step (\d+) of (main/\d)$", part, re.MULTILINE)
    (command,) = re.findall(r"python -m stepdbg (--replay .*) -m pytest (\S+)$", part, re.MULTILINE)
    stopped = stepdbg_pytest(project, *shlex.split(command[0]), "-m", "pytest", command[1])
    text = stopped.stdout.str() + stopped.stderr.str()
    nth, task = first
    which = int(task[-1]) + 1
    assert f"task 2:{task}, on hits =={nth}" in text
    at = rf"^step {nth} of updates\.<locals>\.add(#{which})? \(\d+\), .* into run 2$"
    assert re.search(at, text, re.MULTILINE), text
    assert "left the schedule" not in text


def test_the_replay_of_a_marked_test_does_not_explore_it(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=MARKED)
    found = run(project)
    found.assert_outcomes(failed=1)
    token = token_of(part_of(found.stdout.str(), "test_marked"))
    told = "explored by stepdbg"
    assert told in found.stdout.str()
    options = ("--replay", token, "-c", "continue")
    again = stepdbg_pytest(project, *options, "-m", "pytest", "test_it.py::test_marked")
    again.assert_outcomes(failed=1)
    text = again.stdout.str()
    assert "balance 1" in text
    assert told not in text
    assert "left the schedule" not in text + again.stderr.str()
    assert again.ret == pytest.ExitCode.TESTS_FAILED
    assert "Traceback" not in again.stderr.str()
