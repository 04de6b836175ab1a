"""Where nothing can be written any more: a dump is whole or absent, the program goes on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.launcher.side_by_side import Outcome, debugged, plain, run

FAILS = """\
import trio
async def child(number):
    await trio.sleep(number)
async def main():
    async with trio.open_nursery() as nursery:
        for number in range(200):
            nursery.start_soon(child, number)
        await trio.sleep(0)
        1 / 0
trio.run(main)
"""

TALKS = """\
import trio, sys
async def main():
    print("a line", flush=True)
    await trio.sleep(0)
try:
    trio.run(main)
finally:
    print("cleaned up", file=sys.stderr)
"""

FORGETS = """\
import trio
async def forgotten():
    pass
async def main():
    for _ in range(2):
        forgotten()
        eval("forgotten()")
    await trio.sleep(0)
    print("the end")
trio.run(main)
"""

BROKEN_PIPE = """\
import os, sys
reads, writes = os.pipe()
os.dup2(writes, 1)
os.close(reads), os.close(writes)
os.execv(sys.argv[1], sys.argv[1:])
"""

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "fails.py"
    path.write_text(FAILS)
    return path


def _in_small_folder(folder: Path, command: str) -> list[str]:
    """A shell command with a disk of 8 KiB mounted on a folder, for its eyes only."""
    mount = f"mount -t tmpfs -o size=8k none {folder} && cd {folder}"
    return ["unshare", "-m", "sh", "-c", f"{mount} && {command}", *plain()]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("small")
    trial = _in_small_folder(folder, "true")
    if (
        shutil.which("unshare") is None
        or subprocess.run(trial, check=False, capture_output=True).returncode
    ):
        pytest.skip("disks cannot be mounted here")
    yield folder
    assert not list(folder.iterdir())


def ends(command: str, program: Path, small: Path) -> tuple[Outcome, list[str]]:
    """What comes of debugging with a full disk, and its files with their content."""
    words = " ".join(["-m stepdbg --output stdout", command, str(program)])
    look = 'rc=$?; for file in *; do echo "$file: $(head -c 20 $file)" >&2; done; exit $rc'
    done = run(_in_small_folder(small, f'echo older >crash; "$0" {words}; {look}'))
    rows = done.stderr.splitlines()
    return replace(done, stderr=b"\n".join(rows[:-1])), rows[-1].decode().split("\n")


def test_a_dump_of_a_recorded_crash(program: Path, small: Path) -> None:
    bare = run([*plain(), str(program)])

    done, files = ends("--record --dump crash -c continue", program, small)

    assert done.status == bare.status == 1
    assert b"no dump has been written: " in done.stderr
    assert b"/crash could not be written: No space left on device" in done.stderr
    assert b"ZeroDivisionError" in done.stderr
    assert files == ["crash: older"], "what was there is whole, and nothing lies beside it"


def test_a_dump_that_is_typed(program: Path, small: Path) -> None:
    words = "-c 'break exception ZeroDivisionError' -c continue -c 'dump typed' -c 'p 6*7' -c quit"

    done, files = ends(words, program, small)

    assert done.status == 125
    lines = done.stdout.decode().splitlines()
    at = lines.index("(stepdbg) dump typed")
    assert lines[at + 1] == "error: typed could not be written: No space left on device"
    assert lines[at + 3] == "42"
    assert files == ["crash: older"]


@needs_full
def test_a_dump_on_a_device(program: Path) -> None:
    full = run([*debugged(options=("--dump", str(FULL), "-c", "continue")), str(program)])

    assert full.status == 1
    assert b"no dump has been written" in full.stderr
    assert b"ZeroDivisionError" in full.stderr


def test_a_dump_that_may_not_grow_is_absent(program: Path, tmp_path: Path) -> None:
    dump = tmp_path / "crash.dump"
    limited = "import resource, os, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)); os.execv(sys.executable, "
    limited += "[sys.executable, *sys.argv[1:]])"

    options = ["-m", "stepdbg", "--dump", str(dump), "-c", "continue"]
    done = run([*plain("-B"), "-c", limited, "-B", *options, str(program)])

    assert done.status == 1
    assert b"no dump has been written" in done.stderr
    assert list(tmp_path.iterdir()) == [program]


@needs_full
def test_a_report_of_lints_that_is_cut_says_so(program: Path) -> None:
    program.write_text(FORGETS)
    ignoring = debugged("-Wignore", options=("--lint-report", str(FULL)))

    done = run([*ignoring, str(program)])

    assert (done.status, done.stdout) == (0, b"the end\n")
    assert done.stderr == (
        b"stepdbg: --lint-report /dev/full is not complete: No space left on device\n"
    )


def to(target: str, *command: str) -> list[str]:
    return ["sh", "-c", f'exec "$@" {target}', "sh", *command]


@needs_full
def test_records_that_nobody_keeps(program: Path) -> None:
    """Whose channel has never been there to give commands does not miss it."""
    program.write_text(TALKS)

    aside = to("9>/dev/full", *debugged(options=("--json-fd=9", "-c", "continue")), str(program))

    assert run(aside) == run([*plain(), str(program)])


@pytest.mark.parametrize(
    "speechless",
    [
        pytest.param(to(">/dev/full"), marks=needs_full, id="a full disk"),
        pytest.param([*plain(), "-c", BROKEN_PIPE], id="a closed pipe"),
    ],
)
def test_a_program_that_cannot_speak(speechless: list[str], program: Path) -> None:
    """It fails as without us, at its own line."""
    program.write_text(TALKS)

    bare = run([*speechless, *plain(), str(program)])
    held = run([*speechless, *debugged(), str(program)])

    assert b"cleaned up" in bare.stderr
    assert bare.status != 0
    assert held == bare
