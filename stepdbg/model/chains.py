"""Chains of waits that are shown together.

Owns: what a chain leaves out because another chain says it.
Does not own: making chains (engine.waiting.chain), their links (waits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def not_told_elsewhere(
    links: Iterable[T], depth_of: Callable[[T], int], is_told: Callable[[T], bool]
) -> list[T]:
    """The links of a chain, without those below a link that has a chain of its own.

    That link itself stays, unless it is below another one that is told elsewhere.  The answer
    is a list: a generator that is abandoned half-way needs memory to be closed, and if there is
    none, Python prints a message.

    Args:
        links: each link, followed by the links below it.
        depth_of: how far a link is from the first one, whose depth is 0.
        is_told: whether a link's task has a chain of its own among those shown.
    """
    kept: list[T] = []
    left_out: int | None = None
    for link in links:
        depth = depth_of(link)
        if left_out is None or depth <= left_out:
            kept.append(link)
            left_out = depth if depth and is_told(link) else None
    return kept
