"""The file: what it replaces, what it holds after a kill, what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stepdbg.archive.recordings.form import CLOSED, MAGIC
from stepdbg.archive.recordings.logs import events_of
from stepdbg.archive.recordings.reading import read
from stepdbg.model.errors import StepdbgError
from stepdbg.model.history import LogKind
from tests.frontends import children
from tests.recordings.recorded import PROGRAM, answers, looked, opened, record


def test_a_recording_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    record(path)
    record(path)
    assert len(read(str(path)).events) > 60
    other = tmp_path / "notes.txt"
    other.write_text("my notes\n")
    done = children.run("-m", "stepdbg", "--record-to", other, "-c", "continue", PROGRAM)
    assert done.returncode == 2
    sentence = done.stderr.decode()
    assert sentence.count("\n") == 1
    assert "it exists and is not a recording; choose another name" in sentence
    assert other.read_text() == "my notes\n"


def test_it_is_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    record(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_events_as_entries_of_a_log(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    record(path)
    entries = list(events_of(str(path)))
    kinds = [entry.kind for entry in entries]
    assert kinds[0] is kinds[-1] is LogKind.RUN
    assert kinds.count(LogKind.SPAWNED) == kinds.count(LogKind.EXITED) == 9
    assert [entry.time for entry in entries] == sorted(entry.time for entry in entries)


@pytest.mark.parametrize("name", ["no_trio", "two_runs"])
def test_a_program_with_no_run_or_several(tmp_path: Path, name: str) -> None:
    path = tmp_path / "run.rec"
    program = PROGRAM.parent / f"{name}.py"
    if name == "no_trio":
        children.run("-m", "stepdbg", "--record-to", path, "-c", "continue", program)
        done = opened(path, "tasks")
        assert done.returncode == 2
        assert b"is an empty recording: its program never imported Trio" in done.stderr
        return
    record(path, program)
    listed, _, back, log = answers(path, "runs", "run 1", "at 1", "log")
    assert "run 1" in listed
    assert "run 2" in listed
    assert "step 1 of first (1)" in back
    assert "second" not in log


def test_what_a_recording_has_not_got(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    record(path)
    _, where, value, going, beyond, far = answers(
        path, "at 5", "where", "p x", "step", "at 1000", "at 0"
    )
    assert (
        where
        == value
        == (
            "error: a recording has stacks and values only of stops, and this run was never stopped"
        )
    )
    assert going == "error: `step` needs a live run, and a recording has none"
    assert beyond.startswith("error: the recording has steps 1 to ")
    assert far.startswith("error: the recording has steps 1 to ")


def test_at_is_about_recordings(tmp_path: Path) -> None:
    del tmp_path
    done = children.run("-m", "stepdbg", "-c", "at +1", "-c", "quit", PROGRAM)
    assert "`--record-to FILE` keeps one for `--open`" in (
        done.stdout + done.stderr
    ).decode().replace("\n  ", " ")


def test_json_tells_the_same(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    record(path)
    given = b'{"command": "at 3"}\n{"command": "tasks"}\n{"command": "quit"}\n'
    done = children.run("-m", "stepdbg", "--open", path, "--json", given=given)
    assert b'"stop_kind":"moment"' in done.stdout.replace(b" ", b"")
    assert b'"holder"' in done.stdout


def test_a_forked_child_leaves_the_file_alone(tmp_path: Path) -> None:
    path, program = tmp_path / "run.rec", tmp_path / "forks.py"
    program.write_text(
        "import os, trio\n"
        "async def main():\n"
        "    await trio.lowlevel.checkpoint()\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        trio.lowlevel.spawn_system_task(trio.sleep, 1)\n"
        "        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "    await trio.lowlevel.checkpoint()\n"
        "trio.run(main)\n"
    )
    record(path, program)
    steps = [entry for entry in events_of(str(path)) if entry.kind is LogKind.STEPPED]
    assert len([each for each in steps if each.task and each.task.number == 1]) == 2
    assert not [each for each in events_of(str(path)) if each.task and "sleep" in each.task.name]
    assert os.listdir(tmp_path).count("run.rec") == 1


@pytest.mark.parametrize("text", ["x", "abc1", ".", "5.5.5", "1e3", "+", "step 3"])
def test_what_is_no_moment_names_forms_that_are(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.rec"
    record(path)
    (refused,) = looked(path, f"at {text}")
    assert refused.startswith(f"error: `{text}` is neither a step nor a time; say ")
    forms = refused.splitlines()[0].partition("; say ")[2].replace(" or ", ", ").split(", ")
    assert len(forms) > 3
    for form in forms:
        (seen,) = looked(path, f"at {form}")
        assert "neither" not in seen
        assert "needs a unit" not in seen


@pytest.mark.parametrize("text", ["0.5", "1.", "-.5"])
def test_a_time_without_a_unit_gets_one_that_works(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.rec"
    record(path)
    (refused,) = looked(path, f"at {text}")
    assert refused.splitlines()[0] == f"error: a time needs a unit: `at {text}s`"
    (seen,) = looked(path, f"at {text}s")
    assert "unit" not in seen
    assert "neither" not in seen


def test_a_file_that_is_cut_lacks_its_end(tmp_path: Path) -> None:
    whole, cut = tmp_path / "run.rec", tmp_path / "cut.rec"
    record(whole, commands=(f"break {PROGRAM}:17", "continue", "clear 1", "continue"))
    content = whole.read_bytes()
    assert read(str(whole)).events.pictures
    for size in range(len(content) - 1, len(MAGIC + CLOSED) - 1, -7):
        cut.write_bytes(content[:size])
        with pytest.raises(StepdbgError) as caught:
            read(str(cut))
        assert str(caught.value).endswith("its end is missing"), size
