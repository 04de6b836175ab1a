"""What is worked out once for each object.

Owns: `once_for_each`.  Does not own: what is worked out, or results that depend on more than the
object (each module that has them keeps its own).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

O = TypeVar("O")  # noqa: E741 - the object
R = TypeVar("R")


def once_for_each(kept: int) -> Callable[[Callable[[O], R]], Callable[[O], R]]:
    """Make a function remember its results, each for one and the same object.

    `functools.lru_cache` compares objects by their values: it would read all of a code object to
    hash it, and take two equal ones for the same.

    Args:
        kept: the results that are remembered; when there are more, all are dropped.
    """

    def remembering(function: Callable[[O], R]) -> Callable[[O], R]:
        results: dict[int, tuple[O, R]] = {}

        def known_or_made(obj: O) -> R:
            known = results.get(id(obj))
            if known is not None and known[0] is obj:  # an id is used again when its object dies
                return known[1]
            if len(results) > kept:
                results.clear()
            made = function(obj)
            results[id(obj)] = obj, made
            return made

        known_or_made.__doc__ = function.__doc__
        return known_or_made

    return remembering
