"""Source files that are edited, deleted or loaded anew while the program runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frontends import children

PROGRAM = """
import importlib, os, pathlib, sys, traceback
import trio
import other

def edit(path, text):
    path.write_text(text)
    os.utime(path, ns=(2**62, 2**62))  # whatever the clock of the disk

async def main():
    path = pathlib.Path(other.__file__)
    before = path.read_text()
    match sys.argv[1]:
        case "edit":
            edit(path, "# one more line\\n" + before)
        case "touch":
            edit(path, before)
        case "delete":
            path.unlink()
        case "reload":
            edit(path, "# one more line\\n" + before.replace("times = 2", "times = 3"))
            importlib.reload(other)
    if "print" in sys.argv:
        try:
            other.work(None)
        except TypeError:
            traceback.print_exc()
    other.work(5)

other.work(1)
trio.run(main)
"""

OTHER = """\
def work(number):
    times = 2
    return number * times if number else number + times  # here
"""

CHANGED = "other.py has changed on disk since it was loaded; this is the text that runs"
DOUBTFUL = "other.py has changed on disk; what runs may stand on other lines"
GONE = "other.py is gone from the disk; this is the text that runs"


def told(folder: Path, *commands: str, how: tuple[str, ...]) -> str:
    """What the last command shows, of a program that stops at the line that counts."""
    (folder / "prog.py").write_text(PROGRAM)
    (folder / "other.py").write_text(OTHER)
    lines = [part for command in commands for part in ("-c", command)]
    child = children.run("-m", "stepdbg", *lines, folder / "prog.py", *how)
    shown = (child.stdout + child.stderr).decode()
    return shown[shown.rindex(f"(stepdbg) {commands[-1]}") :]


SEEN = ("break other.py:3", "source other.work", "continue", "list")


@pytest.mark.parametrize("also", [(), ("print",)])
@pytest.mark.parametrize(
    ("how", "word"), [("edit", CHANGED), ("delete", GONE), ("touch", ""), ("", "")]
)
def test_what_was_loaded_is_shown_with_a_word(
    how: str, word: str, also: tuple[str, ...], tmp_path: Path
) -> None:
    shown = told(tmp_path, *SEEN, how=(how, *also))
    marked = next(line for line in shown.splitlines() if "->" in line)
    assert marked.startswith("  3 b-> ")
    assert marked.endswith("# here")
    assert [line for line in shown.splitlines() if line.startswith("other.py has")] == (
        [word] if word == CHANGED else []
    )
    assert (GONE in shown) == (how == "delete")


def test_source_shows_it_as_it_was_loaded(tmp_path: Path) -> None:
    shown = told(tmp_path, *SEEN[:3], "source work", how=("edit",))
    assert "  1     def work(number):" in shown
    assert CHANGED in shown


def test_a_text_that_was_never_seen_gets_a_warning(tmp_path: Path) -> None:
    shown = told(tmp_path, "break other.work", "continue", "list", how=("edit",))
    assert DOUBTFUL in shown


def test_a_module_that_is_loaded_anew_is_shown_as_it_runs(tmp_path: Path) -> None:
    shown = told(tmp_path, *SEEN, how=("reload",))
    marked = next(line for line in shown.splitlines() if "->" in line)
    assert marked.startswith("  3 b-> ")
    assert marked.endswith("times = 3")
    assert "on disk" not in shown


def test_a_file_that_is_written_and_then_imported_is_as_loaded(tmp_path: Path) -> None:
    program = tmp_path / "prog.py"
    program.write_text("""
import os, pathlib, trio
async def main():
    path = pathlib.Path(__file__).with_name("made.py")
    path.write_text("def made():\\n    return 1  # here\\n")
    os.utime(path, ns=(2**62, 2**62))
    import made
    made.made()
trio.run(main)
""")
    child = children.run("-m", "stepdbg", "-c", "break made.made", "-c", "continue", program)
    shown = (child.stdout + child.stderr).decode()
    assert "made.py:2 in made" in shown
    assert "on disk" not in shown
