"""Where a function begins and ends in its file.

Owns: the line span of a code object.  Does not own: the source text (source_files).
"""

from __future__ import annotations

from types import CodeType

_spans: dict[int, tuple[CodeType, int]] = {}
"""Last lines by the id of the code; hashing the code itself would read all of it."""

_SPANS_KEPT = 2_000


def _last_line(code: CodeType) -> int:
    lines = [line for _, _, line in code.co_lines() if line is not None]
    nested = [_last_line(const) for const in code.co_consts if isinstance(const, CodeType)]
    return max([code.co_firstlineno, *lines, *nested])


def span_of(code: CodeType, file_length: int) -> tuple[int, int]:
    """First and last line (1-based, inclusive) of a function; a module is its whole file.

    Args:
        file_length: how many lines the file has; 0 if there is no source.
    """
    if code.co_name == "<module>":
        return 1, max(file_length, 1)
    known = _spans.get(id(code))
    if known is None or known[0] is not code:
        if len(_spans) > _SPANS_KEPT:
            _spans.clear()
        known = _spans[id(code)] = code, _last_line(code)
    return code.co_firstlineno, known[1]
