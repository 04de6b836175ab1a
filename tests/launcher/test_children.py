"""Runs of Trio in child processes: told once, with the number; the program is as bare."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.frontends import children

WORKERS = Path(__file__).parents[1] / "programs" / "workers.py"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def told_by(*words: str) -> tuple[list[int], list[int]]:
    """The numbers of the workers, and those that are told of on standard error."""
    child = children.run("-m", "stepdbg", "-c", "continue", WORKERS, *words)
    told = " ".join(child.stderr.decode().replace("\nstepdbg:   ", " ").split())
    assert child.stdout.endswith(b"\nended with 0 0\n"), told
    assert (b"finders 1" in child.stdout) == ("late" in words)  # the one that waits for Trio
    workers = re.findall(r"worker (\d+)", child.stdout.decode())
    named = re.findall(r"child process (\d+)(?:, which)? is not debugged; let its code", told)
    return [int(each) for each in workers], [int(each) for each in named]


@pytest.mark.parametrize(
    "how", [("spawn",), ("forkserver",), ("spawn", "before"), ("forkserver", "before")]
)
def test_the_first_that_is_started_anew(how: tuple[str, ...]) -> None:
    workers, told = told_by(*how)
    assert len(workers) == 2
    assert len(told) == 1
    assert told[0] in workers


@pytest.mark.parametrize("how", [(), ("here",), ("before",)])
def test_each_that_is_forked_tells_itself(how: tuple[str, ...]) -> None:
    workers, told = told_by("fork", *how)
    assert len(workers) == 2
    assert sorted(told) == sorted(workers)


def test_one_that_imports_trio_after_its_fork_is_left_alone() -> None:
    workers, told = told_by("fork", "late")
    assert sorted(told) == sorted(workers)


def test_nothing_where_trio_runs_in_the_parent() -> None:
    """Its children may be there for anything."""
    workers, told = told_by("spawn", "here")
    assert len(workers) == 2
    assert told == []


def test_nothing_after_a_detach() -> None:
    child = children.run("-m", "stepdbg", "-c", "detach", WORKERS, "fork", "here")
    assert child.stdout.endswith(b"ended with 0 0\n")
    assert b"not debugged" not in child.stderr + child.stdout


def test_nothing_in_a_program_that_was_not_started_under_stepdbg() -> None:
    asks = (
        f"import runpy, sys, stepdbg\nstepdbg.install()\nsys.argv[1:] = ['fork']\n"
        f"runpy.run_path({os.fspath(WORKERS)!r}, run_name='__main__')\n"
    )
    child = children.run("-c", asks)
    assert child.stdout.endswith(b"ended with 0 0\n"), child.stderr
    assert b"not debugged" not in child.stderr + child.stdout
