"""How much time may go into searches on stacks while a program is recorded.

Owns: `SearchTime`.
Does not own: the searches (deadlines, nurseries).
"""

from __future__ import annotations

from typing import Final

from stepdbg.model.standard import time

_AT_ONCE: Final = 0.1
"""How many seconds may go into it at any time: the first look at a file parses the file."""


class SearchTime:
    """The processor time that one kind of search may take in a run; a search is a block with it.

    Time in which other processes run does not count: else a busy machine would leave no time.

    Args:
        part: which part of the time since now may go into it.
    """

    def __init__(self, part: float) -> None:
        self._part, self._begun, self._spent = part, time.perf_counter(), 0.0
        self._search_began = 0.0

    def is_left(self) -> bool:
        """Whether another search may begin."""
        return self._spent <= _AT_ONCE + self._part * (time.perf_counter() - self._begun)

    def __enter__(self) -> None:
        self._search_began = time.thread_time()

    def __exit__(self, *_: object) -> None:
        self._spent += time.thread_time() - self._search_began
