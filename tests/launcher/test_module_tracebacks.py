"""What leaves a module, a folder or an archive is shown with the frames of runpy, as by Python."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from tests.terminal import PseudoTerminal

from .side_by_side import debugged, plain, run, with_note

SOURCES = {
    "raises.py": "def fail():\n    1 / 0\n\nfail()\n",
    "chains.py": "try:\n    {}['a']\nexcept KeyError as e:\n    raise OSError('b') from e\n",
    "context.py": "try:\n    {}['a']\nfinally:\n    import nothing_like_it\n",
    "groups.py": "raise ExceptionGroup('many', [ValueError(1), ExceptionGroup('in', [OSError()])])",
    "compiles_more.py": "compile('a b', 'other', 'exec')\n",
    "interrupts.py": "raise KeyboardInterrupt\n",
    "exits.py": "raise SystemExit('said')\n",
    "noted.py": "e = ValueError('x')\ne.add_note('a note')\nraise e\n",
    "without.py": "raise ValueError('x').with_traceback(None)\n",
    "broken.py": "def (:\n",
    "null.py": "x = 1\0\n",
    "pack/__init__.py": "print('pack')\n",
    "pack/__main__.py": "raise ValueError(__name__)\n",
    "pack/inner.py": "from . import no_such_name\n",
    "no_start/__init__.py": "import sys\nsys.exit(None if len(sys.argv) > 1 else {}['a'])\n",
    "no_start/inner.py": "",
    "half/__init__.py": "from .__main__ import x\n",
    "half/__main__.py": "x = ]\n",
    "at_exit.py": (
        "import atexit, sys, traceback\n"
        "atexit.register(lambda: traceback.print_exception(sys.last_value))\n"
        "raise ValueError\n"
    ),
    "hook.py": (
        "import sys, traceback\n"
        "def hook(kind, value, tb):\n"
        "    for frame, line in traceback.walk_tb(tb):\n"
        "        code = frame.f_code\n"
        "        print(code.co_filename, code.co_qualname, line, frame.f_globals['__name__'])\n"
        "    print(tb is value.__traceback__ is sys.last_traceback, sys.argv)\n"
        "sys.excepthook = hook\n"
        "sys.argv[:] = ['changed']\n"
        "raise ValueError\n"
    ),
    "in_trio.py": (
        "import trio\n"
        "async def child():\n    raise ValueError('in a task')\n"
        "async def main():\n"
        "    async with trio.open_nursery() as n:\n        n.start_soon(child)\n"
        "trio.run(main)\n"
    ),
}
MODULES = [
    *("raises", "chains", "context", "groups", "compiles_more", "interrupts", "exits", "noted"),
    *("without", "broken", "null", "pack", "pack.__main__", "pack.inner", "no_start"),
    *("no_start.inner", "no_start.inner one", "half", "half.__main__", "at_exit", "hook"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs; one of them can be run as a folder, and as an archive."""
    root = tmp_path_factory.mktemp("modules")
    with zipfile.ZipFile(root / "archive.pyz", "w") as archive:
        archive.writestr("__main__.py", SOURCES["raises.py"])
    for name, source in SOURCES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
    for name in ("broken", "hook"):
        (root / f"{name}_folder").mkdir()
        (root / f"{name}_folder" / "__main__.py").write_text(SOURCES[f"{name}.py"])
    return root


@pytest.mark.parametrize("module", MODULES)
def test_module(module: str, folder: Path) -> None:
    words = ["-m", *module.split()]

    expected = run([*plain(), *words], cwd=folder)

    assert with_note(expected) == run([*debugged(), *words], cwd=folder)


@pytest.mark.parametrize("path", ["pack", "broken_folder", "hook_folder", "archive.pyz"])
def test_folder_or_archive(path: str, folder: Path) -> None:
    expected = run([*plain(), path], cwd=folder)

    assert b"runpy" in expected.stderr + expected.stdout
    assert with_note(expected) == run([*debugged(), path], cwd=folder)


@pytest.mark.parametrize("flags", ["-X frozen_modules=off", "-O -X dev", "-I -X importtime"])
def test_flags_of_python(flags: str, folder: Path) -> None:
    """Not frozen, runpy has a file, and its lines are shown."""
    words = ["-m", "raises"] if "-I" not in flags else [str(folder / "archive.pyz")]

    expected = run([*plain(*flags.split()), *words], cwd=folder)
    ours = run([*debugged(*flags.split()), *words], cwd=folder)

    def traceback(text: bytes) -> bytes:
        return re.sub(rb"import time:.*\n", b"", text)

    assert b"runpy" in traceback(expected.stderr)
    assert traceback(with_note(expected).stderr) == traceback(ours.stderr)


@pytest.mark.parametrize(
    "options", [["-c", "break 2", "-c", "continue", "-c", "continue"], ["--stop-on-failure"]]
)
def test_with_other_options(options: list[str], folder: Path) -> None:
    """However the program is debugged, its traceback is the same; a prompt does not change it."""
    expected = run([*plain(), "-m", "in_trio"], cwd=folder)
    command = debugged(options=[*options, *(["-c", "continue"] * 3)])

    ours = run([*command, "-m", "in_trio"], cwd=folder)

    assert b"<frozen runpy>" in expected.stderr
    assert expected.stderr in ours.stderr


@pytest.mark.parametrize("colour", [{}, {"NO_COLOR": "1"}, {"PYTHON_COLORS": "0"}])
def test_at_a_terminal(colour: dict[str, str], folder: Path) -> None:
    """Colours, too, are as Python chooses them; a prompt before and after changes nothing."""
    for module in ("in_trio", "raises"):
        words = ["-m", module]
        with PseudoTerminal([*plain(), *words], cwd=folder, environment=colour) as bare:
            assert bare.wait_for_exit() == 1
        ours = [*debugged(options=[]), *words]
        with PseudoTerminal(ours, cwd=folder, environment=colour) as terminal:
            terminal.wait_for_prompt()
            if module == "in_trio":
                terminal.do("c")  # to where the task fails
                terminal.do("c")  # to the prompt after the end
            assert "runpy" not in "".join(terminal.do("where"))
            terminal.type("quit\r")
            assert terminal.wait_for_exit() == 1

        assert b"<frozen runpy>" in bare.raw
        assert bare.raw in terminal.raw
