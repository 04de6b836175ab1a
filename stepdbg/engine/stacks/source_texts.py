"""The text of source files, as it was when it was first read.

Owns: `read_source`, and telling what has become of a file since.
Does not own: finding files, or what is shown of them (source_files, frames).

The program goes on running what it has loaded, whatever is on the disk by now, and `linecache`,
which the program's own tracebacks use, reads a changed file anew.  So the first text is kept.
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
    """What is known of a file.

    lines: with their ends, the same list while nothing changes.
    path: the file itself.  seen: what it was when it was last looked at, None where it had gone.
    """

    lines: list[str]
    path: str
    seen: _Signature | None
    age: SourceAge | None = None


_texts: dict[str, SourceText] = {}


def read_source(filename: str) -> list[str]:
    """The lines of a source with their ends; empty without a source.

    Raises nothing but what is the program's.
    """
    known = _texts.get(filename)
    return _first_read(filename) if known is None else known.lines


def text_of(filename: str) -> SourceText | None:
    """A file's text after a look at the disk, another object whenever something has changed.

    None for what is not a file, such as code that was generated.
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
    """Let `inspect` find the text that is kept, and `linecache` be afterwards as it was."""
    text = _texts.get(filename)
    if text is None:
        yield
        return
    before = linecache.cache.get(filename)
    # Without a time it is not compared with the disk.
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

    Its name comes from a code object, thus from anybody: it may be that of a fifo, on which
    opening waits, or of a device without end.  `linecache` is shared with the program; what the
    program has put there may raise, and need not hold texts.
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
        with contextlib.suppress(
            OSError, ValueError, TypeError
        ):  # a file that only seems to be one
            os.stat(path)
            _texts[filename] = SourceText(lines, path, (size, changed))
    return lines


def _as_the_program_reads(filename: str) -> list[str]:
    """The source of a file that is only where the program looks, in a file system of a test's.

    Its own `linecache` is asked, and with it what stands in the places of `os.stat` and `open`.
    """
    if filename.startswith("<") or os.path.exists(filename):
        return []
    return original("linecache").getlines(filename)  # type: ignore[no-any-return]  # see its caller


def _may_be_read(filename: str) -> bool:
    """Whether reading a file cannot last for ever, or there is none."""
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
    """A text after the file has been seen to be another one, or when it is looked at first."""
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
    if _likeness(filename, fresh) > _likeness(filename, text.lines):  # it was loaded anew
        age = SourceAge.LOADED if _fits(filename, fresh) else SourceAge.DOUBTFUL
        return SourceText(fresh, text.path, now, age)
    return SourceText(text.lines, text.path, now, SourceAge.CHANGED)


_Shape = tuple[str, int, int]
"""The name of a function, its first line, its last one."""


def _fits(filename: str, lines: Sequence[str]) -> bool:
    """Whether all living functions of a file have their lines where a text has them."""
    shapes = {_shape(code) for code in _compiled(filename, lines)}
    return all(_shape(code) in shapes for code in _living(filename))


def _likeness(filename: str, lines: Sequence[str]) -> int:
    """How many of the living functions of a file are just what a text would be compiled to."""
    compiled = {_shape(code): code for code in _compiled(filename, lines)}
    # Equal code has equal instructions, lines and constants.
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
