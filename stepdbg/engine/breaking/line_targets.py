"""Where a breakpoint on a line is, exactly.

Owns: `exact_line`.
Does not own: finding the file (stacks.source_files), code objects (lines.code_map), planting
(line_breaks).
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType

from stepdbg.engine.lines import code_map
from stepdbg.engine.stacks.source_files import code_in_source
from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import os

from .breakpoints import PENDING


def exact_line(filename: str, line: int, living: Iterable[CodeType]) -> tuple[int, str]:
    """The line that a breakpoint is at.

    A line of a module at which a function is defined runs when it is defined, which is over for
    most: the breakpoint is where each call begins.  A function that defines another one does so
    each time it is called: that line keeps the breakpoint.  From a line between two functions it
    is not moved into the next one, which nobody has named.

    Args:
        filename: the whole path.  line: as typed.  living: the file's code, as far as it exists.

    Returns:
        The line, and a note on what was changed or is still missing.

    Raises:
        BadUsage: no code at or after the line, or it is between functions.
    """
    codes = tuple(living)
    missing = "" if codes else f"{os.path.basename(filename)} is not loaded yet{PENDING}"
    if any(code_map.is_function(each) and line in code_map.code_lines(each) for each in codes):
        return line, ""
    found, function = code_map.next_line(codes, line), code_map.defined_at(codes, line)
    if function is None and found != line:
        # With the code of the module, which is gone once it has run.
        everything = code_in_source(filename) or codes
        function = code_map.defined_at(everything, line)
        if function is None:
            found = _moved(filename, line, found, everything)
    if function is not None:
        found = code_map.first_line(function)
        begins = f"where each call of {function.co_name} begins"
        note = f"line {line} only defines it, so it is at line {found}, {begins}"
    else:
        assert found is not None
        note = "" if found == line else f"line {line} holds no code, so it is at line {found}"
    return found, "; ".join(filter(None, (note, missing)))


def _moved(filename: str, line: int, found: int | None, codes: tuple[CodeType, ...]) -> int:
    """Where a breakpoint goes from a line without code.

    Args:
        found: the next line that holds living code.
        codes: all code of the file, that of its module included, which is gone once it has run.
    """
    written = code_map.next_line(codes, line)
    if found is None:
        found = written
    if found is None:
        raise BadUsage(f"{os.path.basename(filename)} has no code at or after line {line}")
    around = code_map.around(codes, line)
    if around is None or written is None or code_map.defined_at(codes, written) is None:
        return found
    before, after = around
    neighbours = []
    if before is not None:
        neighbours.append(f"{before.co_name} ends at line {code_map.last_line(before)}")
    if after is not None:
        neighbours.append(f"{after.co_name} begins at line {after.co_firstlineno}")
    raise BadUsage(f"line {line} is in no function and holds no code: {', '.join(neighbours)}")
