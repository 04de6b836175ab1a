"""The call that comes when a package has been imported, in child processes."""

from __future__ import annotations

import textwrap
import zipfile
from pathlib import Path

import pytest

from .side_by_side import plain, run

BEGIN = """
    import sys
    from stepdbg.launcher.import_hook import call_after_import

    def called():
        print("called", end=" ")

    call_after_import(called, "watched")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a package that prints when it is executed."""
    package = tmp_path / "watched"
    package.mkdir()
    (package / "__init__.py").write_text(
        "print('executed', type(__loader__).__name__, type(__spec__.loader).__name__, end=' ')\n"
        "from . import inner\n"
    )
    (package / "inner.py").write_text("")
    return tmp_path


def output(code: str, folder: Path, *flags: str) -> str:
    """What the code prints when it runs with the folder as its working directory."""
    outcome = run(
        [*plain(*flags), "-c", textwrap.dedent(BEGIN) + textwrap.dedent(code)], cwd=folder
    )
    assert (outcome.stderr, outcome.status) == (b"", 0)
    return outcome.stdout.decode().strip()


def test_calls_once_after_the_whole_package(folder: Path) -> None:
    printed = output("import watched.inner, watched; from watched import inner", folder)

    assert printed == "executed SourceFileLoader SourceFileLoader called"


def test_calls_at_once_when_it_is_there(folder: Path) -> None:
    code = """
        count = len(sys.meta_path) - 1
        import watched
        print("again", end=" ")
        call_after_import(called, "watched")
        print(len(sys.meta_path) == count)
    """

    printed = output(code, folder)

    assert printed.endswith("called again called True")


def test_says_nothing_without_an_import(folder: Path) -> None:
    assert output("import json, importlib; importlib.invalidate_caches()", folder) == ""


def test_leaves_no_trace(folder: Path) -> None:
    code = """
        import watched
        print(type(watched.__loader__).__name__, watched.__loader__ is watched.__spec__.loader)
        print([each for each in sys.meta_path if "stepdbg" in type(each).__module__])
    """

    first, second = output(code, folder).splitlines()

    assert first.endswith("called SourceFileLoader True")
    assert second == "[]"


def test_reload_does_not_call_again(folder: Path) -> None:
    code = """
        import importlib, watched
        importlib.reload(watched)
    """

    assert output(code, folder).count("called") == 1
    assert output(code, folder).count("executed") == 2


def test_looking_for_it_does_not_call(folder: Path) -> None:
    code = """
        import importlib.util
        spec = importlib.util.find_spec("watched")
        print(spec.origin.endswith("__init__.py"), spec.loader.is_package("watched"), end=" ")
        import watched
    """

    printed = output(code, folder)

    assert printed == "True True executed SourceFileLoader SourceFileLoader called"


def test_failed_import_can_be_repeated(folder: Path) -> None:
    module = folder / "watched" / "inner.py"
    module.write_text("import sys\nif sys.fail: raise ImportError('not yet')\n")
    code = """
        sys.fail = True
        try:
            import watched
        except ImportError as error:
            print(error, end=" ")
        sys.fail = False
        import watched
    """

    printed = output(code, folder)

    assert printed.count("called") == 1
    assert printed.index("not yet") < printed.index("called")


def test_missing_package(folder: Path) -> None:
    code = """
        call_after_import(called, "no_such_package")
        try:
            import no_such_package
        except ModuleNotFoundError as error:
            print(error)
    """

    assert output(code, folder) == "No module named 'no_such_package'"


def test_zip_archive(folder: Path) -> None:
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        for path in (folder / "watched").glob("*.py"):
            archive.write(path, f"zipped/{path.name}")
    code = """
        sys.path.insert(0, "archive.zip")
        call_after_import(called, "zipped")
        import zipped
        print(zipped.__loader__ is zipped.__spec__.loader)
    """

    assert output(code, folder) == "executed zipimporter zipimporter called True"


def test_other_finders_are_asked(folder: Path) -> None:
    code = """
        import importlib.abc, importlib.util

        class Loader(importlib.abc.Loader):
            def exec_module(self, module):
                print("made", end=" ")

        class Finder(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name == "made_up":
                    return importlib.util.spec_from_loader(name, Loader())

        sys.meta_path.insert(0, Finder())
        call_after_import(called, "made_up")
        import made_up
        print(type(made_up.__loader__).__name__)
    """

    assert output(code, folder) == "made called Loader"


@pytest.mark.parametrize("place", ["0", "1"])
def test_finder_that_asks_all_the_others(place: str, folder: Path) -> None:
    code = f"""
        class Finder:
            def find_spec(self, name, path, target=None):
                for finder in sys.meta_path:
                    if finder is not self and (spec := finder.find_spec(name, path, target)):
                        return spec

        sys.meta_path.insert({place}, Finder())
        import watched
    """

    assert output(code, folder) == "executed SourceFileLoader SourceFileLoader called"


def test_loader_around_ours_stays(folder: Path) -> None:
    code = """
        class Loader:
            def __init__(self, inside):
                self.inside = inside

            def create_module(self, spec):
                return self.inside.create_module(spec)

            def exec_module(self, module):
                self.inside.exec_module(module)

        class Finder:
            def find_spec(self, name, path, target=None):
                if name == "watched":
                    spec = sys.meta_path[1].find_spec(name, path, target)
                    spec.loader = Loader(spec.loader)
                    return spec

        sys.meta_path.insert(0, Finder())
        import watched
    """

    assert output(code, folder) == "executed Loader Loader called"


def test_import_in_a_thread(folder: Path) -> None:
    code = """
        import threading
        threads = [threading.Thread(target=__import__, args=["watched"]) for _ in range(4)]
        for each in threads: each.start()
        for each in threads: each.join()
    """

    assert output(code, folder).count("called") == 1


def test_import_time_report(folder: Path) -> None:
    """Python's own report of what imports cost names the package as ever."""
    code = textwrap.dedent(BEGIN) + "import watched"

    outcome = run([*plain("-X", "importtime"), "-c", code], cwd=folder)

    assert outcome.stdout.endswith(b"called ")
    assert outcome.stderr.endswith(b"| watched\n")
