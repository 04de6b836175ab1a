"""A program without Trio does under stepdbg what it does under plain python, byte for byte."""

from __future__ import annotations

import os
import py_compile
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from .side_by_side import (
    NOTE,
    PROGRAMS,
    Outcome,
    debugged,
    plain,
    run,
    with_note,
)

SCRIPTS = [
    "annotated.py",
    "at_exit.py",
    "at_exit.py error",
    "attributes.py",
    "attributes.py one -m two -- -c --json three",
    "empty.py",
    "error.py",
    "error_at_top.py",
    "error_chain.py",
    "error_group.py",
    "exits.py -1",
    "exits.py 0",
    "exits.py 263",
    "exits.py 3",
    "exits.py 99999999999999999999999",
    "exits.py none",
    "exits.py nothing",
    "exits.py object",
    "exits.py own",
    "exits.py string",
    "exits.py true",
    "forks.py",
    "interrupted.py",
    "killed.py SIGINT",
    "killed.py SIGWINCH",
    "own_hook.py exit",
    "own_hook.py exits",
    "own_hook.py fails",
    "own_hook.py missing",
    "own_hook.py none",
    "own_hook.py works",
    "pickles.py",
    "recursion.py",
    "reraised.py",
    "spawns.py",
    "threads.py",
    "unflushable.py",
    "warns.py",
]


@pytest.mark.parametrize("words", SCRIPTS)
def test_script(words: str) -> None:
    script = words.split()

    expected = run([*plain(), *script])

    assert with_note(expected) == run([*debugged(), *script])


@pytest.mark.parametrize("words", ["os_exit.py", "killed.py SIGTERM", "killed.py SIGKILL"])
def test_sudden_end_leaves_no_note(words: str) -> None:
    script = words.split()

    assert run([*plain(), *script]) == run([*debugged(), *script])


@pytest.mark.parametrize("words", ["error.py", "interrupted.py", "threads.py", "exits.py string"])
def test_output_and_errors_come_in_the_same_order(words: str) -> None:
    script = words.split()

    expected = run([*plain(), *script], merged=True)

    assert with_note(expected, merged=True) == run([*debugged(), *script], merged=True)


@pytest.mark.parametrize("flag", ["-O", "-P", "-Xdev", "-Xutf8", "-Werror", "-B", "-u"])
@pytest.mark.parametrize("script", ["attributes.py", "warns.py"])
def test_flags_of_python(flag: str, script: str) -> None:
    expected = run([*plain(flag), script])

    assert with_note(expected) == run([*debugged(flag), script])


@pytest.mark.parametrize("shape", ["{}", "./{}", "../plain/{}", "package/../{}", "{root}/{}"])
def test_path_as_given(shape: str) -> None:
    path = shape.format("attributes.py", root=PROGRAMS)

    expected = run([*plain(), path])

    assert with_note(expected) == run([*debugged(), path])


def test_linked_script(tmp_path: Path) -> None:
    (tmp_path / "link.py").symlink_to(PROGRAMS / "attributes.py")

    expected = run([*plain(), "link.py"], cwd=tmp_path)

    assert with_note(expected) == run([*debugged(), "link.py"], cwd=tmp_path)


def test_script_through_a_pipe() -> None:
    script = ["sh", "-c", 'exec "$@" /dev/fd/3 one 3<attributes.py', "sh"]

    expected = run([*script, *plain()])

    assert with_note(expected) == run([*script, *debugged()])


def test_standard_input_is_the_programs_own() -> None:
    text = b"first\nsecond\nno end of line"

    expected = run([*plain(), "reads_stdin.py"], stdin=text)

    assert expected.stdout.endswith(b"read no end of line\nend\n")
    assert with_note(expected) == run([*debugged(), "reads_stdin.py"], stdin=text)


ODD_SOURCES = {
    "bad_syntax": b'print("never")\ndef broken(:\n    pass\n',
    "bad_indent": b"if True:\n    x = 1\n  y = 2\n",
    "bad_scope": b"def f():\n    nonlocal y\n",
    "not_closed": b'print("never"\n',
    "tabs_and_blanks": b"if 1:\n\tx = 1\n        y = 2\n",
    "byte_order_mark": b'\xef\xbb\xbfprint("caf\xc3\xa9".encode(), __doc__)\n',
    "latin_1": b'# -*- coding: latin-1 -*-\nprint("caf\xe9".encode())\n',
    "dos": b'print("dos")\r\nx = """a\r\nb"""\r\nprint(repr(x))\r\n1/0\r\n',
    "no_line_end": b'print("no line end")',
    "long_line_of_error": b"x = " + b"1 + " * 50 + b"(1 / 0)\n",
    "form_feed": b'\x0cprint("fed")\n\x0c\n1/0\n',
    "only_a_comment": b"# nothing",
    "future": b"from __future__ import annotations\nx: no_such_name\nprint(__annotations__)\n",
    "no_encoding": b'x = 1\nprint("caf\xe9")\n',
    "unknown_encoding": b"# -*- coding: klingon -*-\nprint(1)\n",
    "not_ascii": b'# coding: ascii\nprint("caf\xc3\xa9")\n',
    "no_encoding_in_comment": b"# a\n\n\n# caf\xe9 \xe9\nprint(1)\n",
    "wrong_encoding": b"# coding: utf-8\n# caf\xe9\nprint(1)\n",
    "two_encodings": b'\xef\xbb\xbf# coding: latin-1\nprint("caf\xc3\xa9")\n',
    "null_byte": b'print("a")\nprint("b\x00")\n',
}


