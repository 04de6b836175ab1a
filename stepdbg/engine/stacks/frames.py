"""Whose code a frame runs, and which frames a task has.

Owns: `Origin` of a file, `Place` of a frame, the live frames of a task.
Does not own: pictures of tasks (seeing), local variables (typed.locals).
"""

from __future__ import annotations

import site
from fnmatch import fnmatchcase
from operator import itemgetter
from types import CodeType, FrameType, MethodType
from typing import TYPE_CHECKING, Final, TypeVar

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import greenlets, runs
from stepdbg._trio_internals.await_chain import await_chain, greenlets_are_used
from stepdbg.engine.process.python_threads import FrameLine, current_frames
from stepdbg.model.ours import FOLDER, is_ours
from stepdbg.model.standard import os, sys
from stepdbg.model.task import FrameSnapshot, Origin, Place

from . import source_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

F = TypeVar("F", FrameType, FrameLine)


def _folder(path: str | None) -> str:
    return os.path.realpath(path or "") + os.sep


TRIO_FOLDER = _folder(os.path.dirname(trio.__file__))
"""The folder of Trio's own files."""

_OUR_FOLDER = _folder(os.path.dirname(FOLDER))
_STDLIB_FOLDER = _folder(os.path.dirname(os.__file__))
_PACKAGE_PARTS = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_USER_SITE = _folder(site.USER_SITE) if site.ENABLE_USER_SITE and site.USER_SITE else None

_origins: dict[str, Origin] = {}


class _OwnFiles(dict[str, bool]):
    """Whether a file is own code; computed when first asked."""

    def __missing__(self, filename: str) -> bool:
        origin_of(filename)
        return self[filename]


OWN_FILES = _OwnFiles()
"""Whether a file is own code, by its name; a dict, so that hooks call no Python function."""

OWN_CODE: dict[int, tuple[CodeType, bool]] = {}
"""By ``id(code)``: the code and whether it is own, for the code that `folding` has asked about."""


_own_patterns: tuple[str, ...] = ()


def set_own_patterns(patterns: tuple[str, ...]) -> None:
    """Let more code count as own.

    Args:
        patterns: names of installed packages (``anyio``), or globs for whole paths.
    """
    global _own_patterns
    if patterns == _own_patterns:
        return
    _own_patterns = patterns
    _origins.clear()
    OWN_FILES.clear()
    OWN_CODE.clear()
    _places.clear()


def _is_named_own(path: str) -> bool:
    return any(
        f"{os.sep}{pattern.replace('.', os.sep)}{os.sep}" in path
        or path.endswith(f"{os.sep}{pattern.replace('.', os.sep)}.py")
        or fnmatchcase(path, pattern)
        for pattern in _own_patterns
    )


def _classify(filename: str) -> Origin:
    # `<string>` and the like come from exec in the program; `<frozen ...>` is importlib.
    if filename.startswith("<"):
        generated = filename.startswith(("<frozen ", "<attrs generated "))
        return Origin.LIBRARY if generated else Origin.OWN
    try:
        path = os.path.realpath(filename)
    except (OSError, ValueError):  # the working directory is gone, or it is not a file name
        path = filename
    if _is_named_own(path):
        return Origin.OWN
    if path.startswith(TRIO_FOLDER):
        return Origin.TRIO
    if path.startswith(_OUR_FOLDER) or any(part in path for part in _PACKAGE_PARTS):
        return Origin.LIBRARY
    if path.startswith(_STDLIB_FOLDER) or (_USER_SITE and path.startswith(_USER_SITE)):
        return Origin.LIBRARY
    return Origin.OWN


def origin_of(filename: str) -> Origin:
    """Whose code a file holds; own code is not installed, not Python's and not Trio's."""
    found = _origins.get(filename)
    if found is None:
        found = _origins[filename] = _classify(filename)
        OWN_FILES[filename] = found is Origin.OWN
    return found


def is_own(filename: str) -> bool:
    """Whether a file is the user's own code."""
    return OWN_FILES[filename]


def is_first_look(frame: FrameType) -> bool:
    """Whether this is the first call for a frame; False if that cannot be known.

    It uses a flag that each new frame has, and that only its trace function would notice.  Nothing
    else distinguishes a frame from a later one at the same address: frames allow no weak
    references, and a strong reference would keep their variables alive.  On Python 3.11 that trace
    function is stepdbg's.  It needs the events of lines, and it ignores those of opcodes.
    """
    trace = frame.f_trace
    if sys.version_info >= (3, 12):
        if trace is not None:
            return False
        first = frame.f_trace_lines
        frame.f_trace_lines = False
        return first
    if trace is not None and not _is_ours(trace):
        return False
    first = not frame.f_trace_opcodes
    frame.f_trace_opcodes = True
    return first


def _is_ours(trace: object) -> bool:
    """Whether a frame's trace function is a method of stepdbg's, and the program has none there."""
    return type(trace) is MethodType and is_ours(trace.__code__.co_filename)


def runs_own_code(frame: FrameType) -> bool:
    """Whether a frame runs the user's own code, or code generated for a module of that.

    Code that libraries generate (the ``__init__`` of a dataclass) has no file, but it has the
    namespace of the module that it was made for.  The ``__new__`` of a named tuple has its own
    namespace.
    """
    filename = frame.f_code.co_filename
    if not is_own(filename):
        return False
    if not filename.startswith("<"):
        return True
    module = frame.f_globals.get("__file__")
    if isinstance(module, str):
        return is_own(module)
    return not is_of_named_tuple(frame.f_code)


_NAMES_OF_NEW = ("_tuple_new",)
"""The global names in the ``__new__`` of a named tuple."""


