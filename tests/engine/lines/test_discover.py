"""Code is told of before it first runs, and what is asked for then holds for that run."""

from __future__ import annotations

import importlib
import sys
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from stepdbg.engine.lines.code_map import CodeMap
from tests.engine.lines.recording import load, watching

MODULE = """x = 1
def f():
    return x
y = f()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that modules called `fresh…` are imported from."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "fresh.py").write_text(MODULE)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("fresh")]:
        del sys.modules[name]


def told_of(found: list[CodeType], name: str) -> list[str]:
    return [code.co_name for code in found if Path(code.co_filename).stem == name]


def test_a_module_meets_breakpoints_in_its_first_run(folder: Path) -> None:
    code_map = CodeMap()
    with watching() as (events, recorder):

        def found(code: CodeType) -> None:
            if code.co_filename == str(folder / "fresh.py"):
                code_map.add(code)
                for line in (1, 3):
                    for each in code_map.find(code.co_filename, line):
                        events.break_lines(each, {line})

        events.discover(found)
        importlib.import_module("fresh")
        assert recorder.take() == ["line <module> 1", "line f 3"]


def test_discovery_ends(folder: Path) -> None:
    found: list[CodeType] = []
    with watching() as (events, _recorder):
        events.discover(found.append)
        events.discover(None)
        importlib.import_module("fresh")
    assert told_of(found, "fresh") == []


def test_discovery_is_replaced(folder: Path) -> None:
    first: list[CodeType] = []
    second: list[CodeType] = []
    with watching() as (events, _recorder):
        events.discover(first.append)
        events.discover(second.append)
        importlib.import_module("fresh")
    assert told_of(first, "fresh") == []
    assert "<module>" in told_of(second, "fresh")


def test_modules_without_source_and_in_archives(folder: Path) -> None:
    import py_compile

    found: list[CodeType] = []
    py_compile.compile(str(folder / "fresh.py"), str(folder / "fresh_bare.pyc"), dfile="bare.py")
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("fresh_zipped.py", MODULE)
    sys.path.insert(0, str(folder / "all.zip"))
    try:
        with watching() as (events, _recorder):
            events.discover(found.append)
            importlib.import_module("fresh_bare")
            importlib.import_module("fresh_zipped")
    finally:
        sys.path.remove(str(folder / "all.zip"))
    assert "<module>" in told_of(found, "bare")
    assert "<module>" in told_of(found, "fresh_zipped")


def test_code_that_the_program_compiles(folder: Path) -> None:
    found: list[CodeType] = []
    with watching() as (events, _recorder):
        events.discover(found.append)
        if sys.version_info < (3, 12):  # seen there only while something is watched
            events.watch_calls(lambda _code: False)
        load(MODULE, "compiled.py")
    assert "<module>" in told_of(found, "compiled")


def test_the_traceback_of_a_failing_import_is_the_programs_own(folder: Path) -> None:
    (folder / "fresh_broken.py").write_text("def (:\n")
    texts = []
    for discover in (False, True):
        with watching() as (events, _recorder):
            events.discover((lambda _code: None) if discover else None)
            try:
                import fresh_broken  # type: ignore[import-not-found]  # noqa: F401 -- made above
            except SyntaxError as error:
                frames = traceback.extract_tb(error.__traceback__)
                texts.append([(frame.name, frame.filename) for frame in frames])
    assert texts[0] == texts[1]


def test_loaders_are_as_they_were(folder: Path) -> None:
    loader = importlib.machinery.SourceFileLoader
    before = dict(loader.__dict__)
    with watching() as (events, _recorder):
        events.discover(lambda _code: None)
    assert dict(loader.__dict__) == before
