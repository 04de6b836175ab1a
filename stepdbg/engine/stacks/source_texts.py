"""The text of source files, as it was when it was first read.

Owns: `read_source`, and finding out what has happened to a file since.
Does not own: finding files, or what is shown of them (source_files, frames).

The program goes on running the code that it has loaded, even if the file on the disk has changed.
`linecache`, which the program's own tracebacks use, reads a changed file again.  So stepdbg keeps
the first text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any

from stepdbg.engine.lines import code_map
from stepdbg.engine.process import guard
from stepdbg.model.records import dataclass
from stepdbg.model.standard import contextlib, linecache, original, os, stat, sys, time
from stepdbg.model.task import SourceAge

from .code_span import span_of

_Signature = tuple[int, float]
"""Size and time of the last change."""

_BEGUN = time.time()


@dataclass(slots=True)
class SourceText:
    """What is known about a file.

    lines: with their ends; the same list as long as nothing changes.
    path: the file itself.
    seen: its size and time at the last look; None if it was gone.
    """

    lines: list[str]
    path: str
    seen: _Signature | None
    age: SourceAge | None = None


_texts: dict[str, SourceText] = {}


def read_source(filename: str) -> list[str]:
    """The lines of a source with their ends; empty without a source.

    Raises only exceptions of the program.
    """
    known = _texts.get(filename)
    return _first_read(filename) if known is None else known.lines


def text_of(filename: str) -> SourceText | None:
    """A file's text after a look at the disk; another object each time something has changed.

    None if it is not a file, as for generated code.
    """
    text = _texts.get(filename)
    if text is None:
        _first_read(filename)
        text = _texts.get(filename)
        if text is None:
            return None
    try:
        status = os.stat(text.path)
        now = status.st_size, status.st_mtime
    except OSError:
        now = None
    if now != text.seen or text.age is None:
        text = _texts[filename] = _judged(filename, text, now)
    return text


@contextlib.contextmanager
def as_loaded(filename: str) -> Iterator[None]:
    """Let `inspect` find the kept text in the block; afterwards `linecache` is as it was."""
    text = _texts.get(filename)
    if text is None:
        yield
        return
    before = linecache.cache.get(filename)
    # Without a time, `linecache` does not compare it with the disk.
    linecache.cache[filename] = (0, None, text.lines, text.path)
    try:
        yield
    finally:
        if before is None:
            linecache.cache.pop(filename, None)
        else:
            linecache.cache[filename] = before


def _first_read(filename: str) -> list[str]:
    """Read a file, and keep it if it is one.

    The name comes from a code object, so any code may have chosen it: it may name a fifo, on which
    opening waits, or a device without end.  `linecache` is shared with the program: objects that
    the program has put there may raise, and need not be texts.
    """
    try:
        if filename not in linecache.cache and not _may_be_read(filename):
            return []
        lines = linecache.getlines(filename) or _as_the_program_reads(filename)
        entry: Any = linecache.cache.get(filename)
    except BaseException as error:
        if guard.is_programs(error):
            raise
        return []
    if type(lines) is not list:
        return []
    if type(entry) is tuple and len(entry) == 4 and type(entry[1]) is float and lines:
        size, changed, _, path = entry
        with contextlib.suppress(OSError, ValueError, TypeError):  # it only seems to be a file
            os.stat(path)
            _texts[filename] = SourceText(lines, path, (size, changed))
    return lines


def _as_the_program_reads(filename: str) -> list[str]:
    """The source of a file that only the program can see, as in the fake file system of a test.

    This calls the program's `linecache`, which uses what the program has put in place of `os.stat`
    and `open`.
    """
    if filename.startswith("<") or os.path.exists(filename):
        return []
    return original("linecache").getlines(filename)  # type: ignore[no-any-return]  # see its caller


def _may_be_read(filename: str) -> bool:
    """Whether reading a file will surely end, or there is no such file."""
    for folder in ("", *sys.path):  # where `linecache` looks
        try:
            mode = os.stat(os.path.join(folder, filename)).st_mode
        except OSError:
            if os.path.isabs(filename):
                return True
            continue
        return stat.S_ISREG(mode)
    return True


def _judged(filename: str, text: SourceText, now: _Signature | None) -> SourceText:
    """Decide about a text whose file has changed, or which is looked at for the first time."""
    if now is None:
        return SourceText(text.lines, text.path, None, SourceAge.GONE)
    first = (
        SourceAge.LOADED if now[1] < _BEGUN or _fits(filename, text.lines) else SourceAge.DOUBTFUL
    )
    if now == text.seen:
        return SourceText(text.lines, text.path, now, first)
    linecache.checkcache(filename)
    fresh = linecache.getlines(filename)
    if fresh == text.lines:  # it was only touched
        return SourceText(text.lines, text.path, now, text.age or SourceAge.LOADED)
    if _likeness(filename, fresh) > _likeness(filename, text.lines):  # it was loaded again
        age = SourceAge.LOADED if _fits(filename, fresh) else SourceAge.DOUBTFUL
        return SourceText(fresh, text.path, now, age)
    return SourceText(text.lines, text.path, now, SourceAge.CHANGED)


_Shape = tuple[str, int, int]
"""The name of a function, its first line and its last line."""


def _fits(filename: str, lines: Sequence[str]) -> bool:
    """Whether all living functions of a file are on the lines where a text has them."""
    shapes = {_shape(code) for code in _compiled(filename, lines)}
    return all(_shape(code) in shapes for code in _living(filename))


def _likeness(filename: str, lines: Sequence[str]) -> int:
    """How many living functions of a file equal what a text compiles to."""
    compiled = {_shape(code): code for code in _compiled(filename, lines)}
    # Equal code objects have equal instructions, lines and constants.
    return sum(compiled.get(_shape(code)) == code for code in _living(filename))


def _living(filename: str) -> list[CodeType]:
    return [code for code in code_map.live_code() if code.co_filename == filename]


def _compiled(filename: str, lines: Sequence[str]) -> Iterator[CodeType]:
    try:
        module = compile("".join(lines), filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return
    yield from code_map.nested_code(module)


def _shape(code: CodeType) -> _Shape:
    return code.co_qualname, *span_of(code, 0)