def is_of_named_tuple(code: CodeType) -> bool:
    """Whether this is the ``__new__`` of a named tuple, which `collections` makes from a string.

    Nothing in it says to which module the tuple belongs.  stepdbg makes named tuples in its hooks.
    """
    return code.co_name == "<lambda>" and code.co_names == _NAMES_OF_NEW


def runs_for_ours(frame: FrameType) -> bool:
    """Whether library code runs because stepdbg has called it, and not the program.

    A module that stepdbg runs as the program belongs to the program.
    """
    called: FrameType | None = frame
    while called is not None and origin_of(called.f_code.co_filename) is Origin.LIBRARY:
        caller = called.f_back
        if caller is not None and is_ours(caller.f_code.co_filename):
            return called.f_code.co_name != "<module>"
        called = caller
    return False


def line_text(filename: str, line: int | None) -> str:
    """The stripped source line, empty when there is none."""
    lines = source_texts.read_source(filename) if line else ()
    text = lines[line - 1] if line and 1 <= line <= len(lines) else ""
    return text.strip() if type(text) is str else ""


_places: dict[tuple[int, int | None], tuple[CodeType, Place]] = {}
_PLACES_KEPT = 20_000


def place_of_code(code: CodeType, line: int | None) -> Place:
    """The picture of a line of a code object."""
    key = (id(code), line)
    known = _places.get(key)
    if known is not None and known[0] is code:
        return known[1]
    if len(_places) > _PLACES_KEPT:
        _places.clear()
    place = Place(
        code.co_filename,
        line,
        code.co_qualname,
        origin_of(code.co_filename),
        line_text(code.co_filename, line),
    )
    _places[key] = (code, place)
    return place


def place_of(frame: FrameType | FrameLine) -> Place:
    """The picture of the line at which a frame is."""
    return place_of_code(frame.f_code, frame.f_lineno)


def line_of(code: CodeType, instruction: int) -> int | None:
    """The line of an instruction (``f_lasti``), for places that were noted without a line."""
    for start, end, line in code.co_lines():
        if start <= instruction < end:
            return line
    return None


# Flags of `inspect`, copied here to avoid its import for three numbers.
_KINDS = {0x80: "coroutine", 0x200: "async generator", 0x20: "generator"}


def kind_of(code: CodeType) -> str:
    """Whether a frame runs a function, a coroutine or something else: see `FrameSnapshot.kind`."""
    for flag, kind in _KINDS.items():
        if code.co_flags & flag:
            return kind
    return "module" if code.co_name == "<module>" else "function"


_pictures: dict[tuple[int, int], tuple[Place, FrameSnapshot]] = {}


def picture(index: int, frame: FrameType) -> FrameSnapshot:
    """The picture of a frame."""
    place = place_of(frame)
    key = (id(place), index)
    known = _pictures.get(key)
    if known is not None and known[0] is place:  # mostly the same as at the stop before
        return known[1]
    if len(_pictures) > _PLACES_KEPT:
        _pictures.clear()
    made = FrameSnapshot(index, place, kind_of(frame.f_code))
    _pictures[key] = place, made
    return made


def first_own_caller(frame: FrameType | None) -> FrameType | None:
    """The nearest own frame from `frame` outwards, up to Trio's loop."""
    while frame is not None and frame.f_code is not runs.LOOP_CODE:
        if is_own(frame.f_code.co_filename):
            return frame
        frame = frame.f_back
    return None


def own_place(frame: FrameType | None) -> Place | None:
    """The nearest own line from `frame` outwards, as `first_own_caller`."""
    own = first_own_caller(frame)
    return None if own is None else place_of(own)


_FRAME: Final[Callable[[tuple[object, FrameType]], FrameType]] = itemgetter(1)


def _suspended(task: Task) -> list[FrameType]:
    try:
        found = await_chain(task.coro)
    except (AttributeError, RuntimeError):
        # The task moves on in another thread while we look (see trio#3338).
        return []
    found.reverse()
    return list(map(_FRAME, found))


def walk_out(top: FrameType | None) -> Iterator[FrameType]:
    """The frames from one outwards, up to Trio's loop."""
    while top is not None and top.f_code is not runs.LOOP_CODE:
        yield top
        outer = top.f_back
        if outer is None and greenlets_are_used():
            outer = greenlets.beyond(top)
        top = outer


def _running(task: Task, top: FrameType | None) -> list[FrameType]:
    outermost = task.coro.cr_frame
    found: list[FrameType] = []
    for frame in walk_out(top):
        if found or not is_ours(frame.f_code.co_filename):
            found.append(frame)
        if frame is outermost:
            return found
    return [] if outermost is None else [outermost]


def task_frames(task: Task, top: FrameType | None = None) -> list[FrameType]:
    """The live frames of a task, innermost first.

    Args:
        task: the task.
        top: for a task whose step is under way, the innermost frame of its thread; if not given,
            the thread's present frames are looked up.
    """
    if not task.coro.cr_running:
        return _suspended(task)
    if top is None:
        top = _thread_top(task)
    return _running(task, top)


def _thread_top(task: Task) -> FrameType | None:
    outermost = task.coro.cr_frame
    for top in list(current_frames().values()):
        if any(frame is outermost for frame in walk_out(top)):
            return top
    return None


def innermost_own(frames: Sequence[F]) -> F | None:
    """The frame that best shows what a task does; None if there is none.

    That is the innermost frame of own code.  For a task that runs only a library, it is the
    innermost frame of that library.  For a task that runs only Trio (``start_soon(trio.sleep,
    1)``), it is the outermost frame.
    """
    for origin in (Origin.OWN, Origin.LIBRARY):
        for frame in frames:
            filename = frame.f_code.co_filename
            if (_origins.get(filename) or origin_of(filename)) is origin:
                return frame
    return frames[-1] if frames else None
