"""Runs a suite one way in a child process.

Owns: getting source archives, the command lines, the time limit.
Does not own: which suites (suites), what their outcomes mean (comparing).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

from .comparing import read_outcomes
from .suites import Suite, Way

_LIMIT = 900.0  # seconds for one suite
_HANGING = ("-o", "faulthandler_timeout=100", "-o", "faulthandler_exit_on_timeout=true")


def get_tests(suite: Suite, folder: Path) -> Path:
    """The folder to run a suite in; its source archive is brought there at need.

    Args:
        suite: whose tests.
        folder: where archives are kept from one time to the next.
    """
    if not suite.unpacked:
        place = folder / suite.name
        place.mkdir(parents=True, exist_ok=True)
        return place
    stem = f"{suite.name}-{suite.version}"
    place = folder / stem
    if not place.exists():
        _download(f"{suite.name}=={suite.version}", folder)
        archive = next(folder.glob(f"{suite.name.replace('-', '?')}-{suite.version}.tar.gz"))
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
        (folder / archive.name.removesuffix(".tar.gz")).rename(place)
    return place


def _download(requirement: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", ":all:", "--dest", str(folder), requirement]
    subprocess.run(command, check=True)


def _environment(suite: Suite) -> dict[str, str]:
    added = {"PYTHONDONTWRITEBYTECODE": "1"}
    if suite.alone:
        added["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return {**os.environ, **added}


def run_suite(suite: Suite, way: Way, place: Path, stem: Path, more: list[str]) -> dict[str, str]:
    """Run a suite one way.

    Args:
        suite: whose tests.
        way: with stepdbg or without.
        place: the folder to run it in.
        stem: for what pytest says: a JUnit file and its output.
        more: further arguments for pytest.

    Returns:
        The outcome of each test; nothing if pytest did not get to its end.
    """
    report = stem.with_name(f"{stem.name}.xml")
    report.unlink(missing_ok=True)
    tests = ["-m", "pytest", *suite.arguments, "-p", "no:cacheprovider", "-q"]
    tests += ["--continue-on-collection-errors", f"--junit-xml={report}", *_HANGING]
    options = [each.format(stem=stem, own=suite.own or "none") for each in way.options or ()]
    debugger = [] if way.options is None else ["-m", "stepdbg", *options]
    with stem.with_name(f"{stem.name}.txt").open("w") as output:
        # Nobody could answer: a stop would be the end of the input, and of the run.
        subprocess.run(
            [sys.executable, *debugger, *tests, *more],
            cwd=place,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(suite),
            timeout=_LIMIT,
            check=False,
        )
    return read_outcomes(report) if report.exists() else {}
