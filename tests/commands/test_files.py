"""`read FILE`, `save FILE`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stepdbg.commands.files import WRITTEN
from stepdbg.model.replies import DisplayList, Evaluated, Failure, Message
from stepdbg.model.stops import Continue, StepTask
from tests.commands.fakes import Talk, only


def written(folder: Path, *lines: str, name: str = "lines") -> Path:
    """A file with these lines."""
    file = folder / name
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def shown(talk: Talk, line: str) -> list[str]:
    """The values that a line shows."""
    return [each.value.text for each in talk.do(line).replies if isinstance(each, Evaluated)]


def test_lines_are_what_they_are_at_the_prompt(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "# a comment",
        "",
        "p size ;; p 'a ;; b'",
        "for row in rows:",
        "    total = row",
        "",
        "total",
        "alias twice p 2 * %1",
        "twice total",
    )
    assert shown(Talk(), f"read {file}") == ["1", "'a ;; b'", "3", "6"]


def test_a_block_and_commands_end_with_the_file(tmp_path: Path) -> None:
    talk = Talk()
    talk.do(f"read {written(tmp_path, 'if size:', '    size = 5')}")
    assert shown(talk, "p size") == ["5"]
    talk.do(f"read {written(tmp_path, 'b task worker', 'commands', 'p size')}")
    assert talk.controller.set[1].commands == ("p size",)
    assert shown(talk, "p size") == ["5"]


@pytest.mark.parametrize("failing", ["p nosuch", "nosuch", "p 1 ;; where nobody", "break wor-ker"])
def test_it_stops_at_the_first_line_that_fails(tmp_path: Path, failing: str) -> None:
    talk = Talk()
    file = written(tmp_path, "size = 7", failing, "size = 8")
    answer = talk.do(f"read {file}")

    (failure,) = (each for each in answer.replies if isinstance(each, Failure))
    assert failure.text.startswith(f"{file}:2: ")
    assert failure.text.endswith("; the lines after it were not read")
    assert shown(talk, "p size") == ["7"]


def test_a_failing_block_leaves_nothing_open(tmp_path: Path) -> None:
    talk = Talk()
    talk.do(f"read {written(tmp_path, 'for row in rows:', '    nosuch', '', 'p 1')}")
    assert shown(talk, "p size") == ["1"]


def test_what_runs_on_is_gone_on_with_at_the_next_stop(tmp_path: Path) -> None:
    talk = Talk()
    file = written(tmp_path, "p 1", "step ;; p 2", "p 3", "continue")
    answer = talk.do(f"read {file} ;; p 4")
    assert answer.resume == StepTask()
    talk.stop_again()
    answer = talk.do(answer.rest)
    values = [each.value.text for each in answer.replies if isinstance(each, Evaluated)]
    assert (values, answer.resume, answer.rest) == (["2", "3"], Continue(), "p 4")


def test_names_with_blanks_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    written(tmp_path, "step", "p size", name="my lines")
    talk = Talk()
    answer = talk.do("read '~/my lines'")
    talk.stop_again()
    assert shown(talk, answer.rest) == ["1"]


def test_a_file_that_reads_itself_is_refused(tmp_path: Path) -> None:
    talk = Talk()
    file = written(tmp_path, f"read {tmp_path}/lines")
    assert "would read itself" in talk.failure(f"read {file}").text
    inner = written(tmp_path, "p size", name="inner")
    twice = written(tmp_path, f"read {inner}", f"read {inner}", name="twice")
    assert shown(talk, f"read {twice}") == ["1", "1"]


def test_nobody_is_asked_while_a_file_is_read(tmp_path: Path) -> None:
    talk = Talk(abbreviations=True)
    talk.do("b task worker", f"read {written(tmp_path, 'clear', 'loc')}")
    assert not talk.controller.set
    assert talk.interpreter.prompt == "(stepdbg) "
    talk.do("b task worker", "clear")
    assert talk.interpreter.prompt == "(y or n) "


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in Talk().failure(f"read {tmp_path}/none").text
    assert "cannot be read" in Talk().failure(f"read {tmp_path}").text
    (tmp_path / "binary").write_bytes(b"\xff\xfe\0")
    assert "cannot be read" in Talk().failure(f"read {tmp_path}/binary").text
    assert "not a line number" in Talk().failure(f"read {tmp_path}/none x").text


def set_up() -> Talk:
    """Somebody has set up a breakpoint, an alias, a display and a setting."""
    talk = Talk()
    talk.do("b task worker, size > 1, per task", "commands", "p size", "end", "alias pn p %1")
    talk.do("display len(rows)", "set own mine.*", "set own mine.* yours")
    return talk


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "saved"
    told = only(set_up().do(f"save {file}"), Message).text
    assert told == f"7 lines saved in {file}"
    talk = Talk()
    assert not [each for each in talk.do(f"read {file}").replies if isinstance(each, Failure)]

    (there,) = talk.controller.set.values()
    (wanted,) = set_up().controller.set.values()
    assert (there.spec, there.commands) == (wanted.spec, wanted.commands)
    assert shown(talk, "pn size") == ["1"]
    displays = talk.reply("display", DisplayList).displays
    assert [each.expression for each in displays] == ["len(rows)"]
    assert talk.controller.own.value == "mine.* yours"


def test_it_replaces_what_it_has_written_and_nothing_else(tmp_path: Path) -> None:
    talk = set_up()
    file = tmp_path / "saved"
    talk.do(f"save {file}", "clear", "unalias pn", "undisplay", f"save {file}")
    assert file.read_text() == f"{WRITTEN}\nset own mine.* yours\n"
    mine = written(tmp_path, "size = 8", name="mine")
    pipe, folder = tmp_path / "pipe", tmp_path / "folder"
    os.mkfifo(pipe)
    folder.mkdir()
    for each in (mine, pipe, folder):
        for command in ("save", "break save"):
            assert "was not written by stepdbg" in talk.failure(f"{command} {each}").text
    assert mine.read_text() == "size = 8\n"
    assert sorted(os.listdir(tmp_path)) == ["folder", "mine", "pipe", "saved"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    talk, link = set_up(), tmp_path / "link"
    talk.do(f"save {tmp_path}/saved")
    link.symlink_to(tmp_path / "saved")
    talk.do("clear", f"save {link}")
    assert link.is_symlink()
    assert "worker" not in (tmp_path / "saved").read_text()


def test_what_cannot_be_written(tmp_path: Path) -> None:
    assert "cannot be written: No such" in Talk().failure(f"save {tmp_path}/none/file").text


@pytest.mark.parametrize("word", ["save", "read"])
def test_alone_it_is_a_name_of_the_program(word: str) -> None:
    talk = Talk()
    failure = talk.failure(word)
    assert (failure.text, failure.way_out[:7]) == (f"`{word}` needs an argument", "usage: ")
    talk.do(f"{word} = 3")
    assert shown(talk, word) == ["3"]


def test_files_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, name="lines.txt")
    written(tmp_path, name=".hidden")
    assert Talk().complete("read ") == ["lines.txt"]
    assert Talk().complete("save li") == ["lines.txt"]
