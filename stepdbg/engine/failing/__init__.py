"""Exceptions that the program raises: which one came first, and the frames of each.

Owns: distinguishing a first failure from its consequences; trees of exceptions and their frames.
Does not own: noticing failures (noticing), the stop at one (stopping).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