@pytest.mark.parametrize("name", ODD_SOURCES)
def test_source(name: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_bytes(ODD_SOURCES[name])

    expected = run([*plain(), "script.py"], cwd=tmp_path)

    assert with_note(expected) == run([*debugged(), "script.py"], cwd=tmp_path)


def test_bytecode(tmp_path: Path) -> None:
    py_compile.compile(str(PROGRAMS / "error.py"), cfile=str(tmp_path / "error.pyc"))
    shutil.copy(tmp_path / "error.pyc", tmp_path / "unnamed")

    for name in ("error.pyc", "unnamed"):
        expected = run([*plain(), name], cwd=tmp_path)

        assert expected.status == 1
        assert with_note(expected) == run([*debugged(), name], cwd=tmp_path)


@pytest.mark.parametrize("length", [0, 3, 16, 30])
@pytest.mark.parametrize("magic", ["good", "bad"])
def test_broken_bytecode(length: int, magic: str, tmp_path: Path) -> None:
    py_compile.compile(str(PROGRAMS / "error.py"), cfile=str(tmp_path / "error.pyc"))
    content = (tmp_path / "error.pyc").read_bytes()
    if magic == "bad":
        content = b"no\r\n" + content[4:]
    (tmp_path / "error.pyc").write_bytes(content[:length])

    expected = run([*plain(), "error.pyc"], cwd=tmp_path)

    assert with_note(expected) == run([*debugged(), "error.pyc"], cwd=tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "package one two",
        "package.__main__",
        "package.sibling",
        "package.failing",
        "package.imports_missing",
        "namespace.inside.module",
        "broken_package.module",
        "broken_package",
        "attributes one -c two",
        "interrupted",
        "exits 3",
        "at_exit error",
        "threads",
    ],
)
def test_module(words: str) -> None:
    module = words.split()

    expected = run([*plain(), "-m", *module])

    assert with_note(expected) == run([*debugged(), "-m", *module])


def test_module_that_does_not_compile(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_bytes(ODD_SOURCES["bad_syntax"])

    expected = run([*plain(), "-m", "broken"], cwd=tmp_path)

    assert with_note(expected) == run([*debugged(), "-m", "broken"], cwd=tmp_path)


@pytest.mark.parametrize("words", ["folder", "./folder", "folder/ with arguments", "folder one"])
@pytest.mark.parametrize("flag", ["-P", "-u"])
def test_folder(words: str, flag: str) -> None:
    folder = words.split()

    expected = run([*plain(flag), *folder])

    assert with_note(expected) == run([*debugged(flag), *folder])


@pytest.mark.parametrize("words", ["program.pyz", "program.pyz one"])
def test_archive(words: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "program.pyz", "w") as archive:
        for name in ("__main__.py", "beside.py"):
            archive.write(PROGRAMS / "folder" / name, name)

    expected = run([*plain(), *words.split()], cwd=tmp_path)

    assert b"work" in expected.stdout
    assert with_note(expected) == run([*debugged(), *words.split()], cwd=tmp_path)


@pytest.mark.parametrize("target", [">&-", ">/dev/full", "2>&-", "<&-"])
@pytest.mark.parametrize("script", ["unflushable.py", "error.py", "interrupted.py"])
def test_closed_streams(target: str, script: str) -> None:
    shell = ["sh", "-c", f'exec "$@" {target}', "sh"]

    expected = run([*shell, *plain(), script])
    ours = run([*shell, *debugged(), script])

    # The interpreter complains about a lost output after all that we can see.
    assert expected == replace(ours, stderr=ours.stderr.replace(NOTE, b""))


def test_reader_that_has_gone() -> None:
    shell = ["sh", "-c", '{ "$@"; echo $? >&2; } | true', "sh"]

    assert b"BrokenPipe" not in run([*shell, *plain(), "empty.py"]).stderr
    expected = _without_note(run([*shell, *plain(), "unflushable.py"]))

    assert expected == _without_note(run([*shell, *debugged(), "unflushable.py"]))


def _without_note(outcome: Outcome) -> Outcome:
    return replace(outcome, stderr=outcome.stderr.replace(NOTE, b""))


def test_interactive_session_afterwards() -> None:
    typed = b"print(__name__, __file__ if '__file__' in globals() else None)\nexit(3)\n"

    for words in ("error.py", "exits.py 4"):
        expected = run([*plain("-i"), *words.split()], stdin=typed)
        ours = _without_note(run([*debugged("-i"), *words.split()], stdin=typed))

        assert expected == ours


def test_removed_working_folder(tmp_path: Path) -> None:
    script = [str(PROGRAMS / "attributes.py")]
    shell = ["sh", "-c", 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', "sh"]

    expected = run([*shell, *plain(), *script], cwd=tmp_path)

    assert expected.stdout
    assert with_note(expected) == run([*shell, *debugged(), *script], cwd=tmp_path)


def test_console_script_is_the_same() -> None:
    code = "import sys; from stepdbg.cli import main; sys.exit(main())"
    console = [sys.executable, "-c", code, "-c", "continue"]

    for words in ("error.py", "interrupted.py", "exits.py 3", "at_exit.py", "own_hook.py fails"):
        expected = run([*plain(), *words.split()])

        assert with_note(expected) == run([*console, *words.split()])


def test_other_interpreters_exist() -> None:
    """The comparison means nothing if both sides were the same command."""
    assert plain() != debugged()
    assert os.path.exists(PROGRAMS / "empty.py")
