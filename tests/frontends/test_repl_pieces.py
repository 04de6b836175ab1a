"""The pieces of the prompt that need no pseudo-terminal: colours, history, start files."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from prompt_toolkit.document import Document
from prompt_toolkit.styles import Style
from pygments.lexers.python import PythonLexer

from stepdbg.frontends import start_file
from stepdbg.frontends.repl import highlight, history, paint, palette, style
from stepdbg.frontends.repl.lexer import QuickPythonLexer
from stepdbg.model import standard
from stepdbg.model.errors import BadUsage
from stepdbg.render.spans import STYLES, Line, Span, plain

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")

SHOWN: tuple[Line, ...] = (
    (Span("title", "step 2"), Span("", " of "), Span("task", "main (1)")),
    (Span("number", " 7  "), Span("source", "async def main(name=None):")),
    (Span("number", " 8  "), Span("source", '    """Text over')),
    (Span("marked", " 9> "), Span("source", '    two lines""" + str(1)  # why')),
    (),
)


# Colours


def test_without_colours_no_escape_byte_is_written() -> None:
    assert paint.paint(SHOWN, colours=False) == plain(SHOWN) + "\n"


def test_colours_change_no_character() -> None:
    text = paint.paint(SHOWN, colours=True)
    assert ESCAPE.sub("", text) == plain(SHOWN) + "\n"
    assert text.count("\x1b[0m") == len(ESCAPE.findall(text)) / 2, "each look ends"


def test_source_is_lexed_across_lines() -> None:
    text = paint.paint(SHOWN, colours=True)
    string = palette.select_graphic_rendition(palette.token_look("Token.Literal.String"))
    assert f'{string}    two lines"""\x1b[0m' in text


@pytest.mark.parametrize("source", ["", "\ufeffx = 1", "a\tb", "'open", "x = 1 …", "\x0c"])
def test_any_source_survives_colouring(source: str) -> None:
    line = (Span("source", source),)
    assert ESCAPE.sub("", paint.paint((line, line), colours=True)) == f"{source}\n{source}\n"


SNIPPETS = """
@app.get("/")
async def größe(self, x: int = 0x1F, *rest: "str") -> None:
    match x:
        case Point(y=0): raise ValueError(f"a{x!r:>10}" + b"\\x00".hex()) from None
    from naïve import déjà as vu; print(not x and __name__, lambda: 1.5e3j, self.list)  # end
    class Ünter(Exception, metaclass=type): __slots__ = ()
"""


def test_the_quick_lexer_sees_what_pygments_sees() -> None:
    with open(__file__, encoding="utf-8") as here:
        for text in (SNIPPETS, here.read()):
            quick, theirs = (
                [
                    (palette.token_look(token), character)
                    for _, token, piece in lexer.get_tokens_unprocessed(text)
                    for character in piece
                ]
                for lexer in (QuickPythonLexer(), PythonLexer())
            )
            assert quick == theirs
            assert "".join(character for _, character in quick) == text


def test_every_style_of_render_has_a_look() -> None:
    assert palette.SPAN_LOOKS.keys() | {"", "source"} == STYLES


def test_looks_fit_light_and_dark_backgrounds() -> None:
    looks = {*palette.SPAN_LOOKS.values(), *palette.TOKEN_LOOKS.values()}
    words = {word for look in looks for word in look.split()}
    assert words <= {"bold", "dim", "red", "green", "magenta", "cyan"}
    for look in looks:
        code = palette.select_graphic_rendition(look)
        assert not look or ESCAPE.fullmatch(code)
        Style.from_dict({"look": style.style_string(look)})  # raises for a word it does not know


def test_the_prompt_names_no_background() -> None:
    rules = style.prompt_style().style_rules
    assert len(rules) > 5
    for _, look in rules:
        assert "bg:" not in look


# Typed text


def fragments(text: str) -> list[list[tuple[str, str]]]:
    lexer = highlight.InputLexer({"break", "p"}, {"p"})
    line = lexer.lex_document(Document(text))
    return [
        [(fragment[0], fragment[1]) for fragment in line(number) if fragment[1]]
        for number in range(text.count("\n") + 1)
    ]


@pytest.mark.parametrize("text", ["break task w*", "p x", "x = 1", "", " p", "for x in y:\n  z\n"])
def test_highlighting_changes_no_character(text: str) -> None:
    lines = ["".join(piece for _, piece in line) for line in fragments(text)]
    assert "\n".join(lines) == text


def test_a_command_word_counts_only_before_a_blank_or_the_end() -> None:
    assert fragments("break")[0][0] == ("class:command", "break")
    assert fragments("break task None")[0] == [("class:command", "break"), ("", " task None")]
    assert ("class:command", "p") not in fragments("p.x")[0]


def test_python_after_a_command_is_coloured() -> None:
    assert ("ansimagenta", "None") in fragments("p None")[0]
    assert ("ansimagenta", "for") in fragments("for x in y:\n    pass")[0]
    assert ("ansimagenta", "pass") in fragments("for x in y:\n    pass")[1]


