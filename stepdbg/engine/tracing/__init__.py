"""Traces and recordings: what a run does, passed on as it happens.

Owns: the choice of what to pass on and where it goes, and doing so.
Does not own: the notes from which it is made (recording), the words (render), or which other hooks
a run carries (noticing).
May be imported by: noticing, running.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
