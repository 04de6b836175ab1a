"""Modules of stepdbg that are read from bytecode in few steps are as importlib makes them."""

from __future__ import annotations

import json
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frontends.at_terminal import ROOT

LOOKS = """
import json, sys
import stepdbg
from stepdbg import cli
from stepdbg.sealed import _importer

importer = _importer()
quick = []
find = importer._own_bytecode.find

def noting(name, entries):
    found = find(name, entries) if sys.argv[1] == "quick" else None
    if found is not None:
        quick.append(name)
    return found

importer._own_bytecode.find = noting
import stepdbg.engine.running.session, stepdbg.commands.table, stepdbg.render.text
told = {}
for name, module in sorted(importer.modules.table.items()):
    if name.startswith("stepdbg."):
        spec = module.__spec__
        told[name] = [
            module.__file__, getattr(module, "__cached__", None), module.__package__,
            list(getattr(module, "__path__", [])), type(module.__loader__).__name__,
            module.__loader__.path, module.__loader__.name, module.__loader__ is spec.loader,
            spec.origin, spec.cached, spec.parent, spec.has_location,
            list(spec.submodule_search_locations or []), type(spec).__module__,
        ]
json.dump([told, quick], sys.stdout)
"""


CACHED = 9  # of the spec; modules have no `__cached__` since 3.15


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the package with its bytecode."""
    shutil.copytree(
        ROOT / "stepdbg", tmp_path / "stepdbg", ignore=shutil.ignore_patterns("__pycache__")
    )
    look(tmp_path, "slow")  # writes bytecode
    return tmp_path


def look(
    folder: Path, way: str, *flags: str, **variables: str
) -> tuple[dict[str, list[object]], list[str]]:
    """How the modules of a copy look, and the names of those that were loaded in few steps."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    told = subprocess.run(
        [sys.executable, *flags, "-c", LOOKS, way],
        cwd=folder,
        env=kept | variables,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr.decode()
    modules, quick = json.loads(told.stdout)
    return modules, quick


def test_they_look_as_importlib_makes_them(copied: Path) -> None:
    modules, quick = look(copied, "quick")
    assert len(quick) > 100
    assert modules == look(copied, "slow")[0]


def test_with_another_level_of_optimisation(copied: Path) -> None:
    look(copied, "slow", "-OO")
    modules, quick = look(copied, "quick", "-OO")
    assert len(quick) > 100
    assert modules == look(copied, "slow", "-OO")[0]
    assert all(str(each[CACHED]).endswith(".opt-2.pyc") for each in modules.values())


def test_bytecode_elsewhere_is_left_to_importlib(copied: Path, tmp_path: Path) -> None:
    modules, quick = look(copied, "quick", PYTHONPYCACHEPREFIX=str(tmp_path / "elsewhere"))
    assert quick == []
    assert all(str(each[CACHED]).startswith(f"{tmp_path}/elsewhere") for each in modules.values())


SPOILT = "stepdbg.render.text"


def cached_of(folder: Path) -> Path:
    return next((folder / "stepdbg" / "render" / "__pycache__").glob("text.*.pyc"))


def edit(folder: Path) -> None:
    """The source is another one, of the same time and another size, then of another time."""
    source = folder / "stepdbg" / "render" / "text.py"
    before = source.stat()
    source.write_text(source.read_text() + "EDITED = True\n")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))


def touch(folder: Path) -> None:
    os.utime(folder / "stepdbg" / "render" / "text.py", (1, 1))


def cut(folder: Path) -> None:
    path = cached_of(folder)
    path.write_bytes(path.read_bytes()[:10])


def from_another_python(folder: Path) -> None:
    path = cached_of(folder)
    path.write_bytes(b"\\0\\0\\0\\0" + path.read_bytes()[4:])


def by_hash(folder: Path) -> None:
    source = folder / "stepdbg" / "render" / "text.py"
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    py_compile.compile(str(source), invalidation_mode=mode)


def remove(folder: Path) -> None:
    cached_of(folder).unlink()


@pytest.mark.parametrize("spoil", [edit, touch, cut, from_another_python, by_hash, remove])
def test_bytecode_that_does_not_fit_is_left_to_importlib(spoil: object, copied: Path) -> None:
    assert callable(spoil)
    spoil(copied)
    modules, quick = look(copied, "quick")
    assert SPOILT in modules
    assert SPOILT not in quick
    assert len(quick) > 100


def test_sources_that_were_moved_have_their_new_names(copied: Path, tmp_path: Path) -> None:
    """As tracebacks show them; the bytecode has the names of the folder where it was made."""
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.copytree(copied / "stepdbg", moved / "stepdbg")  # with the times of the files
    modules, quick = look(moved, "quick")
    assert SPOILT in quick
    assert modules[SPOILT][0] == str(moved / "stepdbg" / "render" / "text.py")
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from stepdbg.render import text; print(text.render_reply.__code__)",
        ],
        cwd=moved,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert f'"{moved}/stepdbg/render/text.py"' in told.stdout.decode()


def test_an_ordinary_import_leaves_a_module_its_spec() -> None:
    """`linecache` warns of a module whose loader is not that of its spec (Python 3.15)."""
    code = "import stepdbg.commands.table as it; print(it.__loader__ is it.__spec__.loader)"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    assert ended.stdout == b"True\n", ended.stderr.decode()
