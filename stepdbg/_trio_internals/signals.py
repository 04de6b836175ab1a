"""Trio's handler of SIGINT.

Owns: recognizing it, and whether it would raise in a frame.
Does not own: replacing it (engine.noticing.ctrl_c).
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType, FunctionType
from typing import TypeGuard

from trio._core import _ki

Handler = Callable[[int, FrameType | None], object]


def is_trios(handler: object) -> TypeGuard[Handler]:
    """Whether a signal handler is the one that Trio has installed for a run."""
    return (
        type(handler) is FunctionType
        and handler.__module__ == _ki.__name__
        and handler.__qualname__ == "KIManager.install.<locals>.handler"
    )


def is_protected(frame: FrameType) -> bool:
    """Whether a frame runs code that KeyboardInterrupt must not break: mostly Trio's own."""
    return _ki.ki_protection_enabled(frame)
