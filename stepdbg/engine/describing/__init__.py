"""Turning objects of the program into text, even if their methods raise or hang.

Owns: pictures of values under a budget; the watchdog that cuts code of the program short.
Does not own: which values are shown (typed, seeing).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