# History

ENTRIES = ["step", "p '\\n'", "for x in y:\n    print(x)\n", "p '\\\\'", "\\", "žluť 漢"]


def test_entries_come_back_as_they_were_typed(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history"
    first = history.CommandHistory(str(path))
    for entry in ENTRIES:
        first.append_string(entry)
    second = history.CommandHistory(str(path))
    assert list(second.load_history_strings()) == ENTRIES[::-1]
    assert not first.problem
    assert not second.problem


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_nobody_else_may_read_the_history(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "new" / "history"
    before = os.umask(umask)
    try:
        history.CommandHistory(str(path)).append_string("p secret")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_history_open_to_others_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_text("step\n")
    path.chmod(0o644)
    history.CommandHistory(str(path))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_long_history_is_cut_to_its_newest_entries(tmp_path: Path) -> None:
    path = tmp_path / "history"
    count = 2 * history.KEPT_LINES + 1
    path.write_text("".join(f"p {number}\n" for number in range(count)))
    entries = list(history.CommandHistory(str(path)).load_history_strings())
    assert len(entries) == history.KEPT_LINES
    assert entries[0] == f"p {count - 1}"
    assert len(path.read_text().splitlines()) == history.KEPT_LINES
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["history"]


def test_a_history_that_cannot_be_used_is_gone_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = history.CommandHistory(str(tmp_path / "file" / "history"))
    assert kept.problem.startswith("no history is kept: ")
    kept.append_string("step")
    assert kept.get_strings() == ["step"]


def test_a_history_that_breaks_later_is_gone_without(tmp_path: Path) -> None:
    path = tmp_path / "history"
    kept = history.CommandHistory(str(path))
    assert not kept.problem
    path.unlink()
    path.mkdir()
    kept.append_string("step")
    assert str(path) in kept.problem
    assert kept.get_strings() == ["step"]


def test_the_history_lies_in_the_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert history.history_path() == "/state/stepdbg/history"
    for value in ("", "not/absolute"):  # the specification says to ignore both
        monkeypatch.setenv("XDG_STATE_HOME", value)
        assert history.history_path() == "/home/ada/.local/state/stepdbg/history"


# Start files


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's own start file lies; it is not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "stepdbg" / "startup"
    path.parent.mkdir()
    return path


def test_no_start_file_is_no_news(own: Path) -> None:
    assert start_file.read_user_start_file() == start_file.StartFile()


def test_lines_know_where_they_stand(own: Path) -> None:
    own.write_text("# mine\nalias t tasks\n\nfor x in y:\n    # why\n    z\n\n\nstep\n")
    lines = start_file.read_user_start_file().lines
    assert lines == ("alias t tasks", "for x in y:", "    z", "", "step")
    assert [line.where for line in lines] == [f"startup:{number}" for number in (2, 4, 6, 7, 9)]


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_start_file_that_others_may_write_is_left_alone(own: Path, mode: int) -> None:
    own.write_text("quit\n")
    own.chmod(mode)
    found = start_file.read_user_start_file()
    assert not found.lines
    assert str(own) in found.warning
    assert "chmod go-w" in found.warning


def test_a_start_file_of_another_user_is_left_alone(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.write_text("quit\n")
    monkeypatch.setattr(standard.os, "geteuid", lambda: own.stat().st_uid + 1)
    found = start_file.read_user_start_file()
    assert not found.lines
    assert "another user" in found.warning


def test_a_folder_for_a_start_file_is_said(own: Path) -> None:
    own.mkdir()
    found = start_file.read_user_start_file()
    assert not found.lines
    assert str(own) in found.warning


def test_a_named_start_file_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.rc"
    path.write_bytes(b"step\np '\xff'\n")
    path.chmod(0o666)
    lines = start_file.read_named_start_file(str(path)).lines
    assert lines == ("step", "p '\ufffd'")
    assert lines[1].where == "mine.rc:2"


def test_a_missing_named_start_file_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match=r"cannot read start file .*nothing: No such file"):
        start_file.read_named_start_file(str(tmp_path / "nothing"))


@pytest.mark.parametrize("reader", [False, True])
def test_a_history_that_is_no_file_is_gone_without(tmp_path: Path, reader: bool) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    path.chmod(0o644)
    end = os.open(path, os.O_RDONLY | os.O_NONBLOCK) if reader else None
    kept = history.CommandHistory(str(path))
    assert kept.problem.startswith("no history is kept: ")
    kept.append_string("step")
    assert kept.get_strings() == ["step"]
    assert path.stat().st_mode & 0o777 == 0o644
    if end is not None:
        assert os.read(end, 1) == b""
        os.close(end)


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_no_history_and_stays_as_it_is(tmp_path: Path, device: str) -> None:
    mode = os.stat(device).st_mode
    (tmp_path / "history").symlink_to(device)
    kept = history.CommandHistory(str(tmp_path / "history"))
    assert "not a regular file" in kept.problem
    assert os.stat(device).st_mode == mode
