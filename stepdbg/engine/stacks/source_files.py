"""Finding the source file that a user names, and its lines that hold code.

Owns: finding the file of a breakpoint, its text; lines with code in a file that has not run.
Does not own: living code objects (lines.code_map), whose code a file is (frames).
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType

from stepdbg.engine.lines import code_map
from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import linecache, os, sys
from stepdbg.model.task import SourceAge

from . import source_texts
from .frames import is_own


def find_file(typed: str, loaded: Iterable[str]) -> str:
    """The file that a user means.

    Args:
        typed: an absolute or relative path, or the end of one (``app.py``, ``pkg/app.py``).
        loaded: the files that have living code; they win over other files of that name, and own
            files among them win over those of libraries.

    Raises:
        BadUsage: there is no such file, or several loaded ones.
    """
    path = os.path.expanduser(typed)
    if os.path.isabs(path):
        if os.path.isfile(path):
            return os.path.realpath(path)
        raise BadUsage(f"there is no file {typed}")
    ending = os.sep + os.path.normpath(path)
    found = sorted({each for each in loaded if each == typed or each.endswith(ending)})
    found = [each for each in found if is_own(each)] or found  # asyncio has an `events.py` as well
    if len(found) > 1:
        raise BadUsage(f"{typed} can be {', '.join(found)}; give more of the path")
    if found:
        return found[0]
    for folder in dict.fromkeys([_here(), *sys.path]):
        candidate = os.path.join(folder, path)
        if os.path.isfile(candidate):  # False for a name that no file can have
            return os.path.realpath(candidate)
    raise BadUsage(f"there is no file {typed}, neither loaded nor on sys.path")


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return ""


_lines: dict[str, tuple[object, tuple[str, ...]]] = {}
"""By file: what its lines were made from, and the lines."""


def lines_of(filename: str) -> tuple[str, ...]:
    """The lines of a file without their ends; empty when there is no source.

    It is another tuple each time the file has changed.
    """
    text = source_texts.text_of(filename)
    lines = text.lines if text else source_texts.read_source(filename) or _from_its_loader(filename)
    made_of, known = text or lines, _lines.get(filename)
    if known is None or known[0] is not made_of:  # every stop asks, and long files are common
        known = _lines[filename] = made_of, tuple(_text(line) for line in lines)
    return known[1]


def age_of(filename: str) -> SourceAge:
    """What has happened to a file since its text was read."""
    text = source_texts.text_of(filename)
    return SourceAge.LOADED if text is None or text.age is None else text.age


def _text(line: object) -> str:
    return line.rstrip("\r\n") if type(line) is str else ""


def _from_its_loader(filename: str) -> list[str]:
    """The source of a module that is not a file of its own, such as one in a zip archive."""
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", {})
        if names.get("__file__") == filename and linecache.lazycache(filename, names):
            return source_texts.read_source(filename)
    return []


def code_in_source(filename: str) -> tuple[CodeType, ...]:
    """The code objects of a file, made by compiling its source; empty if that fails.

    This is for a file that has not been imported, and for lines whose code is gone.
    """
    source = "\n".join(lines_of(filename))
    try:
        module = compile(source, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return ()
    return tuple(code_map.nested_code(module))
