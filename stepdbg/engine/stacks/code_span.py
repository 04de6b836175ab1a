"""Where a function begins and ends in its file.

Owns: the line span of a code object.  Does not own: the source text (source_files).
"""

from __future__ import annotations

from types import CodeType

from stepdbg.model.once_each import once_for_each


@once_for_each(kept=2_000)
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
    return code.co_firstlineno, _last_line(code)
