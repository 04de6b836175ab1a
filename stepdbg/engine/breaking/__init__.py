"""Breakpoints: where they are, and whether an event hits one.

Owns: the table, line and function breakpoints, conditions being asked, hits being counted.
Does not own: noticing events (noticing, lines), the stop (stopping).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
