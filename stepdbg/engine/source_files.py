"""From what a user types to a source file, and to the lines of it that hold code.

Owns: finding the file of a breakpoint, its text; lines with code in a file that was not run.
Does not own: living code objects (lines.code_map), whose code a file is (frames).
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterable

from stepdbg.model.errors import BadUsage

from .frames import is_own
from .lines import code_map


def find_file(typed: str, loaded: Iterable[str]) -> str:
    """The file that a user means.

    Args:
        typed: an absolute or relative path, or the end of one (``app.py``, ``pkg/app.py``).
        loaded: the files that have living code, which win over others of that name; own
            ones among them win over those of libraries.

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
    found = [each for each in found if is_own(each)] or found  # `events.py` is asyncio's, too
    if len(found) > 1:
        raise BadUsage(f"{typed} can be {', '.join(found)}; give more of the path")
    if found:
        return found[0]
    for folder in dict.fromkeys([os.getcwd(), *sys.path]):
        candidate = os.path.realpath(os.path.join(folder, path))
        if os.path.isfile(candidate):
            return candidate
    raise BadUsage(f"there is no file {typed}, neither loaded nor on sys.path")


_lines: dict[str, tuple[list[str], tuple[str, ...]]] = {}


def lines_of(filename: str) -> tuple[str, ...]:
    """The lines of a file without their ends; empty when there is no source."""
    lines = linecache.getlines(filename) or _from_its_loader(filename)
    known = _lines.get(filename)
    if known is None or known[0] is not lines:  # every stop asks, and long files are common
        known = _lines[filename] = lines, tuple(line.rstrip("\r\n") for line in lines)
    return known[1]


def _from_its_loader(filename: str) -> list[str]:
    """The source of a module that is no file of its own, such as one in a zip archive."""
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", {})
        if names.get("__file__") == filename and linecache.lazycache(filename, names):
            return linecache.getlines(filename)
    return []


def next_line_in_source(filename: str, line: int) -> int | None:
    """The line itself or the first after it that holds code, by compiling the source.

    For a file that has not been imported.  None when there is no such line or no source
    that compiles.
    """
    source = "".join(linecache.getlines(filename))
    try:
        module = compile(source, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    lines = {each for code in code_map.nested_code(module) for each in code_map.code_lines(code)}
    return min((each for each in lines if each >= line), default=None)
