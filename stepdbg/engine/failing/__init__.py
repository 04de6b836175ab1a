"""Exceptions that the program raises: which one began it, and with which frames.

Owns: telling a first failure from what follows from it; trees of exceptions and their frames.
Does not own: noticing failures (noticing), the stop at one (stopping).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
