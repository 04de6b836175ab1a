"""Where a breakpoint on a line is, exactly.

Owns: `exact_line`, `is_past`.
Does not own: finding the file (stacks.source_files), code objects (lines.code_map), planting
(line_breaks).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from types import CodeType, FrameType
from typing import Final

from stepdbg.engine.lines import code_map, flow
from stepdbg.engine.process import python_threads
from stepdbg.engine.stacks.source_files import code_in_source
from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import dis, os

from .breakpoints import PENDING


def exact_line(filename: str, line: int, living: Iterable[CodeType]) -> tuple[int, str]:
    """The line that a breakpoint is at.

    A module's line that defines a function runs when the module is imported, which is mostly over.
    So the breakpoint goes to where each call begins.  A function that defines another one does so
    each time it is called, so that line keeps the breakpoint.  From a line between two functions,
    the breakpoint does not move into the next function, because the user has not named it.

    Args:
        filename: the whole path.
        line: as typed.
        living: the file's code that exists now.

    Returns:
        The line, and a note that says what was changed or is still missing.

    Raises:
        BadUsage: no code at or after the line, or it is between functions.
    """
    codes = tuple(living)
    missing = "" if codes else f"{os.path.basename(filename)} is not loaded yet{PENDING}"
    if any(code_map.is_function(each) and line in code_map.code_lines(each) for each in codes):
        return line, ""
    found, function = code_map.next_line(codes, line), code_map.defined_at(codes, line)
    if function is None and found != line:
        # Include the code of the module, which is gone once it has run.
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


OVER: Final = "the program is past line {line}, which runs once: after `restart` it can stop there"


def is_past(
    filename: str, line: int, living: Collection[CodeType], resolve: Callable[[str], str]
) -> bool:
    """Whether a line runs only once, when its module is imported, and nothing leads to it any more.

    Args:
        filename: the whole path.
        line: as typed.
        living: the file's code that exists now.
        resolve: gives the whole path for a file name of a code object.
    """
    codes = code_in_source(filename) if living else ()
    holders = [each for each in codes if line in code_map.code_lines(each)]
    if not holders or any(map(code_map.is_function, holders)):
        return False
    if code_map.defined_at(codes, line) is not None:
        return False  # the breakpoint is where each call begins
    frames = _modules_running(filename, resolve)
    if not frames:  # the code of a module is gone once it has run
        return not any(line in code_map.code_lines(each) for each in living)
    lines = _with_classes_around(line, codes)
    return not any(_comes_to(frame, each) for frame in frames for each in lines)


def _with_classes_around(line: int, codes: Iterable[CodeType]) -> list[int]:
    """A line, and the first lines of the classes whose bodies contain it."""
    lines = [line]
    for inner in lines:
        for each in codes:
            first = each.co_firstlineno
            if first not in lines and inner in code_map.code_lines(each):
                lines.append(first)
    return lines


def _modules_running(filename: str, resolve: Callable[[str], str]) -> list[FrameType]:
    """The frames of a module that is being imported, or runs as the program, in any thread."""
    found = []
    for top in python_threads.current_frames().values():
        frame: FrameType | None = top
        while frame is not None:
            code = frame.f_code
            if not code_map.is_function(code) and resolve(code.co_filename) == filename:
                found.append(frame)
            frame = frame.f_back
    return found


def _comes_to(frame: FrameType, line: int) -> bool:
    """Whether a frame may still come to a line; True if its code is too long to tell."""
    found = flow.flow_of(frame.f_code)
    if isinstance(found, flow.Unknown):
        return True
    ahead = found.reachable(frame.f_lasti)
    starts = dis.findlinestarts(frame.f_code)
    return any(each == line and found.index(start) in ahead for start, each in starts)


def _moved(filename: str, line: int, found: int | None, codes: tuple[CodeType, ...]) -> int:
    """Where a breakpoint goes from a line without code.

    Args:
        found: the next line that holds living code.
        codes: all code of the file, including its module's, which is gone once it has run.
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
