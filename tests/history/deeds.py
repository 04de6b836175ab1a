"""What `history` says of an object, line by line beside what it should say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.harness import Debugging


def lines_and_patterns(
    dbg: Debugging, expression: str, sentences: Sequence[str]
) -> list[tuple[str, str]]:
    """Each line with the pattern for what stands behind its time.

    sentences: ``{mark}`` in one is the place of that mark, ``*`` is anything.
    """
    marks = {mark: f"{dbg.program.path.name}:{line}" for mark, line in dbg.program.marks.items()}
    lines = dbg.text(f"history {expression}", 200).split("\n")
    assert len(lines) == len(sentences), lines
    return [
        (line, re.escape(sentence.format(**marks)).replace(r"\*", ".*"))
        for line, sentence in zip(lines, sentences, strict=True)
    ]
